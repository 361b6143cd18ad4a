//! What is remembered of mail that went before: who wrote to somebody here and was written to, which
//! domains are often written to, and which messages were called junk or reported.
//!
//! This is a memory and no record. It is bounded and forgets the longest unseen first; it keeps keyed
//! hashes in place of addresses and message ids, and the name of a domain only once it is often written
//! to. What it does not know is never held against anybody: before it has gathered for
//! [`Limits::trusted_after_days`], nobody is a stranger to it (ADR 0021).
//!
//! Looking something up is one keyed hash and a probe of a table in memory. What is new waits in memory
//! until [`Correspondence::flush`], which somebody has to call now and then; a crash loses no more.
//!
//! Not here: which mail is worth remembering (`decision-point`).

mod address;
mod file;
mod look_alike;
mod mark;
mod memory;
mod notes;
mod table;

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;

use crate::file::{Log, Reading};
use crate::mark::{About, Key};
use crate::memory::{Kind, Memory};
use crate::table::Day;

pub use crate::memory::Limits;

/// Days on which a domain has to be written to until it is one often written to. 5: a slip that is made
/// again and again on one day is still a slip.
pub const OFTEN_DAYS: u8 = 5;

/// Days after which a domain is no longer taken for another's look-alike. 2: whoever was warned and wrote
/// again another day meant it.
const FAMILIAR_DAYS: u8 = 2;

/// What somebody said of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// It is junk.
    Junk,
    /// It is not fit to be shown to anybody.
    Reported,
}

/// How the memory was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// There was none: it begins to gather.
    Nothing,
    /// Whole, or with an end that was being written and is cut off.
    Whole,
    /// Nothing was noted for long, so what happened meanwhile is not known: it gathers anew and keeps
    /// what it has.
    Stale,
    /// Damaged, or made with another key: it gathers anew, with what could be read.
    Damaged,
}

/// The memory cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "the memory of earlier mail in `{folder}` cannot be used: look at its permissions, and whether another process has it"
)]
pub struct OpenError {
    folder: String,
    #[source]
    source: io::Error,
}

/// The memory.
#[derive(Debug)]
pub struct Correspondence {
    key: Key,
    memory: RwLock<Memory>,
    /// None where it is only read.
    log: Option<Mutex<Log>>,
}

impl Correspondence {
    /// Opens the memory in a folder, which is made if need be, readable by its owner only.
    ///
    /// Damage is no error: what could be read is kept and the memory gathers anew. One process has it at
    /// a time.
    pub fn open(folder: &Path, limits: &Limits, at: Timestamp) -> Result<(Self, Found), OpenError> {
        let opened = || {
            let key = Key::load_or_create(folder)?;
            let lock = mark::lock(folder)?;
            let (memory, found) = recall(Log::read(folder)?, &key, limits, Day::of(at));
            let log = Log::begin(folder, &memory.encoded(&key), lock)?;
            Ok((Self::of(key, memory, Some(log)), found))
        };
        opened().map_err(|source| OpenError {
            folder: folder.display().to_string(),
            source,
        })
    }

    /// Reads a memory that another process keeps, and leaves it alone; none if there is none.
    pub fn read(folder: &Path, limits: &Limits, at: Timestamp) -> Result<Option<Self>, OpenError> {
        let read = || {
            let Some(key) = Key::load(folder)? else {
                return Ok(None);
            };
            let (memory, _) = recall(Log::read(folder)?, &key, limits, Day::of(at));
            Ok(Some(Self::of(key, memory, None)))
        };
        read().map_err(|source| OpenError {
            folder: folder.display().to_string(),
            source,
        })
    }

    fn of(key: Key, memory: Memory, log: Option<Log>) -> Self {
        Self {
            key,
            memory: RwLock::new(memory),
            log: log.map(Mutex::new),
        }
    }

    /// Takes these domains for ones often written to as well: the council's own and those it named.
    pub fn name_domains<'d>(&self, domains: impl IntoIterator<Item = &'d str>) {
        let domains: Vec<&str> = domains.into_iter().collect();
        if !self.memory().has_named(&domains) {
            self.change().name(&domains);
        }
    }

    /// Somebody here got mail from this address.
    pub fn heard_from(&self, address: &str, at: Timestamp) {
        self.note_address(Kind::Heard, address, at);
    }

    /// Somebody here wrote to this address.
    pub fn wrote_to(&self, address: &str, at: Timestamp) {
        self.note_address(Kind::Written, address, at);
        let domain = address::domain(address).to_lowercase();
        if let Some(domain) = look_alike::registered(&domain) {
            let mark = self.key.mark(About::Domain, domain.whole);
            self.change().count_domain(mark, domain.whole, Day::of(at));
        }
    }

    /// Somebody said this of the message with this id.
    pub fn call(&self, message_id: &str, called: Called, at: Timestamp) {
        let mark = self.key.mark(About::Message, address::id(message_id));
        self.change().note(kind(called), mark, Day::of(at));
    }

    /// Whether nobody here is known to have had mail from this address or to have written to it. Not
    /// before the memory has gathered for long enough.
    pub fn is_first_contact(&self, address: &str, at: Timestamp) -> bool {
        let today = Day::of(at);
        if !self.memory().is_trusted(today) {
            return false;
        }
        let mark = self.address_mark(address);
        let memory = self.memory();
        !memory.has(Kind::Heard, mark, today) && !memory.has(Kind::Written, mark, today)
    }

    /// The domain often written to that the domain of this address differs from by so little that it
    /// may be a slip or a trap. Not before the memory has gathered for long enough.
    pub fn look_alike_of(&self, address: &str, at: Timestamp) -> Option<String> {
        let today = Day::of(at);
        let domain = address::domain(address).to_lowercase();
        let domain = look_alike::registered(&domain)?;
        let memory = self.memory();
        let like = memory.names().like(&domain)?.to_owned();
        if !memory.is_trusted(today) {
            return None;
        }
        let mark = self.key.mark(About::Domain, domain.whole);
        let is_familiar = memory.days(Kind::Domain, mark, today) >= FAMILIAR_DAYS;
        (!is_familiar).then_some(like)
    }

    /// Whether somebody said this of the message with this id, not too long ago.
    pub fn was_called(&self, message_id: &str, called: Called, at: Timestamp) -> bool {
        let mark = self.key.mark(About::Message, address::id(message_id));
        self.memory().has(kind(called), mark, Day::of(at))
    }

    /// From when on strangers are told from others.
    pub fn trusted_from(&self) -> Timestamp {
        self.memory().trusted_from().start()
    }

    /// Writes down what is new. After an error everything is written anew the next time.
    pub fn flush(&self) -> io::Result<()> {
        let Some(log) = &self.log else {
            return Ok(());
        };
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(new) = self.change().take_new() else {
            return Ok(());
        };
        let written = match log.append(&new) {
            Ok(true) => return Ok(()),
            // It has grown to more than its memory, or its end may be half a note.
            Ok(false) | Err(_) => {
                let whole = self.memory().encoded(&self.key);
                log.replace(&whole)
            }
        };
        if written.is_err() {
            self.change().write_anew();
        }
        written
    }

    fn note_address(&self, kind: Kind, address: &str, at: Timestamp) {
        let mark = self.address_mark(address);
        self.change().note(kind, mark, Day::of(at));
    }

    fn address_mark(&self, address: &str) -> mark::Mark {
        self.key.mark(About::Address, &address::plain(address))
    }

    fn memory(&self) -> RwLockReadGuard<'_, Memory> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Memory> {
        self.memory.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn kind(called: Called) -> Kind {
    match called {
        Called::Junk => Kind::Junk,
        Called::Reported => Kind::Reported,
    }
}

/// The memory of what was read.
fn recall(read: Option<Reading>, key: &Key, limits: &Limits, today: Day) -> (Memory, Found) {
    let Some(read) = read else {
        return (Memory::new(limits, today), Found::Nothing);
    };
    let ours = notes::since(&read.notes, key);
    let mut memory = Memory::new(limits, ours.unwrap_or(today).min(today));
    if ours.is_none() {
        return (memory, Found::Damaged);
    }
    let newest = read.notes.iter().filter_map(notes::Note::day).max();
    read.notes.into_iter().for_each(|note| memory.recall(note));
    if read.is_damaged {
        memory.gather_anew(today);
        return (memory, Found::Damaged);
    }
    if newest.is_none_or(|newest| memory::is_stale(newest, today)) {
        memory.gather_anew(today);
        return (memory, Found::Stale);
    }
    (memory, Found::Whole)
}

#[cfg(test)]
mod tests;
