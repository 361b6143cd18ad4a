//! When a new file may take the place of the one in use.
//!
//! A feed that is cut short, replaced by an error page or emptied looks like a
//! small list; publishing it would open what was closed. So a new file has to
//! look like its predecessor, unless an operator says otherwise.

use crate::build::Options;
use crate::format::Category;
use crate::lists::Reading;
use std::path::PathBuf;

/// A category with fewer entries than this may shrink as it likes: a hand-kept
/// list of ten loses three in one edit.
const SMALL_CATEGORY: u64 = 100;
/// A single list is judged on its own from this many unreadable rows on, or
/// when no row of it is readable; one slip in a list of three is not a broken feed.
const MANY_ROWS: u64 = 20;

/// Why a new file was not published. The one in use stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No row of any list gave an entry.
    #[error("the lists hold no entry at all; check the folder and the rows named in the report")]
    NoEntries,
    /// One list is mostly not a list: an error page, a compressed file.
    #[error(
        "{unreadable} of {rows} rows in `{file}` are unreadable; fetch that list again, take it out, or raise max_bad_percent"
    )]
    UnreadableList {
        /// The list.
        file: PathBuf,
        /// Its unreadable rows.
        unreadable: u64,
        /// All its rows.
        rows: u64,
    },
    /// Too many rows of all lists together.
    #[error(
        "{unreadable} of {rows} rows are unreadable; fetch the lists again, or raise max_bad_percent"
    )]
    Unreadable {
        /// Unreadable rows.
        unreadable: u64,
        /// All rows.
        rows: u64,
    },
    /// Rules may name these categories, and would no longer match.
    #[error("no entries any more for {}; fetch the lists again, or use force if that is meant", names.join(", "))]
    CategoriesLost {
        /// Categories of the file in use that are gone or empty.
        names: Vec<String>,
    },
    /// One category is far smaller than in the file in use.
    #[error(
        "category `{name}` falls from {from} entries to {to}; fetch its lists again, or use force if that is meant"
    )]
    CategoryShrunk {
        /// The category.
        name: String,
        /// Entries in the file in use.
        from: u64,
        /// Entries in the new one.
        to: u64,
    },
    /// All lists together are far smaller than the file in use.
    #[error(
        "the lists fall from {from} entries to {to}; fetch them again, or use force if that is meant"
    )]
    Shrunk {
        /// Entries in the file in use.
        from: u64,
        /// Entries in the new one.
        to: u64,
    },
    /// Perhaps the wrong path was given; force does not help.
    #[error(
        "`{path}` exists and is not a file of site categories; give another path, or remove it first"
    )]
    SomethingElse {
        /// What would have been written over.
        path: PathBuf,
    },
}

/// Whether the rows read are good enough to build from.
pub(crate) fn check_reading(reading: &Reading, options: &Options<'_>) -> Result<(), Refusal> {
    let is_too_much = |unreadable: u64, rows: u64| {
        u128::from(unreadable) * 100 > u128::from(rows) * u128::from(options.max_bad_percent)
    };
    for list in &reading.files {
        let weighs =
            list.unreadable >= MANY_ROWS || (list.unreadable > 0 && list.unreadable == list.rows);
        if weighs && is_too_much(list.unreadable, list.rows) {
            return Err(Refusal::UnreadableList {
                file: list.file.clone(),
                unreadable: list.unreadable,
                rows: list.rows,
            });
        }
    }
    let (unreadable, rows) = (reading.unreadable(), reading.rows);
    if unreadable >= MANY_ROWS && is_too_much(unreadable, rows) {
        return Err(Refusal::Unreadable { unreadable, rows });
    }
    Ok(())
}

/// Whether the new entries look like the successor of the old.
pub(crate) fn check_successor(
    old: (u64, &[Category]),
    new: (u64, &[Category]),
    options: &Options<'_>,
) -> Result<(), Refusal> {
    let shrank = |from: u64, to: u64| {
        let lost = from.saturating_sub(to);
        u128::from(lost) * 100 > u128::from(from) * u128::from(options.max_shrink_percent)
    };
    let entries_now = |name: &str| {
        let at = new
            .1
            .binary_search_by(|category| category.name.as_str().cmp(name))
            .ok()?;
        Some(new.1[at].entries)
    };
    let is_lost = |category: &&Category| match entries_now(&category.name) {
        None => true,
        Some(now) => now == 0 && category.entries > 0,
    };
    let names: Vec<String> = old
        .1
        .iter()
        .filter(is_lost)
        .map(|category| category.name.clone())
        .collect();
    if !names.is_empty() {
        return Err(Refusal::CategoriesLost { names });
    }
    for category in old
        .1
        .iter()
        .filter(|category| category.entries >= SMALL_CATEGORY)
    {
        let to = entries_now(&category.name).unwrap_or(0);
        if shrank(category.entries, to) {
            return Err(Refusal::CategoryShrunk {
                name: category.name.clone(),
                from: category.entries,
                to,
            });
        }
    }
    if shrank(old.0, new.0) {
        return Err(Refusal::Shrunk {
            from: old.0,
            to: new.0,
        });
    }
    Ok(())
}
