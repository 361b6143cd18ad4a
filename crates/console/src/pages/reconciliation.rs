//! *Reconciliation*: where accounts at the directory and requests for access do not agree, both ways,
//! as the last comparison found. Nothing is put right by itself.

use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use jiff::SignedDuration;
use matters::id::PersonId;
use minijinja::{Value, context};
use register_store::feeds::FeedRun;
use serde::Deserialize;

use super::{Group, Page, find_a_person};
use crate::Console;
use crate::form::Form;
use crate::paging::{Paging, address};
use crate::people_named::name_of;
use crate::visit::{Answer, Visit, of};
use crate::words::{age_in_words, moment_in_words};

pub(super) const PAGE: Page = Page {
    action: "reconciliation",
    path: "/reconciliation",
    title: "Reconciliation",
    group: Group::Registers,
    routes,
};

/// Differences on one page.
const ON_A_PAGE: usize = 25;

/// Comparisons are made every night; after two without one somebody should look.
const OLD: SignedDuration = SignedDuration::from_hours(48);

fn routes() -> Router<Console> {
    Router::new().route("/", get(list))
}

/// A kind of difference: as it is kept, on which side there is too much, in words, what to do.
#[rustfmt::skip]
const KINDS: &[(&str, Side, &str, &str)] = &[
    ("enabled-though-withdrawn", Side::Accounts, "The account can be used, though everything was withdrawn", "Disable the account now"),
    ("account-without-request", Side::Accounts, "The account can be used, and no request stands behind it", "Find out whose it is; disable it, or have access asked for"),
    ("group-without-request", Side::Accounts, "The account has a service no request stands behind", "Take it out of the group, or have access asked for"),
    ("request-without-account", Side::Requests, "A service is in use, and there is no account that can be used", "Set the account up, or see whether the person left"),
    ("request-without-group", Side::Requests, "A service is in use, and the account is not in its group", "Put the account into the group"),
];

/// On which side there is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Accounts,
    Requests,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Requests => "requests",
        }
    }
}

/// A difference as it was kept.
#[derive(Debug, Deserialize)]
struct Difference {
    what: String,
    person: Option<PersonId>,
    account: Option<String>,
    service: Option<String>,
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    side: String,
    service: String,
    page: String,
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let store = &visit.console.store;
    let last = store.last_comparison().await?;
    let found = match &last {
        Some(run) => store.differences(run.id).await?,
        None => Vec::new(),
    };
    let found = found.into_iter();
    let found = found.filter_map(|body| serde_json::from_value::<Difference>(body).ok());
    let all: Vec<_> = found
        .filter_map(|one| {
            let kind = KINDS.iter().find(|(what, ..)| *what == one.what)?;
            Some((one, kind))
        })
        .collect();
    let number = |side: Side| all.iter().filter(|(_, kind)| kind.1 == side).count();
    let (accounts, requests) = (number(Side::Accounts), number(Side::Requests));
    let shown: Vec<_> = all
        .iter()
        .filter(|(one, kind)| {
            let side = wanted.side.is_empty() || kind.1.name() == wanted.side;
            let service = one.service.as_deref().unwrap_or_default();
            side && (wanted.service.is_empty() || service == wanted.service)
        })
        .collect();
    let page = wanted.page.parse::<usize>().unwrap_or(1).clamp(1, 10_000);
    let begin = (page - 1) * ON_A_PAGE;
    let rows = shown.iter().skip(begin).take(ON_A_PAGE);
    let rows = rows.map(|(one, (_, side, what, todo))| row(&visit, one, *side, what, todo));
    let filters = [
        ("side", wanted.side.as_str()),
        ("service", wanted.service.as_str()),
    ];
    let next = (page + 1).to_string();
    let on = [filters[0], filters[1], ("page", next.as_str())];
    let more = shown.len() > begin + ON_A_PAGE;
    let paging = Paging {
        first: (page > 1).then(|| address(PAGE.path, &filters, None)),
        next: more.then(|| address(PAGE.path, &on, None)),
    };
    let services = visit.console.people.services.iter();
    let form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let values = context! {
        compared => last.as_ref().map(|run| compared(&visit, run)),
        accounts,
        requests,
        rows => rows.collect::<Vec<Value>>(),
        services => services.map(|(value, text)| context! { value, text }).collect::<Vec<_>>(),
        narrowed => filters.iter().any(|(_, value)| !value.is_empty()),
        pages => of(paging),
    };
    visit.show_form("reconciliation/list.html", &form, values)
}

fn compared(visit: &Visit, run: &FeedRun) -> Value {
    context! {
        at => moment_in_words(run.received_at, &visit.console.zone),
        age => age_in_words(run.received_at, visit.at),
        is_old => visit.at.duration_since(run.received_at) > OLD,
        accounts => run.counts.unchanged,
        found => run.counts.quarantined,
    }
}

fn row(visit: &Visit, one: &Difference, side: Side, what: &str, todo: &str) -> Value {
    let image = visit.image();
    let person = one.person.as_ref();
    let services = &visit.console.people.services;
    let service = one.service.as_ref();
    context! {
        what,
        todo,
        side => side.name(),
        account => one.account.clone(),
        service => service.map(|label| services.get(label).unwrap_or(label).clone()),
        person => person.map(|id| name_of(&image, id)),
        href => person
            .filter(|id| visit.allows("see-status", id))
            .map(find_a_person::address_of),
    }
}

#[cfg(test)]
mod tests;
