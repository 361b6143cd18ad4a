//! A folder of lists, read row by row.
//!
//! Two layouts, which may be mixed: `FOLDER/<category>/domains` and
//! `FOLDER/<category>/urls` as squidGuard and UT1 have them, and
//! `FOLDER/<category>.txt`. What else lies in the folder is left alone and named
//! in the report. A row that cannot be used never stops the reading: it is
//! counted under its [`Reason`], and the first of them are kept with their place.

use crate::row::{MAX_ROW_BYTES, Reason, RowReader};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Most categories in one folder; the public collections have fewer than 100.
pub const MAX_CATEGORIES: usize = 1_000;
/// Longest category name, in bytes.
pub(crate) const MAX_NAME: usize = 64;
/// Rows kept with their place: enough to see what is wrong with a file, and
/// with the folder, without holding a broken feed in memory.
const NOTES_PER_FILE: usize = 20;
const NOTES: usize = 1_000;
const IGNORED_KEPT: usize = 100;
/// Progress is told this often, in rows.
const PROGRESS_EVERY: u64 = 65_536;

/// Why a folder of lists could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadListsError {
    /// The folder or a list in it cannot be opened or read.
    #[error("cannot read `{path}`; check that it exists and that this user may read it")]
    Unreadable {
        /// What was being read.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// Policies name categories, so the names are kept simple.
    #[error("`{path}` is not a category name; rename it to 1-64 of a-z, 0-9, `-` and `_`")]
    CategoryName {
        /// The list or folder with that name.
        path: PathBuf,
    },
    /// More than [`MAX_CATEGORIES`].
    #[error("more than {MAX_CATEGORIES} categories in `{folder}`; is it the right folder?")]
    TooManyCategories {
        /// The folder that was read.
        folder: PathBuf,
    },
    /// The rows do not fit into 4 GiB of keys: more than 150 million entries.
    #[error("more entries than one file can hold; leave out the lists that no rule names")]
    TooManyEntries,
}

/// A row that gave no entry, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowNote {
    /// The list it is in.
    pub file: PathBuf,
    /// Counted from 1.
    pub line: u64,
    /// Why it gave no entry.
    pub reason: Reason,
}

impl std::fmt::Display for RowNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.reason)
    }
}

/// What was found in one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTally {
    /// The list.
    pub file: PathBuf,
    /// The category it was filed under.
    pub category: String,
    /// Rows that are neither blank nor comment.
    pub rows: u64,
    /// Rows whose reason [is damage](Reason::is_unreadable).
    pub unreadable: u64,
}

/// What was found in a folder of lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// One per list, by category and name.
    pub files: Vec<FileTally>,
    /// Rows that are neither blank nor comment.
    pub rows: u64,
    /// How many rows, or hosts on hosts-file rows, gave no entry, by reason.
    pub unused: BTreeMap<Reason, u64>,
    /// The first of them with their place: at most 20 a list and 1,000 in all.
    pub notes: Vec<RowNote>,
    /// What was in the folder and is not a list; at most 100 are named.
    pub ignored: Vec<PathBuf>,
}

impl Reading {
    /// Rows whose reason [is damage](Reason::is_unreadable).
    pub fn unreadable(&self) -> u64 {
        self.files.iter().map(|file| file.unreadable).sum()
    }

    fn note(&mut self, file: &Path, line: u64, reason: Reason, kept_of_file: &mut usize) {
        *self.unused.entry(reason).or_default() += 1;
        if *kept_of_file < NOTES_PER_FILE && self.notes.len() < NOTES {
            *kept_of_file += 1;
            self.notes.push(RowNote {
                file: file.to_owned(),
                line,
                reason,
            });
        }
    }

    fn ignore(&mut self, path: PathBuf) {
        if self.ignored.len() < IGNORED_KEPT {
            self.ignored.push(path);
        }
    }
}

/// The lists of one category.
pub(crate) struct CategoryLists {
    pub(crate) name: String,
    files: Vec<PathBuf>,
}

/// Finds the lists in a folder, sorted by category name.
pub(crate) fn find(
    folder: &Path,
    reading: &mut Reading,
) -> Result<Vec<CategoryLists>, ReadListsError> {
    let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let unreadable = |source| ReadListsError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for item in fs::read_dir(folder).map_err(unreadable)? {
        paths.push(item.map_err(unreadable)?.path());
    }
    paths.sort();
    for path in paths {
        let lists = lists_at(&path)?;
        if lists.is_empty() {
            reading.ignore(path);
            continue;
        }
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let name = if path.is_dir() {
            name
        } else {
            name.strip_suffix(".txt").unwrap_or_default()
        };
        if !is_category_name(name) {
            return Err(ReadListsError::CategoryName { path });
        }
        found.entry(name.to_owned()).or_default().extend(lists);
        if found.len() > MAX_CATEGORIES {
            return Err(ReadListsError::TooManyCategories {
                folder: folder.to_owned(),
            });
        }
    }
    Ok(found
        .into_iter()
        .map(|(name, files)| CategoryLists { name, files })
        .collect())
}

/// The lists a folder item stands for; none when it is something else. Links are
/// followed. Pipes and devices are not read: opening one could wait for ever.
fn lists_at(path: &Path) -> Result<Vec<PathBuf>, ReadListsError> {
    let is_hidden = path
        .file_name()
        .is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    if is_hidden {
        return Ok(Vec::new());
    }
    let kind = fs::metadata(path).map_err(|source| ReadListsError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    Ok(if kind.is_dir() {
        ["domains", "urls"]
            .map(|name| path.join(name))
            .into_iter()
            .filter(|list| list.is_file())
            .collect()
    } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "txt") {
        vec![path.to_owned()]
    } else {
        Vec::new()
    })
}

/// Whether a name is 1-64 of `a-z`, `0-9`, `-` and `_`.
pub(crate) fn is_category_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

/// Reads every list of a category and gives each entry's key to `each`.
///
/// `progress` is told the number of rows read so far in the whole folder.
pub(crate) fn read(
    lists: &CategoryLists,
    permitted_suffixes: &[(&str, &str)],
    reading: &mut Reading,
    progress: &mut dyn FnMut(u64),
    mut each: impl FnMut(&[u8]) -> Result<(), ReadListsError>,
) -> Result<(), ReadListsError> {
    let permitted = permitted_suffixes
        .iter()
        .filter(|(category, _)| *category == lists.name);
    let mut reader = RowReader::permitting(permitted.map(|(_, suffix)| *suffix).collect());
    for path in &lists.files {
        let unreadable = |source| ReadListsError::Unreadable {
            path: path.clone(),
            source,
        };
        let file = File::open(path).map_err(unreadable)?;
        let mut input = BufReader::with_capacity(1 << 20, file);
        let mut tally = FileTally {
            file: path.clone(),
            category: lists.name.clone(),
            rows: 0,
            unreadable: 0,
        };
        let (mut row, mut line, mut kept) = (Vec::new(), 0, 0);
        while next_row(&mut input, &mut row).map_err(unreadable)? {
            line += 1;
            let (mut trouble, mut is_unreadable) = (Ok(()), false);
            let holds_something = reader.read(&row, |read| match read {
                Ok(key) if trouble.is_ok() => trouble = each(key),
                Ok(_) => (),
                Err(reason) => {
                    is_unreadable |= reason.is_unreadable();
                    reading.note(path, line, reason, &mut kept);
                }
            });
            trouble?;
            tally.rows += u64::from(holds_something);
            tally.unreadable += u64::from(is_unreadable);
            reading.rows += u64::from(holds_something);
            if line % PROGRESS_EVERY == 0 {
                progress(reading.rows);
            }
        }
        progress(reading.rows);
        reading.files.push(tally);
    }
    Ok(())
}

/// Reads up to the next line end into `row`; false at the end of the file.
///
/// Of an over-long row only as much is held as shows that it is one.
fn next_row(input: &mut impl BufRead, row: &mut Vec<u8>) -> io::Result<bool> {
    row.clear();
    let mut has_begun = false;
    loop {
        let available = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if available.is_empty() {
            return Ok(has_begun);
        }
        has_begun = true;
        let line_end = memchr::memchr(b'\n', available);
        let part = &available[..line_end.unwrap_or(available.len())];
        let room = (MAX_ROW_BYTES + 1).saturating_sub(row.len());
        row.extend_from_slice(&part[..part.len().min(room)]);
        let used = part.len() + usize::from(line_end.is_some());
        input.consume(used);
        if line_end.is_some() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn rows_are_cut_at_line_ends_and_held_only_so_far() {
        let long = "x".repeat(100_000);
        let text = format!("a\r\n\n{long}\nb");
        for capacity in [1, 2, 7, 4096, 1 << 20] {
            let mut input = BufReader::with_capacity(capacity, text.as_bytes());
            let mut row = Vec::new();
            let mut lengths = Vec::new();
            while next_row(&mut input, &mut row).unwrap() {
                lengths.push(row.len());
            }
            assert_eq!(
                lengths,
                [2, 0, MAX_ROW_BYTES + 1, 1],
                "buffer of {capacity}"
            );
        }
    }
}
