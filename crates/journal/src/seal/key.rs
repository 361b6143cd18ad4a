//! The key that signs checkpoints, in a file that only its owner can read.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use ledger::{KeyError, SigningKey, VerifierKey};

use crate::segments::sync_dir;

/// Longest key file read, in bytes.
const MAX_KEY_FILE: u64 = 4096;

/// The key of one journal, named after the record it signs.
#[derive(Debug)]
pub struct SealKey(SigningKey);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum SealKeyError {
    /// The file cannot be read or created.
    #[error("cannot use the key file `{path}`")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Whoever could read it could sign. Make it mode 0600, and a new key if in doubt.
    #[error("the key file `{path}` has mode {mode:o}: nobody but its owner may read it")]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file holds something else.
    #[error("the key file `{path}` does not hold a key")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyError,
    },
    /// The key signs for another record.
    #[error("the key file `{path}` is for `{found}`, not for `{wanted}`")]
    OtherName {
        /// The file.
        path: PathBuf,
        /// The name in it.
        found: String,
        /// The name asked for.
        wanted: String,
    },
}

impl SealKey {
    /// Loads the key, or makes one from the system's randomness (file mode 0600) on first use.
    ///
    /// The name tells this record from every other, as in `records.example.gov.uk/mail`.
    pub fn load_or_create(path: impl AsRef<Path>, name: &str) -> Result<Self, SealKeyError> {
        let path = path.as_ref();
        let unusable = |source| SealKeyError::Unusable {
            path: path.to_owned(),
            source,
        };
        let malformed = |source| SealKeyError::Malformed {
            path: path.to_owned(),
            source,
        };
        if !path.try_exists().map_err(unusable)? {
            let mut seed = [0; 32];
            fill_randomly(&mut seed).map_err(unusable)?;
            let key = SigningKey::from_seed(name, &seed).map_err(malformed)?;
            match create(path, &key) {
                // Somebody else was first: theirs is the key.
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => (),
                created => created.map_err(unusable)?,
            }
        }
        let file = File::open(path).map_err(unusable)?;
        let mode = file.metadata().map_err(unusable)?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SealKeyError::TooOpen {
                path: path.to_owned(),
                mode,
            });
        }
        let mut text = String::new();
        file.take(MAX_KEY_FILE)
            .read_to_string(&mut text)
            .map_err(unusable)?;
        let key = SigningKey::parse(text.trim_end()).map_err(malformed)?;
        let found = key.verifier().name();
        if found != name {
            let (path, found, wanted) = (path.to_owned(), found.to_owned(), name.to_owned());
            return Err(SealKeyError::OtherName {
                path,
                found,
                wanted,
            });
        }
        Ok(Self(key))
    }

    /// The public half, to give to whoever is to verify. Prints as a C2SP verifier key.
    pub fn verifier(&self) -> &VerifierKey {
        self.0.verifier()
    }

    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.0
    }
}

fn fill_randomly(seed: &mut [u8; 32]) -> io::Result<()> {
    let mut filled = 0;
    while filled < seed.len() {
        filled +=
            rustix::rand::getrandom(&mut seed[filled..], rustix::rand::GetRandomFlags::empty())?;
    }
    Ok(())
}

/// The key file appears whole or not at all, and never replaces one.
fn create(path: &Path, key: &SigningKey) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".{}.new", std::process::id()));
    let unfinished = PathBuf::from(unfinished);
    let _ = fs::remove_file(&unfinished);
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    let written = writeln!(file, "{}", key.to_secret_text())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(&unfinished, path));
    fs::remove_file(&unfinished)?;
    written?;
    sync_dir(
        path.parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new(".")),
    )
}
