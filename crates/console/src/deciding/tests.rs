//! Deciding, page by page.

#![allow(clippy::unwrap_used)]

mod kinds;
mod list;
mod way;

use matters::access_request::{self, AccessRequest, Wanted};
use matters::event::Act;
use matters::id::{MatterId, PersonId};
use register_store::matters_kept::Kept;

use crate::testing::Council;

/// Somebody's request for a service, sent off by somebody.
pub(super) async fn asked_by(
    council: &Council,
    by: &str,
    person: &str,
    service: &str,
) -> Kept<AccessRequest> {
    let act = Act::by(&PersonId::from(by), council.console.now());
    let until = "2027-12-01T00:00:00Z".parse().unwrap();
    let opening = access_request::Opening {
        person: PersonId::from(person),
        service: service.to_owned(),
        wanted: Wanted {
            need: "Answering residents <script>".to_owned(),
            equipment: None,
            until: Some(until),
            sponsor: None,
        },
        paper: None,
    };
    let store = &council.store;
    let kept = store
        .open_matter::<AccessRequest>(opening, &act)
        .await
        .unwrap();
    let step = access_request::Step::Submit;
    store
        .take::<AccessRequest>(&kept.id, None, step, &act)
        .await
        .unwrap()
}

pub(super) async fn asked(council: &Council, person: &str) -> Kept<AccessRequest> {
    asked_by(council, person, person, "email").await
}

pub(super) async fn state(council: &Council, id: &MatterId) -> &'static str {
    use matters::machine::Machine as _;
    let kept = council.store.matter::<AccessRequest>(id).await.unwrap();
    kept.matter.state()
}
