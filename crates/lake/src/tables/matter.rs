//! Steps in processes between people: requests, signatures, permissions, withdrawals, oversight.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Making;
use crate::columns::{Cell, Column, Rows, Type, open, sealed};
use crate::entry::Labels;
use crate::pseudonym::Whose;

/// Which matter, whom it is about and who acted are pseudonyms; everything in words is sealed.
pub(super) const COLUMNS: &[Column] = &[
    open("entry", Type::Number),
    open("at", Type::Time),
    open("learned_at", Type::Time),
    open("number", Type::Number),
    open("matter", Type::Pseudonym),
    open("matter_kind", Type::Text),
    open("person", Type::Pseudonym),
    open("step", Type::Text),
    open("from_state", Type::Text),
    open("to_state", Type::Text),
    open("actor", Type::Pseudonym),
    open("actor_is", Type::Text),
    open("clauses", Type::Text),
    open("policy_version", Type::Text),
    sealed("event"),
];

#[derive(Debug, Deserialize)]
pub(crate) struct Entry<'e> {
    v: u32,
    at: Timestamp,
    #[serde(borrow)]
    kind: Cow<'e, str>,
    number: u64,
    #[serde(borrow)]
    event: &'e RawValue,
    #[serde(skip)]
    told: Told<'e>,
}

#[derive(Debug, Default, Deserialize)]
struct Told<'e> {
    #[serde(borrow)]
    matter: Cow<'e, str>,
    #[serde(borrow)]
    kind: Cow<'e, str>,
    #[serde(borrow)]
    subject: Cow<'e, str>,
    #[serde(borrow)]
    step: Cow<'e, str>,
    #[serde(default, borrow)]
    from: Option<Cow<'e, str>>,
    #[serde(borrow)]
    to: Cow<'e, str>,
    at: Timestamp,
    #[serde(default, borrow)]
    actor: Actor<'e>,
    #[serde(default, borrow)]
    policy_version: Cow<'e, str>,
    #[serde(default, borrow)]
    clauses: Labels<'e>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Actor<'e> {
    Person(#[serde(borrow)] Cow<'e, str>),
    Rule(serde::de::IgnoredAny),
    Feed(serde::de::IgnoredAny),
    Operator(#[serde(borrow)] Cow<'e, str>),
    #[default]
    Unknown,
}

impl<'e> Entry<'e> {
    pub(super) fn of(payload: &'e [u8]) -> Option<Self> {
        let mut entry: Self = serde_json::from_slice(payload).ok()?;
        if entry.v != 1 || entry.kind != "matter" {
            return None;
        }
        entry.told = serde_json::from_str(entry.event.get()).ok()?;
        Some(entry)
    }

    pub(super) fn happened_at(&self) -> Timestamp {
        self.told.at
    }

    pub(super) fn rows(&self, number: u64, rows: &mut Rows, making: &mut Making<'_>) {
        let told = &self.told;
        let names = &mut *making.names;
        let (actor, actor_is) = match &told.actor {
            Actor::Person(person) => (Some(names.of(Whose::Person, person)), "person"),
            Actor::Operator(account) => (Some(names.of(Whose::Account, account)), "operator"),
            Actor::Rule(_) => (None, "rule"),
            Actor::Feed(_) => (None, "feed"),
            Actor::Unknown => (None, ""),
        };
        let clauses = told.clauses.joined();
        rows.push([
            Cell::Number(number),
            Cell::Time(told.at.as_millisecond()),
            Cell::Time(self.at.as_millisecond()),
            Cell::Number(self.number),
            Cell::Number(names.of(Whose::Matter, &told.matter)),
            Cell::text(&told.kind),
            Cell::Number(names.of(Whose::Person, &told.subject)),
            Cell::text(&told.step),
            told.from.as_deref().into(),
            Cell::text(&told.to),
            actor.into(),
            Cell::text(actor_is),
            Cell::text(&clauses),
            Cell::text(&told.policy_version),
            Cell::Text(self.event.get()),
        ]);
    }
}
