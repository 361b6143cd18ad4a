//! *Permissions register*: every permission, with its state in its own word; what happened to one; and
//! taking one back.
//!
//! Of a sealed permission those who do not decide about it see that there is one, and nothing else:
//! neither whose, nor for what, nor its reference. Narrowed to people or kinds, the list leaves them
//! out, as what is found would say whose they are.

mod revoking;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use jiff::SignedDuration;
use matters::event::Event;
use matters::id::{MatterId, PersonId, PostId};
use matters::permission::{Permission, State};
use minijinja::{Value, context};
use register_store::image::Image;
use register_store::matters_kept::Kept;
use register_store::permission_register::Register;
use register_store::waiting::MOST_PEOPLE;
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::Paging;
use crate::people_named::{actor_in_words, matches, name_of};
use crate::visit::{Answer, Visit, of};
use crate::words::{self, list_in_words, moment_in_words};

pub(super) const PAGE: Page = Page {
    action: "permissions-register",
    path: "/permissions",
    title: "Permissions register",
    group: Group::Registers,
    routes,
};

/// Permissions on one page.
const ON_A_PAGE: usize = 25;

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/{reference}", get(show))
        .route("/{reference}/revoke", get(revoking::warn))
        .route(
            "/{reference}/revoke/reason",
            get(revoking::ask).post(revoking::revoke),
        )
        .route("/{reference}/revoked", get(revoking::done))
}

/// Each state in its own word.
const STATES: &[(State, &str, &str)] = &[
    (State::Requested, "Asked for", "blue"),
    (State::Advised, "Asked for, advice given", "blue"),
    (State::Approved, "Granted, for later", "turquoise"),
    (State::Active, "In force", "green"),
    (State::Expired, "Expired", "grey"),
    (State::Exhausted, "Used up", "grey"),
    (State::Revoked, "Revoked", "red"),
    (State::Refused, "Refused", "red"),
    (State::Lapsed, "Not decided in time", "grey"),
    (State::Withdrawn, "No longer asked for", "grey"),
];

fn in_words(state: State) -> (&'static str, &'static str) {
    let known = STATES.iter().find(|(one, _, _)| *one == state);
    known.map_or(("", ""), |(_, word, colour)| (*word, *colour))
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    kind: String,
    state: String,
    who: String,
    ends: String,
    after: String,
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let filters = [
        ("kind", wanted.kind.as_str()),
        ("state", wanted.state.as_str()),
        ("who", wanted.who.as_str()),
        ("ends", wanted.ends.as_str()),
    ];
    let mut form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let who = form.text("who", &Text::optional().longest(100));
    let image = visit.image();
    let people = named(&image, &who);
    let people = people.unwrap_or_else(|problem| {
        form.error("who", problem);
        Some(Vec::new())
    });
    let sealed = sealed_from(&visit);
    let is_narrowed = people.is_some() || !wanted.kind.is_empty();
    let days = ["7", "30", "90"].contains(&wanted.ends.as_str());
    let days = days.then(|| wanted.ends.parse::<i64>().ok()).flatten();
    let after = Some(MatterId::from(wanted.after.as_str()));
    let after = after.filter(|_| !wanted.after.is_empty());
    let which = Register {
        kind: &wanted.kind,
        state: &wanted.state,
        without: if is_narrowed { &sealed } else { &[] },
        people: people.as_deref(),
        ends_before: days.and_then(|days| {
            let later = SignedDuration::from_hours(24 * days);
            visit.at.checked_add(later).ok()
        }),
        after: after.as_ref(),
        limit: ON_A_PAGE,
    };
    let page = visit.console.store.permissions(&which).await?;
    let rows = page
        .items
        .iter()
        .filter_map(|kept| row(&visit, &image, kept, is_narrowed));
    let last = page.items.last().filter(|_| page.more).map(|kept| &kept.id);
    let paging = Paging::after(
        PAGE.path,
        &filters,
        after.as_ref().map(MatterId::as_str),
        last,
    );
    let kinds = visit.console.people.permissions.iter();
    let kinds = kinds.filter(|(label, _)| !sealed.contains(label));
    let values = context! {
        rows => rows.collect::<Vec<Value>>(),
        kinds => kinds.map(|(value, kind)| context! { value, text => kind.title.clone() }).collect::<Vec<_>>(),
        states => STATES.iter().map(|(state, text, _)| context! { value => state.name(), text => *text }).collect::<Vec<_>>(),
        narrowed => filters.iter().any(|(_, value)| !value.is_empty()),
        pages => of(paging),
    };
    visit.show_form("permissions-register/list.html", &form, values)
}

/// People whose name, number or account contains this; none if nothing is asked. More than can be
/// listed is an error, as some would be left out in silence.
fn named(image: &Image, typed: &str) -> Result<Option<Vec<PersonId>>, &'static str> {
    if typed.is_empty() {
        return Ok(None);
    }
    let words: Vec<_> = typed.split_whitespace().map(str::to_lowercase).collect();
    let people = image.people().all();
    let found = people.filter(|person| matches(person, &words));
    let found: Vec<_> = found
        .take(MOST_PEOPLE + 1)
        .map(|person| person.id.clone())
        .collect();
    match found.len() {
        0..=MOST_PEOPLE => Ok(Some(found)),
        _ => Err("Enter more of the name: too many people match"),
    }
}

/// Kinds sealed from whoever looks.
fn sealed_from(visit: &Visit) -> Vec<String> {
    let kinds = visit.console.people.permissions.iter();
    let sealed = kinds.filter(|(_, kind)| {
        let mut deciders = kind.deciders.iter().flatten();
        kind.sealed
            && !deciders.any(|post| visit.viewer.posts.contains(&PostId::from(post.as_str())))
    });
    sealed.map(|(label, _)| label.clone()).collect()
}

/// Whether whoever looks may see what a permission is: their own, or by a post that reaches it.
fn may_see(visit: &Visit, matter: &Permission) -> bool {
    let mut deciders = matter.rules.deciders.iter().flatten();
    let decides = deciders.any(|post| visit.viewer.posts.contains(post));
    let about = visit.about(&matter.person);
    let about = about.sealed(matter.rules.sealed, decides);
    let access = &visit.console.access;
    access.may(&visit.viewer, "see-permission", &about)
}

fn row(visit: &Visit, image: &Image, kept: &Kept<Permission>, is_narrowed: bool) -> Option<Value> {
    let matter = &kept.matter;
    let (state, colour) = in_words(matter.state);
    let until = moment_in_words(matter.terms.until, &visit.console.zone);
    if may_see(visit, matter) {
        return Some(context! {
            what => words::permission(&visit.console.people, &matter.kind),
            reference => kept.id.as_str(),
            person => name_of(image, &matter.person),
            until,
            state,
            colour,
        });
    }
    // Whether one was found says something about whoever was looked for.
    let shown = matter.rules.sealed && !is_narrowed;
    shown.then(|| context! { what => "Authorised identity", until, state, colour })
}

/// A permission whoever asks may see. To anybody else it does not exist.
async fn found(visit: &Visit, reference: String) -> Result<Kept<Permission>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Permission>(&id).await?;
    may_see(visit, &kept.matter)
        .then_some(kept)
        .ok_or(Failure::NotFound)
}

fn facts(visit: &Visit, kept: &Kept<Permission>) -> Vec<Value> {
    let (image, matter) = (visit.image(), &kept.matter);
    let row = |key: &str, value: String| context! { key, value };
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let mut facts = vec![
        row("Who", name_of(&image, &matter.person)),
        row("Why", matter.why.clone()),
    ];
    if !matter.terms.scope.is_empty() {
        facts.push(row("Limited to", list_in_words(&matter.terms.scope)));
    }
    match matter.done_at {
        Some(at) => facts.push(row("Entered afterwards, for", moment(at))),
        None => {
            facts.push(row("From", moment(matter.terms.from)));
            facts.push(row("Until", moment(matter.terms.until)));
        }
    }
    if let Some(left) = matter.uses_left() {
        facts.push(row("Uses left", left.to_string()));
    }
    facts.extend(matter.advice.clone().map(|advice| row("Advice", advice)));
    if !matter.terms.conditions.is_empty() {
        let conditions = matter.terms.conditions.clone();
        facts.push(context! { key => "Conditions", values => conditions });
    }
    facts.push(row("Clauses", list_in_words(&matter.rules.clauses)));
    facts
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let history = visit.console.store.history(&kept.id).await?;
    let (state, colour) = in_words(kept.matter.state);
    let values = context! {
        title => words::permission(&visit.console.people, &kept.matter.kind),
        reference => kept.id.as_str(),
        state,
        colour,
        facts => facts(&visit, &kept),
        history => history.iter().map(|event| happened(&visit, event)).collect::<Vec<_>>(),
        can_revoke => revoking::is_open_to(&visit, &kept),
    };
    visit.show("permissions-register/permission.html", values)
}

/// A step as a line of the table: what, who by which post, when, why.
fn happened(visit: &Visit, event: &Event) -> Value {
    let image = visit.image();
    let post = event.authority.as_ref();
    let post = post.map(|authority| words::post(&visit.console.people, authority.post.as_str()));
    context! {
        step => words::step_in_words(&event.step),
        to => event.to.clone(),
        at => moment_in_words(event.act.at, &visit.console.zone),
        by => actor_in_words(&image, &event.act.actor),
        post,
        reason => event.act.reason.clone(),
    }
}

#[cfg(test)]
mod tests;
