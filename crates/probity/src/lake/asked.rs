//! Questions to the lake that a command hands to the running gates: only they can write on the record.
//!
//! A question is a small file in a folder of its own. Once it stands on the record and on the disk, the gates
//! rename it, and the command shows the answer. Killed between the two, it stands there twice.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use decision_point::entry::LakeQueryEntry;
use decision_point::lake_query;
use jiff::Timestamp;
use journal::{CannotRecord, Journal};
use serde::{Deserialize, Serialize};

use crate::failure::chain;

/// How often questions are looked for: somebody waits at a terminal.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Longest file of a question: twice the longest that can be asked, as JSON at its worst.
const LONGEST_FILE: u64 = 128 << 10;

/// What the name of a question ends with before it is on the record, and after.
pub(crate) const WAITS: &str = "question";
pub(crate) const RECORDED: &str = "recorded";

/// A question, and who asks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// An account of this machine.
    pub(crate) operator: String,
    /// What for.
    pub(crate) purpose: String,
    /// The question.
    pub(crate) sql: String,
    /// The number of the lake's manifest.
    pub(crate) manifest: u64,
}

impl Asked {
    /// Puts it on the record; it is on the disk when this returns.
    pub(crate) fn record(&self, journal: &Journal) -> Result<u64, CannotRecord> {
        let query = LakeQueryEntry {
            operator: &self.operator,
            purpose: &self.purpose,
            sql: &self.sql,
            manifest: self.manifest,
        };
        lake_query::asked(journal, query, Timestamp::now())
    }
}

/// Puts questions on the record until it is to stop.
pub(crate) fn record_until(stop: &AtomicBool, folder: &Path, journal: &Journal) {
    // Whoever waited for these is gone.
    for path in ending_with(folder, RECORDED) {
        let _gone = std::fs::remove_file(path);
    }
    while !stop.load(Ordering::Acquire) {
        for path in ending_with(folder, WAITS) {
            record_one(&path, journal);
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
}

fn ending_with(folder: &Path, ending: &str) -> Vec<PathBuf> {
    // There is no such folder before the first question.
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let ends = |path: &PathBuf| path.extension().is_some_and(|found| found == ending);
    paths.filter(ends).collect()
}

fn record_one(path: &Path, journal: &Journal) {
    let asked = match read(path) {
        Ok(asked) => asked,
        Err(error) => {
            tracing::error!(error = %chain(&error), question = %path.display(), "a question to the lake cannot be read");
            let _gone = std::fs::remove_file(path);
            return;
        }
    };
    // Whoever asked waits, and gives up at last.
    match asked.record(journal) {
        Ok(_) => {
            if let Err(error) = std::fs::rename(path, path.with_extension(RECORDED)) {
                // They gave up.
                tracing::debug!(%error, "a question to the lake was taken back");
            }
        }
        Err(error) => {
            tracing::warn!(error = %chain(&error), "a question to the lake waits to be recorded")
        }
    }
}

fn read(path: &Path) -> std::io::Result<Asked> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LONGEST_FILE)
        .read_to_end(&mut bytes)?;
    Ok(serde_json::from_slice(&bytes)?)
}
