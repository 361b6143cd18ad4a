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
    let new = path.with_added_extension("new");
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Written before grants were kept: nothing is known of them, and what was shut then stays shut.
    #[test]
    fn what_an_earlier_version_kept_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("register.last.json");
        let kept = r#"{"council":{"domains":["council.example"],"partner_domains":[],"secure_domains":[],
            "webmail_domains":[]},"person":[{"id":"ann","name":"Ann","audience":"officer","accounts":["ann"],
            "addresses":[],"private_addresses":[],"acceptance":"none","withdrawn":["email","web"]}],
            "permission":[],"delegation":[],"mailbox":[],"list":[]}"#;
        fs::write(&file, kept).unwrap();
        let document = read(&file).unwrap();
        assert_eq!(document.people[0].granted, None);
        assert_eq!(document.people[0].withdrawn, ["email", "web"]);
        write(&file, &document).unwrap();
        assert_eq!(read(&file), Some(document));
    }
}
