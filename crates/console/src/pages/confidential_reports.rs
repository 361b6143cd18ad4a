//! *Confidential reports*: what somebody says that somebody else did. Told to internal audit alone, and
//! to anybody else they do not exist.

use axum::Router;
use matters::incident::Incident;

use super::{Group, Page};
use crate::Console;
use crate::duty::Duty;
use crate::reports::{self, Readers};
use crate::visit::Visit;

pub(super) const PAGE: Page = Page {
    action: "confidential-reports",
    path: "/confidential-reports",
    title: "Confidential reports",
    group: Group::Team,
    routes,
};

fn routes() -> Router<Console> {
    reports::routes::<Audit>()
}

/// Whoever hears what one person says of another.
struct Audit;

impl Readers for Audit {
    const PATH: &'static str = PAGE.path;
    const TITLE: &'static str = PAGE.title;
    const BACK: Option<&'static str> = None;
    const SEE: &'static str = "see-confidential-report";
    const ANSWER: &'static str = "answer-confidential-report";

    fn are(visit: &Visit) -> bool {
        visit.viewer.duties.contains(&Duty::HearsReports)
    }

    fn have(_: &Visit, incident: &Incident) -> bool {
        incident.is_confidential()
    }
}

#[cfg(test)]
mod tests;
