//! *Authority register*: who holds which post from when to when, who may act for them in writing, and
//! which posts nobody holds. Changed by whoever the console's rules name; nothing is ever taken out.

mod asking;
mod ending;
mod questions;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use jiff::Timestamp;
use matters::authority::{Delegated, Holding};
use matters::id::{PostId, UnitId};
use minijinja::{Value, context};
use register_store::image::Image;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Group, Page};
use crate::Console;
use crate::access::About;
use crate::form::{Form, Text};
use crate::paging::{Paging, address};
use crate::people_named::{matches, name_of};
use crate::visit::{Answer, Visit, of};
use crate::words::{self, moment_in_words};

pub(super) const PAGE: Page = Page {
    action: "authority-register",
    path: "/authority",
    title: "Authority register",
    group: Group::Registers,
    routes,
};

/// Rows on one page.
const ON_A_PAGE: usize = 25;

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/new/{change}", get(asking::begin))
        .route(
            "/new/{draft}/{question}",
            get(asking::ask).post(asking::answer),
        )
        .route("/done/{change}", get(done))
        .route("/end/{key}", get(ending::warn))
        .route("/end/{key}/when", get(ending::ask).post(ending::end))
}

/// What the address narrows the register to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    show: String,
    post: String,
    who: String,
    when: String,
    page: String,
}

/// A row that stood, stands or will stand.
enum Entry<'a> {
    Held(&'a Holding),
    Given(&'a Delegated),
}

impl Entry<'_> {
    /// Names it, as it is now: once it is changed, its old name finds nothing.
    fn key(&self) -> String {
        match self {
            Self::Held(held) => key(held),
            Self::Given(given) => key(given),
        }
    }

    fn from(&self) -> Timestamp {
        match self {
            Self::Held(held) => held.from,
            Self::Given(given) => given.from,
        }
    }

    fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Held(held) => held.until,
            Self::Given(given) => Some(given.until),
        }
    }

    fn post(&self) -> (&PostId, Option<&UnitId>) {
        match self {
            Self::Held(held) => (&held.post, held.unit.as_ref()),
            Self::Given(given) => (&given.post, given.unit.as_ref()),
        }
    }

    /// Who may act by it.
    fn who(&self) -> &matters::id::PersonId {
        match self {
            Self::Held(held) => &held.person,
            Self::Given(given) => &given.to,
        }
    }

    fn is_at(&self, when: &str, at: Timestamp) -> bool {
        let over = self.until().is_some_and(|until| until <= at);
        match when {
            "past" => over,
            "later" => at < self.from() && !over,
            "any" => true,
            _ => self.from() <= at && !over,
        }
    }
}

fn key(entry: &impl Serialize) -> String {
    let text = serde_json::to_string(entry).unwrap_or_default();
    let digest = Sha256::digest(text.as_bytes());
    digest[..12].iter().map(|b| format!("{b:02x}")).collect()
}

/// Whether whoever looks keeps the register, as far as that does not depend on whom it is about.
fn keeps(visit: &Visit) -> bool {
    let about = About {
        duties: visit.viewer.duties.clone(),
        ..About::default()
    };
    let access = &visit.console.access;
    access.may(&visit.viewer, "change-authority", &about)
}

/// `Head of Service for Housing`.
fn post_in_words(visit: &Visit, image: &Image, post: &PostId, unit: Option<&UnitId>) -> String {
    let title = words::post(&visit.console.people, post.as_str());
    match unit {
        None => title,
        Some(id) => {
            let unit = image.people().unit(id);
            let name = unit.map_or_else(|| id.to_string(), |unit| unit.name.clone());
            format!("{title} for {name}")
        }
    }
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let filters = [
        ("show", wanted.show.as_str()),
        ("post", wanted.post.as_str()),
        ("who", wanted.who.as_str()),
        ("when", wanted.when.as_str()),
    ];
    let mut form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let who = form.text("who", &Text::optional().longest(100));
    let words: Vec<_> = who.split_whitespace().map(str::to_lowercase).collect();
    let image = visit.image();
    let given = wanted.show == "delegations";
    let posts = image.posts();
    let mut entries: Vec<_> = match given {
        true => posts.delegations().iter().map(Entry::Given).collect(),
        false => posts.holdings().iter().map(Entry::Held).collect(),
    };
    entries.retain(|entry| {
        let person = image.people().person(entry.who());
        let named = words.is_empty() || person.is_some_and(|person| matches(person, &words));
        let of_post = wanted.post.is_empty() || entry.post().0.as_str() == wanted.post;
        named && of_post && entry.is_at(&wanted.when, visit.at)
    });
    entries.sort_by_cached_key(|entry| {
        let (post, unit) = entry.post();
        let post = post_in_words(&visit, &image, post, unit);
        (post, name_of(&image, entry.who()), entry.from())
    });
    let page = wanted.page.parse::<usize>().unwrap_or(1).clamp(1, 10_000);
    let begin = (page - 1) * ON_A_PAGE;
    let shown = entries.iter().skip(begin).take(ON_A_PAGE);
    let rows = shown.map(|entry| row(&visit, &image, entry));
    let next = (page + 1).to_string();
    let mut on: Vec<_> = filters.to_vec();
    on.push(("page", next.as_str()));
    let more = entries.len() > begin + ON_A_PAGE;
    let paging = Paging {
        first: (page > 1).then(|| address(PAGE.path, &filters, None)),
        next: more.then(|| address(PAGE.path, &on, None)),
    };
    let titles = visit.console.people.posts.iter();
    let values = context! {
        given,
        rows => rows.collect::<Vec<Value>>(),
        posts => titles.map(|(value, post)| context! { value, text => post.title.clone() }).collect::<Vec<_>>(),
        vacancies => vacancies(&visit, &image),
        keeps => keeps(&visit),
        narrowed => filters.iter().any(|(_, value)| !value.is_empty()),
        pages => of(paging),
    };
    visit.show_form("authority-register/list.html", &form, values)
}

fn row(visit: &Visit, image: &Image, entry: &Entry<'_>) -> Value {
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let (post, unit) = entry.post();
    let (by, reference) = match entry {
        Entry::Held(_) => (None, None),
        Entry::Given(given) => (Some(name_of(image, &given.by)), Some(&given.reference)),
    };
    context! {
        post => post_in_words(visit, image, post, unit),
        who => name_of(image, entry.who()),
        from => moment(entry.from()),
        until => entry.until().map(moment),
        by,
        reference,
        key => ending::can(visit, entry).then(|| entry.key()),
    }
}

/// Posts nobody holds now. Of a unit's posts only those no unit has anybody for.
fn vacancies(visit: &Visit, image: &Image) -> Vec<String> {
    let held = image.posts().holdings().iter();
    let held: Vec<_> = held
        .filter(|held| Entry::Held(held).is_at("", visit.at))
        .map(|held| held.post.as_str())
        .collect();
    let posts = visit.console.people.posts.iter();
    let vacant = posts.filter(|(label, _)| !held.contains(&label.as_str()));
    vacant.map(|(_, post)| post.title.clone()).collect()
}

/// The confirmation of each change. What was changed stands in the register it leads back to.
async fn done(visit: Visit, Path(change): Path<String>) -> Answer {
    let (title, next) = match change.as_str() {
        "appoint" => (
            "Appointment recorded",
            "From the first day on, what the post may decide stands on their list.",
        ),
        "delegate" => (
            "Delegation recorded",
            "It counts from the first day on, and only while whoever gave it holds the post.",
        ),
        "end" => (
            "End recorded",
            "What was decided until then stays as it was decided.",
        ),
        _ => return Err(crate::failure::Failure::NotFound),
    };
    visit.show("authority-register/done.html", context! { title, next })
}

#[cfg(test)]
mod tests;
