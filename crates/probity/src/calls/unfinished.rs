//! What is left of a feed of events when a file of it ends: rows of calls that go on in the next.
//!
//! It belongs to all that is read in the same way, so files of an exchange are one feed however they come.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::How;
use crate::data_dir::DataDir;
use crate::people::replace;

/// Where such rows are kept.
#[derive(Debug)]
pub(super) struct UnfinishedRows(PathBuf);

/// They cannot be.
#[derive(Debug, thiserror::Error)]
#[error(
    "rows of calls that go on cannot be kept in `{path}`; it belongs to the account that runs the gates"
)]
pub(crate) struct UnfinishedError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Rows that were left.
#[derive(Debug, Default)]
pub(super) struct Kept(Vec<u8>);

impl Kept {
    /// The rows, each with its end.
    pub(super) fn reader(&self) -> io::Cursor<Vec<u8>> {
        io::Cursor::new(self.0.clone())
    }

    /// How many lines they are.
    pub(super) fn lines(&self) -> u64 {
        memchr::memchr_iter(b'\n', &self.0).count() as u64
    }
}

impl UnfinishedRows {
    /// In a data directory.
    pub(super) fn new(data: &DataDir) -> Self {
        Self(data.calls_unfinished())
    }

    /// What is left of what was read like this.
    pub(super) fn of(&self, how: &How) -> Result<Kept, UnfinishedError> {
        let path = self.path(how);
        match std::fs::read(&path) {
            Ok(rows) => Ok(Kept(rows)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kept::default()),
            Err(source) => Err(UnfinishedError { path, source }),
        }
    }

    /// Keeps what is left now, in place of what was before.
    pub(super) fn keep(&self, how: &How, rows: &[u8]) -> Result<(), UnfinishedError> {
        let path = self.path(how);
        std::fs::create_dir_all(&self.0)
            .and_then(|()| replace(&path, rows))
            .map_err(|source| UnfinishedError { path, source })
    }

    fn path(&self, how: &How) -> PathBuf {
        // Made of strings, which always serialise.
        let how = serde_json::to_vec(how).unwrap_or_default();
        let name: String = Sha256::digest(how)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Path::new(&self.0).join(name)
    }
}
