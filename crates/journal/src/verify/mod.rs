//! Shows that a journal is as it was sealed, or says where it is not.
//!
//! Three things are held against one another: the entries, the leaf hashes written when they were
//! sealed, and the signed roots. Where an entry and its leaf hash differ, the next signed root says
//! which of them was changed. If both were changed alike the root still comes out wrong, and what
//! was changed lies between that checkpoint and the one before.
//!
//! What this cannot see alone: entries not sealed yet, and a journal cut back as a whole (entries,
//! leaves and checkpoints) to an earlier state. For the latter give it a checkpoint that was kept
//! elsewhere: [`Verification::expecting`].
//!
//! It may run beside the writer and the sealer. Memory is bounded, whatever the journal's size.

mod compare;
mod entries;
mod report;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use ledger::{Checkpoint, VerifierKey};

use crate::seal::{CHECKPOINTS, LEAF_BYTES, LEAVES, Notes};
use compare::Comparison;
use entries::{Found, Walk};
pub use report::{Finding, MAX_FINDINGS, VerifyReport};

/// Entries between two calls of the progress function.
const PROGRESS_EVERY: u64 = 1 << 16;

/// The journal could not be read to its end; nothing is said about it.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{path}`")]
pub struct VerifyError {
    /// Which file or directory.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// Verifies a journal with the public half of its seal key.
pub fn verify(dir: impl AsRef<Path>, key: &VerifierKey) -> Result<VerifyReport, VerifyError> {
    Verification::new(dir, key).run(|_| ())
}

/// A verification and what it takes into account.
#[derive(Debug)]
pub struct Verification<'a> {
    dir: PathBuf,
    key: &'a VerifierKey,
    expected: Option<&'a Checkpoint>,
}

impl<'a> Verification<'a> {
    /// Of the journal in a directory, sealed with this key.
    pub fn new(dir: impl AsRef<Path>, key: &'a VerifierKey) -> Self {
        Self {
            dir: dir.as_ref().to_owned(),
            key,
            expected: None,
        }
    }

    /// Also demands that the journal go on from a checkpoint kept elsewhere (whose signature the
    /// caller has checked).
    pub fn expecting(mut self, checkpoint: &'a Checkpoint) -> Self {
        self.expected = Some(checkpoint);
        self
    }

    /// Reads everything; tells how many entries are done, now and then. About 1 µs an entry.
    pub fn run(self, mut progress: impl FnMut(u64)) -> Result<VerifyReport, VerifyError> {
        // In this order: beside a running sealer, what a checkpoint covers was there before it.
        let (checkpoints, checkpoints_bytes) = self.open(CHECKPOINTS)?;
        let (leaves, leaves_bytes) = self.open(LEAVES)?;
        let unreadable = |source| VerifyError {
            path: self.dir.clone(),
            source,
        };
        let mut entries = Walk::new(&self.dir, leaves_bytes / LEAF_BYTES).map_err(unreadable)?;

        let notes = Notes::new(BufReader::new(checkpoints.take(checkpoints_bytes)), 0);
        let leaves = BufReader::with_capacity(64 * 1024, leaves);
        let mut comparison = Comparison::new(&self.dir, self.key, self.expected, notes)
            .with_leaves(leaves, leaves_bytes / LEAF_BYTES)
            .map_err(unreadable)?;
        while let Some(found) = entries.next_found().map_err(unreadable)? {
            match found {
                Found::Entry { index, leaf, place } => {
                    comparison.entry(index, leaf, place).map_err(unreadable)?;
                    if comparison.entries() % PROGRESS_EVERY == 0 {
                        progress(comparison.entries());
                    }
                }
                Found::Damage(damage) => comparison.damage(damage),
                Found::TornEnd(damage) => comparison.torn_end(damage),
            }
        }
        let report = comparison.finish(entries.expected()).map_err(unreadable)?;
        progress(report.entries);
        Ok(report)
    }

    /// A file of the sealer and its present length; without one nothing is sealed yet.
    fn open(&self, name: &str) -> Result<(Box<dyn Read>, u64), VerifyError> {
        let path = self.dir.join(name);
        let opened = File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
        match opened {
            Ok((bytes, file)) => Ok((Box::new(file), bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok((Box::new(io::empty()), 0)),
            Err(source) => Err(VerifyError { path, source }),
        }
    }
}
