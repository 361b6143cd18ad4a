//! *Service limits*: a service of somebody is shut for a time to protect the network, and opened again.
//!
//! It says nothing about the person: a device may be infected, an account abused by a stranger. So the
//! person alone is told, in words that blame nobody, and it ends by itself on the day that was named.

mod ending;
mod setting;

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::id::MatterId;
use matters::machine::Machine as _;
use matters::withdrawal::{Kind, Stage, Withdrawal};
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::deciding::withdrawal::named;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::Paging;
use crate::people_named::{matches, name_of};
use crate::questions;
use crate::reading_on::read_on;
use crate::visit::{Answer, Visit, of};
use crate::words::moment_in_words;

pub(super) const PAGE: Page = Page {
    action: "service-limits",
    path: "/service-limits",
    title: "Service limits",
    group: Group::Registers,
    routes,
};

/// What setting one is in the console's rules.
const LIMITS: &str = "limit-service";

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .merge(questions::routes::<setting::Question>())
        .route("/{reference}", get(show))
        .route("/{reference}/set", get(set))
        .route("/{reference}/end", get(ending::ask).post(ending::end))
        .route("/{reference}/ended", get(ending::done))
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: String,
    service: String,
    who: String,
    after: String,
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let filters = [
        ("state", wanted.state.as_str()),
        ("service", wanted.service.as_str()),
        ("who", wanted.who.as_str()),
    ];
    let mut form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let who = form.text("who", &Text::optional().longest(100));
    let who: Vec<_> = who.split_whitespace().map(str::to_lowercase).collect();
    let after = Some(MatterId::from(wanted.after.as_str()));
    let after = after.filter(|_| !wanted.after.is_empty());
    let filter = Filter {
        is_over: Some(wanted.state == "over"),
        after: after.clone(),
        ..Filter::default()
    };
    let image = visit.image();
    let part = read_on::<Withdrawal>(&visit.console.store, filter, |matter| {
        let Some(services) = limited(matter) else {
            return false;
        };
        let person = image.people().person(&matter.person);
        let is_named = who.is_empty() || person.is_some_and(|person| matches(person, &who));
        let of_service = wanted.service.is_empty() || services.contains(&wanted.service);
        is_named && of_service && visit.allows(LIMITS, &matter.person)
    });
    let part = part.await?;
    let rows = part.items.iter().map(|kept| row(&visit, kept));
    let after = after.as_ref().map(MatterId::as_str);
    let pages = Paging::after(PAGE.path, &filters, after, part.last.as_ref());
    let values = context! {
        rows => rows.collect::<Vec<_>>(),
        services => services(&visit),
        narrowed => filters.iter().any(|(_, value)| !value.is_empty()),
        pages => of(pages),
    };
    visit.show_form("service-limits/list.html", &form, values)
}

/// What it limits; none if it is another kind of withdrawal.
fn limited(matter: &Withdrawal) -> Option<&BTreeSet<String>> {
    match &matter.kind {
        Kind::NetworkProtection { services } => Some(services),
        _ => None,
    }
}

/// Every service, for choices.
fn services(visit: &Visit) -> Vec<Value> {
    let services = visit.console.people.services.iter();
    let services = services.map(|(value, text)| context! { value, text });
    services.collect()
}

fn in_words(matter: &Withdrawal, visit: &Visit) -> (&'static str, &'static str) {
    match matter.stage {
        Stage::Rejected => ("Set by mistake", "grey"),
        _ if matter.withdraws(visit.at).is_some() => ("In force", "yellow"),
        _ if matter.is_over() || matter.until.is_some_and(|until| until <= visit.at) => {
            ("Ended", "grey")
        }
        _ => ("Begins later", "blue"),
    }
}

fn row(visit: &Visit, kept: &Kept<Withdrawal>) -> Value {
    let (image, matter) = (visit.image(), &kept.matter);
    let services = limited(matter).map(|services| named(services, &image.world()));
    let (state, colour) = in_words(matter, visit);
    let moment = |at| moment_in_words(at, &visit.console.zone);
    context! {
        reference => kept.id.as_str(),
        name => name_of(&image, &matter.person),
        services => services.unwrap_or_default(),
        from => moment(matter.effective_at),
        until => matter.until.map(moment),
        state,
        colour,
    }
}

/// A limit that whoever asks could have set. To anybody else it does not exist.
async fn found(visit: &Visit, reference: String) -> Result<Kept<Withdrawal>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Withdrawal>(&id).await?;
    if limited(&kept.matter).is_none() {
        return Err(Failure::NotFound);
    }
    visit.may_see(LIMITS, &kept.matter.person)?;
    Ok(kept)
}

/// As *check answers* and the limit's own page show it, with the reason that was given.
fn facts(visit: &Visit, kept: &Kept<Withdrawal>, history: &[Value]) -> Vec<Value> {
    let (image, matter) = (visit.image(), &kept.matter);
    let reason = history
        .first()
        .and_then(|step| step.get_attr("reason").ok());
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let services = limited(matter).map(|services| named(services, &image.world()));
    let by = matter.by.person().map(|by| name_of(&image, by));
    let row = |key: &str, value: String| context! { key, value };
    let mut facts = vec![
        row("Who", name_of(&image, &matter.person)),
        context! { key => "Services", values => services },
        row("From", moment(matter.effective_at)),
    ];
    facts.extend(matter.until.map(|until| row("Until", moment(until))));
    facts.push(context! { key => "Reason", value => reason });
    facts.extend(by.map(|by| row("Set by", by)));
    facts.extend(matter.ended_at.map(|at| row("Ended", moment(at))));
    facts
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let history = visit.history(&kept.id).await?;
    let values = context! {
        title => format!("Service limit: {}", name_of(&visit.image(), &kept.matter.person)),
        facts => facts(&visit, &kept, &history),
        history,
        can_end => ending::step(&visit, &kept).is_ok(),
        ..row(&visit, &kept)
    };
    visit.show("service-limits/limit.html", values)
}

async fn set(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let values = context! { title => "Service limited", ..row(&visit, &kept) };
    visit.show("service-limits/set.html", values)
}

#[cfg(test)]
mod tests;
