//! Which calls are on the record already, so that none is recorded twice.
//!
//! The record itself is the truth: every entry of a call has its identity. Here is only what was read of
//! it, a file of identities for each month, and how far that goes. After a crash, or when the folder is
//! gone, the rest is read from the record again, and nothing has to be agreed between the two.

use std::collections::{HashSet, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use decision_point::call::CallId;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use journal::Reader;
use ledger::EntryIndex;
use memchr::memmem::Finder;
use serde::Deserialize;

use crate::people::replace;

/// Bytes of an identity.
const WIDTH: usize = 16;
/// Months in memory at once: this one and the last, and one of an old file being read. A month of 900,000
/// calls takes some 30 MB.
const MONTHS: usize = 3;
/// What every entry of a call has in it.
const CALL: &[u8] = br#""kind":"call""#;
/// Entries read between two times of writing down how far.
const WRITE_EVERY: u64 = 1_000_000;

/// Why it cannot be told whether a call is on the record.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeenError {
    /// The folder.
    #[error("cannot use `{path}`; it belongs to the account that runs the gates")]
    Unusable {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The record.
    #[error("the record cannot be read")]
    Read(#[from] journal::ReadError),
}

/// Identities of the calls on the record.
#[derive(Debug)]
pub(crate) struct Seen {
    folder: PathBuf,
    /// The latest used last.
    months: VecDeque<Month>,
    /// The first entry of the record that is not looked at yet.
    next: u64,
}

/// Those that began in one month.
#[derive(Debug)]
struct Month {
    name: String,
    ids: HashSet<[u8; WIDTH]>,
    /// Not in the file yet.
    new: Vec<[u8; WIDTH]>,
}

impl Seen {
    /// What is kept in a folder, brought up to this entry of the record. All before it is on the disk:
    /// a call that a power cut takes from the record must not stay known here.
    pub(crate) fn open(folder: &Path, record: &Path, until: u64) -> Result<Self, SeenError> {
        fs::create_dir_all(folder).map_err(unusable(folder))?;
        let place = folder.join("place");
        let next = match fs::read_to_string(&place) {
            Ok(text) => text.trim().parse().unwrap_or(0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(source) => return Err(unusable(&place)(source)),
        };
        let mut seen = Self {
            folder: folder.to_owned(),
            months: VecDeque::new(),
            next,
        };
        seen.catch_up(record, until)?;
        Ok(seen)
    }

    /// Looks at what came to the record since, up to an entry before which all is on the disk.
    pub(crate) fn catch_up(&mut self, record: &Path, until: u64) -> Result<(), SeenError> {
        let from = self.next;
        let is_call = Finder::new(CALL);
        let mut reader = Reader::from(record, EntryIndex(self.next))?;
        while self.next < until
            && let Some(entry) = reader.next_entry()?
        {
            self.next = entry.index.0 + 1;
            if is_call.find(entry.payload).is_some()
                && let Ok(told) = serde_json::from_slice::<Told>(entry.payload)
                && told.kind == "call"
                && let Some(id) = CallId::parse(&told.id)
            {
                self.note(told.at, id)?;
            }
            if self.next.is_multiple_of(WRITE_EVERY) {
                self.write_down()?;
            }
        }
        if self.next > from {
            self.write_down()?;
        }
        Ok(())
    }

    /// Whether the call that began then is on the record.
    pub(crate) fn knows(&mut self, began: Timestamp, id: CallId) -> Result<bool, SeenError> {
        Ok(self.month(began)?.ids.contains(&id.0))
    }

    /// Remembers a call that is on the record.
    pub(crate) fn note(&mut self, began: Timestamp, id: CallId) -> Result<(), SeenError> {
        let month = self.month(began)?;
        if month.ids.insert(id.0) {
            month.new.push(id.0);
        }
        Ok(())
    }

    /// Writes down what is new, and then how far the record was read.
    fn write_down(&mut self) -> Result<(), SeenError> {
        for month in &mut self.months {
            month.write(&self.folder)?;
        }
        let place = self.folder.join("place");
        replace(&place, self.next.to_string().as_bytes()).map_err(unusable(&place))
    }

    fn month(&mut self, began: Timestamp) -> Result<&mut Month, SeenError> {
        let name = name(began);
        match self.months.iter().position(|month| month.name == name) {
            Some(place) if place + 1 == self.months.len() => {}
            Some(place) => {
                let month = self.months.remove(place);
                self.months.extend(month);
            }
            None => {
                // One with news waits for them to be on the disk of the record first.
                if self.months.len() >= MONTHS
                    && let Some(place) = self.months.iter().position(|month| month.new.is_empty())
                {
                    self.months.remove(place);
                }
                self.months.push_back(Month::read(&self.folder, name)?);
            }
        }
        let last = self.months.len() - 1;
        Ok(&mut self.months[last])
    }
}

impl Month {
    fn read(folder: &Path, name: String) -> Result<Self, SeenError> {
        let path = file(folder, &name);
        let mut bytes = Vec::new();
        match File::open(&path) {
            Ok(mut file) => {
                file.read_to_end(&mut bytes).map_err(unusable(&path))?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(unusable(&path)(source)),
        }
        // What a crash left of the last one is no identity; the record is read again for it.
        let (ids, _) = bytes.as_chunks::<WIDTH>();
        Ok(Self {
            name,
            ids: ids.iter().copied().collect(),
            new: Vec::new(),
        })
    }

    fn write(&mut self, folder: &Path) -> Result<(), SeenError> {
        if self.new.is_empty() {
            return Ok(());
        }
        let path = file(folder, &self.name);
        let written = || {
            let mut options = OpenOptions::new();
            let mut file = options
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)?;
            // Over what a crash left half written.
            let end = file.metadata()?.len();
            file.seek(SeekFrom::Start(end - end % WIDTH as u64))?;
            file.write_all(self.new.as_flattened())?;
            file.sync_data()
        };
        written().map_err(unusable(&path))?;
        self.new.clear();
        Ok(())
    }
}

fn file(folder: &Path, month: &str) -> PathBuf {
    folder.join(format!("{month}.ids"))
}

fn name(began: Timestamp) -> String {
    let date = TimeZone::UTC.to_datetime(began).date();
    format!("{:04}-{:02}", date.year(), date.month())
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> SeenError {
    move |source| SeenError::Unusable {
        path: path.to_owned(),
        source,
    }
}

/// What is asked of an entry.
#[derive(Debug, Deserialize)]
struct Told {
    kind: String,
    at: Timestamp,
    #[serde(default)]
    id: String,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use journal::{Journal, Options};

    use super::*;

    const END: u64 = u64::MAX;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn id(n: u8) -> CallId {
        CallId([n; WIDTH])
    }

    fn entry(n: u8, began: &str) -> Vec<u8> {
        let id = id(n);
        format!(r#"{{"v":1,"at":"{began}","kind":"call","id":"{id}"}}"#).into_bytes()
    }

    #[test]
    fn what_is_on_the_record_is_known_whatever_was_lost_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, record) = (folder.path().join("calls"), folder.path().join("record"));
        let options = Options {
            min_free_bytes: 0,
            ..Options::default()
        };
        let (journal, _) = Journal::open(&record, options).unwrap();
        let (march, april) = ("2026-03-31T23:59:59Z", "2026-04-01T00:00:00Z");
        let _ = journal.append((), &entry(1, march)).unwrap();
        let other =
            br#"{"v":1,"at":"2026-03-01T00:00:00Z","kind":"web","path":"\"kind\":\"call\""}"#;
        let _ = journal.append((), other).unwrap();
        let mut seen = Seen::open(&kept, &record, END).unwrap();
        assert!(seen.knows(at(march), id(1)).unwrap());
        assert!(!seen.knows(at(april), id(1)).unwrap());
        // Noted, and lost before it was written down: the record still has it.
        let _ = journal.append((), &entry(2, april)).unwrap();
        seen.note(at(april), id(2)).unwrap();
        drop(seen);
        let mut seen = Seen::open(&kept, &record, END).unwrap();
        assert!(seen.knows(at(april), id(2)).unwrap());
        assert_eq!(seen.next, 3);
        // Half written in a crash.
        let file = kept.join("2026-04.ids");
        let whole = fs::read(&file).unwrap();
        fs::write(&file, &whole[..WIDTH - 3]).unwrap();
        fs::write(kept.join("place"), "2").unwrap();
        let mut seen = Seen::open(&kept, &record, END).unwrap();
        assert!(seen.knows(at(april), id(2)).unwrap());
        assert_eq!(fs::read(&file).unwrap(), whole);
        // Gone altogether.
        fs::remove_dir_all(&kept).unwrap();
        let mut seen = Seen::open(&kept, &record, END).unwrap();
        assert!(seen.knows(at(march), id(1)).unwrap() && seen.knows(at(april), id(2)).unwrap());
    }

    #[test]
    fn months_that_leave_memory_are_not_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, record) = (folder.path().join("calls"), folder.path().join("record"));
        fs::create_dir(&record).unwrap();
        let mut seen = Seen::open(&kept, &record, END).unwrap();
        let months: Vec<_> = (1..=6)
            .map(|month| at(&format!("2026-{month:02}-15T12:00:00Z")))
            .collect();
        for (n, began) in (1..).zip(&months) {
            seen.note(*began, id(n)).unwrap();
        }
        // None of it is in a file yet, so all of it stays.
        assert_eq!(seen.months.len(), 6);
        seen.write_down().unwrap();
        for (n, began) in (1..).zip(&months) {
            assert!(seen.knows(*began, id(n)).unwrap());
            assert!(!seen.knows(*began, id(n + 1)).unwrap());
        }
        assert!(seen.months.len() <= 6);
        seen.month(at("2027-01-15T12:00:00Z")).unwrap();
        let mut again = Seen::open(&kept, &record, END).unwrap();
        for (n, began) in (1..).zip(&months) {
            assert!(again.knows(*began, id(n)).unwrap());
            assert!(again.months.len() <= MONTHS);
        }
    }
}
