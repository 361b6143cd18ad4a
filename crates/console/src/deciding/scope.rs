//! What each of the pages offers, and their routes.

use axum::Router;
use axum::routing::get;

use crate::Console;
use crate::duty::Duty;
use crate::visit::Visit;

use super::{one, queue, steps};

/// What one page offers to decide.
pub(super) struct Scope {
    page: &'static str,
    /// Actions of the console's rules it is about; any if absent.
    actions: Option<&'static [&'static str]>,
    /// Duties by which its matters are found; any if absent.
    duties: Option<&'static [Duty]>,
    /// What stands below the heading.
    pub(super) lead: &'static str,
    /// Said when nothing waits.
    pub(super) empty: &'static str,
    /// Whether its list can be narrowed to one kind.
    pub(super) kinds: bool,
}

const EVERYTHING: Scope = Scope {
    page: "to-decide",
    actions: None,
    duties: None,
    lead: "What waits for you to decide, the longest waiting first. It also shows what you may decide \
           on somebody else’s authority.",
    empty: "Nothing waits for you.",
    kinds: true,
};

const SCOPES: [Scope; 2] = [
    Scope {
        page: "certify-councillors",
        actions: Some(&["certify-access"]),
        duties: Some(&[Duty::Certifies]),
        lead: "Requests that wait for a certificate of who somebody is. Whether a councillor needs a \
               service is not judged.",
        empty: "No request waits for a certificate.",
        kinds: false,
    },
    Scope {
        page: "verify-identity-and-post",
        actions: Some(&["verify-identity"]),
        duties: Some(&[Duty::Verifies]),
        lead: "Requests of people whose identity and post you have not confirmed. What is decided about \
               the request itself goes on beside it.",
        empty: "No request waits for you to confirm who somebody is.",
        kinds: false,
    },
];

impl Scope {
    pub(super) fn of(visit: &Visit) -> &'static Self {
        let own = SCOPES.iter().find(|scope| scope.page == visit.page.action);
        own.unwrap_or(&EVERYTHING)
    }

    pub(super) fn covers(&self, action: &str) -> bool {
        self.actions.is_none_or(|actions| actions.contains(&action))
    }

    pub(super) fn looks_for(&self, duty: Duty) -> bool {
        self.duties.is_none_or(|duties| duties.contains(&duty))
    }
}

/// Routes of a page on which matters are decided, relative to its path.
pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(queue::list))
        .route("/{reference}", get(one::show).post(one::choose))
        .route("/{reference}/done", get(one::done))
        .route(
            "/{reference}/{draft}/why",
            get(steps::ask).post(steps::answer),
        )
        .route("/{reference}/{draft}/warning", get(steps::warn))
        .route(
            "/{reference}/{draft}/check",
            get(steps::check).post(steps::decide),
        )
}
