//! A small council for tests: Walsall's settings, a dozen people, two services, every post held.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use matters::authority::{Holding, Posts};
use matters::event::{Act, Actor};
use matters::id::{PersonId, PostId, UnitId};
use matters::machine::{Machine, Refused, Taken};
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

/// id, audience, unit, manager, sponsor
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);
const PEOPLE: &[Row] = &[
    ("ada", "officer", "benefits", "mara", ""),
    ("axel", "agent", "benefits", "", "mara"),
    ("mara", "officer", "benefits", "hugh", ""),
    ("hugh", "officer", "benefits", "dora", ""),
    ("pam", "officer", "parks", "dora", ""),
    ("dora", "officer", "resources", "carl", ""),
    ("ida", "officer", "ict", "carl", ""),
    ("inga", "officer", "audit", "carl", ""),
    ("hana", "officer", "hr", "carl", ""),
    ("sid", "officer", "ict", "ida", ""),
    ("sue", "officer", "ict", "ida", ""),
    ("carl", "officer", "", "", ""),
    ("fin", "officer", "", "carl", ""),
    ("milo", "officer", "", "carl", ""),
    ("mina", "officer", "", "milo", ""),
    ("cora", "councillor", "", "", ""),
    ("gwen", "councillor", "", "", ""),
    ("glyn", "councillor", "", "", ""),
    ("della", "councillor", "", "", ""),
];
const POSTS: &[(&str, &str, &str)] = &[
    ("hugh", "head-of-service", "benefits"),
    ("pam", "head-of-service", "parks"),
    ("dora", "executive-director", "resources"),
    ("ida", "assistant-director-it", ""),
    ("inga", "chief-internal-auditor", ""),
    ("hana", "hr", ""),
    ("sid", "service-desk", ""),
    ("sue", "service-desk", ""),
    ("carl", "chief-executive", ""),
    ("fin", "chief-finance-officer", ""),
    ("milo", "monitoring-officer", ""),
    ("mina", "deputy-monitoring-officer", ""),
    ("gwen", "group-leader", "left"),
    ("glyn", "group-leader", "right"),
    ("della", "deputy-group-leader", "left"),
];
const UNITS: &[(&str, &str)] = &[
    ("resources", ""),
    ("benefits", "resources"),
    ("parks", ""),
    ("ict", ""),
    ("audit", ""),
    ("hr", ""),
    ("left", ""),
    ("right", ""),
];

impl Council {
    pub fn new() -> Self {
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        let units = UNITS.iter().map(|(id, parent)| Unit {
            id: (*id).into(),
            name: (*id).to_owned(),
            parent: some(parent).map(UnitId::from),
        });
        let people = PEOPLE
            .iter()
            .map(|(id, audience, unit, manager, sponsor)| Person {
                unit: some(unit).map(UnitId::from),
                manager: some(manager).map(PersonId::from),
                sponsor: some(sponsor).map(PersonId::from),
                ..person(id, audience)
            });
        let holdings = POSTS.iter().map(|(who, post, unit)| Holding {
            post: (*post).into(),
            unit: some(unit).map(UnitId::from),
            person: (*who).into(),
            from: at(-1000),
            until: None,
        });
        let settings = settings("walsall");
        // Everybody who is asked has agreed to how people sign.
        let posts = settings.signing.agreed_by.iter();
        let posts = posts.map(|post| PostId::from(post.as_str()));
        Self {
            people: People::new(people, units),
            posts: Posts::new(holdings.collect(), Vec::new()),
            signing: Some(posts.collect()),
            settings,
            accepted: HashSet::new(),
        }
    }

    pub fn world(&self) -> World<'_> {
        World {
            people: &self.people,
            posts: &self.posts,
            settings: &self.settings,
            accepted: &self.accepted,
            signing: self.signing.as_ref(),
        }
    }

    pub fn sign(&mut self, who: &str) {
        self.accepted.insert(who.into());
    }

    /// Changes what is known of somebody.
    pub fn change(&mut self, who: &str, change: impl FnOnce(&mut Person)) {
        let mut person = self.people.person(&who.into()).unwrap().clone();
        change(&mut person);
        self.people.put(person);
    }

    /// Takes each step and compares where that leads, or `!` and why it is not taken.
    #[track_caller]
    pub fn run<M>(
        &self,
        matter: M,
        rows: impl IntoIterator<Item = (Act, M::Step, &'static str)>,
    ) -> M
    where
        M: Machine + PartialEq + Debug,
        M::Step: Clone + Debug,
    {
        let mut matter = matter;
        for (act, step, expected) in rows {
            let label = format!("{step:?} by {:?} from {}", act.actor, matter.state());
            match matter.take(step, &act, &self.world()) {
                Ok(taken) => {
                    assert_eq!(taken.matter.state(), expected, "{label}");
                    assert!(!taken.clauses.is_empty(), "{label} rests on no clause");
                    assert!(kept(&taken), "{label} is not the same once kept");
                    matter = taken.matter;
                }
                Err(refused) => assert_eq!(why(&refused), expected, "{label}: {refused}"),
            }
        }
        matter
    }
}

/// A matter is kept as JSON, and must come back as it was.
fn kept<M: Machine + PartialEq>(taken: &Taken<M>) -> bool {
    let json = serde_json::to_string(&taken.matter).unwrap();
    serde_json::from_str::<M>(&json).unwrap() == taken.matter
}

pub fn person(id: &str, audience: &str) -> Person {
    Person {
        id: id.into(),
        name: id.to_owned(),
        audience: audience.to_owned(),
        employee_number: None,
        job_title: None,
        unit: None,
        manager: None,
        sponsor: None,
        employed: Vec::new(),
        absent: None,
        accounts: Vec::new(),
        addresses: Vec::new(),
        private_addresses: Vec::new(),
        private_numbers: Vec::new(),
        extensions: Vec::new(),
        group: None,
        format: None,
        verified_at: None,
    }
}

/// `[people]` of a pack that ships with the product.
pub fn settings(pack: &str) -> PeopleSettings {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let text = std::fs::read_to_string(root.join(pack).join("pack.toml")).unwrap();
    let pack: toml::Table = text.parse().unwrap();
    pack["people"].clone().try_into().unwrap()
}

/// Noon so many days after the first day of tests, Monday 5 January 2026.
pub fn at(day: i64) -> Timestamp {
    let first: Timestamp = "2026-01-05T12:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(24 * day)
}

pub fn by(who: &str, day: i64) -> Act {
    Act::by(&who.into(), at(day))
}

pub fn because(who: &str, day: i64) -> Act {
    by(who, day).because("for a good reason")
}

pub fn rule(name: &str, day: i64) -> Act {
    Act::of(Actor::Rule(name.to_owned()), at(day))
}

pub fn feed(name: &str, day: i64) -> Act {
    Act::of(Actor::Feed(name.to_owned()), at(day))
}

/// A refusal in one word.
pub fn why(refused: &Refused) -> &'static str {
    match refused {
        Refused::State { .. } => "!state",
        Refused::Authority { .. } => "!authority",
        Refused::OwnMatter => "!own-matter",
        Refused::Named => "!named",
        Refused::OnlyBy(_) => "!only-by",
        Refused::NobodyKnown(_) => "!nobody-known",
        Refused::Field { .. } => "!field",
        Refused::Rule { .. } => "!rule",
    }
}
