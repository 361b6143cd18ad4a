//! Page requests.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Making;
use crate::columns::{Cell, Column, Rows, Type, open, sealed};
use crate::pseudonym::Whose;

/// Sites lie open: which sites are visited, and how much, is what the council counts. What on a site
/// somebody looked at is sealed.
pub(super) const COLUMNS: &[Column] = &[
    open("entry", Type::Number),
    open("at", Type::Time),
    open("learned_at", Type::Time),
    open("person", Type::Pseudonym),
    open("client", Type::Pseudonym),
    open("host", Type::Text),
    open("port", Type::Number),
    open("visit", Type::Flag),
    open("bytes", Type::Number),
    open("acknowledged", Type::Flag),
    open("action", Type::Text),
    open("method", Type::Text),
    open("audience", Type::Text),
    open("clock", Type::Text),
    open("categories", Type::Text),
    open("site", Type::Text),
    open("findings", Type::Text),
    open("suspicions", Type::Text),
    open("outcome", Type::Text),
    open("clauses", Type::Text),
    open("obligations", Type::Text),
    open("unevaluated", Type::Text),
    open("edition", Type::Text),
    open("pack", Type::Text),
    sealed("person_id"),
    sealed("account"),
    sealed("client_address"),
    sealed("path"),
    sealed("permissions"),
    sealed("matched"),
    sealed("found"),
    sealed("passed_over"),
    sealed("request"),
];

#[derive(Debug, Deserialize)]
pub(crate) struct Entry<'e> {
    v: u32,
    pub(super) at: Timestamp,
    #[serde(default)]
    learned_at: Option<Timestamp>,
    #[serde(borrow)]
    kind: Cow<'e, str>,
    #[serde(default, borrow)]
    client: Cow<'e, str>,
    #[serde(default, borrow)]
    person: Option<Cow<'e, str>>,
    #[serde(default, borrow)]
    user: Option<Cow<'e, str>>,
    #[serde(borrow)]
    host: Cow<'e, str>,
    port: u16,
    #[serde(borrow)]
    path: Cow<'e, str>,
    #[serde(default)]
    visit: bool,
    #[serde(default)]
    bytes: Option<u64>,
    #[serde(default, borrow)]
    findings: Option<&'e RawValue>,
    #[serde(default, borrow)]
    passed_over: Option<&'e RawValue>,
    #[serde(default, borrow)]
    matched: Option<&'e RawValue>,
    #[serde(default)]
    acknowledged: bool,
    #[serde(default, borrow)]
    permissions: Option<&'e RawValue>,
    #[serde(borrow)]
    request: &'e RawValue,
    #[serde(borrow)]
    decision: &'e RawValue,
}

impl<'e> Entry<'e> {
    pub(super) fn of(payload: &'e [u8]) -> Option<Self> {
        let entry: Self = serde_json::from_slice(payload).ok()?;
        (entry.v == 1 && entry.kind == "web").then_some(entry)
    }

    pub(super) fn rows(&self, number: u64, rows: &mut Rows, making: &mut Making<'_>) {
        let person = match (&self.person, &self.user) {
            (Some(person), _) => Some(making.names.of(Whose::Person, person)),
            (None, Some(user)) => Some(making.names.of(Whose::Account, user)),
            (None, None) => None,
        };
        let client =
            (!self.client.is_empty()).then(|| making.names.of(Whose::Client, &self.client));
        let asked = making.facts.asked(Some(self.request));
        let decided = making.facts.decided(Some(self.decision));
        let learned = self.learned_at.map(|at| Cell::Time(at.as_millisecond()));
        rows.push([
            Cell::Number(number),
            Cell::Time(self.at.as_millisecond()),
            learned.unwrap_or(Cell::Nothing),
            person.into(),
            client.into(),
            Cell::text(&self.host),
            Cell::Number(self.port.into()),
            Cell::Flag(self.visit),
            self.bytes.into(),
            Cell::Flag(self.acknowledged),
            Cell::text(&asked.action),
            Cell::text(&asked.method),
            Cell::text(&asked.audience),
            Cell::text(&asked.clock),
            Cell::text(&asked.categories),
            Cell::text(&asked.site),
            Cell::text(&asked.findings),
            Cell::text(&asked.suspicions),
            Cell::text(&decided.outcome),
            Cell::text(&decided.clauses),
            Cell::text(&decided.obligations),
            Cell::text(&decided.unevaluated),
            Cell::text(&decided.edition),
            Cell::text(&decided.pack),
            self.person.as_deref().into(),
            self.user.as_deref().into(),
            Cell::text(&self.client),
            Cell::text(&self.path),
            self.permissions.map(RawValue::get).into(),
            self.matched.map(RawValue::get).into(),
            self.findings.map(RawValue::get).into(),
            self.passed_over.map(RawValue::get).into(),
            Cell::Text(self.request.get()),
        ]);
    }
}
