//! *Find a person*: whether somebody is a user, and of what. Status only: neither what they wrote in
//! a request, nor why they are away, nor what they declared about their private lives.

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::access_request::{AccessRequest, Stage};
use matters::id::PersonId;
use matters::people::Person;
use minijinja::{Value, context};
use register_store::matters_kept::Filter;
use register_store::{Fact, image::Image};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::{Paging, address};
use crate::people_named::{matches, name_of};
use crate::visit::{Answer, Visit, of};
use crate::words::{list_in_words, moment_in_words};

pub(super) const PAGE: Page = Page {
    action: "find-a-person",
    path: "/people",
    title: "Find a person",
    group: Group::Desk,
    routes,
};

/// People on one page.
const ON_A_PAGE: usize = 25;

/// Longest text looked for, in characters.
const LONGEST: usize = 100;

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/{person}", get(show))
}

/// What the address looks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    q: String,
    page: String,
}

/// The address of somebody's page; ids of feeds may hold anything.
pub(super) fn address_of(person: &PersonId) -> String {
    let id = crate::guard::escaped(person.as_str());
    format!("{}/{}", PAGE.path, id.replace('/', "%2F"))
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let mut form = Form::with([("q", wanted.q.clone())]);
    let typed = form.text("q", &Text::optional().longest(LONGEST));
    let words: Vec<_> = typed.split_whitespace().map(str::to_lowercase).collect();
    let image = visit.image();
    let mut found: Vec<&Person> = Vec::new();
    if !words.is_empty() {
        let people = image.people().all();
        found.extend(people.filter(|person| matches(person, &words)));
    }
    found.sort_by_cached_key(|person| (person.name.to_lowercase(), person.id.clone()));
    let page = wanted.page.parse::<usize>().unwrap_or(1).clamp(1, 10_000);
    let begin = (page - 1) * ON_A_PAGE;
    let shown = found.iter().skip(begin).take(ON_A_PAGE);
    let rows = shown.map(|person| {
        context! {
            name => person.name.clone(),
            href => visit.allows("see-status", &person.id).then(|| address_of(&person.id)),
            audience => person.audience.clone(),
            unit => unit_of(&image, person),
            account => person.accounts.first().cloned(),
            is_user => is_user(&visit, &image, person),
        }
    });
    let filters = [("q", wanted.q.as_str())];
    let at = |n: usize| {
        let n = n.to_string();
        address(PAGE.path, &[filters[0], ("page", n.as_str())], None)
    };
    let more = found.len() > begin + ON_A_PAGE;
    let paging = Paging {
        first: (page > 1).then(|| address(PAGE.path, &filters, None)),
        next: more.then(|| at(page + 1)),
    };
    let values = context! {
        rows => rows.collect::<Vec<Value>>(),
        asked => !words.is_empty() && form.is_good(),
        number => found.len(),
        pages => of(paging),
    };
    visit.show_form("find-a-person/list.html", &form, values)
}

fn unit_of(image: &Image, person: &Person) -> String {
    let unit = person.unit.as_ref().and_then(|id| image.people().unit(id));
    unit.map_or_else(String::new, |unit| unit.name.clone())
}

/// Has a service, and it is not withdrawn.
fn is_user(visit: &Visit, image: &Image, person: &Person) -> bool {
    let granted = image
        .facts(&person.id)
        .any(|(_, fact)| matches!(fact, Fact::Granted(_)));
    granted && !is_withdrawn(visit, image, person, None)
}

/// Whether everything, or one service, is withdrawn at this moment.
fn is_withdrawn(visit: &Visit, image: &Image, person: &Person, service: Option<&str>) -> bool {
    image.facts(&person.id).any(|(_, fact)| match fact {
        Fact::Withdrawn { services, from } => {
            let begun = from.is_none_or(|from| from <= visit.at);
            let about = |one: &String| one == "all" || Some(one.as_str()) == service;
            begun && services.iter().any(about)
        }
        _ => false,
    })
}

async fn show(visit: Visit, Path(person): Path<String>) -> Answer {
    let id = PersonId::new(person);
    visit.may_see("see-status", &id)?;
    let image = visit.image();
    let person = image.people().person(&id).ok_or(Failure::NotFound)?;
    let row = |key: &str, value: String| context! { key, value };
    let today = visit.today();
    let spell = person.employed.iter().find(|spell| spell.covers(today));
    let next = person.employed.iter().find(|spell| spell.from > today);
    let day = |day: jiff::civil::Date| crate::words::day_in_words(day);
    let here = match (spell, next) {
        (Some(spell), _) => match spell.until {
            Some(until) => format!("Yes, until {}", day(until)),
            None => "Yes".to_owned(),
        },
        (None, Some(next)) => format!("Not yet, from {}", day(next.from)),
        (None, None) => "No".to_owned(),
    };
    let manager = person.manager.as_ref().map(|one| name_of(&image, one));
    let sponsor = person.sponsor.as_ref().map(|one| name_of(&image, one));
    let mut facts = vec![
        row("Number", person.employee_number.clone().unwrap_or_default()),
        row("Works in", unit_of(&image, person)),
        row("Post", person.job_title.clone().unwrap_or_default()),
        row("Works here", here),
        row("Accounts", list_in_words(&person.accounts)),
        row("Addresses", list_in_words(&person.addresses)),
        row(
            "Policy in force",
            match image.accepted().contains(&id) {
                true => "Signed".to_owned(),
                false => "Not signed".to_owned(),
            },
        ),
        row(
            "Identity and post",
            match person.verified_at {
                Some(at) => format!("Confirmed on {}", moment_in_words(at, &visit.console.zone)),
                None => "Not confirmed".to_owned(),
            },
        ),
    ];
    facts.extend(manager.map(|name| row("Line manager", name)));
    facts.extend(sponsor.map(|name| row("Answered for by", name)));
    let services = services(&visit, &image, person).await?;
    let values = context! {
        title => person.name.clone(),
        audience => person.audience.clone(),
        facts,
        services,
        withdrawn => is_withdrawn(&visit, &image, person, None),
    };
    visit.show("find-a-person/person.html", values)
}

/// Each service of the pack with how the person stands to it.
async fn services(visit: &Visit, image: &Image, person: &Person) -> Result<Vec<Value>, Failure> {
    let filter = Filter {
        subject: Some(person.id.clone()),
        limit: 200,
        ..Filter::default()
    };
    let store = &visit.console.store;
    let page = store.matters::<AccessRequest>(&filter).await?;
    let services = visit.console.people.services.iter();
    let rows = services.map(|(service, name)| {
        // The newest first; one in use counts for more than a newer one that came to nothing.
        let mut requests = page.items.iter();
        let mut requests = requests
            .by_ref()
            .filter(|kept| kept.matter.service == *service);
        let newest = requests.next();
        let in_use = |stage| matches!(stage, Stage::Active | Stage::MoverReview);
        let kept = newest
            .filter(|kept| in_use(kept.matter.stage))
            .or_else(|| requests.find(|kept| in_use(kept.matter.stage)))
            .or(newest);
        let withdrawn = is_withdrawn(visit, image, person, Some(service));
        let (state, colour) = match kept.map(|kept| kept.matter.stage) {
            Some(stage) if withdrawn && in_use(stage) => ("Withdrawn", "red"),
            stage => in_words(stage),
        };
        context! {
            name,
            state,
            colour,
            since => kept.map(|kept| moment_in_words(kept.matter.waiting.since, &visit.console.zone)),
        }
    });
    Ok(rows.collect())
}

/// How somebody stands to a service: whom it waits for, never why.
fn in_words(stage: Option<Stage>) -> (&'static str, &'static str) {
    match stage {
        None => ("Not asked for", "grey"),
        Some(Stage::Draft) => ("Being written", "grey"),
        Some(Stage::Returned) => ("Sent back to whoever asked", "blue"),
        Some(Stage::PaperUnchecked) => ("Paper form to be checked", "blue"),
        Some(Stage::AwaitingAuthorisation) => ("Waits for the need to be confirmed", "blue"),
        Some(Stage::AwaitingCertification) => ("Waits for a certificate", "blue"),
        Some(Stage::AwaitingPermission) => ("Waits to be permitted", "blue"),
        Some(Stage::Permitted) => ("Permitted; identity or signature is missing", "blue"),
        Some(Stage::Provisioning) => ("Being set up", "blue"),
        Some(Stage::Partial) => ("Setting up failed", "orange"),
        Some(Stage::Active) => ("In use", "green"),
        Some(Stage::MoverReview) => ("In use, to be confirmed after a move", "green"),
        Some(Stage::Suspended) => ("Suspended", "red"),
        Some(Stage::Refused) => ("Refused", "grey"),
        Some(Stage::Withdrawn) => ("No longer asked for", "grey"),
        Some(Stage::Expired) => ("Not finished in time", "grey"),
        Some(Stage::Ended) => ("Ended", "grey"),
    }
}

#[cfg(test)]
mod tests;
