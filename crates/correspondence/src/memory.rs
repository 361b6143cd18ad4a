//! The memory itself, without file or key: tables of hashes, and the names of domains.

use std::collections::HashMap;

use crate::OFTEN_DAYS;
use crate::look_alike::Names;
use crate::mark::{Key, Mark};
use crate::notes::{self, Note};
use crate::table::{Day, Table};

/// Days without a note after which it is not known who wrote meanwhile. 14: a gate that was passed by
/// or switched off for two weeks has missed many.
const STALE_DAYS: u32 = 14;

/// Domains whose name is kept at most: those a large council writes to on most days, and more.
const MOST_NAMES: usize = 2_000;

/// Bytes of notes that may wait to be written; with more, the whole is written anew.
const MOST_NEW: usize = 4 << 20;

/// Bounds of the memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Days it has to gather until anybody is a stranger to it. 30: who writes once a month has then
    /// written.
    pub trusted_after_days: u32,
    /// Addresses that wrote here, and as many again that were written to. 250,000 each: some 25 MB of
    /// memory, and a year's correspondents of a large council.
    pub addresses: usize,
    /// Days after which an address that was not seen again is forgotten. 730: matters come back after
    /// a year.
    pub address_days: u32,
    /// Messages called junk, and as many again that were reported. 50,000 each.
    pub messages: usize,
    /// Days after which a message is forgotten. 90: nobody answers older junk.
    pub message_days: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            trusted_after_days: 30,
            addresses: 250_000,
            address_days: 730,
            messages: 50_000,
            message_days: 90,
        }
    }
}

/// What is remembered, each in a table of its own: no flood of one kind crowds out another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An address that wrote here.
    Heard = 1,
    /// An address that was written to.
    Written = 2,
    /// A domain that was written to.
    Domain = 3,
    /// A message that was called junk.
    Junk = 4,
    /// A message that was reported.
    Reported = 5,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Heard,
        Self::Written,
        Self::Domain,
        Self::Junk,
        Self::Reported,
    ];

    pub(crate) fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// The memory.
#[derive(Debug)]
pub(crate) struct Memory {
    trusted_after_days: u32,
    since: Day,
    /// The newest day something was noted on.
    today: Day,
    /// In the order of [`Kind::ALL`].
    tables: [Table; 5],
    /// Of domains often written to.
    often: HashMap<Mark, String>,
    /// The council's own domains and those it named.
    named: Vec<String>,
    names: Names,
    /// Notes not written yet.
    new: Vec<u8>,
    /// Too many, or writing failed: the whole has to be written.
    is_new: bool,
}

impl Memory {
    pub(crate) fn new(limits: &Limits, since: Day) -> Self {
        let addresses = || Table::new(limits.addresses, limits.address_days, 1);
        let messages = || Table::new(limits.messages, limits.message_days, 1);
        let domains = Table::new(limits.addresses, limits.address_days, OFTEN_DAYS);
        Self {
            trusted_after_days: limits.trusted_after_days,
            since,
            today: since,
            tables: [addresses(), addresses(), domains, messages(), messages()],
            often: HashMap::new(),
            named: Vec::new(),
            names: Names::default(),
            new: Vec::new(),
            is_new: false,
        }
    }

    /// What was not noted from here on is not known to be new.
    pub(crate) fn gather_anew(&mut self, since: Day) {
        self.since = since;
    }

    pub(crate) fn trusted_from(&self) -> Day {
        self.since.plus(self.trusted_after_days)
    }

    pub(crate) fn is_trusted(&self, today: Day) -> bool {
        self.trusted_from() <= today
    }

    pub(crate) fn has(&self, kind: Kind, mark: Mark, today: Day) -> bool {
        self.days(kind, mark, today) > 0
    }

    pub(crate) fn days(&self, kind: Kind, mark: Mark, today: Day) -> u8 {
        self.tables[kind as usize - 1].days(mark, today)
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// Notes that something is seen. Gives on how many days it was.
    pub(crate) fn note(&mut self, kind: Kind, mark: Mark, today: Day) -> u8 {
        self.today = self.today.max(today);
        let table = &mut self.tables[kind as usize - 1];
        if let Some(seen) = table.see(mark, today) {
            self.write(&Note::Seen { kind, mark, seen });
        }
        self.days(kind, mark, today)
    }

    /// Notes that a domain is written to; its name once that is often.
    pub(crate) fn count_domain(&mut self, mark: Mark, name: &str, today: Day) {
        let days = self.note(Kind::Domain, mark, today);
        let is_new = days >= OFTEN_DAYS && !self.often.contains_key(&mark);
        let fits = self.often.len() < MOST_NAMES && name.len() <= notes::LONGEST_NAME;
        if is_new && fits {
            let name = name.to_owned();
            self.write(&Note::Name {
                mark,
                name: name.clone(),
            });
            self.names.add(&name);
            self.often.insert(mark, name);
        }
    }

    pub(crate) fn has_named(&self, domains: &[&str]) -> bool {
        self.named == domains
    }

    /// Takes these domains for often written to, in place of those named before.
    pub(crate) fn name(&mut self, domains: &[&str]) {
        self.named = domains.iter().map(|&domain| domain.to_owned()).collect();
        self.names = Names::default();
        for domain in self.named.iter().chain(self.often.values()) {
            self.names.add(domain);
        }
    }

    /// Takes over a note that was written down.
    pub(crate) fn recall(&mut self, note: Note) {
        match note {
            Note::Since { .. } => (),
            Note::Seen { kind, mark, seen } => {
                self.today = self.today.max(seen.last);
                self.tables[kind as usize - 1].put(mark, seen);
            }
            Note::Name { mark, name } if self.often.len() < MOST_NAMES => {
                self.names.add(&name);
                self.often.insert(mark, name);
            }
            Note::Name { .. } => (),
        }
    }

    fn write(&mut self, note: &Note) {
        if self.new.len() < MOST_NEW {
            note.encode(&mut self.new);
        } else {
            self.is_new = true;
        }
    }

    /// Notes to append; none if there are none. Empty where the whole has to be written.
    pub(crate) fn take_new(&mut self) -> Option<Vec<u8>> {
        let new = std::mem::take(&mut self.new);
        if std::mem::take(&mut self.is_new) {
            return Some(Vec::new());
        }
        (!new.is_empty()).then_some(new)
    }

    pub(crate) fn write_anew(&mut self) {
        self.is_new = true;
    }

    /// The whole as a file holds it. What is forgotten stays out.
    pub(crate) fn encoded(&self, key: &Key) -> Vec<u8> {
        let mut file = notes::FIRST_LINE.to_vec();
        notes::beginning(self.since, key).encode(&mut file);
        for (kind, table) in Kind::ALL.into_iter().zip(&self.tables) {
            for (mark, seen) in table.iter(self.today) {
                Note::Seen { kind, mark, seen }.encode(&mut file);
            }
        }
        for (mark, name) in &self.often {
            if self.has(Kind::Domain, *mark, self.today) {
                let (mark, name) = (*mark, name.clone());
                Note::Name { mark, name }.encode(&mut file);
            }
        }
        file
    }
}

/// Whether so much time lies between that it is not known what happened in it.
pub(crate) fn is_stale(newest: Day, today: Day) -> bool {
    newest.plus(STALE_DAYS) < today
}
