//! Keyed hashes: what stands in the memory in place of addresses and message ids.
//!
//! Whoever gets hold of the file without the key cannot try out addresses, and nobody outside can choose
//! two that are taken for one another. The key lies beside it in a file of its own, so that a backup
//! can leave it out.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of a key: as many as SHA-256 gives.
const LENGTH: usize = 32;

const NAME: &str = "key";

/// What a hash is of, so that one thing is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Address = 1,
    Domain = 2,
    Message = 3,
    /// Of nothing but the key.
    Key = 4,
}

/// A keyed hash. 64 bits: among a million of them a stranger is taken for somebody known once in
/// eighteen million million times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Mark(pub(crate) u64);

/// The key.
pub(crate) struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    pub(crate) fn new(bytes: &[u8; LENGTH]) -> io::Result<Self> {
        // An HMAC takes a key of any length.
        let key = Hmac::new_from_slice(bytes);
        key.map(Self).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// The key in a folder; none if there is none that can be used.
    pub(crate) fn load(folder: &Path) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        match File::open(folder.join(NAME)) {
            Ok(file) => file.take(LENGTH as u64 + 1).read_to_end(&mut bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match bytes.try_into() {
            Ok(bytes) => Self::new(&bytes).map(Some),
            // Half a file of a power cut. What was made with it, if anything, is of no use.
            Err(_) => Ok(None),
        }
    }

    /// The key in a folder, which is made if need be. A new one makes the memory of an old one useless.
    pub(crate) fn load_or_create(folder: &Path) -> io::Result<Self> {
        if !folder.is_dir() {
            let mut builder = DirBuilder::new();
            builder.recursive(true).mode(0o700).create(folder)?;
        }
        if let Some(key) = Self::load(folder)? {
            return Ok(key);
        }
        let mut bytes = [0; LENGTH];
        let mut filled = 0;
        while filled < LENGTH {
            let flags = rustix::rand::GetRandomFlags::empty();
            filled += rustix::rand::getrandom(&mut bytes[filled..], flags)?;
        }
        replace(&folder.join(NAME), &bytes)?;
        Self::new(&bytes)
    }

    /// The hash of something.
    pub(crate) fn mark(&self, about: About, what: &str) -> Mark {
        let mut mac = self.0.clone();
        mac.update(&[about as u8]);
        mac.update(what.as_bytes());
        let hash = mac.finalize().into_bytes();
        Mark(
            hash.iter()
                .take(8)
                .fold(0, |mark, byte| mark << 8 | u64::from(*byte)),
        )
    }
}

/// Takes the memory of a folder, whose key is there, for this process: two that append to one file would
/// each replace what the other wrote.
pub(crate) fn lock(folder: &Path) -> io::Result<File> {
    let file = File::open(folder.join(NAME))?;
    file.try_lock()?;
    Ok(file)
}

/// Writes a file whole or not at all, closed to others.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let new = path.with_extension("new");
    let mut file = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}
