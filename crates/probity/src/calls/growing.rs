//! A file that an exchange adds rows to, such as Asterisk's `Master.csv`: read on from where it was left.
//!
//! How far it was read is kept in a small file, written once all of it is on the record; what a kill leaves
//! between the two is read again, and a call that is on the record is not recorded again. So wherever it
//! is not certain what was read, more is read rather than less: a file beside this one under its name with something
//! behind it (`Master.csv.1`, `Master.csv-20260302`) that was written to since is read too, whether the log was
//! turned by renaming it or by copying and emptying it. Compressed ones are not looked into.

use std::error::Error;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::people::replace;

/// Most bytes taken at once; a file of years is taken in parts.
const AT_ONCE: u64 = 8 * 1024 * 1024;
/// Bytes before the place that was reached by which the file is known again.
const MARK: u64 = 4096;
/// Rows of one call are written together, so a file that stands still for so long is in the middle of none.
const STILL: Duration = Duration::from_millis(200);
/// How often that is waited for.
const TRIES: u32 = 10;
/// Times of files are coarser than a clock.
const COARSE: Duration = Duration::from_secs(1);

/// Why a file cannot be read on now.
#[derive(Debug, thiserror::Error)]
pub(super) enum GrowingError {
    /// A file.
    #[error("`{path}` cannot be read")]
    Unread {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The place.
    #[error("how far it was read cannot be kept in `{path}`")]
    Place {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// What was read is not taken.
    #[error("what was added to it is not taken in")]
    Untaken(#[source] Box<dyn Error + Send + Sync>),
}

/// How far a file was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// Bytes of it.
    end: u64,
    /// SHA-256 of the last of them.
    mark: String,
    /// When: what was written to before is read.
    at: SystemTime,
}

/// A file that is followed.
#[derive(Debug)]
pub(super) struct Growing {
    path: PathBuf,
    kept_at: PathBuf,
}

/// How much of a file is rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// Up to the last line end: somebody is writing the rest.
    WholeLines,
    /// All of it: nobody writes there any more.
    All,
}

impl Growing {
    /// Follows a file, with its place kept in a folder.
    pub(super) fn new(path: PathBuf, folder: &Path) -> Self {
        let name = Sha256::digest(path.as_os_str().as_encoded_bytes());
        let name: String = name[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            kept_at: folder.join(format!("{name}.place")),
            path,
        }
    }

    /// Which file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Hands on what was added since. Blocks.
    pub(super) fn look<E: Into<Box<dyn Error + Send + Sync>>>(
        &self,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), GrowingError> {
        let began = SystemTime::now()
            .checked_sub(COARSE)
            .unwrap_or(SystemTime::UNIX_EPOCH);
        let Some(mut current) = self.open(&self.path)? else {
            // None yet, or one that is being turned: what was put away is read once there is a new one.
            return Ok(());
        };
        let known = self.known()?;
        let mut place = known.clone().unwrap_or(Place {
            end: 0,
            mark: String::new(),
            at: began,
        });
        let goes_on = self.is_in(&place, &mut current, &self.path)?;
        let mut is_found = goes_on;
        // Whoever begins to follow a file has brought in what was before, if they want it.
        let put_away = match known {
            Some(_) => self.put_away()?,
            None => Vec::new(),
        };
        for (changed, path) in put_away {
            let Some(mut file) = self.open(&path)? else {
                continue;
            };
            let is_before = place.end > 0 && self.is_in(&place, &mut file, &path)?;
            is_found |= is_before;
            if !is_before && changed < place.at {
                continue;
            }
            let mut here = place.clone();
            here.end = if is_before { place.end } else { 0 };
            let length = self.length(&file, &path)?;
            self.take(&mut file, &path, &mut here, length, Rows::All, &mut take)?;
        }
        if !is_found {
            let file = self.path.display();
            tracing::error!(
                %file,
                read = place.end,
                "the file is another one, and what was added to the one before is nowhere beside it; \
                 bring it in with `probity calls import`"
            );
        }
        if !goes_on {
            place.end = 0;
        }
        let length = match self.length(&current, &self.path)? > place.end {
            true => self.once_still(&current)?,
            false => place.end,
        };
        let (path, rows) = (&self.path, Rows::WholeLines);
        self.take(&mut current, path, &mut place, length, rows, &mut take)?;
        place.mark = self.mark(&mut current, path, place.end)?;
        place.at = began;
        self.keep(&place)
    }

    /// How long the file is when nobody is writing. One that is never left alone is taken as it is.
    fn once_still(&self, file: &File) -> Result<u64, GrowingError> {
        let mut length = self.length(file, &self.path)?;
        for _ in 0..TRIES {
            std::thread::sleep(STILL);
            let now = self.length(file, &self.path)?;
            if now == length {
                break;
            }
            length = now;
        }
        Ok(length)
    }

    /// Hands on a file from a place to its length, in parts of whole lines.
    fn take<E: Into<Box<dyn Error + Send + Sync>>>(
        &self,
        file: &mut File,
        path: &Path,
        place: &mut Place,
        length: u64,
        rows: Rows,
        take: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), GrowingError> {
        while place.end < length {
            let most = AT_ONCE.min(length - place.end);
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(place.end))
                .and_then(|_| file.take(most).read_to_end(&mut bytes))
                .map_err(unread(path))?;
            let is_last = bytes.len() as u64 == length - place.end;
            let whole = match memchr::memrchr(b'\n', &bytes) {
                _ if is_last && rows == Rows::All => bytes.len(),
                Some(last) => last + 1,
                // A line as long as all that is read at once is none of an exchange.
                None if bytes.len() as u64 == AT_ONCE => bytes.len(),
                None => 0,
            };
            if whole == 0 {
                break;
            }
            take(&bytes[..whole]).map_err(|error| GrowingError::Untaken(error.into()))?;
            place.end += whole as u64;
        }
        Ok(())
    }

    /// Whether what was read is the beginning of this file.
    fn is_in(&self, place: &Place, file: &mut File, path: &Path) -> Result<bool, GrowingError> {
        Ok(place.end == 0
            || (self.length(file, path)? >= place.end
                && self.mark(file, path, place.end)? == place.mark))
    }

    fn length(&self, file: &File, path: &Path) -> Result<u64, GrowingError> {
        Ok(file.metadata().map_err(unread(path))?.len())
    }

    /// What stands before a place in a file.
    fn mark(&self, file: &mut File, path: &Path, end: u64) -> Result<String, GrowingError> {
        let mut before = Vec::new();
        file.seek(SeekFrom::Start(end.saturating_sub(MARK)))
            .and_then(|from| file.take(end - from).read_to_end(&mut before))
            .map_err(unread(path))?;
        let hash = Sha256::digest(&before);
        Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Files beside this one under its name with something behind it, and when they were last written to, the
    /// earliest first.
    fn put_away(&self) -> Result<Vec<(SystemTime, PathBuf)>, GrowingError> {
        let (Some(folder), Some(name)) = (self.path.parent(), self.path.file_name()) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unread(folder))? {
            let entry = entry.map_err(unread(folder))?;
            let other = entry.file_name();
            let behind = other
                .as_encoded_bytes()
                .strip_prefix(name.as_encoded_bytes());
            let is_put_away = behind.is_some_and(|behind| {
                let is_packed = [&b".gz"[..], b".xz", b".bz2", b".zst"]
                    .iter()
                    .any(|ending| behind.ends_with(ending));
                matches!(behind.first(), Some(b'.' | b'-')) && !is_packed
            });
            if is_put_away {
                let about = entry.metadata().map_err(unread(&entry.path()))?;
                let changed = about.modified().map_err(unread(&entry.path()))?;
                // Of the entry itself: a link could lead anywhere.
                if about.is_file() {
                    found.push((changed, entry.path()));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    fn open(&self, path: &Path) -> Result<Option<File>, GrowingError> {
        match File::open(path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unread(path)(error)),
        }
    }

    /// What was kept. Something else than a place is none: the file is read from its beginning.
    fn known(&self) -> Result<Option<Place>, GrowingError> {
        match std::fs::read(&self.kept_at) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.unkept(source)),
        }
    }

    fn keep(&self, place: &Place) -> Result<(), GrowingError> {
        let bytes = serde_json::to_vec(place).map_err(|error| self.unkept(error.into()))?;
        let folder = self.kept_at.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)
            .and_then(|()| replace(&self.kept_at, &bytes))
            .map_err(|source| self.unkept(source))
    }

    fn unkept(&self, source: io::Error) -> GrowingError {
        GrowingError::Place {
            path: self.kept_at.clone(),
            source,
        }
    }
}

fn unread(path: &Path) -> impl FnOnce(io::Error) -> GrowingError {
    move |source| GrowingError::Unread {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::convert::Infallible;
    use std::fs;
    use std::io::Write as _;

    use super::*;

    /// An exchange that writes lines, and whoever follows it.
    struct Exchange {
        folder: tempfile::TempDir,
        taken: Vec<String>,
    }

    impl Exchange {
        fn new() -> Self {
            Self {
                folder: tempfile::tempdir().unwrap(),
                taken: Vec::new(),
            }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn write(&self, text: &str) {
            let mut options = File::options();
            let file = options
                .create(true)
                .append(true)
                .open(self.path("Master.csv"));
            file.unwrap().write_all(text.as_bytes()).unwrap();
        }

        fn growing(&self) -> Growing {
            Growing::new(self.path("Master.csv"), &self.path("kept"))
        }

        /// A look, by a process that was just started: there is nothing but what is on the disk.
        fn look(&mut self) {
            let taken = &mut self.taken;
            let growing = Growing::new(
                self.folder.path().join("Master.csv"),
                &self.folder.path().join("kept"),
            );
            growing
                .look(|bytes| {
                    let text = String::from_utf8(bytes.to_vec()).unwrap();
                    taken.extend(text.lines().map(str::to_owned));
                    Ok::<_, Infallible>(())
                })
                .unwrap();
        }

        #[track_caller]
        fn took(&mut self, lines: &[&str]) {
            self.look();
            assert_eq!(std::mem::take(&mut self.taken), lines);
        }
    }

    #[test]
    fn what_is_added_is_read_once_and_half_a_line_waits() {
        let mut exchange = Exchange::new();
        exchange.took(&[]);
        exchange.write("a\nb\nhal");
        exchange.took(&["a", "b"]);
        exchange.took(&[]);
        exchange.write("f\n");
        exchange.took(&["half"]);
        exchange.took(&[]);
    }

    #[test]
    fn a_file_that_was_renamed_is_read_to_its_end_first_and_so_is_a_copy_of_one_that_was_emptied() {
        for emptied in [false, true] {
            let mut exchange = Exchange::new();
            let turn = |exchange: &Exchange, to: &str| match emptied {
                true => {
                    fs::copy(exchange.path("Master.csv"), exchange.path(to)).unwrap();
                    File::options()
                        .write(true)
                        .truncate(true)
                        .open(exchange.path("Master.csv"))
                        .unwrap();
                }
                false => fs::rename(exchange.path("Master.csv"), exchange.path(to)).unwrap(),
            };
            exchange.write("a\n");
            exchange.took(&["a"]);
            exchange.write("b\n");
            turn(&exchange, "Master.csv.1");
            exchange.write("c\n");
            exchange.took(&["b", "c"]);
            if !emptied {
                // With nothing added meanwhile.
                std::thread::sleep(COARSE + Duration::from_millis(100));
                exchange.look();
                exchange.taken.clear();
                turn(&exchange, "Master.csv-1");
                exchange.took(&[]);
                exchange.write("x\n");
                exchange.took(&["x"]);
            }
            // Twice while nobody looked, with more in the new file than had been read of the old.
            std::thread::sleep(COARSE + Duration::from_millis(100));
            exchange.look();
            exchange.taken.clear();
            exchange.write("d\n");
            turn(&exchange, "Master.csv-2");
            exchange.write("e\n");
            turn(&exchange, "Master.csv-3");
            exchange.write("f\ng\nh\ni\nj\n");
            exchange.took(&["d", "e", "f", "g", "h", "i", "j"]);
        }
    }

    #[test]
    fn an_empty_file_that_was_filled_and_turned_unseen_is_read_too() {
        let mut exchange = Exchange::new();
        exchange.write("");
        exchange.took(&[]);
        exchange.write("a\n");
        fs::rename(exchange.path("Master.csv"), exchange.path("Master.csv.1")).unwrap();
        exchange.write("b\n");
        exchange.took(&["a", "b"]);
    }

    #[test]
    fn what_was_there_before_anybody_followed_it_is_whoevers_who_begins() {
        let mut exchange = Exchange::new();
        fs::write(exchange.path("Master.csv.1"), "old\n").unwrap();
        exchange.write("a\n");
        exchange.took(&["a"]);
    }

    #[test]
    fn one_that_was_emptied_and_is_nowhere_is_read_from_its_beginning() {
        let mut exchange = Exchange::new();
        exchange.write("aaaa\nbbbb\n");
        exchange.took(&["aaaa", "bbbb"]);
        fs::write(exchange.path("Master.csv"), "c\n").unwrap();
        exchange.took(&["c"]);
        // Another file of the same length, and longer ones.
        fs::write(exchange.path("Master.csv"), "d\n").unwrap();
        exchange.took(&["d"]);
        fs::write(exchange.path("Master.csv"), "e\nf\n").unwrap();
        exchange.took(&["e", "f"]);
    }

    #[test]
    fn what_was_not_taken_is_handed_on_again() {
        let mut exchange = Exchange::new();
        exchange.write("a\n");
        let full = exchange
            .growing()
            .look(|_| Err(io::Error::other("the record is full")));
        assert!(matches!(full, Err(GrowingError::Untaken(_))));
        exchange.took(&["a"]);
        // Killed when it was taken and before that was kept.
        let place = fs::read(exchange.growing().kept_at).unwrap();
        exchange.write("b\n");
        exchange.took(&["b"]);
        fs::write(exchange.growing().kept_at, place).unwrap();
        exchange.took(&["b"]);
        // A place that nobody can read is none.
        fs::write(exchange.growing().kept_at, "{").unwrap();
        exchange.took(&["a", "b"]);
    }

    #[test]
    fn a_large_file_is_taken_in_parts_of_whole_lines() {
        let mut exchange = Exchange::new();
        let line = "x".repeat(1023) + "\n";
        let text = line.repeat(AT_ONCE as usize / 1024 + 10);
        exchange.write("ab\n");
        exchange.write(&text);
        let mut parts = Vec::new();
        let whole = exchange.growing().look(|bytes| {
            parts.push((bytes.len() as u64, bytes.last() == Some(&b'\n')));
            Ok::<_, Infallible>(())
        });
        whole.unwrap();
        assert!(parts.len() == 2 && parts.iter().all(|(n, whole)| *n <= AT_ONCE && *whole));
        assert_eq!(
            parts.iter().map(|(n, _)| n).sum::<u64>(),
            3 + text.len() as u64
        );
        exchange.took(&[]);
    }
}
