//! Tables: which columns there are for each kind of event, and how an entry becomes rows.
//!
//! A table has a name and a version, which stand in each of its files. A column is only ever added,
//! with a new version; files of an earlier one are read with nothing in it. The kinds `web`, `mail` and
//! `matter` have tables of their own; every other kind has `event`, whose sealed column holds the
//! whole entry.

mod event;
mod facts;
mod mail;
mod matter;
mod web;

use arrow_schema::SchemaRef;
use jiff::Timestamp;

pub use crate::columns::{Column, Type};
use crate::columns::{Rows, schema};
use crate::pseudonym::Pseudonyms;
use facts::Facts;

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Page requests, one row each.
    Web,
    /// Messages, one row for each group of recipients.
    Mail,
    /// Steps in processes between people.
    Matter,
    /// Everything else.
    Event,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Web, Self::Mail, Self::Matter, Self::Event];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Mail => "mail",
            Self::Matter => "matter",
            Self::Event => "event",
        }
    }

    /// The table of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// The version of its columns that is written now.
    pub fn version(self) -> u32 {
        1
    }

    /// Its columns, those that are sealed last.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Web => web::COLUMNS,
            Self::Mail => mail::COLUMNS,
            Self::Matter => matter::COLUMNS,
            Self::Event => event::COLUMNS,
        }
    }

    /// The columns that lie open.
    pub fn schema(self) -> SchemaRef {
        schema(self.columns(), false)
    }

    /// The columns that are sealed.
    pub(crate) fn sealed_schema(self) -> SchemaRef {
        schema(self.columns(), true)
    }

    pub(crate) fn rows(self) -> Rows {
        Rows::of(self.columns())
    }
}

/// An entry, read as far as its table needs.
pub(crate) enum Read<'e> {
    Web(web::Entry<'e>),
    Mail(mail::Entry<'e>),
    Matter(matter::Entry<'e>),
    Event(event::Entry<'e>),
}

/// What rows are made with: pseudonyms of the month, and facts that were met before.
pub(crate) struct Making<'m> {
    pub(crate) names: &'m mut Pseudonyms,
    pub(crate) facts: &'m mut Facts,
}

pub(crate) use facts::Facts as KnownFacts;

impl<'e> Read<'e> {
    /// Reads an entry. One of a known kind that does not have the shape it should is kept as an event,
    /// and one that cannot be read at all as well.
    pub(crate) fn of(payload: &'e [u8]) -> Self {
        // Most entries are pages. The kind follows the time, at the very beginning.
        let head = &payload[..payload.len().min(80)];
        let says = |kind: &[u8]| memchr::memmem::find(head, kind).is_some();
        if says(br#""kind":"web""#) {
            if let Some(entry) = web::Entry::of(payload) {
                return Self::Web(entry);
            }
        } else if says(br#""kind":"mail""#) {
            if let Some(entry) = mail::Entry::of(payload) {
                return Self::Mail(entry);
            }
        } else if says(br#""kind":"matter""#)
            && let Some(entry) = matter::Entry::of(payload)
        {
            return Self::Matter(entry);
        }
        Self::Event(event::Entry::of(payload))
    }

    pub(crate) fn table(&self) -> Table {
        match self {
            Self::Web(_) => Table::Web,
            Self::Mail(_) => Table::Mail,
            Self::Matter(_) => Table::Matter,
            Self::Event(_) => Table::Event,
        }
    }

    /// Its kind, by its own word.
    pub(crate) fn kind(&self) -> &str {
        match self {
            Self::Web(_) => "web",
            Self::Mail(_) => "mail",
            Self::Matter(_) => "matter",
            Self::Event(entry) => entry.kind(),
        }
    }

    /// When it happened, if it says so.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Web(entry) => Some(entry.at),
            Self::Mail(entry) => Some(entry.at),
            Self::Matter(entry) => Some(entry.happened_at()),
            Self::Event(entry) => entry.at(),
        }
    }

    /// Adds its rows.
    pub(crate) fn rows(&self, number: u64, rows: &mut Rows, making: &mut Making<'_>) {
        match self {
            Self::Web(entry) => entry.rows(number, rows, making),
            Self::Mail(entry) => entry.rows(number, rows, making),
            Self::Matter(entry) => entry.rows(number, rows, making),
            Self::Event(entry) => entry.rows(number, rows, making),
        }
    }
}
