//! Compaction: many small files of one partition become few large ones. Nothing sealed is opened: frames
//! go over as they are.

use std::collections::BTreeMap;

use crate::encode::{Rows, Writer};
use crate::error::LakeError;
use crate::manifest::{FileMeta, Part};
use crate::partition::{Month, Partition};
use crate::seal;
use crate::state::{Change, Lake, attempt};
use crate::tables::Table;

/// Rows of a file that is large enough: some 30 MB, read and written whole.
pub const LARGE_ENOUGH: u64 = 1_000_000;

/// Bytes of sealed columns in one file at the most, as they are joined in memory.
const MOST_SEALED: u64 = 128 * 1024 * 1024;

/// Which partitions are worth the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Wherever two files can be one.
    All,
    /// Where so many small files lie in a partition that reading it is slow: what is done by the way.
    /// Each row is then written some four times in all.
    Needed,
}

/// Small files of a partition before they are joined by the way.
const NEEDED: usize = 16;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Files before.
    pub before: u64,
    /// Files in their place.
    pub after: u64,
    /// Rows in them.
    pub rows: u64,
}

impl Lake {
    /// Joins small files, in one change for each new one; `done` is told of each. Killed in between, what
    /// was changed stays and the rest is as it was.
    pub async fn compact(
        &mut self,
        worth: Worth,
        mut done: impl FnMut(Compacted),
    ) -> Result<Compacted, LakeError> {
        let mut all = Compacted::default();
        let months: Vec<Month> = self.root().months.keys().copied().collect();
        for month in months {
            for group in groups(self.month(month).await?.files, worth) {
                let one = self.join(group).await?;
                all.before += one.before;
                all.after += one.after;
                all.rows += one.rows;
                done(one);
            }
        }
        Ok(all)
    }

    async fn join(&mut self, group: Vec<FileMeta>) -> Result<Compacted, LakeError> {
        let Some(first) = group.first().cloned() else {
            return Ok(Compacted::default());
        };
        let table = Table::named(&first.table);
        let table = table.ok_or_else(|| LakeError::LaterVersion {
            object: first.path.clone(),
        })?;
        let mut writer = Writer::new(table, false)?;
        let mut sealed = Vec::with_capacity(group.len());
        for file in &group {
            let bytes = self.store().read(&file.path).await?;
            if Part::of(&bytes) != file.open {
                return Err(LakeError::damaged(&file.path, "it was changed"));
            }
            for rows in Rows::of(&file.path, false, bytes)? {
                writer.write(&rows?)?;
            }
            let path = file.sealed_path();
            let bytes = self.store().read(&path).await?;
            if Part::of(&bytes) != file.sealed {
                return Err(LakeError::damaged(path, "it was changed"));
            }
            sealed.push((path, bytes));
        }
        let (open, sealed) = (writer.finish()?, seal::join(&sealed)?);
        let partition = Partition {
            kind: first.kind.clone(),
            day: first.day,
        };
        let stem = format!("{}/{}", partition.folder(), table.name());
        let sum = |of: fn(&FileMeta) -> u64| group.iter().map(of).sum();
        let joined = FileMeta {
            path: format!("{stem}-{:012}-{}.parquet", first.first, attempt()?),
            version: table.version(),
            rows: sum(|file| file.rows),
            entries: sum(|file| file.entries),
            last: group
                .iter()
                .map(|file| file.last)
                .max()
                .unwrap_or(first.last),
            from: group
                .iter()
                .map(|file| file.from)
                .min()
                .unwrap_or(first.from),
            to: group.iter().map(|file| file.to).max().unwrap_or(first.to),
            open: Part::of(&open),
            sealed: Part::of(&sealed),
            ..first
        };
        self.store().create(&joined.sealed_path(), sealed).await?;
        self.store().create(&joined.path, open).await?;
        let done = Compacted {
            before: group.len() as u64,
            after: 1,
            rows: joined.rows,
        };
        let change = Change {
            add: vec![joined],
            remove: group,
            ..Change::default()
        };
        self.commit(change).await?;
        Ok(done)
    }
}

/// Files that become one: of the same partition and table, in the order of the record, none of them
/// large enough by itself. The order of rows stays that of the sealed ones beside them.
fn groups(files: Vec<FileMeta>, worth: Worth) -> Vec<Vec<FileMeta>> {
    let mut small: BTreeMap<(String, Partition), Vec<FileMeta>> = BTreeMap::new();
    for file in files {
        let partition = Partition {
            kind: file.kind.clone(),
            day: file.day,
        };
        let known = Table::named(&file.table).is_some_and(|table| file.version <= table.version());
        if known && file.rows < LARGE_ENOUGH {
            let part = small.entry((file.table.clone(), partition)).or_default();
            part.push(file);
        }
    }
    let mut groups = Vec::new();
    for mut files in small.into_values() {
        if worth == Worth::Needed && files.len() < NEEDED {
            continue;
        }
        files.sort_by_key(|file| file.first);
        let mut group: Vec<FileMeta> = Vec::new();
        for file in files {
            let rows = group.iter().map(|f| f.rows).sum::<u64>() + file.rows;
            let sealed = group.iter().map(|f| f.sealed.bytes).sum::<u64>() + file.sealed.bytes;
            if rows > LARGE_ENOUGH || sealed > MOST_SEALED {
                groups.push(std::mem::take(&mut group));
            }
            group.push(file);
        }
        groups.push(group);
    }
    groups.retain(|group| group.len() > 1);
    groups
}
