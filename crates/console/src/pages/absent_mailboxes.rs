//! *Absent people's mailboxes*: somebody above an owner who cannot be asked opens their mailbox to
//! somebody else, to be read for a few days; the list of those that were opened; ending one.
//!
//! Nothing is written from it and what is marked private stays closed. The owner is told, and it is
//! not over before they were.

mod ending;
mod opening;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::delegation::{Basis, Delegation, State};
use matters::id::MatterId;
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::my_mailbox_sharing::words;
use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::Paging;
use crate::people_named::{matches, name_of};
use crate::questions;
use crate::reading_on::read_on;
use crate::visit::{Answer, Visit, of};

pub(super) const PAGE: Page = Page {
    action: "absent-mailboxes",
    path: "/absent-mailboxes",
    title: "Absent people’s mailboxes",
    group: Group::Team,
    routes,
};

/// What opening one is in the console's rules.
const OPENS: &str = "open-for-continuity";

/// States one can be in.
const STATES: [State; 7] = [
    State::Agreed,
    State::Informed,
    State::Active,
    State::OwnerToBeTold,
    State::Ended,
    State::Expired,
    State::Lapsed,
];

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .merge(questions::routes::<opening::Question>())
        .route("/{reference}", get(show))
        .route("/{reference}/opened", get(opened))
        .route("/{reference}/end", get(ending::ask).post(ending::end))
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: String,
    who: String,
    after: String,
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let filters = [
        ("state", wanted.state.as_str()),
        ("who", wanted.who.as_str()),
    ];
    let mut form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let who = form.text("who", &Text::optional().longest(100));
    let who: Vec<_> = who.split_whitespace().map(str::to_lowercase).collect();
    let state = STATES
        .iter()
        .find(|state| state.name() == wanted.state.as_str());
    let after = Some(MatterId::from(wanted.after.as_str()));
    let after = after.filter(|_| !wanted.after.is_empty());
    let filter = Filter {
        states: state
            .map(|state| state.name().to_owned())
            .into_iter()
            .collect(),
        after: after.clone(),
        ..Filter::default()
    };
    let image = visit.image();
    let part = read_on::<Delegation>(&visit.console.store, filter, |matter| {
        let owner = image.people().person(&matter.owner);
        let named = who.is_empty() || owner.is_some_and(|owner| matches(owner, &who));
        named && is_seen(&visit, matter)
    });
    let part = part.await?;
    let rows = part.items.iter().map(|kept| row(&visit, kept));
    let after = after.as_ref().map(MatterId::as_str);
    let pages = Paging::after(PAGE.path, &filters, after, part.last.as_ref());
    let states = STATES
        .iter()
        .map(|state| context! { value => state.name(), text => words::state(*state).0 });
    let values = context! {
        rows => rows.collect::<Vec<_>>(),
        states => states.collect::<Vec<_>>(),
        narrowed => filters.iter().any(|(_, value)| !value.is_empty()),
        longest_days => visit.console.people.delegation.continuity_days,
        pages => of(pages),
    };
    visit.show_form("absent-mailboxes/list.html", &form, values)
}

/// Whether whoever looks may see it: if their post reaches the owner, or they ordered it.
fn is_seen(visit: &Visit, matter: &Delegation) -> bool {
    matter.basis == Basis::Continuity
        && (matter.proposed_by == visit.viewer.person || visit.allows(OPENS, &matter.owner))
}

fn row(visit: &Visit, kept: &Kept<Delegation>) -> Value {
    let (image, matter) = (visit.image(), &kept.matter);
    let (state, colour) = words::state(matter.state);
    context! {
        reference => kept.id.as_str(),
        owner => name_of(&image, &matter.owner),
        delegate => name_of(&image, &matter.delegate),
        until => matter.until.to_string(),
        state,
        colour,
    }
}

/// One that whoever asks may see. To anybody else it does not exist.
async fn found(visit: &Visit, reference: String) -> Result<Kept<Delegation>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Delegation>(&id).await?;
    let is_seen = is_seen(visit, &kept.matter);
    is_seen.then_some(kept).ok_or(Failure::NotFound)
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let history = visit.history(&kept.id).await?;
    let values = context! {
        title => words::title(&visit, &kept.matter),
        facts => words::facts(&visit, &kept.matter),
        ending => words::ending(&kept.matter),
        history,
        can_end => ending::is_open_to(&visit, &kept),
        ..row(&visit, &kept)
    };
    visit.show("absent-mailboxes/mailbox.html", values)
}

async fn opened(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let values = context! {
        title => "The mailbox is to be opened",
        informed => visit.console.people.delegation.informed.clone(),
        ..row(&visit, &kept)
    };
    visit.show("absent-mailboxes/opened.html", values)
}

#[cfg(test)]
mod tests;
