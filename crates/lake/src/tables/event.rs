//! Entries of every kind that has no table of its own: what all kinds say alike lies open, and the
//! whole entry is sealed.
//!
//! A kind that comes later has columns here from its first entry on, as far as it says `person`,
//! `request` and `decision` as others do. Nothing else of it lies open: nobody has looked yet whether
//! it tells of people.

use jiff::Timestamp;

use super::Making;
use crate::columns::{Cell, Column, Rows, Type, open, sealed};
use crate::entry::Envelope;
use crate::partition::Kind;
use crate::pseudonym::Whose;

pub(super) const COLUMNS: &[Column] = &[
    open("entry", Type::Number),
    open("at", Type::Time),
    open("learned_at", Type::Time),
    open("person", Type::Pseudonym),
    open("of_entry", Type::Number),
    open("bytes", Type::Number),
    open("action", Type::Text),
    open("audience", Type::Text),
    open("clock", Type::Text),
    open("categories", Type::Text),
    open("findings", Type::Text),
    open("suspicions", Type::Text),
    open("outcome", Type::Text),
    open("clauses", Type::Text),
    open("obligations", Type::Text),
    open("unevaluated", Type::Text),
    open("edition", Type::Text),
    open("pack", Type::Text),
    sealed("whole"),
];

#[derive(Debug)]
pub(crate) struct Entry<'e> {
    envelope: Option<Envelope<'e>>,
    payload: &'e [u8],
}

impl<'e> Entry<'e> {
    pub(super) fn of(payload: &'e [u8]) -> Self {
        let envelope = serde_json::from_slice(payload).ok();
        Self { envelope, payload }
    }

    pub(super) fn kind(&self) -> &str {
        self.envelope.as_ref().map_or(Kind::UNREADABLE, |e| &e.kind)
    }

    pub(super) fn at(&self) -> Option<Timestamp> {
        self.envelope.as_ref().map(|envelope| envelope.at)
    }

    pub(super) fn rows(&self, number: u64, rows: &mut Rows, making: &mut Making<'_>) {
        let envelope = self.envelope.as_ref();
        let asked = making.facts.asked(envelope.and_then(|e| e.request));
        let decided = making.facts.decided(envelope.and_then(|e| e.decision));
        let person = envelope.and_then(|e| e.person.as_deref());
        let learned = envelope.and_then(|e| e.learned_at);
        let learned = learned.map(|at| Cell::Time(at.as_millisecond()));
        // Bytes that are not text are kept too, as the text that comes nearest.
        let whole = String::from_utf8_lossy(self.payload);
        rows.push([
            Cell::Number(number),
            Cell::Time(self.at().map_or(0, Timestamp::as_millisecond)),
            learned.unwrap_or(Cell::Nothing),
            person
                .map(|person| making.names.of(Whose::Person, person))
                .into(),
            envelope.and_then(|e| e.of).into(),
            Cell::Number(self.payload.len() as u64),
            Cell::text(&asked.action),
            Cell::text(&asked.audience),
            Cell::text(&asked.clock),
            Cell::text(&asked.categories),
            Cell::text(&asked.findings),
            Cell::text(&asked.suspicions),
            Cell::text(&decided.outcome),
            Cell::text(&decided.clauses),
            Cell::text(&decided.obligations),
            Cell::text(&decided.unevaluated),
            Cell::text(&decided.edition),
            Cell::text(&decided.pack),
            Cell::Text(&whole),
        ]);
    }
}
