//! Messages kept for recipients who do not get them, or not yet.
//!
//! Each copy has a name, ENTRY-N, ENTRY being the message's number on the record, and up to three
//! files: `NAME.eml` with the message as received, `NAME.out` with the message as it goes on once it
//! is released, and `NAME.json` with whom it is for and why. All are on the disk before the MTA is
//! answered. Only the owner may read them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use policy::clause::ClauseId;
use policy::decision::Outcome;
use serde::{Deserialize, Serialize};

/// Version of the format of the `.json` files. Version 1 had neither people nor findings.
pub const VERSION: u8 = 2;

/// Largest `.json` file that is read, in bytes: many times what is written.
const LARGEST_NOTE: u64 = 4 << 20;

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
    /// One of ours sends it; otherwise it comes to one of ours.
    #[serde(default)]
    pub sent: bool,
    /// Ids of our people who sent it or are to get it, the sender first.
    #[serde(default)]
    pub people: Vec<String>,
    /// The Subject header, cut.
    #[serde(default)]
    pub subject: String,
    /// What it was kept for, as far as it was found in what it says.
    #[serde(default)]
    pub findings: Vec<KeptFinding>,
}

/// One thing a message was kept for. The words are here as the message itself is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptFinding {
    /// What was found, as rules spell it.
    pub label: String,
    /// `high` or `low`.
    pub confidence: String,
    /// The words, cut; empty where it is about none.
    pub words: String,
}

impl Kept {
    /// Whether somebody may release it.
    pub fn waits(&self) -> bool {
        self.outcome == Outcome::Hold
    }
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

    /// Keeps a copy and gives its name. `n` tells copies of one message apart; `goes_on` is the
    /// message as it goes on once it is released.
    ///
    /// Returns once all files are on the disk. The note is written last: whoever finds one has the
    /// message too, and a message without one was never acknowledged.
    pub fn keep(
        &self,
        kept: &Kept,
        n: usize,
        message: &[u8],
        goes_on: Option<&[u8]>,
    ) -> io::Result<String> {
        let name = format!("{}-{n}", kept.entry);
        self.write(&format!("{name}.eml"), message)?;
        if let Some(goes_on) = goes_on {
            self.write(&format!("{name}.out"), goes_on)?;
        }
        self.write(&format!("{name}.json"), &serde_json::to_vec_pretty(kept)?)?;
        File::open(&self.folder)?.sync_all()?;
        Ok(name)
    }

    /// Names of everything kept, in the order of the record. Files of other names are passed over.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        for file in fs::read_dir(&self.folder)? {
            let name = file?.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(".json"));
            found.extend(name.and_then(|name| Some((number(name)?, name.to_owned()))));
        }
        found.sort();
        Ok(found.into_iter().map(|(_, name)| name).collect())
    }

    /// What is known of a copy.
    pub fn note(&self, name: &str) -> io::Result<Kept> {
        let path = self.path(name, "json")?;
        let mut note = Vec::new();
        File::open(path)?
            .take(LARGEST_NOTE)
            .read_to_end(&mut note)?;
        Ok(serde_json::from_slice(&note)?)
    }

    /// The message as received.
    pub fn message(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(name, "eml")?)
    }

    /// The message as it goes on once it is released. What a former release of this program kept
    /// goes on as received.
    pub fn goes_on(&self, name: &str) -> io::Result<Vec<u8>> {
        match fs::read(self.path(name, "out")?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.message(name),
            read => read,
        }
    }

    /// Disposes of a copy. One that is gone already is no error.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        // The note last: what is interrupted is begun anew.
        for kind in ["out", "eml", "json"] {
            match fs::remove_file(self.path(name, kind)?) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => (),
            }
        }
        File::open(&self.folder)?.sync_all()
    }

    /// A file of a copy. A name that is none leads nowhere.
    fn path(&self, name: &str, kind: &str) -> io::Result<PathBuf> {
        if number(name).is_none() {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(self.folder.join(format!("{name}.{kind}")))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Written beside its place and then moved there, so no half file has the final name.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
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
        fs::rename(begun, path)
    }
}

/// Entry and number of a name.
fn number(name: &str) -> Option<(u64, u32)> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (entry, n) = name.split_once('-')?;
    (digits(entry) && digits(n)).then_some(())?;
    Some((entry.parse().ok()?, n.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn kept(entry: u64) -> Kept {
        Kept {
            v: VERSION,
            entry,
            at: Timestamp::UNIX_EPOCH,
            queue_id: "4abc".to_owned(),
            mail_from: "a@b.example".to_owned(),
            recipients: vec!["c@d.example".to_owned()],
            outcome: Outcome::Hold,
            clauses: vec![ClauseId::new("walsall-6.3.3.c")],
            sent: true,
            people: vec!["ann".to_owned()],
            subject: "x".to_owned(),
            findings: Vec::new(),
        }
    }

    #[test]
    fn what_is_kept_is_found_again_and_is_the_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let quarantine = Quarantine::open(folder.path().join("quarantine")).unwrap();
        for entry in [10, 9] {
            let goes_on = (entry == 9).then_some(&b"Subject: y\r\n\r\n"[..]);
            quarantine
                .keep(&kept(entry), 0, b"Subject: x\r\n\r\n", goes_on)
                .unwrap();
        }
        assert_eq!(quarantine.names().unwrap(), ["9-0", "10-0"]);
        for (name, entry, goes_on) in [("9-0", 9, "Subject: y"), ("10-0", 10, "Subject: x")] {
            assert_eq!(quarantine.note(name).unwrap(), kept(entry));
            assert_eq!(quarantine.message(name).unwrap(), b"Subject: x\r\n\r\n");
            assert!(
                quarantine
                    .goes_on(name)
                    .unwrap()
                    .starts_with(goes_on.as_bytes())
            );
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(quarantine.folder()), 0o700);
        for file in fs::read_dir(quarantine.folder()).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }

    #[test]
    fn what_is_disposed_of_leaves_nothing_and_no_name_leads_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let quarantine = Quarantine::open(folder.path().join("quarantine")).unwrap();
        let name = quarantine.keep(&kept(9), 0, b"x", Some(b"y")).unwrap();
        quarantine.remove(&name).unwrap();
        quarantine.remove(&name).unwrap();
        assert_eq!(fs::read_dir(quarantine.folder()).unwrap().count(), 0);
        assert!(quarantine.message(&name).is_err());
        fs::write(folder.path().join("9-0.eml"), "elsewhere").unwrap();
        for odd in [
            "../9-0",
            "9",
            "9-0/../9-0",
            "+9-0",
            "9-",
            "",
            "99999999999999999999-0",
        ] {
            assert!(quarantine.message(odd).is_err(), "{odd}");
            assert!(quarantine.remove(odd).is_err(), "{odd}");
        }
        assert!(folder.path().join("9-0.eml").exists());
    }

    #[test]
    fn notes_of_the_first_release_still_read() {
        let folder = tempfile::tempdir().unwrap();
        let quarantine = Quarantine::open(folder.path()).unwrap();
        let note = r#"{"v":1,"entry":9,"at":"1970-01-01T00:00:00Z","queue_id":"4abc","mail_from":"a@b.example","recipients":["c@d.example"],"outcome":"hold","clauses":["walsall-6.3.3.c"]}"#;
        fs::write(folder.path().join("9-0.json"), note).unwrap();
        let note = quarantine.note("9-0").unwrap();
        assert!(note.waits() && note.people.is_empty());
    }
}
