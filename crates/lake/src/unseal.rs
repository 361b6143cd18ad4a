//! Opening what is sealed, for somebody who was authorised to see it.
//!
//! An [`Authorisation`] says whose rows, of which kinds and days, for what purpose and until when. Only
//! oversight may make one, after people with the posts for it decided so; that part of the program is not
//! there yet, so its constructor is private and nothing outside this crate's tests can open anything. The
//! scope is applied to every row, not only to the files that are read.

use std::collections::BTreeSet;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::UInt64Type;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::encode::Rows;
use crate::error::LakeError;
use crate::export::value;
use crate::manifest::{FileMeta, Part};
use crate::partition::{Kind, Partition};
use crate::pseudonym::Whose;
use crate::seal;
use crate::state::Lake;

/// What somebody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Whose rows: ids in the register. Rows that name none of them stay sealed.
    pub subjects: BTreeSet<String>,
    /// Which kinds of events.
    pub kinds: BTreeSet<Kind>,
    /// From this moment on.
    pub from: Timestamp,
    /// Before this one.
    pub to: Timestamp,
    /// What for.
    pub purpose: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// The authority to see what a scope says. It cannot be made outside this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorisation(Scope);

impl Authorisation {
    #[cfg(test)]
    pub(crate) fn of(scope: Scope) -> Self {
        Self(scope)
    }

    /// What may be seen.
    pub fn scope(&self) -> &Scope {
        &self.0
    }
}

/// Why nothing is opened.
#[derive(Debug, thiserror::Error)]
pub enum UnsealError {
    /// It was good until then.
    #[error("the authorisation ended at {0}")]
    Expired(Timestamp),
    /// The key is destroyed, or not here.
    #[error("the key of {0} is not here")]
    NoKey(crate::Month),
    /// The lake cannot be read.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// Columns that name somebody, with their pseudonyms.
const NAMING: [&str; 3] = ["person", "sender", "actor"];

impl Lake {
    /// Hands over the rows within a scope, open and sealed columns together. Says how many.
    pub async fn unseal(
        &self,
        authorisation: &Authorisation,
        now: Timestamp,
        mut take: impl FnMut(Map<String, Value>),
    ) -> Result<u64, UnsealError> {
        let scope = authorisation.scope();
        if now >= scope.expires {
            return Err(UnsealError::Expired(scope.expires));
        }
        let mut n = 0;
        for month in self.root().months.keys() {
            let files = self.month(*month).await?.files;
            for file in files.iter().filter(|file| may_hold(scope, file)) {
                n += self.unseal_file(scope, file, &mut take).await?;
            }
        }
        Ok(n)
    }

    async fn unseal_file(
        &self,
        scope: &Scope,
        file: &FileMeta,
        take: &mut impl FnMut(Map<String, Value>),
    ) -> Result<u64, UnsealError> {
        let month = file.day.month();
        let key = self.keys().of(month)?.ok_or(UnsealError::NoKey(month))?;
        let mut names = key.pseudonyms();
        let subjects = scope.subjects.iter();
        let subjects: BTreeSet<u64> = subjects.map(|id| names.of(Whose::Person, id)).collect();
        let open = self.store().read(&file.path).await?;
        let path = file.sealed_path();
        let sealed = self.store().read(&path).await?;
        if Part::of(&open) != file.open || Part::of(&sealed) != file.sealed {
            return Err(LakeError::damaged(&file.path, "it was changed").into());
        }
        let partition = Partition {
            kind: file.kind.clone(),
            day: file.day,
        };
        let mut private = Vec::new();
        for frame in seal::frames(&path, &sealed)? {
            let opened = seal::open(&key, &partition, &path, frame)?;
            private.push(Rows::of(&path, true, Bytes::from(opened))?);
        }
        let mut private = Aligned::new(private.into_iter().flatten());
        let mut n = 0;
        for rows in Rows::of(&file.path, false, open)? {
            let rows = rows?;
            for row in 0..rows.num_rows() {
                let sealed = private.next(&path)?;
                if !is_within(scope, &rows, row, &subjects) {
                    continue;
                }
                let mut told = Map::new();
                told.insert("kind".to_owned(), file.kind.name().into());
                add(&mut told, &rows, row);
                add(&mut told, sealed.0, sealed.1);
                take(told);
                n += 1;
            }
        }
        Ok(n)
    }
}

fn may_hold(scope: &Scope, file: &FileMeta) -> bool {
    scope.kinds.contains(&file.kind)
        && file.to >= scope.from.as_millisecond()
        && file.from < scope.to.as_millisecond()
}

fn is_within(scope: &Scope, rows: &RecordBatch, row: usize, subjects: &BTreeSet<u64>) -> bool {
    let at = rows.column_by_name("at").map(|at| value(at, row));
    let at = at.and_then(|at| at.as_str().and_then(|at| at.parse::<Timestamp>().ok()));
    let is_in_time = at.is_some_and(|at| at >= scope.from && at < scope.to);
    let names = |column: &&str| {
        let column = rows
            .column_by_name(column)?
            .as_primitive_opt::<UInt64Type>()?;
        column.iter().nth(row).flatten()
    };
    let mut named = NAMING.iter().filter_map(names);
    is_in_time && named.any(|name| subjects.contains(&name))
}

fn add(told: &mut Map<String, Value>, rows: &RecordBatch, row: usize) {
    for (field, column) in rows.schema_ref().fields().iter().zip(rows.columns()) {
        match value(column, row) {
            Value::Null => (),
            value => {
                told.insert(field.name().clone(), value);
            }
        }
    }
}

/// Rows of the frames of a file, one by one.
struct Aligned<I> {
    batches: I,
    batch: Option<RecordBatch>,
    row: usize,
}

impl<I: Iterator<Item = Result<RecordBatch, LakeError>>> Aligned<I> {
    fn new(batches: I) -> Self {
        Self {
            batches,
            batch: None,
            row: 0,
        }
    }

    fn next(&mut self, path: &str) -> Result<(&RecordBatch, usize), LakeError> {
        let short = || LakeError::damaged(path, "it has too few rows");
        while self
            .batch
            .as_ref()
            .is_none_or(|batch| self.row >= batch.num_rows())
        {
            self.batch = Some(self.batches.next().ok_or_else(short)??);
            self.row = 0;
        }
        self.row += 1;
        let batch = self.batch.as_ref().ok_or_else(short)?;
        Ok((batch, self.row - 1))
    }
}
