//! Where things are in the data directory.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// A data directory.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    /// The one at this path.
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Makes the directories that are missing, closed to others.
    pub(crate) fn create(&self) -> std::io::Result<()> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o750)
            .create(self.record())
    }

    /// The directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The record: journal, leaf hashes and checkpoints.
    pub(crate) fn record(&self) -> PathBuf {
        self.0.join("record")
    }

    /// The secret half of the key that signs checkpoints, readable by the owner only.
    pub(crate) fn seal_key(&self) -> PathBuf {
        self.0.join("seal.key")
    }

    /// Its public half. Keep a copy elsewhere: whoever can change the record can change this too.
    pub(crate) fn verifier_key(&self) -> PathBuf {
        self.0.join("seal.pub")
    }

    /// Seals secrets of sign-ins and the tokens of forms. Processes that share a database share this file.
    pub(crate) fn sign_in_key(&self) -> PathBuf {
        self.0.join("sign-in.key")
    }

    /// Scans of forms on paper, by their SHA-256.
    pub(crate) fn scans(&self) -> PathBuf {
        self.0.join("scans")
    }

    /// Files of feeds as they were received, by their SHA-256.
    pub(crate) fn received(&self) -> PathBuf {
        self.0.join("received")
    }

    /// Which calls are on the record.
    pub(crate) fn calls_seen(&self) -> PathBuf {
        self.0.join("calls").join("seen")
    }

    /// What came of files of calls, by their SHA-256.
    pub(crate) fn calls_taken(&self) -> PathBuf {
        self.0.join("calls").join("taken")
    }

    /// How far files of calls that grow were read.
    pub(crate) fn calls_followed(&self) -> PathBuf {
        self.0.join("calls").join("followed")
    }

    /// Rows of calls that had not ended when their feed did.
    pub(crate) fn calls_unfinished(&self) -> PathBuf {
        self.0.join("calls").join("unfinished")
    }

    /// Files of calls that a command hands to the running gates.
    pub(crate) fn calls_spool(&self) -> PathBuf {
        self.0.join("calls").join("spool")
    }

    /// What corrects the model for offence, if anything does.
    pub(crate) fn correction(&self) -> PathBuf {
        self.0.join("offence.correction")
    }

    /// What did before, for going back.
    pub(crate) fn former_correction(&self) -> PathBuf {
        self.0.join("offence.correction.former")
    }

    /// What is remembered of earlier mail.
    pub(crate) fn correspondence(&self) -> PathBuf {
        self.0.join("correspondence")
    }

    /// The register of known files, where the configuration names no other.
    pub(crate) fn known_files(&self) -> PathBuf {
        self.0.join("known-files.register")
    }

    /// Messages held for some of their recipients.
    pub(crate) fn quarantine(&self) -> PathBuf {
        self.0.join("quarantine")
    }

    /// When mailboxes were last gone over.
    pub(crate) fn mailboxes_last(&self) -> PathBuf {
        self.0.join("mailboxes.json")
    }

    /// Held by the process that goes over mailboxes.
    pub(crate) fn mailboxes_lock(&self) -> PathBuf {
        self.0.join("mailboxes.lock")
    }

    /// The lake, where the configuration names no other place.
    pub(crate) fn lake(&self) -> PathBuf {
        self.0.join("lake")
    }

    /// Its keys, one for each month. They never lie where the lake does.
    pub(crate) fn lake_keys(&self) -> PathBuf {
        self.0.join("lake-keys")
    }

    /// Questions to it that a command hands to the running gates, to be put on the record.
    pub(crate) fn lake_queries(&self) -> PathBuf {
        self.0.join("lake-queries")
    }

    /// Held by the process that changes the lake.
    pub(crate) fn lake_lock(&self) -> PathBuf {
        self.0.join("lake.lock")
    }
}
