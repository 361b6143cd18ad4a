//! A batch: entries of the record as files, not yet written anywhere.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::columns::Rows;
use crate::encode::encode;
use crate::error::LakeError;
use crate::keys::{Keys, MonthKey};
use crate::manifest::{FileMeta, Part};
use crate::partition::{Day, Kind, Month, Partition};
use crate::pseudonym::Pseudonyms;
use crate::seal::seal;
use crate::tables::{KnownFacts, Making, Read, Table};

/// Most partitions of one batch: each is two files, and an entry may say any day it likes.
const MOST_PARTITIONS: usize = 256;

/// Rows of one partition and table, in the order of the record.
struct Gathered {
    rows: Rows,
    entries: u64,
    first: u64,
    last: u64,
    at: (i64, i64),
}

/// A file to be written, with what the manifest will say of it.
pub(crate) struct NewFile {
    pub(crate) meta: FileMeta,
    pub(crate) open: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
}

/// What is kept between batches: pseudonyms and facts that were met.
#[derive(Default)]
pub(crate) struct Known {
    months: Months,
    facts: KnownFacts,
}

/// Most months whose pseudonyms are kept.
const MOST_MONTHS: usize = 4;

/// Pseudonyms of the months that are worked on.
#[derive(Default)]
struct Months(BTreeMap<Month, (MonthKey, Pseudonyms)>);

impl Months {
    fn of(&mut self, keys: &Keys, month: Month) -> Result<&mut (MonthKey, Pseudonyms), LakeError> {
        if !self.0.contains_key(&month) {
            if self.0.len() >= MOST_MONTHS {
                // The earliest: what comes late is rare.
                self.0.pop_first();
            }
            let key = keys.of_or_new(month)?;
            let names = key.pseudonyms();
            self.0.insert(month, (key, names));
        }
        let known = self.0.get_mut(&month);
        known.ok_or(LakeError::OtherKey { month })
    }
}

/// Entries on their way to files.
pub(crate) struct Batch<'k> {
    keys: &'k Keys,
    known: &'k mut Known,
    parts: HashMap<(Table, Partition), Gathered>,
    pub(crate) entries: u64,
    pub(crate) bytes: u64,
}

impl<'k> Batch<'k> {
    pub(crate) fn new(keys: &'k Keys, known: &'k mut Known) -> Self {
        Self {
            keys,
            known,
            parts: HashMap::new(),
            entries: 0,
            bytes: 0,
        }
    }

    /// Whether entries that say strange days have spread it over too many files.
    pub(crate) fn is_scattered(&self) -> bool {
        self.parts.len() >= MOST_PARTITIONS
    }

    /// Adds an entry.
    pub(crate) fn add(&mut self, number: u64, payload: &[u8]) -> Result<(), LakeError> {
        let read = Read::of(payload);
        let at = read.at();
        let day = at.and_then(Day::of).unwrap_or(Day::UNKNOWN);
        let partition = Partition {
            kind: Kind::of(read.kind()),
            day,
        };
        let (_, names) = self.known.months.of(self.keys, day.month())?;
        let at = at.map_or(0, Timestamp::as_millisecond);
        let table = read.table();
        let gathered = self.parts.entry((table, partition));
        let gathered = gathered.or_insert_with(|| Gathered {
            rows: table.rows(),
            entries: 0,
            first: number,
            last: number,
            at: (at, at),
        });
        gathered.entries += 1;
        gathered.last = number;
        gathered.at = (gathered.at.0.min(at), gathered.at.1.max(at));
        self.entries += 1;
        self.bytes += payload.len() as u64;
        let mut making = Making {
            names,
            facts: &mut self.known.facts,
        };
        read.rows(number, &mut gathered.rows, &mut making);
        Ok(())
    }

    /// Encodes and seals what was added. `attempt` tells the names of these files from those of every
    /// other attempt.
    pub(crate) fn finish(self, attempt: &str) -> Result<Vec<NewFile>, LakeError> {
        let mut files = Vec::with_capacity(self.parts.len());
        for ((table, partition), gathered) in self.parts {
            let Gathered {
                rows,
                entries,
                first,
                last,
                at,
            } = gathered;
            let n_rows = rows.n as u64;
            let (open, private) = rows.finish()?;
            let open = encode(table, false, &open)?;
            let private = encode(table, true, &private)?;
            let (key, _) = self.known.months.of(self.keys, partition.day.month())?;
            let sealed = seal(key, &partition, &private)?;
            let folder = partition.folder();
            let meta = FileMeta {
                path: format!("{folder}/{}-{first:012}-{attempt}.parquet", table.name()),
                table: table.name().to_owned(),
                version: table.version(),
                kind: partition.kind,
                day: partition.day,
                rows: n_rows,
                entries,
                first,
                last,
                from: at.0,
                to: at.1,
                open: Part::of(&open),
                sealed: Part::of(&sealed),
                key: key.id().to_owned(),
            };
            files.push(NewFile { meta, open, sealed });
        }
        files.sort_by(|a, b| a.meta.path.cmp(&b.meta.path));
        Ok(files)
    }
}

impl Part {
    /// What the manifest says of an object.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.len() as u64,
            sha256: data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)),
        }
    }
}
