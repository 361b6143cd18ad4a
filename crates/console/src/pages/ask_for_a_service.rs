//! *Ask for a service*: email, the internet, a telephone, asked for by whoever needs it. The questions
//! are those a manager answers for somebody who starts.

use axum::Router;
use axum::routing::get;
use minijinja::context;

use super::{Group, Page, starter_mover_leaver};
use crate::Console;
use crate::visit::{Answer, Visit, of};

pub(super) const PAGE: Page = Page {
    action: "ask-for-a-service",
    path: "/ask-for-a-service",
    title: "Ask for a service",
    group: Group::You,
    routes,
};

fn routes() -> Router<Console> {
    let begin = get(begin).post(starter_mover_leaver::begun_for_oneself);
    starter_mover_leaver::questions_in_turn().route("/", begin)
}

async fn begin(visit: Visit) -> Answer {
    let services = visit.console.people.services.values();
    let services: Vec<_> = services.cloned().collect();
    visit.show(
        "ask-for-a-service/begin.html",
        context! { services => of(services) },
    )
}

#[cfg(test)]
mod tests;
