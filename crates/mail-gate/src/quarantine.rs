//! Messages kept for recipients who do not get them while others do.
//!
//! Postfix holds a message for all of its recipients or for none, so where outcomes differ the
//! gate keeps a copy itself: two files for each, `ENTRY-N.eml` with the message as received and
//! `ENTRY-N.json` with whom it is for and why, ENTRY being its number on the record. Both are on
//! the disk before the MTA is answered. Only the owner may read them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use policy::clause::ClauseId;
use policy::decision::Outcome;
use serde::{Deserialize, Serialize};

/// Version of the format of the `.json` files.
pub const VERSION: u8 = 1;

/// What is known of a kept copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// [`VERSION`]
    pub v: u8,
    /// The entry of the record that decided it.
    pub entry: u64,
    /// When the message came.
    pub at: Timestamp,
    /// The MTA's queue id of the message.
    pub queue_id: String,
    /// Envelope sender; empty for a report.
    pub mail_from: String,
    /// Envelope recipients of this copy.
    pub recipients: Vec<String>,
    /// Hold: somebody may release it. Refuse: it is kept as evidence only.
    pub outcome: Outcome,
    /// The clauses that led there.
    pub clauses: Vec<ClauseId>,
}

/// The folder of kept messages.
#[derive(Debug, Clone)]
pub struct Quarantine {
    folder: PathBuf,
}

impl Quarantine {
    /// Opens the folder, which is created if need be, readable by its owner only.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        if !folder.is_dir() {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&folder)?;
        }
        Ok(Self { folder })
    }

    /// Keeps a copy and gives the path of its message. `n` tells copies of one message apart.
    ///
    /// Returns once both files are on the disk. The message is written first: whoever finds a
    /// `.json` has the message too, and a message without one was never acknowledged.
    pub fn keep(&self, kept: &Kept, n: usize, message: &[u8]) -> io::Result<PathBuf> {
        let stem = format!("{}-{n}", kept.entry);
        let path = self.write(&format!("{stem}.eml"), message)?;
        self.write(&format!("{stem}.json"), &serde_json::to_vec_pretty(kept)?)?;
        File::open(&self.folder)?.sync_all()?;
        Ok(path)
    }

    /// Everything kept, in the order of the record. Files of other names are passed over.
    pub fn list(&self) -> io::Result<Vec<(PathBuf, Kept)>> {
        let mut found = Vec::new();
        for file in fs::read_dir(&self.folder)? {
            let path = file?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                let kept: Kept = serde_json::from_slice(&fs::read(&path)?)?;
                found.push((path.with_extension("eml"), kept));
            }
        }
        found.sort_by(|(one, a), (other, b)| (a.entry, one).cmp(&(b.entry, other)));
        Ok(found)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Written beside its place and then moved there, so no half file has the final name.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let (path, begun) = (
            self.folder.join(name),
            self.folder.join(format!("{name}.begun")),
        );
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&begun)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(begun, &path)?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_kept_is_found_again_and_is_the_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let quarantine = Quarantine::open(folder.path().join("quarantine")).unwrap();
        let kept = |entry| Kept {
            v: VERSION,
            entry,
            at: Timestamp::UNIX_EPOCH,
            queue_id: "4abc".to_owned(),
            mail_from: "a@b.example".to_owned(),
            recipients: vec!["c@d.example".to_owned()],
            outcome: Outcome::Hold,
            clauses: vec![ClauseId::new("walsall-6.3.3.c")],
        };
        for entry in [10, 9] {
            quarantine
                .keep(&kept(entry), 0, b"Subject: x\r\n\r\n")
                .unwrap();
        }
        let found = quarantine.list().unwrap();
        let kept: Vec<_> = found.iter().map(|(_, kept)| kept.clone()).collect();
        assert_eq!(kept.iter().map(|k| k.entry).collect::<Vec<_>>(), [9, 10]);
        for (path, _) in &found {
            assert_eq!(fs::read(path).unwrap(), b"Subject: x\r\n\r\n");
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(path), 0o600);
            assert_eq!(mode(&path.with_extension("json")), 0o600);
            assert_eq!(mode(quarantine.folder()), 0o700);
        }
    }
}
