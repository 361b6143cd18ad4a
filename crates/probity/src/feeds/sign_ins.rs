//! Logs of other systems, followed for sign-ins: what grows at the end of a file is read on from where
//! it was left, also over a restart, and over a log that is turned (`mail.log` to `mail.log.1`).
//!
//! Where nobody ever read a log it begins with what comes now. How far it was read is kept in the
//! register together with what came of it, and only where something did, or now and then.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use directory::sign_ins::{Format, LocalTime, joined, read};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use register::workstations::Workstations;
use register_store::sign_ins_seen::FilePlace;
use register_store::{Store, StoreError};
use serde::Deserialize;

/// How often a log is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Most read in one go, in bytes: a thousand lines or two, and one transaction.
const MOST: u64 = 256 * 1024;

/// How much may have been read that holds no sign-in before the place is kept all the same, in bytes.
const KEEP_EVERY: u64 = 8 * 1024 * 1024;

/// Largest list of computers, in bytes.
const LARGEST_LIST: u64 = 16 * 1024 * 1024;

/// One log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInsConfig {
    /// Which file.
    pub(crate) file: PathBuf,
    /// What it is.
    pub(crate) format: Format,
}

impl SignInsConfig {
    pub(super) fn problems(&self) -> Vec<String> {
        let shown = self.file.display();
        match File::open(&self.file) {
            Ok(_) => Vec::new(),
            // Systems make their logs when there is something to say.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => vec![format!(
                "[feeds.sign_ins] `{shown}` cannot be read ({error}); let the server read it"
            )],
        }
    }
}

/// Why a log is not followed for now.
#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error("the people's database does not take what was read")]
    Store(#[from] StoreError),
    #[error("it cannot be read")]
    Read(#[from] io::Error),
    #[error("reading it ended badly")]
    Ended(#[from] tokio::task::JoinError),
}

/// Follows logs until dropped.
pub(super) async fn follow(logs: &[SignInsConfig], store: &Store) {
    let mut all: Vec<_> = logs.iter().map(Log::of).collect();
    loop {
        for log in &mut all {
            match log.read_on(store).await {
                Ok(()) => log.is_away = false,
                Err(error) => {
                    log.place = None;
                    if !std::mem::replace(&mut log.is_away, true) {
                        let error = &error as &dyn std::error::Error;
                        let file = log.config.file.display();
                        tracing::warn!(error, %file, "a log of sign-ins waits");
                    }
                }
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Takes up the list of computers, and again whenever it changes, until dropped.
pub(super) async fn know_workstations(list: Option<&Path>, store: &Store) {
    let Some(list) = list else { return };
    let mut known: Option<SystemTime> = None;
    loop {
        let changed = std::fs::metadata(list).and_then(|about| about.modified());
        match changed {
            Ok(changed) if known != Some(changed) => match read_list(list) {
                Ok((computers, wrong)) => {
                    for wrong in wrong.iter().take(20) {
                        tracing::warn!(list = %list.display(), "{wrong}");
                    }
                    store.set_workstations(computers);
                    known = Some(changed);
                }
                Err(error) => {
                    tracing::warn!(%error, list = %list.display(), "computers are not known")
                }
            },
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, list = %list.display(), "computers as before"),
        }
        tokio::time::sleep(5 * LOOK_EVERY).await;
    }
}

/// Computers of a list, and what is wrong with it.
pub(super) fn read_list(list: &Path) -> io::Result<(Workstations, Vec<String>)> {
    let mut text = String::new();
    File::open(list)?
        .take(LARGEST_LIST)
        .read_to_string(&mut text)?;
    Ok(Workstations::read(&text))
}

struct Log<'c> {
    config: &'c SignInsConfig,
    place: Option<FilePlace>,
    /// The same, as it is kept.
    kept: u64,
    is_away: bool,
}

impl<'c> Log<'c> {
    fn of(config: &'c SignInsConfig) -> Self {
        Self {
            config,
            place: None,
            kept: 0,
            is_away: false,
        }
    }

    /// Reads to the present end.
    async fn read_on(&mut self, store: &Store) -> Result<(), FollowError> {
        let path = self.config.file.display().to_string();
        let mut place = match self.place.take() {
            Some(place) => place,
            None => {
                let place = match store.file_followed(&path).await? {
                    Some(place) => place,
                    None => {
                        let place = end_of(&self.config.file, path)?;
                        store.follow_sign_ins(&[], &place, Timestamp::now()).await?;
                        place
                    }
                };
                self.kept = place.place;
                place
            }
        };
        loop {
            let (file, from) = (self.config.file.clone(), place.clone());
            let part = tokio::task::spawn_blocking(move || read_part(&file, from)).await??;
            let local = LocalTime {
                zone: TimeZone::system(),
                now: Timestamp::now(),
            };
            let lines = part.text.lines();
            let seen = lines.filter_map(|line| read(line, self.config.format, &local));
            let seen = joined(seen);
            let moved =
                part.next.file != place.file || part.next.place.abs_diff(self.kept) >= KEEP_EVERY;
            if !seen.is_empty() || moved {
                store.follow_sign_ins(&seen, &part.next, local.now).await?;
                self.kept = part.next.place;
            }
            let is_end = part.next == place;
            place = part.next;
            if is_end {
                break;
            }
        }
        self.place = Some(place);
        Ok(())
    }
}

/// The end of a log as it is now; its beginning where there is none yet.
fn end_of(file: &Path, path: String) -> io::Result<FilePlace> {
    let (file, place) = match std::fs::metadata(file) {
        Ok(about) => (about.ino(), about.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (0, 0),
        Err(error) => return Err(error),
    };
    Ok(FilePlace { path, file, place })
}

/// Whole lines of a log, and where it goes on.
struct Part {
    text: String,
    next: FilePlace,
}

fn read_part(path: &Path, from: FilePlace) -> io::Result<Part> {
    let none = |next: FilePlace| Part {
        text: String::new(),
        next,
    };
    let mut file = match File::open(path) {
        Ok(file) => file,
        // Between two logs.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(none(from)),
        Err(error) => return Err(error),
    };
    let mut about = file.metadata()?;
    if about.ino() != from.file {
        // What stands in the log before this one and was not read comes first.
        let before = before(path);
        let old = File::open(&before).and_then(|file| Ok((file.metadata()?, file)));
        match old {
            Ok((old, turned)) if old.ino() == from.file && old.len() > from.place => {
                (about, file) = (old, turned);
            }
            _ => {
                let (file, place) = (about.ino(), 0);
                return Ok(none(FilePlace {
                    file,
                    place,
                    ..from
                }));
            }
        }
    }
    // Cut short: it was emptied where it stands.
    let place = if about.len() < from.place {
        0
    } else {
        from.place
    };
    file.seek(SeekFrom::Start(place))?;
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes)?;
    let is_full = u64::try_from(bytes.len()).is_ok_and(|read| read == MOST);
    let lines = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    let is_turned = path_is_turned(path, about.ino());
    // A line longer than all of this is no line of a log, and the last one of an old log is whole.
    let taken = if lines == 0 && (is_full || is_turned) {
        bytes.len()
    } else {
        lines
    };
    bytes.truncate(taken);
    let place = place.saturating_add(u64::try_from(taken).unwrap_or(0));
    Ok(Part {
        text: String::from_utf8_lossy(&bytes).into_owned(),
        next: FilePlace {
            file: about.ino(),
            place,
            ..from
        },
    })
}

fn before(path: &Path) -> PathBuf {
    path.with_added_extension("1")
}

fn path_is_turned(path: &Path, file: u64) -> bool {
    std::fs::metadata(path).is_ok_and(|about| about.ino() != file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write as _;

    use super::*;

    fn append(path: &Path, text: &str) {
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Everything from a place to the present end.
    fn rest(path: &Path, mut place: FilePlace) -> (String, FilePlace) {
        let mut all = String::new();
        loop {
            let part = read_part(path, place.clone()).unwrap();
            all += &part.text;
            if part.next == place {
                return (all, place);
            }
            place = part.next;
        }
    }

    #[test]
    fn every_line_is_read_once_over_turns_and_cuts() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("mail.log");
        append(&log, "before\n");
        let place = end_of(&log, "mail.log".to_owned()).unwrap();
        append(&log, "one\ntw");
        let (text, place) = rest(&log, place);
        assert_eq!(text, "one\n");
        append(&log, "o\nthree\n");
        // Turned with something unread in it, also a last line without an end.
        append(&log, "four");
        std::fs::rename(&log, before(&log)).unwrap();
        let (text, place) = rest(&log, place);
        assert_eq!(text, "");
        append(&log, "five\n");
        let (text, place) = rest(&log, place);
        assert_eq!(text, "two\nthree\nfourfive\n");
        // Emptied where it stands.
        std::fs::write(&log, "6\n").unwrap();
        let (text, place) = rest(&log, place);
        assert_eq!(text, "6\n");
        let long = "x".repeat(usize::try_from(MOST).unwrap() + 5);
        append(&log, &format!("{long}\nseven\n"));
        let (text, _) = rest(&log, place);
        assert!(text.ends_with("\nseven\n"));
    }
}
