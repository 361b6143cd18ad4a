//! The last word of the people's database, on this machine's disk: the gates start with it while the
//! database is away.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use register::document::Document;

/// Reads it; nothing if there is none, or none that can be read.
pub(super) fn read(path: &Path) -> Option<Document> {
    let bytes = fs::read(path).ok()?;
    match serde_json::from_slice(&bytes) {
        Ok(document) => Some(document),
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "the kept register cannot be read");
            None
        }
    }
}

/// Writes it whole or not at all, closed to others: it tells of people.
pub(super) fn write(path: &Path, document: &Document) -> io::Result<()> {
    replace(path, &serde_json::to_vec(document)?)
}

/// Replaces a file in one step.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file: File = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    fs::rename(&new, path)
}
