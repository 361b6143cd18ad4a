//! Where figures are kept: `open.json`, the months that still count with the place the record was read up
//! to, in one file that is replaced in one step; and a file for each closed month, written once.
//!
//! What is done in which order makes every entry count exactly once, whenever the process is killed:
//! what was read is kept before a month is closed, and a month whose file is there is closed.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use cdr::tariff::Tariff;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use journal::Reader;
use ledger::EntryIndex;
use register::snapshot::Snapshot;
use reports::closed::ClosedMonth;
use reports::entry::{self, Act, Context, Declared, Whose};
use reports::month::Month;
use reports::rollup::{Moment, MonthKey, Rollup, closes_at};
use reports::unit::{Unit, Units};
use rustix::rand::{GetRandomFlags, getrandom};

use crate::data_dir::DataDir;
use crate::people::replace;

/// How long after its end a month is closed. Three days: gates record at once, and an exchange writes its
/// call records every night, weekends included.
const LATE: SignedDuration = SignedDuration::from_hours(72);

/// How long nobody may have looked after the gates for them to count as running.
const WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// Entries read until they are kept: what a start reads again at most.
const KEPT_EVERY: u64 = 200_000;

/// How long what was read may stay in memory only.
const KEPT_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// Why figures cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeepError {
    #[error("cannot read or write `{path}`")]
    File { path: PathBuf, source: io::Error },
    #[error("`{path}` is not what this program wrote; move it away to count the record anew")]
    Unreadable {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("`{0}` was written by a later version of this program")]
    Later(PathBuf),
    #[error("the record cannot be read")]
    Record(#[from] journal::ReadError),
    #[error("the system gives no random bytes")]
    Random(#[from] rustix::io::Errno),
}

/// The folder of figures, and what has to be known to add to them.
#[derive(Debug)]
pub(crate) struct Keeping {
    folder: PathBuf,
    record: PathBuf,
    zone: TimeZone,
    tariff: Option<Tariff>,
    name: String,
    held: Option<Held>,
}

/// What is in memory, and which file it is like.
#[derive(Debug)]
struct Held {
    rollup: Rollup,
    /// Inode of the file, while there is one.
    file: Option<u64>,
    kept_at: Timestamp,
    kept_next: u64,
}

/// Somebody else adds to the figures just now.
#[derive(Debug)]
pub(crate) struct Busy;

/// Whether to wait for somebody else who adds to the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    Wait,
    Leave,
}

impl Keeping {
    /// Those of a data directory, whose record has a name.
    pub(crate) fn new(data: &DataDir, zone: &str, name: &str) -> Self {
        Self {
            folder: data.reports(),
            record: data.record(),
            zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
            tariff: None,
            name: name.to_owned(),
            held: None,
        }
    }

    /// With what calls cost where their entries do not say.
    pub(crate) fn with_tariff(mut self, tariff: Option<Tariff>) -> Self {
        self.tariff = tariff;
        self
    }

    /// Reads the record on to its end and closes months that are over. `is_looking` says that the gates
    /// run and somebody looks after them. Nothing is done while somebody else does it.
    pub(crate) fn bring_up_to_date(
        &mut self,
        register: &Snapshot,
        now: Timestamp,
        is_looking: bool,
        patience: Patience,
    ) -> Result<Result<(), Busy>, KeepError> {
        let Some(lock) = self.lock(patience)? else {
            return Ok(Err(Busy));
        };
        let mut held = self.held(now)?;
        let done = self.read_on(&mut held, register, now, is_looking);
        // What was read in memory is good as far as it went; what cannot be kept is read again.
        if done.is_ok() {
            self.held = Some(held);
        }
        drop(lock);
        done.map(Ok)
    }

    fn read_on(
        &self,
        held: &mut Held,
        register: &Snapshot,
        now: Timestamp,
        is_looking: bool,
    ) -> Result<(), KeepError> {
        let mut key = Ok(());
        let mut make_key = || {
            let mut bytes = [0; 16];
            if let Err(error) = getrandom(&mut bytes, GetRandomFlags::empty()) {
                key = Err(error);
            }
            MonthKey::new(bytes)
        };
        let mut moment = Moment {
            now,
            zone: &self.zone,
            make_key: &mut make_key,
        };
        let domains: Vec<_> = register.council().domains.clone();
        let context = Context {
            domains: &domains,
            tariff: self.tariff.as_ref(),
            record: &self.name,
        };
        let unit_of = |person: &str| register.person(person)?.unit.clone();
        let mut reader = Reader::from(&self.record, EntryIndex(held.rollup.next))?;
        while let Some(entry) = reader.next_entry()? {
            match entry::count(entry.payload, &context) {
                Ok(mut counted) => {
                    if let Some(declared) = counted.declared.take() {
                        let unit = unit_of(&declared.by);
                        let acts = self.acts_of(&declared, &context)?;
                        held.rollup.declare(acts, unit.as_deref(), &self.zone);
                    }
                    held.rollup.add(counted, unit_of, &mut moment);
                }
                Err(error) => tracing::debug!(%error, "an entry is not counted"),
            }
            held.rollup.next = entry.index.0 + 1;
            if held.rollup.next - held.kept_next >= KEPT_EVERY {
                self.keep(held, now)?;
            }
        }
        if is_looking {
            held.rollup.look(WITHIN, &mut moment);
        }
        let is_due = |held: &Held| {
            let is_new = held.kept_next < held.rollup.next || is_looking;
            held.file.is_none() || (is_new && now.duration_since(held.kept_at) >= KEPT_WITHIN)
        };
        while let Some(open) = held.rollup.ready(LATE, &mut moment) {
            // First what was read, so that what comes of it is not read again after the month is closed.
            self.keep(held, now)?;
            let month = open.month();
            let closed = ClosedMonth::of(open, &units(register));
            self.write(&self.of_month(month), closed.to_bytes())?;
            held.rollup.forget(month);
            self.keep(held, now)?;
        }
        if is_due(held) {
            self.keep(held, now)?;
        }
        key.map_err(KeepError::from)
    }

    /// What the entries of a declaration counted as, as far as they are of whoever declared them.
    fn acts_of(
        &self,
        declared: &Declared,
        context: &Context<'_>,
    ) -> Result<Vec<Act>, journal::ReadError> {
        let by = Whose::Person(declared.by.clone());
        let mut acts = Vec::new();
        for entry in &declared.entries {
            let payload = Reader::entry(&self.record, EntryIndex(*entry))?;
            let counted = payload.and_then(|payload| entry::count(&payload, context).ok());
            let own = counted.unwrap_or_default().acts.into_iter();
            acts.extend(own.filter(|act| act.whose == by));
        }
        Ok(acts)
    }

    /// Keeps what was read since, before a stop.
    pub(crate) fn keep_the_rest(&mut self, now: Timestamp) -> Result<(), KeepError> {
        let Some(_lock) = self.lock(Patience::Wait)? else {
            return Ok(());
        };
        match self.held.take() {
            Some(mut held) if self.file()? == held.file => self.keep(&mut held, now),
            _ => Ok(()),
        }
    }

    /// What is in memory, or in the file where somebody else wrote it since.
    fn held(&mut self, now: Timestamp) -> Result<Held, KeepError> {
        let file = self.file()?;
        if let Some(held) = self.held.take().filter(|held| held.file == file) {
            return Ok(held);
        }
        let path = self.open_months();
        let rollup = match file {
            None => Rollup::default(),
            Some(_) => {
                let bytes = std::fs::read(&path).map_err(at(&path))?;
                let read = Rollup::read(&bytes);
                let read = read.map_err(|source| KeepError::Unreadable {
                    path: path.clone(),
                    source,
                })?;
                read.ok_or(KeepError::Later(path))?
            }
        };
        let mut held = Held {
            kept_next: rollup.next,
            rollup,
            file,
            kept_at: now,
        };
        // Killed between the closing of a month and keeping that it was closed.
        while let Some(month) = held.rollup.oldest().map(|open| open.month()) {
            if !self.of_month(month).exists() {
                break;
            }
            held.rollup.forget(month);
        }
        Ok(held)
    }

    fn keep(&self, held: &mut Held, now: Timestamp) -> Result<(), KeepError> {
        self.write(&self.open_months(), held.rollup.to_bytes())?;
        held.file = self.file()?;
        held.kept_at = now;
        held.kept_next = held.rollup.next;
        Ok(())
    }

    fn write(
        &self,
        path: &Path,
        bytes: Result<Vec<u8>, serde_json::Error>,
    ) -> Result<(), KeepError> {
        let bytes = bytes.map_err(|source| KeepError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        replace(path, &bytes).map_err(at(path))
    }

    fn lock(&self, patience: Patience) -> Result<Option<File>, KeepError> {
        let mut folder = std::fs::DirBuilder::new();
        let made = folder.recursive(true).mode(0o700).create(&self.folder);
        made.map_err(at(&self.folder))?;
        let path = self.folder.join("lock");
        let mut options = File::options();
        let file = options.create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(at(&path))?;
        match patience {
            Patience::Wait => file.lock().map_err(at(&path))?,
            Patience::Leave => match file.try_lock() {
                Ok(()) => (),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(source)) => return Err(at(&path)(source)),
            },
        }
        Ok(Some(file))
    }

    /// One closed month, if it is there.
    pub(crate) fn month(&self, month: Month) -> Result<Option<ClosedMonth>, KeepError> {
        let path = self.of_month(month);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(KeepError::File { path, source }),
        };
        match ClosedMonth::read(&bytes) {
            Ok(Some(month)) => Ok(Some(month)),
            Ok(None) => Err(KeepError::Later(path)),
            Err(source) => Err(KeepError::Unreadable { path, source }),
        }
    }

    /// Closed months before one, at most so many, the oldest first.
    pub(crate) fn before(&self, month: Month, most: usize) -> Result<Vec<ClosedMonth>, KeepError> {
        let all = self.closed()?.into_iter();
        let mut before: Vec<_> = all.filter(|closed| *closed < month).collect();
        before.drain(..before.len().saturating_sub(most));
        let read = before
            .into_iter()
            .filter_map(|month| self.month(month).transpose());
        read.collect()
    }

    /// Closed months, the oldest first.
    pub(crate) fn closed(&self) -> Result<Vec<Month>, KeepError> {
        let mut months = Vec::new();
        let files = match std::fs::read_dir(&self.folder) {
            Ok(files) => files,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(months),
            Err(source) => return Err(at(&self.folder)(source)),
        };
        for file in files {
            let name = file.map_err(at(&self.folder))?.file_name();
            let name = name.to_string_lossy();
            let month = name.strip_suffix(".json").map(str::parse::<Month>);
            months.extend(month.and_then(Result::ok));
        }
        months.sort_unstable();
        Ok(months)
    }

    /// When a month is closed.
    pub(crate) fn closes_at(&self, month: Month) -> Timestamp {
        closes_at(month, LATE, &self.zone)
    }

    /// The council's time zone.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn of_month(&self, month: Month) -> PathBuf {
        self.folder.join(format!("{month}.json"))
    }

    fn open_months(&self) -> PathBuf {
        self.folder.join("open.json")
    }

    fn file(&self) -> Result<Option<u64>, KeepError> {
        let path = self.open_months();
        match std::fs::metadata(&path) {
            Ok(file) => Ok(Some(file.ino())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(KeepError::File { path, source }),
        }
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> KeepError + '_ {
    |source| KeepError::File {
        path: path.to_owned(),
        source,
    }
}

/// Units as the register has them now.
fn units(register: &Snapshot) -> Units {
    let units = register.units().iter().map(|unit| Unit {
        id: unit.id.clone(),
        name: unit.name.clone(),
        parent: unit.parent.clone(),
    });
    Units::new(units)
}

impl DataDir {
    /// Figures of months, and what still counts.
    fn reports(&self) -> PathBuf {
        self.path().join("reports")
    }
}

#[cfg(test)]
mod tests;
