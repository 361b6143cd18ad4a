//! *My calls and printing*: one's own calls and print jobs, month by month, and declaring that one was
//! personal. Nobody sees those of others.

use ::reports::entry::Volume;
use ::reports::month::Month;
use ::reports::usage::pence;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use jiff::Timestamp;
use minijinja::{Value, context};
use register_store::own_use::{Listed, PagePrices};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::Form;
use crate::own_figures::{cost, pages, time, what};
use crate::paging::{Paging, address};
use crate::visit::{Answer, Visit, of};
use crate::words::moment_in_words;

pub(super) const PAGE: Page = Page {
    action: "my-calls-and-printing",
    path: "/my-calls-and-printing",
    title: "My calls and printing",
    group: Group::You,
    routes,
};

/// Calls and jobs on one page.
const ON_A_PAGE: u32 = 50;

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/one", get(show).post(declare))
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    month: String,
    after: String,
    done: String,
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let person = &visit.viewer.person;
    visit.may_see("see-own-use", person)?;
    let (store, zone) = (&visit.console.store, &visit.console.zone);
    let now = Month::of(visit.at, zone);
    let last = now.plus(-1);
    let month = match wanted.month.parse::<Month>() {
        Ok(month) if month == last => last,
        _ => now,
    };
    let span = (month.begins(zone), month.next().begins(zone));
    let skip: u32 = wanted.after.parse().unwrap_or(0);
    let acts = store.own_acts(person, span, (skip, ON_A_PAGE + 1)).await?;
    let more = acts.len() > ON_A_PAGE as usize;
    let recharge = store.own_recharge(person, span, prices(&visit)).await?;
    let filters = [("month", month.to_string())];
    let filters = filters
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let paging = Paging {
        first: (skip > 0).then(|| address(PAGE.path, &filters, None)),
        next: more.then(|| {
            let next = skip.saturating_add(ON_A_PAGE).to_string();
            address(PAGE.path, &filters, Some(&next))
        }),
    };
    let other = if month == now { last } else { now };
    let named = other.to_string();
    let of_other = address(PAGE.path, &[("month", named.as_str())], None);
    let values = context! {
        done => wanted.done == "declared",
        month => month.in_words(),
        other => context! { href => of_other, text => other.in_words() },
        rows => acts.iter().take(ON_A_PAGE as usize).map(|one| row(&visit, one)).collect::<Vec<_>>(),
        prices => prices_in_words(&visit),
        recharge => (recharge > 0).then(|| cost_of(recharge)),
        pages => of(paging),
        can_declare => visit.console.people.personal_use.is_some(),
    };
    visit.show("my-calls-and-printing/list.html", values)
}

fn prices(visit: &Visit) -> PagePrices {
    PagePrices::of(visit.console.people.personal_use.as_ref())
}

/// What pages cost, in words; nothing where they cost nothing.
fn prices_in_words(visit: &Visit) -> Option<String> {
    let PagePrices { mono, colour } = prices(visit);
    let words = format!(
        "A personal page costs {}, one in colour {}.",
        cost_of(mono),
        cost_of(colour)
    );
    (mono + colour > 0).then_some(words)
}

fn cost_of(millionths: u64) -> String {
    let volume = Volume {
        millionths,
        ..Volume::default()
    };
    ::reports::report::Value::Pence(pence(volume)).in_words()
}

/// How much it was, with what it costs its person.
fn charged(visit: &Visit, one: &Listed) -> Volume {
    Volume {
        millionths: one.millionths(prices(visit)),
        ..one.act.volume
    }
}

fn address_of(one: &Listed) -> String {
    let of = one.reference();
    address(&format!("{}/one", PAGE.path), &[("of", of.as_str())], None)
}

fn row(visit: &Visit, one: &Listed) -> Vec<Value> {
    let act = &one.act;
    let when = context! {
        text => moment_in_words(act.at, &visit.console.zone),
        href => address_of(one),
    };
    let cells = [
        what(&act.action),
        act.other.replace('-', " "),
        time(act.volume).in_words(),
        pages(act.volume).in_words(),
        cost(charged(visit, one)).in_words(),
        if one.is_personal() {
            "Personal"
        } else {
            "Council’s"
        }
        .to_owned(),
    ];
    std::iter::once(when)
        .chain(cells.map(Value::from))
        .collect()
}

/// One of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    of: String,
}

async fn found(visit: &Visit, which: &Which) -> Result<Listed, Failure> {
    let person = &visit.viewer.person;
    visit.may_see("see-own-use", person)?;
    let found = visit.console.store.own_act(person, &which.of).await?;
    found.ok_or(Failure::NotFound)
}

async fn show(visit: Visit, Query(which): Query<Which>) -> Answer {
    let one = found(&visit, &which).await?;
    shown(&visit, &one, &Form::default())
}

/// The last moment it can be declared, where the policy knows such declarations.
fn until(visit: &Visit, one: &Listed) -> Option<Timestamp> {
    let rules = visit.console.people.personal_use.as_ref()?;
    let days = jiff::SignedDuration::from_hours(24 * i64::from(rules.declared_within_days));
    one.act.at.checked_add(days).ok()
}

fn shown(visit: &Visit, one: &Listed, form: &Form) -> Answer {
    let act = &one.act;
    let row = |key: &str, value: String| context! { key, value };
    let zone = &visit.console.zone;
    let mut facts = vec![
        row("When", moment_in_words(act.at, zone)),
        row("What", what(&act.action)),
        row("With", act.other.replace('-', " ")),
    ];
    for (name, value) in [
        ("Time", time(act.volume)),
        ("Pages", pages(act.volume)),
        ("Cost", cost(charged(visit, one))),
    ] {
        if value != ::reports::report::Value::Nothing {
            facts.push(row(name, value.in_words()));
        }
    }
    let declared = one.declared_at.map(|at| moment_in_words(at, zone));
    facts.extend(declared.map(|at| row("Declared personal", at)));
    let until = until(visit, one);
    let can = !one.is_personal() && until.is_some_and(|until| visit.at <= until);
    let rules = visit.console.people.personal_use.as_ref();
    let values = context! {
        title => "One call or print job",
        facts,
        address => address_of(one),
        is_personal => one.is_personal(),
        can => can && visit.allows("declare-personal", &visit.viewer.person),
        is_late => !one.is_personal() && until.is_some() && !can,
        clauses => rules.map(|rules| rules.clauses.clone()),
        days => rules.map(|rules| rules.declared_within_days),
    };
    visit.show_form("my-calls-and-printing/one.html", form, values)
}

async fn declare(visit: Visit, Query(which): Query<Which>, mut form: Form) -> Answer {
    let one = found(&visit, &which).await?;
    visit.may("declare-personal", &visit.viewer.person)?;
    let store = &visit.console.store;
    if let Err(error) = store.declare_personal(&one.reference(), &visit.act()).await {
        form.refused(error.into())?;
        return shown(&visit, &one, &form);
    }
    let month = Month::of(one.act.at, &visit.console.zone);
    visit.to(&format!("?done=declared&month={month}"))
}

#[cfg(test)]
mod tests;
