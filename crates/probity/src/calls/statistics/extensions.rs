//! Figures for each extension: for whoever looks after the telephones. Sorted by number, without names.

use std::collections::BTreeMap;

use cdr::leg::Voicemail;
use jiff::Timestamp;
use register::snapshot::Snapshot;
use register::telephone;

use super::told::{Side, Told};
use super::{Figures, Month};

/// Extensions that are told apart; calls of further ones are counted in the totals of units only. More than
/// the largest council has.
const MOST: usize = 100_000;

/// One of our telephones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extension {
    /// As it is written.
    pub(crate) number: String,
    /// Somebody answers it, the register says.
    pub(crate) is_known: bool,
    /// Its units now, the narrowest first.
    pub(crate) units: Vec<String>,
    /// The month's figures.
    pub(crate) figures: Figures,
    /// When voicemail took messages, in the month.
    messages: Vec<Timestamp>,
    /// When they were last listened to, whenever that was.
    listened: Option<Timestamp>,
}

/// What voicemail took and nobody listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unattended {
    /// How many messages.
    pub(crate) messages: u64,
    /// Whole days since the oldest.
    pub(crate) oldest_days: u64,
}

impl Extension {
    /// Messages that nobody has listened to until a moment.
    pub(crate) fn unattended(&self, until: Timestamp) -> Option<Unattended> {
        let after = |at: &&Timestamp| self.listened.is_none_or(|listened| listened < **at);
        let waiting: Vec<_> = self.messages.iter().filter(after).collect();
        let oldest = waiting.iter().min()?;
        let seconds = until.duration_since(**oldest).as_secs().max(0);
        Some(Unattended {
            messages: waiting.len() as u64,
            oldest_days: u64::try_from(seconds / (24 * 3600)).unwrap_or(0),
        })
    }

    /// Whether nobody called with it or to it.
    pub(crate) fn is_unused(&self) -> bool {
        self.figures.calls_in + self.figures.calls_out == 0
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Extensions {
    by_number: BTreeMap<String, Extension>,
}

impl Extensions {
    /// Those of the register.
    pub(super) fn of(register: &Snapshot, month: &Month) -> Self {
        let mut extensions = Self::default();
        for person in register.people() {
            let is_gone = person.leaves.is_some_and(|leaves| leaves <= month.from);
            for number in person.extensions.iter().filter(|_| !is_gone) {
                let units = register.units_of(person);
                if let Some(extension) = extensions.find(number) {
                    extension.is_known = true;
                    extension.units = units;
                }
            }
        }
        extensions
    }

    /// Adds a call of the month.
    pub(super) fn add(&mut self, side: Side) {
        if let Some(extension) = self.find(&side.extension) {
            extension.figures.add(&side);
            if side.took_message {
                extension.messages.push(side.at);
            }
        }
    }

    /// Takes note that somebody listened to their messages.
    pub(super) fn listened(&mut self, told: &Told) {
        if told.voicemail != Some(Voicemail::Listened) {
            return;
        }
        let Some(number) = &told.extension else {
            return;
        };
        let at = told.at;
        if let Some(extension) = self.find(number) {
            extension.listened = extension.listened.max(Some(at));
        }
    }

    fn find(&mut self, number: &str) -> Option<&mut Extension> {
        let plain = telephone::plain(number).unwrap_or_else(|| number.to_owned());
        if self.by_number.len() >= MOST && !self.by_number.contains_key(&plain) {
            return None;
        }
        let fresh = || Extension {
            number: number.to_owned(),
            ..Extension::default()
        };
        Some(self.by_number.entry(plain).or_insert_with(fresh))
    }

    /// Those of the month, by number: what the register has, and what called or was called.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Extension> {
        let all = self.by_number.values();
        all.filter(|extension| extension.is_known || !extension.is_unused())
    }
}
