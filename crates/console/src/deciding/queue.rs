//! The list of what waits: the longest waiting first, narrowed by the address, a page at a time.

use std::sync::Arc;

use axum::extract::Query;
use jiff::{SignedDuration, Timestamp};
use matters::acceptance::Acceptance;
use matters::access_request::AccessRequest;
use matters::delegation::Delegation;
use matters::id::{MatterId, PersonId};
use matters::permission::Permission;
use matters::withdrawal::Withdrawal;
use minijinja::context;
use register_store::image::Image;
use register_store::matters_kept::Kept;
use register_store::waiting::{self, MOST_PEOPLE, Place, Waiting};
use serde::{Deserialize, Serialize};

use super::Decided;
use super::offer::{Judge, in_words};
use super::reach::Reach;
use super::scope::Scope;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::Paging;
use crate::visit::{Answer, Visit, of};
use crate::words::moment_in_words;

/// Matters on one page.
const ON_A_PAGE: usize = 25;

/// Most matters of one kind read for one page. Beyond it the page ends early and leads on from there.
const MOST_READ: usize = 2_000;

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    kind: String,
    name: String,
    waiting: String,
    after: String,
}

impl Wanted {
    fn days(&self) -> Option<i64> {
        ["7", "14", "28"]
            .contains(&self.waiting.as_str())
            .then(|| self.waiting.parse().ok())
            .flatten()
    }

    fn wants(&self, kind: &str) -> bool {
        self.kind.is_empty() || self.kind == kind
    }
}

#[derive(Serialize)]
struct Item {
    #[serde(skip)]
    place: Place,
    reference: String,
    title: String,
    person: String,
    decision: &'static str,
    authority: String,
    age: String,
    asked: String,
}

/// Reads on until a page is full.
struct Reading<'v> {
    visit: &'v Visit,
    image: Arc<Image>,
    judge: Judge<'v>,
    reach: Reach,
    people: Option<Vec<PersonId>>,
    after: Option<Place>,
    began_before: Option<Timestamp>,
    items: Vec<Item>,
    /// Where reading stopped before it came to an end.
    read_to: Option<Place>,
}

pub(super) async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let scope = Scope::of(&visit);
    let filters = [
        ("kind", &wanted.kind),
        ("name", &wanted.name),
        ("waiting", &wanted.waiting),
    ];
    let mut form = Form::with(filters.map(|(name, value)| (name, value.clone())));
    let name = form.text("name", &Text::optional().longest(100));
    let mut reading = Reading::new(&visit, &wanted, &name);
    if form.is_good() {
        if wanted.wants(AccessRequest::FILTER) {
            reading.read::<AccessRequest>().await?;
        }
        if wanted.wants(Permission::FILTER) {
            reading.read::<Permission>().await?;
        }
        if wanted.wants(Acceptance::FILTER) {
            reading.read::<Acceptance>().await?;
        }
        if wanted.wants(Delegation::FILTER) {
            reading.read::<Delegation>().await?;
        }
        if wanted.wants(Withdrawal::FILTER) {
            reading.read::<Withdrawal>().await?;
        }
    }
    let (items, last) = reading.page();
    let filters = [
        ("kind", wanted.kind.as_str()),
        ("name", wanted.name.as_str()),
        ("waiting", wanted.waiting.as_str()),
    ];
    let last = last.map(|place| MatterId::new(place.to_string()));
    let after = Some(wanted.after.as_str()).filter(|after| !after.is_empty());
    let pages = Paging::after(visit.page.path, &filters, after, last.as_ref());
    let values = context! {
        lead => scope.lead,
        empty => scope.empty,
        kinds => scope.kinds,
        narrowed => !(name.is_empty() && wanted.kind.is_empty() && wanted.days().is_none()),
        items => of(items),
        pages => of(pages),
    };
    visit.show_form("deciding/list.html", &form, values)
}

impl<'v> Reading<'v> {
    fn new(visit: &'v Visit, wanted: &Wanted, name: &str) -> Self {
        let image = visit.image();
        let reach = Reach::of(visit, &image.world());
        let ago = |days: i64| {
            visit
                .at
                .checked_sub(SignedDuration::from_hours(days * 24))
                .ok()
        };
        Self {
            people: narrowed(reach.people.clone(), name, &image),
            judge: Judge::new(visit, Arc::clone(&image)),
            after: Place::parse(&wanted.after),
            began_before: wanted.days().and_then(ago),
            items: Vec::new(),
            read_to: None,
            visit,
            image,
            reach,
        }
    }

    /// Adds what waits of one kind, up to a page and one more.
    async fn read<M: Decided>(&mut self) -> Result<(), Failure> {
        let states = self.reach.states(M::STANDS, Scope::of(self.visit));
        let people = self.people.clone();
        let (mut after, mut found, mut read) = (self.after.clone(), 0, 0);
        while !states.is_empty() && found <= ON_A_PAGE {
            let which = Waiting {
                states: &states,
                people: people.as_deref(),
                before: self.began_before,
                after: after.as_ref(),
                limit: waiting::MOST / 5,
            };
            let part = self.visit.console.store.waiting::<M>(&which).await?;
            let last = part.last().map(Place::of);
            for kept in &part {
                if let Some(item) = self.item(kept) {
                    self.items.push(item);
                    found += 1;
                }
            }
            read += part.len();
            if part.len() < which.limit {
                break;
            }
            if read >= MOST_READ {
                self.stop_at(last);
                break;
            }
            after = last;
        }
        Ok(())
    }

    fn item<M: Decided>(&mut self, kept: &Kept<M>) -> Option<Item> {
        let offered = self.judge.asked(&kept.matter)?;
        let (world, viewer) = (self.image.world(), &self.visit.viewer.person);
        let subject = world.people.person(kept.matter.subject());
        let authority = offered.authority.as_ref();
        Some(Item {
            place: Place::of(kept),
            reference: kept.id.to_string(),
            title: kept.matter.title(&world),
            person: subject
                .map(|person| person.name.clone())
                .unwrap_or_default(),
            decision: offered.decision.label,
            authority: authority.map_or_else(String::new, |one| in_words(one, viewer, &world)),
            age: age(kept.opened_at, self.visit.at),
            asked: moment_in_words(kept.opened_at, &self.visit.console.zone),
        })
    }

    /// Of two kinds that were not read to their end, the nearer place counts.
    fn stop_at(&mut self, place: Option<Place>) {
        let nearest = self.read_to.take().into_iter().chain(place).min();
        self.read_to = nearest;
    }

    /// What is shown, and its end if there is more.
    fn page(self) -> (Vec<Item>, Option<Place>) {
        let mut items = self.items;
        items.sort_by(|one, other| one.place.cmp(&other.place));
        if let Some(end) = &self.read_to {
            items.retain(|item| item.place <= *end);
        }
        let more = items.len() > ON_A_PAGE;
        items.truncate(ON_A_PAGE);
        let last = items.last().map(|item| item.place.clone());
        (items, if more { last } else { self.read_to })
    }
}

/// Of those whose matters are read, only those whose name contains this.
fn narrowed(people: Option<Vec<PersonId>>, name: &str, image: &Image) -> Option<Vec<PersonId>> {
    if name.is_empty() {
        return people;
    }
    let name = name.to_lowercase();
    let named = image
        .people()
        .all()
        .filter(|person| person.name.to_lowercase().contains(&name));
    let within = |id: &PersonId| people.as_ref().is_none_or(|people| people.contains(id));
    let named = named.map(|person| person.id.clone()).filter(within);
    // More of one name than can be listed would leave some out in silence; so few letters do not narrow.
    let named: Vec<_> = named.take(MOST_PEOPLE + 1).collect();
    if named.len() > MOST_PEOPLE {
        people
    } else {
        Some(named)
    }
}

/// `Today`, `1 day`, `12 days`.
fn age(since: Timestamp, now: Timestamp) -> String {
    match now.duration_since(since).as_hours() / 24 {
        ..=0 => "Today".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}
