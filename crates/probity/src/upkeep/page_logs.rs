//! Page logs of print servers: read on from where they were left, each line onto the record once.
//!
//! How far a log was read is kept in a small file. It is written after the lines are on the record, so what
//! a kill leaves between the two is found again there: entries say where their line ended. A log that was
//! put away (CUPS calls it NAME.O) is read to its end first.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use decision_point::desk::{PrintPurpose, Printed};
use decision_point::point::DecisionPoint;
use desk_gate::asked::Purpose;
use desk_gate::page_log;
use journal::Reader;
use ledger::EntryIndex;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Work;
use crate::failure;
use crate::people::kept::replace;

/// Most bytes taken in at one turn, so that a large log does not hold up what else is looked after.
const AT_ONCE: u64 = 256 * 1024;

/// How often the place is kept although nothing came: the record is read from there after a kill.
const KEEP_EVERY: Duration = Duration::from_secs(60);

/// Why a log could not be read on.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageLogError {
    #[error("`{path}` cannot be read")]
    Log { path: PathBuf, source: io::Error },
    #[error(
        "what is kept of its place in `{path}` cannot be used; take the file away to begin anew"
    )]
    Place { path: PathBuf, source: io::Error },
    #[error("its lines cannot be recorded")]
    Record(#[from] journal::CannotRecord),
    #[error("the record cannot be read")]
    Read(#[from] journal::ReadError),
}

/// How far a log was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// Which file: its inode; 0 for none yet.
    file: u64,
    /// Bytes of it.
    end: u64,
    /// Entries on the record by then.
    entries: u64,
}

/// A log that is followed.
pub(super) struct PageLog {
    path: PathBuf,
    kept_at: PathBuf,
    /// None until what was kept is read.
    place: Option<Place>,
    kept: Instant,
}

impl PageLog {
    /// Follows a log, with its place kept in a folder.
    pub(super) fn new(path: PathBuf, folder: &Path) -> Self {
        let name = Sha256::digest(path.to_string_lossy().as_bytes());
        let name: String = name[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            kept_at: folder.join(format!("{name}.place")),
            path,
            place: None,
            kept: Instant::now(),
        }
    }

    /// Takes what came since.
    fn read_on(&mut self, point: &DecisionPoint) -> Result<(), PageLogError> {
        let mut place = match self.place {
            Some(place) => place,
            None => self.found(point)?,
        };
        self.place = Some(place);
        let current = self.open(&self.path)?;
        let inode = |file: &File| file.metadata().map(|meta| meta.ino()).unwrap_or_default();
        let is_current = current
            .as_ref()
            .is_some_and(|file| inode(file) == place.file);
        let before = place;
        if !is_current && place.file != 0 {
            let mut old = self.path.clone().into_os_string();
            old.push(".O");
            if let Some(old) = self.open(Path::new(&old))?
                && inode(&old) == place.file
                && self.take(old, &mut place, point)?
            {
                return self.keep(place, before, point);
            }
        }
        if let Some(current) = current {
            if !is_current {
                (place.file, place.end) = (inode(&current), 0);
            }
            self.take(current, &mut place, point)?;
        }
        self.keep(place, before, point)
    }

    /// Takes whole lines from one file; whether there were any.
    fn take(
        &self,
        mut file: File,
        place: &mut Place,
        point: &DecisionPoint,
    ) -> Result<bool, PageLogError> {
        let unreadable = |source| PageLogError::Log {
            path: self.path.clone(),
            source,
        };
        // Shorter than what was read: emptied, and begun anew.
        if file.metadata().map_err(unreadable)?.len() < place.end {
            place.end = 0;
        }
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(place.end)).map_err(unreadable)?;
        file.take(AT_ONCE)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        // The last line may be half written.
        let whole = match memchr::memrchr(b'\n', &bytes) {
            Some(last) => last + 1,
            // A line as long as all that is read at once is none of a page log.
            None if bytes.len() as u64 == AT_ONCE => bytes.len(),
            None => return Ok(false),
        };
        let log = self.path.to_string_lossy();
        let (mut printed, mut at) = (Vec::new(), place.end);
        let (mut aside, mut why) = (0_u64, None);
        let lines = bytes[..whole].split_inclusive(|byte| *byte == b'\n');
        let lines: Vec<_> = lines
            .map(|line| (line.len(), String::from_utf8_lossy(line)))
            .collect();
        for (length, line) in &lines {
            at += *length as u64;
            match page_log::Printed::read(line.trim_end_matches(['\r', '\n'])) {
                Ok(line) => printed.push(Printed {
                    at: line.at,
                    log: &log,
                    file: place.file,
                    end: at,
                    printer: line.printer,
                    user: line.user,
                    job: line.job,
                    pages: line.pages,
                    purpose: match line.purpose {
                        Purpose::Unsaid => PrintPurpose::Unsaid,
                        Purpose::Work => PrintPurpose::Work,
                        Purpose::Private => PrintPurpose::Private,
                    },
                }),
                Err(error) => {
                    aside += 1;
                    why = why.or(Some((error, at - *length as u64)));
                }
            }
        }
        point.note_printed(&printed)?;
        if let Some((error, byte)) = why {
            // Not the line itself: it holds the names of documents.
            tracing::warn!(log = %log, lines = aside, byte, %error, "lines of a page log were passed over");
        }
        place.end = at;
        Ok(true)
    }

    fn open(&self, path: &Path) -> Result<Option<File>, PageLogError> {
        match File::open(path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(PageLogError::Log {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// The place that was kept, and beyond it what the record has already.
    fn found(&self, point: &DecisionPoint) -> Result<Place, PageLogError> {
        let wrong = |source| PageLogError::Place {
            path: self.kept_at.clone(),
            source,
        };
        let mut place = match std::fs::read(&self.kept_at) {
            Ok(bytes) => serde_json::from_slice::<Place>(&bytes)
                .map_err(|error| wrong(io::Error::other(error)))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Kept before the first line is taken, so that a kill right after it doubles nothing.
                let place = Place {
                    entries: point.journal().synced().0,
                    ..Place::default()
                };
                self.write(place)?;
                return Ok(place);
            }
            Err(error) => return Err(wrong(error)),
        };
        let is_printed = memmem::Finder::new(b"\"kind\":\"printed\"");
        let mut reader = Reader::from(point.journal().dir(), EntryIndex(place.entries))?;
        while let Some(entry) = reader.next_entry()? {
            if is_printed.find(entry.payload).is_none() {
                continue;
            }
            let Ok(line) = serde_json::from_slice::<Line>(entry.payload) else {
                continue;
            };
            if line.kind == "printed" && Path::new(&line.log) == self.path {
                (place.file, place.end) = (line.file, line.end);
            }
        }
        Ok(place)
    }

    fn keep(
        &mut self,
        mut place: Place,
        before: Place,
        point: &DecisionPoint,
    ) -> Result<(), PageLogError> {
        self.place = Some(place);
        if place == before && self.kept.elapsed() < KEEP_EVERY {
            return Ok(());
        }
        place.entries = point.journal().synced().0;
        self.place = Some(place);
        self.kept = Instant::now();
        self.write(place)
    }

    fn write(&self, place: Place) -> Result<(), PageLogError> {
        let bytes = serde_json::to_vec(&place).unwrap_or_default();
        replace(&self.kept_at, &bytes).map_err(|source| PageLogError::Place {
            path: self.kept_at.clone(),
            source,
        })
    }
}

/// What is read of an entry.
#[derive(Deserialize)]
struct Line {
    kind: String,
    #[serde(default)]
    log: String,
    #[serde(default)]
    file: u64,
    #[serde(default)]
    end: u64,
}

impl Work {
    /// Reads every page log on. What is wrong with one does not stop the others; the last is told.
    pub(super) fn read_page_logs(&mut self) -> Result<(), String> {
        let mut result = Ok(());
        for log in &mut self.page_logs {
            if let Err(error) = log.read_on(&self.point) {
                result = Err(failure::chain(&error));
            }
        }
        result
    }
}

#[cfg(test)]
mod tests;
