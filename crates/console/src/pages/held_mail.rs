//! *Held mail*: messages that wait. Their writers and recipients see theirs and may ask for them;
//! those the pack names read, decide, and say of each finding whether it was right.
//!
//! The list of those who decide names nobody: who wrote to whom is on the message's own page.

mod allowed;
mod asking;
mod deciding;
mod reading;
mod words;
mod yours;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::held_mail::HeldMail;
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
use crate::people_named::{exactly, name_of};
use crate::reading_on::read_on;
use crate::visit::{Answer, Visit, of};
use crate::words::{age_in_words, moment_in_words};

pub(super) const PAGE: Page = Page {
    action: "held-mail",
    path: "/held-mail",
    title: "Held mail",
    group: Group::You,
    routes,
};

/// What deciding about one is in the console's rules.
const DECIDES: &str = "decide-held-mail";

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/yours", get(yours::list))
        .route("/allowed-words", get(allowed::list))
        .route(
            "/allowed-words/{reference}",
            get(allowed::show).post(allowed::end),
        )
        .route("/{reference}", get(show))
        .route("/{reference}/ask", get(asking::form).post(asking::ask))
        .route("/{reference}/read", get(reading::form).post(reading::read))
        .route("/{reference}/message", get(reading::message))
        .route(
            "/{reference}/decide",
            get(deciding::form).post(deciding::choose),
        )
        .route(
            "/{reference}/{draft}/check",
            get(deciding::check).post(deciding::decide),
        )
        .route("/{reference}/done", get(deciding::done))
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    class: String,
    state: String,
    after: String,
}

/// Whether whoever looks decides about any held mail.
fn decides_any(visit: &Visit) -> bool {
    visit.viewer.duties.contains(&Duty::DecidesHeldMail) || visit.viewer.is_manager
}

/// Whether this message is before whoever looks, as one of those who decide.
fn decides(visit: &Visit, held: &HeldMail) -> bool {
    let image = visit.image();
    held.is_shown_to(&visit.viewer.person, visit.at, &image.world())
        && visit.allows(DECIDES, &held.person)
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    if !decides_any(&visit) {
        return visit.to("/yours");
    }
    let filters = [
        ("class", wanted.class.as_str()),
        ("state", wanted.state.as_str()),
    ];
    let form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let after = Some(MatterId::from(wanted.after.as_str()));
    let after = after.filter(|_| !wanted.after.is_empty());
    let filter = Filter {
        is_over: Some(wanted.state == "over"),
        after: after.clone(),
        ..Filter::default()
    };
    let part = read_on::<HeldMail>(&visit.console.store, filter, |held| {
        let of_class = match wanted.class.as_str() {
            "" => true,
            "other" => held.class.is_none(),
            class => held.class.as_deref() == Some(class),
        };
        of_class && decides(&visit, held)
    });
    let part = part.await?;
    let rows = part.items.iter().map(|kept| row(&visit, kept));
    let classes = visit.console.people.held_mail.classes.iter();
    let classes = classes.map(|class| context! { value => &class.label, text => &class.title });
    let other = context! { value => "other", text => words::OTHER };
    let after = after.as_ref().map(MatterId::as_str);
    let pages = Paging::after(PAGE.path, &filters, after, part.last.as_ref());
    let values = context! {
        rows => rows.collect::<Vec<_>>(),
        classes => classes.chain([other]).collect::<Vec<_>>(),
        narrowed => filters.iter().any(|(_, value)| !value.is_empty()),
        pages => of(pages),
    };
    visit.show_form("held-mail/list.html", &form, values)
}

fn row(visit: &Visit, kept: &Kept<HeldMail>) -> Value {
    let held = &kept.matter;
    let (state, colour) = words::state(held.state);
    context! {
        what => words::class(&visit.console.people, held),
        reference => kept.id.as_str(),
        clauses => words::clauses(visit, held),
        since => moment_in_words(held.at, &visit.console.zone),
        age => age_in_words(held.at, visit.at),
        asked => held.asked.is_some() && !held.is_over(),
        state,
        colour,
    }
}

/// A message somebody may know of. To anybody else it does not exist.
async fn found(visit: &Visit, reference: &str) -> Result<Kept<HeldMail>, Failure> {
    let id = MatterId::from(reference);
    let kept = visit.console.store.matter::<HeldMail>(&id).await?;
    let held = &kept.matter;
    let sees = held.is_of(&visit.viewer.person) || decides(visit, held);
    sees.then_some(kept).ok_or(Failure::NotFound)
}

/// A message whoever looks decides about.
async fn to_decide(visit: &Visit, reference: &str) -> Result<Kept<HeldMail>, Failure> {
    let kept = found(visit, reference).await?;
    decides(visit, &kept.matter)
        .then_some(kept)
        .ok_or(Failure::NotYours)
}

/// What whoever decides has to know.
fn facts(visit: &Visit, held: &HeldMail) -> Vec<Value> {
    let image = visit.image();
    let row = |key: &str, value: String| context! { key, value };
    let here = |address: &String| {
        let person = exactly(&image, address);
        person.map_or_else(
            || address.clone(),
            |person| format!("{} ({address})", person.name),
        )
    };
    let from = match held.mail_from.is_empty() {
        true => "A program, not a person".to_owned(),
        false => here(&held.mail_from),
    };
    let mut facts = vec![
        row("Held for", words::class(&visit.console.people, held)),
        row("From", from),
        context! { key => "To", values => held.recipients.iter().map(here).collect::<Vec<_>>() },
        row("Subject", held.subject.clone()),
        row("Came", moment_in_words(held.at, &visit.console.zone)),
        context! { key => "Clauses", values => words::clauses(visit, held) },
        row("Entry on the record", held.entry.to_string()),
    ];
    let said = |key: &str, said: &matters::held_mail::Said| {
        let moment = moment_in_words(said.at, &visit.console.zone);
        let who = format!("{}, {moment}", name_of(&image, &said.by));
        match said.why.is_empty() {
            true => row(key, who),
            false => row(key, format!("{who}: {}", said.why)),
        }
    };
    facts.extend(held.asked.iter().map(|one| said("Asked for by", one)));
    facts.extend(held.first.iter().map(|one| said("Decided by", one)));
    facts.extend(held.second.iter().map(|one| said("Agreed by", one)));
    facts.extend(
        held.read
            .iter()
            .rev()
            .take(5)
            .map(|one| said("Read by", one)),
    );
    if !held.refused.is_empty() {
        facts.push(context! { key => "Not taken by the mail server", values => &held.refused });
    }
    facts
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, &reference).await?;
    if !decides(&visit, &kept.matter) {
        return yours::shown(&visit, &kept);
    }
    let held = &kept.matter;
    let values = context! {
        title => format!("Held message: {}", words::class(&visit.console.people, held)),
        facts => facts(&visit, held),
        findings => words::findings(held),
        can_read => reading::can(&visit, held),
        can_decide => deciding::can(&visit, held),
        releases => words::is_released_by_somebody(&visit.console.people, held),
        ..row(&visit, &kept)
    };
    visit.show("held-mail/message.html", values)
}

#[cfg(test)]
mod tests;
