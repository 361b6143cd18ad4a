//! *My mailbox sharing*: proposing, agreeing, ending. Somebody may read for another or send on behalf
//! of another; nobody sends as another, and the page says why.

mod answering;
mod questions;
pub(crate) mod words;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::delegation::{Basis, Delegation, State};
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::paging::Paging;
use crate::people_named::name_of;
use crate::visit::{Answer, Visit, of};

pub(super) const PAGE: Page = Page {
    action: "my-mailbox-sharing",
    path: "/my-mailbox-sharing",
    title: "My mailbox sharing",
    group: Group::You,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .merge(crate::questions::routes::<questions::Question>())
        .route("/{reference}", get(show))
        .route("/{reference}/sent", get(sent))
        .route(
            "/{reference}/answer",
            get(answering::ask).post(answering::answer),
        )
        .route(
            "/{reference}/end",
            get(answering::ask_end).post(answering::end),
        )
        .route(
            "/{reference}/known",
            get(answering::ask_known).post(answering::known),
        )
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
struct Place {
    after: Option<String>,
}

async fn list(visit: Visit, Query(place): Query<Place>) -> Answer {
    let filter = Filter {
        concerning: Some(visit.viewer.person.clone()),
        after: place.after.clone().map(MatterId::new),
        limit: 20,
        ..Filter::default()
    };
    let page = visit.console.store.matters::<Delegation>(&filter).await?;
    let rows: Vec<_> = page.items.iter().map(|kept| row(&visit, kept)).collect();
    let last = page.items.last().filter(|_| page.more);
    let after = place.after.as_deref();
    let paging = Paging::after(PAGE.path, &[], after, last.map(|last| &last.id));
    let rules = &visit.console.people.delegation;
    let values = context! {
        rows,
        paging => of(paging),
        may_share => rules.audiences.contains(&visit.viewer.audience),
        audiences => rules.audiences.clone(),
        is_approved => !rules.approved_by.is_empty(),
    };
    visit.show("my-mailbox-sharing/list.html", values)
}

fn row(visit: &Visit, kept: &Kept<Delegation>) -> Value {
    let matter = &kept.matter;
    let image = visit.image();
    let (state, colour) = words::state(matter.state);
    context! {
        reference => kept.id.as_str(),
        owner => name_of(&image, &matter.owner),
        delegate => name_of(&image, &matter.delegate),
        is_owner => matter.owner == visit.viewer.person,
        rights => words::rights(&matter.rights),
        until => matter.until.to_string(),
        state,
        colour,
        awaits_me => awaits(matter, &visit.viewer.person),
    }
}

/// Whether this person has to agree or to say no.
fn awaits(matter: &Delegation, person: &PersonId) -> bool {
    let asked = (matter.owner == *person && matter.owner_agreed.is_none())
        || (matter.delegate == *person && matter.delegate_agreed.is_none());
    asked && matter.state == State::Proposed && matter.basis == Basis::Agreement
}

/// Whether this person can end it, or take back what is not set up.
fn can_end(matter: &Delegation, person: &PersonId) -> bool {
    let between = matter.owner == *person || matter.delegate == *person;
    let begun = matches!(matter.state, State::Informed | State::Active);
    between
        && match matter.basis {
            Basis::Agreement => begun || (waits(matter) && !awaits(matter, person)),
            Basis::Continuity => begun || matter.state == State::Agreed,
        }
}

/// Whether it was proposed and nothing is set up yet: it can be taken back.
fn waits(matter: &Delegation) -> bool {
    use State::{Agreed, AwaitingApproval, Proposed};
    matches!(matter.state, Proposed | AwaitingApproval | Agreed)
}

/// Whether the owner has still to say that they know of a continuity access.
fn is_to_know(matter: &Delegation, person: &PersonId) -> bool {
    matter.basis == Basis::Continuity
        && matter.owner == *person
        && matter.owner_told.is_none()
        && !matter.is_over()
}

/// One that whoever asks may see: between them and somebody else, or theirs to set up.
async fn found(visit: &Visit, reference: String) -> Result<Kept<Delegation>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Delegation>(&id).await?;
    let (matter, me) = (&kept.matter, &visit.viewer.person);
    let named = [&matter.owner, &matter.delegate, &matter.proposed_by].contains(&me);
    let about = if named { me } else { &matter.owner };
    visit.may_see("see-sharing", about)?;
    Ok(kept)
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let history = visit.history(&kept.id).await?;
    let (matter, me) = (&kept.matter, &visit.viewer.person);
    let values = context! {
        title => words::title(&visit, matter),
        facts => words::facts(&visit, matter),
        warning => words::warning(&visit, &matter.owner, &matter.delegate),
        ending => words::ending(matter),
        history,
        can_end => can_end(matter, me),
        is_to_know => is_to_know(matter, me),
        ..row(&visit, &kept)
    };
    visit.show("my-mailbox-sharing/sharing.html", values)
}

async fn sent(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let matter = &kept.matter;
    let other = match matter.owner == visit.viewer.person {
        true => &matter.delegate,
        false => &matter.owner,
    };
    let values = context! {
        title => "Your proposal has been sent",
        reference => kept.id.as_str(),
        other => name_of(&visit.image(), other),
        warning => words::warning(&visit, &matter.owner, &matter.delegate),
        approved_by => visit.console.people.delegation.approved_by.clone(),
        informed => visit.console.people.delegation.informed.clone(),
    };
    visit.show("my-mailbox-sharing/sent.html", values)
}

#[cfg(test)]
mod tests;
