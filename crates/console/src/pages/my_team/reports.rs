//! What people of one's team reported: told to their line manager together with the service desk.

use matters::incident::Incident;

use super::PAGE;
use crate::reports::Readers;
use crate::visit::Visit;

/// The line manager of whoever reported it.
pub(super) struct Manager;

impl Readers for Manager {
    const PATH: &'static str = "/my-team/reports";
    const TITLE: &'static str = "Reports by your team";
    const BACK: Option<&'static str> = Some(PAGE.path);
    const SEE: &'static str = "see-incident";
    const ANSWER: &'static str = "work-on-incident";

    fn are(visit: &Visit) -> bool {
        visit.viewer.is_manager
    }

    fn have(visit: &Visit, incident: &Incident) -> bool {
        !incident.is_confidential() && visit.about(&incident.reporter).team
    }
}
