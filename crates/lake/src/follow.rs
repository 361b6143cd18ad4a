//! From the record to the lake, each entry once.
//!
//! Files are written first; then one manifest names them and moves the watermark past their entries.
//! Killed before, the files are named by nobody and the entries are taken again; killed after, they are
//! not. Only entries known to be on the disk are taken: those a power cut takes back would come again
//! under the same numbers.

use std::path::PathBuf;

use journal::Reader;
use ledger::{EntryIndex, TreeSize};

use crate::batch::{Batch, Known};
use crate::error::LakeError;
use crate::state::{Change, Lake, attempt};

/// Most entries of one batch.
const MOST_ENTRIES: u64 = 200_000;

/// Most bytes of entries in one batch. 96 MiB: columns take about as much again until they are encoded.
const MOST_BYTES: u64 = 96 * 1024 * 1024;

/// Follows one record.
pub struct Follower {
    record: PathBuf,
    reader: Option<Reader>,
    known: Known,
    most_entries: u64,
}

/// What one step took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Entries.
    pub entries: u64,
    /// Their bytes on the record.
    pub bytes: u64,
    /// Bytes of the files made of them.
    pub written: u64,
}

impl Follower {
    /// Follows the record in this folder.
    pub fn of(record: impl Into<PathBuf>) -> Self {
        Self {
            record: record.into(),
            reader: None,
            known: Known::default(),
            most_entries: MOST_ENTRIES,
        }
    }

    /// With smaller batches than the usual 200,000 entries.
    pub fn with_batches_of(mut self, entries: u64) -> Self {
        self.most_entries = entries.max(1);
        self
    }

    /// Takes the next entries, one batch at the most, of those before `until`: entries that are known to
    /// be on the disk. After an error [`Lake::refresh`] says how far the lake is.
    pub async fn step(&mut self, lake: &mut Lake, until: TreeSize) -> Result<Taken, LakeError> {
        let mut reader = match self.reader.take() {
            Some(reader) if reader.position().0 == lake.root().next => reader,
            _ => self.begin(lake)?,
        };
        let mut batch = Batch::new(lake.keys(), &mut self.known);
        let mut last = Vec::new();
        let mut next = lake.root().next;
        while next < until.0
            && batch.entries < self.most_entries
            && batch.bytes < MOST_BYTES
            && !batch.is_scattered()
        {
            let Some(entry) = reader.next_entry()? else {
                break;
            };
            if entry.index.0 != next {
                return Err(LakeError::OtherRecord { entry: next });
            }
            batch.add(entry.index.0, entry.payload)?;
            last.clear();
            last.extend_from_slice(entry.payload);
            next += 1;
        }
        let mut taken = Taken {
            entries: batch.entries,
            bytes: batch.bytes,
            written: 0,
        };
        if taken.entries > 0 {
            let mut add = Vec::new();
            for file in batch.finish(&attempt()?)? {
                taken.written += file.meta.bytes();
                let sealed = file.meta.sealed_path();
                lake.store().create(&sealed, file.sealed).await?;
                lake.store().create(&file.meta.path, file.open).await?;
                add.push(file.meta);
            }
            let change = Change {
                add,
                taken: Some((next, leaf(&last))),
                ..Change::default()
            };
            lake.commit(change).await?;
        }
        self.reader = Some(reader);
        Ok(taken)
    }

    /// Goes to where the lake ends, and makes sure that it is the same record.
    fn begin(&self, lake: &Lake) -> Result<Reader, LakeError> {
        let next = lake.root().next;
        let Some(before) = next.checked_sub(1) else {
            return Ok(Reader::from(&self.record, EntryIndex(0))?);
        };
        let mut reader = Reader::from(&self.record, EntryIndex(before))?;
        let same = match reader.next_entry()? {
            Some(entry) => entry.index.0 == before && leaf(entry.payload) == lake.root().last_leaf,
            None => false,
        };
        match same {
            true => Ok(reader),
            false => Err(LakeError::OtherRecord { entry: before }),
        }
    }
}

fn leaf(payload: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&ledger::leaf_hash(payload).0)
}
