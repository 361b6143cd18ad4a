//! A small council for tests: who works where, who holds what, and what its pack says.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::collections::{BTreeSet, HashSet};

use jiff::{SignedDuration, Timestamp};
use matters::authority::{Delegated, Holding, Posts};
use matters::event::{Act, Actor};
use matters::id::{PersonId, PostId, UnitId};
use matters::machine::{Addressee, Effect, Machine, Refused, Taken};
use matters::people::{People, Person, Unit};
use matters::world::World;
use policy::people::PeopleSettings;

pub struct Council {
    pub people: People,
    pub posts: Posts,
    pub settings: PeopleSettings,
    pub accepted: HashSet<PersonId>,
    pub signing: Option<BTreeSet<PostId>>,
}

/// Id, audience, unit, manager.
const PEOPLE: &[(&str, &str, &str, &str)] = &[
    ("mia", "officer", "planning", "lou"),
    ("ned", "officer", "planning", "bo"),
    ("lou", "officer", "planning", "dan"),
    ("dan", "officer", "environment", ""),
    ("bo", "officer", "it", "adit"),
    ("seb", "officer", "it", "adit"),
    ("desk", "officer", "it", "adit"),
    ("dora", "officer", "it", "adit"),
    ("adit", "officer", "it", ""),
    ("cia", "officer", "audit", ""),
    ("mo", "officer", "audit", ""),
    ("ann", "agent", "planning", "lou"),
    ("cllr", "councillor", "", ""),
    ("solo", "officer", "planning", "solo"),
    ("pat", "officer", "planning", "quin"),
    ("quin", "officer", "planning", "pat"),
];

/// Post, unit, person. `bo` holds a post and manages `ned`; `cia` has nobody beside them.
const HOLDINGS: &[(&str, &str, &str)] = &[
    ("head-of-service", "environment", "dan"),
    ("ict-security", "", "bo"),
    ("ict-security", "", "seb"),
    ("service-desk", "", "desk"),
    ("service-desk", "", "dora"),
    ("assistant-director-it", "", "adit"),
    ("chief-internal-auditor", "", "cia"),
    ("monitoring-officer", "", "mo"),
];

pub fn council() -> Council {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let people = PEOPLE.iter().map(|(id, audience, unit, manager)| {
        let mut person: Person = serde_json::from_value(serde_json::json!({
            "id": id, "name": id, "audience": audience, "addresses": [format!("{id}@example.org")],
        }))
        .unwrap();
        person.unit = some(unit).map(UnitId::new);
        person.manager = some(manager).map(PersonId::new);
        person
    });
    let unit = |id: &str, parent: Option<&str>| Unit {
        id: UnitId::from(id),
        name: id.to_owned(),
        parent: parent.map(UnitId::from),
    };
    let units = [
        unit("environment", None),
        unit("planning", Some("environment")),
        unit("it", None),
        unit("audit", None),
    ];
    let holdings = HOLDINGS.iter().map(|(post, unit, person)| Holding {
        post: PostId::from(*post),
        unit: some(unit).map(UnitId::new),
        person: PersonId::from(*person),
        from: Timestamp::UNIX_EPOCH,
        until: None,
    });
    Council {
        people: People::new(people, units),
        posts: Posts::new(holdings.collect(), Vec::new()),
        settings: toml::from_str(include_str!("people.toml")).unwrap(),
        accepted: PEOPLE.iter().map(|(id, ..)| PersonId::from(*id)).collect(),
        signing: None,
    }
}

impl Council {
    pub fn world(&self) -> World<'_> {
        World {
            people: &self.people,
            posts: &self.posts,
            settings: &self.settings,
            accepted: &self.accepted,
            signing: self.signing.as_ref(),
        }
    }

    /// Written delegation of a post's authority for some hours.
    pub fn delegate(&mut self, post: &str, by: &str, to: &str, from: i64, until: i64) {
        self.posts.delegate(Delegated {
            reference: format!("{post}/{by}/{to}"),
            post: PostId::from(post),
            unit: None,
            by: PersonId::from(by),
            to: PersonId::from(to),
            from: hour(from),
            until: hour(until),
        });
    }

    /// Somebody's post ends.
    pub fn end(&mut self, post: &str, person: &str, at: i64) {
        let held = self.posts.holdings().iter();
        let mut held = held
            .clone()
            .find(|held| held.post.as_str() == post && held.person.as_str() == person)
            .unwrap()
            .clone();
        held.until = Some(hour(at));
        self.posts.put(held);
    }

    pub fn manager(&mut self, of: &str, manager: Option<&str>) {
        let mut person = self.people.person(&PersonId::from(of)).unwrap().clone();
        person.manager = manager.map(PersonId::from);
        self.people.put(person);
    }

    pub fn open<M: Machine>(
        &self,
        opening: M::Opening,
        who: &str,
        at: i64,
    ) -> Result<Taken<M>, Refused> {
        M::open(opening, &act(who, at), &self.world())
    }

    pub fn take<M: Machine>(
        &self,
        matter: &M,
        step: M::Step,
        who: &str,
        at: i64,
    ) -> Result<Taken<M>, Refused> {
        matter.take(step, &act(who, at), &self.world())
    }

    /// Lets time take every step that is due until an hour; the names of those taken.
    pub fn wait<M: Machine>(&self, matter: &mut M, until: i64) -> Vec<&'static str> {
        let mut taken = Vec::new();
        while let Some((when, step)) = matter.due(&self.world()) {
            if when > hour(until) {
                break;
            }
            let act = Act::of(Actor::Rule("time".to_owned()), when);
            let next = matter.take(step, &act, &self.world()).unwrap();
            taken.push(next.step);
            *matter = next.matter;
        }
        taken
    }
}

/// So many hours after Monday, 2 March 2026, nine o'clock.
pub fn hour(hour: i64) -> Timestamp {
    let monday: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    monday + SignedDuration::from_hours(hour)
}

/// An act with a reason; `rule` is nobody.
pub fn act(who: &str, at: i64) -> Act {
    let actor = match who {
        "rule" => Actor::Rule("withdrawal".to_owned()),
        who => Actor::Person(PersonId::from(who)),
    };
    Act::of(actor, hour(at)).because("it is right")
}

/// Who is told: people by name, posts with a `+`.
pub fn told<M>(taken: &Taken<M>) -> Vec<String> {
    let mut told: Vec<_> = taken
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Notify { to, .. } => Some(match to {
                Addressee::Person(person) => person.to_string(),
                Addressee::Post(post) => format!("+{post}"),
            }),
            Effect::Task { .. } => None,
        })
        .collect();
    told.sort();
    told
}

pub fn person(id: &str) -> PersonId {
    PersonId::from(id)
}
