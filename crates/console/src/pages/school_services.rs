//! *School services*: central services are withdrawn from a school that misuses them, and given back.
//! Its governors are told, and answer here.

mod acts;
mod raising;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::id::{MatterId, UnitId};
use matters::machine::Machine as _;
use matters::school_services::{SchoolServices, State};
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::deciding::withdrawal::named;
use crate::duty::Duty;
use crate::failure::Failure;
use crate::form::Form;
use crate::paging::Paging;
use crate::questions;
use crate::reading_on::read_on;
use crate::visit::{Answer, Visit, of};
use crate::words::moment_in_words;

pub(super) const PAGE: Page = Page {
    action: "school-services",
    path: "/school-services",
    title: "School services",
    group: Group::Registers,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .merge(questions::routes::<raising::Question>())
        .route("/{reference}", get(show))
        .route("/{reference}/{act}", get(acts::ask).post(acts::act))
        .route("/{reference}/{act}/warning", get(acts::warn))
}

fn in_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::Concern => ("Waits for the governors", "yellow"),
        State::Answered => ("The governors have answered", "blue"),
        State::Withdrawn => ("Withdrawn", "red"),
        State::Restored => ("Given back", "grey"),
        State::Dropped => ("Dropped", "grey"),
    }
}

/// Whether whoever looks withdraws services from schools; else they govern some.
fn withdraws(visit: &Visit) -> bool {
    let duties = &visit.viewer.duties;
    duties.contains(&Duty::WithdrawsFromSchools)
}

/// Those who withdraw see all of it, governors what is about their own school.
fn may_see(visit: &Visit, matter: &SchoolServices) -> bool {
    let image = visit.image();
    withdraws(visit) || matter.is_governed_by(&visit.viewer.person, visit.at, &image.world())
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
    let part = read_on::<SchoolServices>(&visit.console.store, filter, |matter| {
        may_see(&visit, matter)
    });
    let part = part.await?;
    let rows = part.items.iter().map(|kept| row(&visit, kept));
    let after = after.as_ref().map(MatterId::as_str);
    let pages = Paging::after(PAGE.path, &filters, after, part.last.as_ref());
    let values = context! {
        rows => rows.collect::<Vec<_>>(),
        withdraws => withdraws(&visit),
        pages => of(pages),
    };
    visit.show_form("school-services/list.html", &form, values)
}

fn name(visit: &Visit, school: &UnitId) -> String {
    let image = visit.image();
    let unit = image.people().unit(school);
    unit.map_or_else(|| school.as_str().to_owned(), |unit| unit.name.clone())
}

fn row(visit: &Visit, kept: &Kept<SchoolServices>) -> Value {
    let (image, matter) = (visit.image(), &kept.matter);
    let (state, colour) = in_words(matter.state);
    let moment = |at| moment_in_words(at, &visit.console.zone);
    context! {
        reference => kept.id.as_str(),
        school => name(visit, &matter.school),
        services => named(&matter.services, &image.world()),
        since => moment(kept.changed_at),
        withdrawn => matter.withdrawn_at.map(moment),
        is_over => matter.is_over(),
        state,
        colour,
    }
}

/// One whoever asks may see. To anybody else it does not exist.
async fn found(visit: &Visit, reference: String) -> Result<Kept<SchoolServices>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<SchoolServices>(&id).await?;
    may_see(visit, &kept.matter)
        .then_some(kept)
        .ok_or(Failure::NotFound)
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let values = context! {
        title => name(&visit, &kept.matter.school),
        history => visit.history(&kept.id).await?,
        acts => acts::offered(&visit, &kept),
        ..row(&visit, &kept)
    };
    visit.show("school-services/matter.html", values)
}

#[cfg(test)]
mod tests;
