//! *Ask for something*: permissions in plain words. Asking, looking at what one asked for, taking it
//! back.

mod questions;
mod reading;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::id::MatterId;
use matters::permission::{Permission, State, Step};
use minijinja::context;
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::Paging;
use crate::visit::{Answer, Visit, of};
use crate::words;

pub(super) const PAGE: Page = Page {
    action: "ask-for-something",
    path: "/ask-for-something",
    title: "Ask for something",
    group: Group::You,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .merge(crate::questions::routes::<questions::Question>())
        .route("/{reference}", get(show))
        .route("/{reference}/sent", get(sent))
        .route("/{reference}/take-back", get(ask_take_back).post(take_back))
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
struct Place {
    after: Option<String>,
}

async fn list(visit: Visit, Query(place): Query<Place>) -> Answer {
    let filter = Filter {
        subject: Some(visit.viewer.person.clone()),
        after: place.after.clone().map(MatterId::new),
        limit: 20,
        ..Filter::default()
    };
    let page = visit.console.store.matters::<Permission>(&filter).await?;
    let rows: Vec<_> = page.items.iter().map(|kept| row(&visit, kept)).collect();
    let last = page.items.last().filter(|_| page.more);
    let paging = Paging::after(
        PAGE.path,
        &[],
        place.after.as_deref(),
        last.map(|last| &last.id),
    );
    visit.show(
        "ask-for-something/list.html",
        context! { rows, paging => of(paging) },
    )
}

fn row(visit: &Visit, kept: &Kept<Permission>) -> minijinja::Value {
    let state = kept.matter.state;
    context! {
        reference => kept.id.as_str(),
        what => words::permission(&visit.console.people, &kept.matter.kind),
        until => kept.matter.terms.until.to_string(),
        state => in_words(state),
        colour => colour(state),
    }
}

/// Each end has its own word.
fn in_words(state: State) -> &'static str {
    match state {
        State::Requested => "Waiting for a decision",
        State::Advised => "Advice given, waiting for a decision",
        State::Approved => "Allowed, not begun yet",
        State::Active => "Allowed now",
        State::Expired => "Out of time",
        State::Exhausted => "Used up",
        State::Revoked => "Taken back",
        State::Refused => "Refused",
        State::Lapsed => "Not decided in time",
        State::Withdrawn => "No longer asked for",
    }
}

fn colour(state: State) -> &'static str {
    match state {
        State::Requested | State::Advised => "blue",
        State::Approved | State::Active => "green",
        State::Refused | State::Revoked => "red",
        _ => "grey",
    }
}

/// A permission that whoever asks may see: their own, asked for by them, or theirs to decide.
async fn found(visit: &Visit, reference: String) -> Result<Kept<Permission>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Permission>(&id).await?;
    let about = visit.about(&kept.matter.person);
    let deciders = kept.matter.rules.deciders.iter().flatten();
    let decides = deciders
        .into_iter()
        .any(|post| visit.viewer.posts.contains(post));
    let about = about.sealed(kept.matter.rules.sealed, decides);
    let sees = visit
        .console
        .access
        .may(&visit.viewer, "see-permission", &about);
    sees.then_some(kept).ok_or(Failure::NotFound)
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let history = visit.history(&kept.id).await?;
    let matter = &kept.matter;
    let values = context! {
        title => words::permission(&visit.console.people, &matter.kind),
        reference => kept.id.as_str(),
        state => in_words(matter.state),
        colour => colour(matter.state),
        facts => reading::facts(&visit, matter),
        advice => matter.advice.clone(),
        conditions => matter.terms.conditions.clone(),
        history,
        can_take_back => matter.person == visit.viewer.person && taking_back(matter.state).is_some(),
    };
    visit.show("ask-for-something/permission.html", values)
}

async fn sent(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let values = context! {
        title => "Your request has been sent",
        reference => kept.id.as_str(),
        deciders => reading::deciders(&visit, &kept.matter),
    };
    visit.show("ask-for-something/sent.html", values)
}

/// The step that ends it, by the person it is for; none once it is over.
fn taking_back(state: State) -> Option<Step> {
    match state {
        State::Requested | State::Advised => Some(Step::Withdraw),
        State::Approved | State::Active => Some(Step::Revoke),
        _ => None,
    }
}

async fn ask_take_back(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let form = Form::default();
    show_take_back(&visit, &kept, &form)
}

fn show_take_back(visit: &Visit, kept: &Kept<Permission>, form: &Form) -> Answer {
    let values = context! {
        title => "Give this up",
        reference => kept.id.as_str(),
        what => words::permission(&visit.console.people, &kept.matter.kind),
        version => kept.version.0,
    };
    visit.show_form("ask-for-something/take-back.html", form, values)
}

async fn take_back(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may("take-back-request", &kept.matter.person)?;
    let reason = form.text(
        "reason",
        &Text::required("Enter why you no longer need it")
            .longest(500)
            .lines(),
    );
    if !form.is_good() {
        return show_take_back(&visit, &kept, &form);
    }
    // Over already: the machine says so in its own words.
    let step = taking_back(kept.matter.state).unwrap_or(Step::Withdraw);
    let act = visit.act().because(reason);
    let store = &visit.console.store;
    let taken = store
        .take::<Permission>(&kept.id, Some(form.version()?), step, &act)
        .await;
    if let Err(error) = taken {
        form.refused(error.into())?;
        return show_take_back(&visit, &kept, &form);
    }
    visit.to(&format!("/{}", kept.id))
}

#[cfg(test)]
mod tests;
