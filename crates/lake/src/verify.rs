//! Whether the lake is whole: every object is what the manifest says, and every entry before the
//! watermark is in it once, or was disposed of.

use bytes::Bytes;

use crate::encode::Rows;
use crate::error::LakeError;
use crate::manifest::{FileMeta, Part};
use crate::partition::Partition;
use crate::seal;
use crate::state::Lake;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::UInt64Type;

/// Most findings that are listed.
pub const MAX_FINDINGS: usize = 1000;

/// Entries that are looked for at once: 8 MB.
const WINDOW: u64 = 1 << 26;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Files read, each with its sealed one.
    pub files: u64,
    /// Rows in them.
    pub rows: u64,
    /// Entries found in them.
    pub entries: u64,
    /// Months whose sealed files could not be opened, as their key is not here; they are whole all the
    /// same.
    pub months_without_key: u64,
    /// What is wrong, the first thousand of it.
    pub findings: Vec<String>,
    /// How much more is wrong.
    pub more_findings: u64,
}

impl Report {
    /// Nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn say(&mut self, finding: String) {
        match self.findings.len() < MAX_FINDINGS {
            true => self.findings.push(finding),
            false => self.more_findings += 1,
        }
    }
}

impl Lake {
    /// Reads everything; `done` is told of each file.
    pub async fn verify(&self, mut done: impl FnMut()) -> Result<Report, LakeError> {
        let mut report = Report::default();
        let mut all = Vec::new();
        for month in self.root().months.keys() {
            let has_key = self.keys().of(*month)?.is_some();
            report.months_without_key += u64::from(!has_key);
            for file in self.month(*month).await?.files {
                if let Err(error) = self.check(&file, &mut report).await {
                    let why = std::error::Error::source(&error);
                    let why = why.map_or(String::new(), |why| format!(": {why}"));
                    report.say(format!("{error}{why}"));
                }
                done();
                all.push(file);
            }
        }
        self.coverage(&all, &mut report).await?;
        Ok(report)
    }

    async fn check(&self, file: &FileMeta, report: &mut Report) -> Result<(), LakeError> {
        let open = self.object(&file.path, &file.open).await?;
        let mut rows = 0;
        for part in Rows::of(&file.path, false, open)? {
            rows += part?.num_rows() as u64;
        }
        if rows != file.rows {
            return Err(LakeError::damaged(&file.path, "it has other rows"));
        }
        (report.files, report.rows) = (report.files + 1, report.rows + rows);
        let path = file.sealed_path();
        let sealed = self.object(&path, &file.sealed).await?;
        let frames = seal::frames(&path, &sealed)?;
        let month = file.day.month();
        let Some(key) = self.keys().of(month)? else {
            return Ok(());
        };
        if key.id() != file.key {
            return Err(LakeError::OtherKey { month });
        }
        let partition = Partition {
            kind: file.kind.clone(),
            day: file.day,
        };
        let mut rows = 0;
        for frame in frames {
            let opened = seal::open(&key, &partition, &path, frame)?;
            for part in Rows::of(&path, true, Bytes::from(opened))? {
                rows += part?.num_rows() as u64;
            }
        }
        match rows == file.rows {
            true => Ok(()),
            false => Err(LakeError::damaged(path, "it has other rows")),
        }
    }

    /// An object, if it is what the manifest says.
    async fn object(&self, path: &str, said: &Part) -> Result<Bytes, LakeError> {
        let bytes = match self.store().read(path).await {
            Err(LakeError::Store(object_store::Error::NotFound { .. })) => {
                return Err(LakeError::damaged(path, "it is missing"));
            }
            read => read?,
        };
        match Part::of(&bytes) == *said {
            true => Ok(bytes),
            false => Err(LakeError::damaged(path, "it was changed")),
        }
    }

    /// Counts, a window of the record at a time, how often each entry is there.
    async fn coverage(&self, files: &[FileMeta], report: &mut Report) -> Result<(), LakeError> {
        let next = self.root().next;
        let mut missing = 0;
        let mut begin = 0;
        while begin < next {
            let end = next.min(begin + WINDOW);
            let mut seen = vec![0_u64; (end - begin).div_ceil(64) as usize];
            let here = files.iter().filter(|f| f.first < end && f.last >= begin);
            for file in here {
                let Ok(bytes) = self.object(&file.path, &file.open).await else {
                    // Said already.
                    continue;
                };
                let mut before = None;
                let Ok(rows) = Rows::of(&file.path, false, bytes) else {
                    continue;
                };
                for part in rows.map_while(Result::ok) {
                    for entry in entries(&part) {
                        // Rows of one entry stand together.
                        if before.replace(entry) == Some(entry) || !(begin..end).contains(&entry) {
                            continue;
                        }
                        let (word, bit) = ((entry - begin) / 64, 1 << ((entry - begin) % 64));
                        let Some(word) = seen.get_mut(word as usize) else {
                            continue;
                        };
                        if *word & bit != 0 {
                            report.say(format!("entry {entry} is there twice"));
                        }
                        *word |= bit;
                    }
                }
            }
            let found: u64 = seen.iter().map(|word| u64::from(word.count_ones())).sum();
            report.entries += found;
            missing += end - begin - found;
            begin = end;
        }
        if let Some(file) = files.iter().find(|file| file.last >= next) {
            report.say(format!("`{}` has entries behind the watermark", file.path));
        }
        let under_way = self.root().disposing.as_ref();
        let under_way = under_way.map_or(0, |d| d.files.iter().map(|f| f.entries).sum::<u64>());
        let disposed = self.root().disposed_entries + under_way;
        if missing != disposed {
            report.say(format!(
                "{missing} entries are missing, and {disposed} were disposed of"
            ));
        }
        Ok(())
    }
}

/// The column `entry`.
pub(crate) fn entries(rows: &RecordBatch) -> Vec<u64> {
    let column = rows.column_by_name("entry");
    let column = column.and_then(|column| column.as_primitive_opt::<UInt64Type>());
    column.map_or(Vec::new(), |column| column.values().to_vec())
}
