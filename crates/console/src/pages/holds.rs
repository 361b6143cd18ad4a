//! *Holds*: what somebody has is kept although it would go, until those who placed the hold and the post that
//! has to agree say that it is no longer needed.
//!
//! The person it is about does not see it, whatever post they hold.

mod acts;
mod placing;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::hold::{Covers, Hold, State};
use matters::id::MatterId;
use matters::machine::Machine as _;
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::duty::Duty;
use crate::failure::Failure;
use crate::form::Form;
use crate::paging::Paging;
use crate::people_named::name_of;
use crate::questions;
use crate::reading_on::read_on;
use crate::visit::{Answer, Visit, of};
use crate::words::{day_in_words, moment_in_words};

pub(super) const PAGE: Page = Page {
    action: "holds",
    path: "/holds",
    title: "Holds",
    group: Group::Registers,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .merge(questions::routes::<placing::Question>())
        .route("/{reference}", get(show))
        .route("/{reference}/{act}", get(acts::ask).post(acts::act))
}

fn in_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::InEffect => ("In effect", "green"),
        State::ReleaseProposed => ("Waits for its end to be agreed", "yellow"),
        State::Released => ("Over", "grey"),
    }
}

/// What a hold is over, a sentence each.
fn covers_in_words(covers: &Covers) -> Vec<String> {
    let with = covers.with.as_ref().map(|with| match with.contains('@') {
        true => format!("Mail with {with}"),
        false => format!("Mail with anybody at {with}"),
    });
    let mut words = vec![with.unwrap_or_else(|| "All mail".to_owned())];
    words.extend(covers.from.map(|day| format!("From {}", day_in_words(day))));
    words.extend(
        covers
            .until
            .map(|day| format!("Up to {}", day_in_words(day))),
    );
    words
}

fn places(visit: &Visit) -> bool {
    visit.viewer.duties.contains(&Duty::PlacesHolds)
}

fn may_see(visit: &Visit, hold: &Hold) -> bool {
    hold.person != visit.viewer.person
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: String,
    after: String,
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let filters = [("state", wanted.state.as_str())];
    let form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let after = Some(MatterId::from(wanted.after.as_str()));
    let after = after.filter(|_| !wanted.after.is_empty());
    let filter = Filter {
        is_over: Some(wanted.state == "over"),
        after: after.clone(),
        ..Filter::default()
    };
    let part = read_on::<Hold>(&visit.console.store, filter, |hold| may_see(&visit, hold));
    let part = part.await?;
    let rows = part.items.iter().map(|kept| row(&visit, kept));
    let after = after.as_ref().map(MatterId::as_str);
    let pages = Paging::after(PAGE.path, &filters, after, part.last.as_ref());
    let values = context! {
        rows => rows.collect::<Vec<_>>(),
        places => places(&visit),
        pages => of(pages),
    };
    visit.show_form("holds/list.html", &form, values)
}

fn row(visit: &Visit, kept: &Kept<Hold>) -> Value {
    let (image, hold) = (visit.image(), &kept.matter);
    let (state, colour) = in_words(hold.state);
    let posts = &visit.console.people.posts;
    let post = posts.get(hold.placed_by.as_str());
    context! {
        reference => kept.id.as_str(),
        person => name_of(&image, &hold.person),
        covers => covers_in_words(&hold.covers),
        placed_by => post.map_or(hold.placed_by.as_str(), |post| post.title.as_str()),
        since => moment_in_words(kept.opened_at, &visit.console.zone),
        state,
        colour,
    }
}

/// One whoever asks may see. To anybody else it does not exist.
async fn found(visit: &Visit, reference: String) -> Result<Kept<Hold>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Hold>(&id).await?;
    may_see(visit, &kept.matter)
        .then_some(kept)
        .ok_or(Failure::NotFound)
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let values = context! {
        title => "A hold",
        history => visit.history(&kept.id).await?,
        acts => acts::offered(&visit, &kept),
        is_over => kept.matter.is_over(),
        ..row(&visit, &kept)
    };
    visit.show("holds/matter.html", values)
}

#[cfg(test)]
mod tests;
