//! *My team*: how the people somebody answers for stand, as their line manager or sponsor; and numbers
//! alone for the units their posts reach.

mod reports;
mod standing;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::access_request::AccessRequest;
use matters::id::PersonId;
use matters::machine::Machine as _;
use matters::people::Person;
use matters::permission::Permission;
use matters::withdrawal::Withdrawal;
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept, Page as Part};
use register_store::{Store, StoreError, Stored};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::paging::{Paging, address};
use crate::visit::{Answer, Visit, of};
use crate::words::moment_in_words;

use standing::{Policy, Standing};

pub(super) const PAGE: Page = Page {
    action: "my-team",
    path: "/my-team",
    title: "My team",
    group: Group::Team,
    routes,
};

/// People on one page.
const ON_A_PAGE: usize = 25;

/// Most matters of one kind on a person's page: far more than anybody has at a time.
const MOST_MATTERS: usize = 100;

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .nest("/reports", crate::reports::routes::<reports::Manager>())
        .route("/{person}", get(member))
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    show: String,
    after: String,
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let image = visit.image();
    let team = image
        .people()
        .all()
        .filter(|person| visit.viewer.answers_for(person));
    let mut team: Vec<_> = team
        .map(|person| (person, Standing::of(person, &image, visit.at)))
        .collect();
    team.sort_by(|(one, _), (other, _)| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    let all = team.len();
    team.retain(|(_, standing)| match wanted.show.as_str() {
        "unsigned" => standing.policy != Policy::Signed,
        "leaving" => standing.leaves.is_some(),
        _ => true,
    });
    let after = Some(wanted.after.as_str()).filter(|after| !after.is_empty());
    let begin = after.and_then(|after| team.iter().position(|(one, _)| one.id.as_str() == after));
    let mut rest = team.into_iter().skip(begin.map_or(0, |begin| begin + 1));
    let shown: Vec<_> = rest.by_ref().take(ON_A_PAGE).collect();
    let filters = [("show", wanted.show.as_str())];
    let last = shown.last().filter(|_| rest.next().is_some());
    let paging = Paging {
        first: after.map(|_| address(PAGE.path, &filters, None)),
        next: last.map(|(last, _)| address(PAGE.path, &filters, Some(last.id.as_str()))),
    };
    let rows = shown
        .iter()
        .map(|(person, standing)| row(person, standing, &visit));
    let values = context! {
        all,
        show => wanted.show,
        rows => rows.collect::<Vec<_>>(),
        paging => of(paging),
        units => standing::units(&visit, &image),
    };
    visit.show("my-team/list.html", values)
}

fn row(person: &Person, standing: &Standing, visit: &Visit) -> Value {
    context! {
        id => person.id.as_str(),
        name => person.name.clone(),
        policy => standing.policy.in_words(),
        colour => standing.policy.colour(),
        permissions => standing.permissions,
        leaves => standing.leaves.map(|at| moment_in_words(at, &visit.console.zone)),
    }
}

async fn member(visit: Visit, Path(person): Path<String>) -> Answer {
    let id = PersonId::new(person);
    let image = visit.image();
    // Others may see a position too, on pages of their own; this one is for whoever answers for them.
    if !visit.about(&id).team {
        return Err(Failure::NotFound);
    }
    visit.may_see("see-position", &id)?;
    let person = image.people().person(&id).ok_or(Failure::NotFound)?;
    let store = &visit.console.store;
    let world = image.world();
    let requests = alive::<AccessRequest>(store, &id).await?;
    let requests = requests.items.into_iter().map(|kept| {
        let name = world.settings.services.get(&kept.matter.service);
        let name = name.unwrap_or(&kept.matter.service).clone();
        (name, kept.matter.state(), kept.id.to_string())
    });
    let permissions = alive::<Permission>(store, &id).await?;
    let permissions = permissions
        .items
        .into_iter()
        .filter(|kept| !kept.matter.rules.sealed);
    let permissions = permissions.map(|kept| {
        let Kept { id, matter, .. } = kept;
        let kind = world.settings.permissions.get(&matter.kind);
        let title = kind.map_or_else(|| matter.kind.clone(), |kind| kind.title.clone());
        let until = moment_in_words(matter.terms.until, &visit.console.zone);
        (title, matter.state(), until, id.to_string())
    });
    let withdrawals = alive::<Withdrawal>(store, &id).await?;
    let withdrawals = withdrawals.items.into_iter().map(|kept| {
        let from = moment_in_words(kept.matter.effective_at, &visit.console.zone);
        let kind = crate::deciding::withdrawal::in_words(&kept.matter.kind);
        (kind, kept.matter.state(), from, kept.id.to_string())
    });
    let standing = Standing::of(person, &image, visit.at);
    let values = context! {
        title => person.name.clone(),
        job_title => person.job_title.clone(),
        unit => person.unit.as_ref().and_then(|unit| Some(image.people().unit(unit)?.name.clone())),
        policy => standing.policy.in_words(),
        leaves => standing.leaves.map(|at| moment_in_words(at, &visit.console.zone)),
        requests => requests.collect::<Vec<_>>(),
        permissions => permissions.collect::<Vec<_>>(),
        withdrawals => withdrawals.collect::<Vec<_>>(),
    };
    visit.show("my-team/member.html", values)
}

async fn alive<M: Stored>(store: &Store, person: &PersonId) -> Result<Part<Kept<M>>, StoreError> {
    let filter = Filter {
        subject: Some(person.clone()),
        is_over: Some(false),
        limit: MOST_MATTERS,
        ..Filter::default()
    };
    store.matters(&filter).await
}
