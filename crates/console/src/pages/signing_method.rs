//! *How people sign*: the posts the pack names agree to how people sign on a page, and take it back.
//! Until all have agreed, what is signed in ink is the only way.

mod acts;
mod proposing;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::id::MatterId;
use matters::machine::Machine as _;
use matters::signing_method::{Agreement, SigningMethod, State};
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::paging::Paging;
use crate::people_named::name_of;
use crate::visit::{Answer, Visit, of};
use crate::words::moment_in_words;

pub(super) const PAGE: Page = Page {
    action: "signing-method",
    path: "/signing-method",
    title: "How people sign",
    group: Group::Registers,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/new", get(proposing::ask).post(proposing::propose))
        .route("/{reference}", get(show))
        .route("/{reference}/{act}", get(acts::ask).post(acts::act))
        .route("/{reference}/{act}/warning", get(acts::warn))
}

fn in_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::Proposed => ("Waits for agreement", "yellow"),
        State::Agreed => ("Agreed", "green"),
        State::Withdrawn => ("Taken back", "grey"),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    after: String,
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let after = Some(MatterId::from(wanted.after.as_str()));
    let after = after.filter(|_| !wanted.after.is_empty());
    let filter = Filter {
        after: after.clone(),
        ..Filter::default()
    };
    let page = visit
        .console
        .store
        .matters::<SigningMethod>(&filter)
        .await?;
    let last = page.items.last().filter(|_| page.more).map(|kept| &kept.id);
    let after = after.as_ref().map(MatterId::as_str);
    let pages = Paging::after(PAGE.path, &[], after, last);
    let rows = page.items.iter().map(|kept| row(&visit, kept));
    let image = visit.image();
    let values = context! {
        rows => rows.collect::<Vec<_>>(),
        is_on => image.world().signs_on_a_page(),
        can_propose => proposing::is_open(&visit).is_ok(),
        pages => of(pages),
    };
    visit.show("signing-method/list.html", values)
}

fn row(visit: &Visit, kept: &Kept<SigningMethod>) -> Value {
    let (image, matter) = (visit.image(), &kept.matter);
    let (state, colour) = in_words(matter.state);
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let post = |post: &str| {
        let known = image.pack().people().posts.get(post);
        known.map_or_else(|| post.to_owned(), |known| known.title.clone())
    };
    let agreed = |one: &Agreement| {
        let who = name_of(&image, &one.by);
        format!("{}: {who}, {}", post(one.post.as_str()), moment(one.at))
    };
    let missing = matter.missing(&image.pack().people().signing);
    let missing = missing.iter().filter(|_| !matter.is_over());
    context! {
        reference => kept.id.as_str(),
        description => matter.description.clone(),
        agreed => matter.agreed.iter().map(agreed).collect::<Vec<_>>(),
        missing => missing.map(|label| post(label)).collect::<Vec<_>>(),
        since => moment(kept.changed_at),
        state,
        colour,
    }
}

async fn found(visit: &Visit, reference: String) -> Result<Kept<SigningMethod>, Failure> {
    let id = MatterId::new(reference);
    Ok(visit.console.store.matter::<SigningMethod>(&id).await?)
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let values = context! {
        history => visit.history(&kept.id).await?,
        acts => acts::offered(&visit, &kept),
        ..row(&visit, &kept)
    };
    visit.show("signing-method/matter.html", values)
}

#[cfg(test)]
mod tests;
