//! The manifest: which files count, and how far the record was taken.
//!
//! `manifest/NNN….json` is the *root*; the highest number counts. It is created and never written over,
//! so of two writers one is told that it was overtaken. It names one object for each month, which lists
//! that month's files: a change costs as much as the months it touches, however many years there are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::partition::{Day, Kind, Month};

/// The form that is written.
pub const FORM: u32 = 1;

/// The root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// The form of the manifest.
    pub form: u32,
    /// Counts changes; the object's name.
    pub sequence: u64,
    /// Name of the record the lake is filled from.
    pub record: String,
    /// The watermark: entries before this one were taken, and no other.
    pub next: u64,
    /// RFC 6962 leaf hash of the last of them, hexadecimal; empty before the first.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_leaf: String,
    /// Entries whose partitions were disposed of.
    #[serde(default)]
    pub disposed_entries: u64,
    /// The months that have files.
    pub months: BTreeMap<Month, MonthRef>,
    /// A disposal under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposing: Option<Disposing>,
}

/// What the root says of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthRef {
    /// The object that lists its files.
    pub object: String,
    /// Of that object.
    pub part: Part,
    /// Files.
    pub files: u64,
    /// Rows in them.
    pub rows: u64,
    /// Entries of the record in them.
    pub entries: u64,
    /// Bytes of them, open and sealed.
    pub bytes: u64,
}

/// The files of a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthFiles {
    /// Each with what it holds, by its path.
    pub files: Vec<FileMeta>,
}

/// Size and hash of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

/// A Parquet file and the sealed one beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMeta {
    /// Where it lies; the sealed one has `.sealed` in place of `.parquet`.
    pub path: String,
    /// Its table.
    pub table: String,
    /// The version of its columns.
    pub version: u32,
    /// The kind of its events.
    pub kind: Kind,
    /// The day on which they happened.
    pub day: Day,
    /// Rows.
    pub rows: u64,
    /// Entries of the record.
    pub entries: u64,
    /// The first of them.
    pub first: u64,
    /// The last; some between may be elsewhere.
    pub last: u64,
    /// The earliest moment, in milliseconds since 1970.
    pub from: i64,
    /// The latest.
    pub to: i64,
    /// Of the open file.
    pub open: Part,
    /// Of the sealed one.
    pub sealed: Part,
    /// Which key seals it.
    pub key: String,
}

impl FileMeta {
    /// Where its sealed columns lie.
    pub fn sealed_path(&self) -> String {
        let stem = self.path.strip_suffix(".parquet").unwrap_or(&self.path);
        format!("{stem}.sealed")
    }

    /// Bytes of both files.
    pub fn bytes(&self) -> u64 {
        self.open.bytes + self.sealed.bytes
    }
}

/// A disposal that was begun. What it names counts no more; it ends when that is on the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposing {
    /// What it is known by on the record.
    pub certificate: String,
    /// Entries from this one on are looked through for it.
    pub from_entry: u64,
    /// By which rule.
    pub rule: String,
    /// By whose authority.
    pub authoriser: String,
    /// Everything that happened before this day.
    pub before: Day,
    /// What is dropped.
    pub files: Vec<FileMeta>,
    /// Months whose last files these are: their keys are destroyed.
    pub keys: Vec<Month>,
}

impl MonthFiles {
    pub(crate) fn sums(&self, object: String, part: Part) -> MonthRef {
        let sum = |of: fn(&FileMeta) -> u64| self.files.iter().map(of).sum();
        MonthRef {
            object,
            part,
            files: self.files.len() as u64,
            rows: sum(|file| file.rows),
            entries: sum(|file| file.entries),
            bytes: sum(FileMeta::bytes),
        }
    }
}
