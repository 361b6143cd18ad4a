//! The keys of months, one file each, beside the data and never in the object store.
//!
//! Destroying a month's key ends what is sealed under it in every copy and backup there is.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use aes_gcm_siv::{Aes256GcmSiv, KeyInit as _};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::error::LakeError;
use crate::partition::Month;
use crate::pseudonym::Pseudonyms;

/// Bytes of a key.
const LENGTH: usize = 32;

/// The keys of one lake: a folder that only its owner can read.
#[derive(Debug, Clone)]
pub struct Keys {
    folder: PathBuf,
    /// Those that were read. There are as many as months are worked on.
    read: Arc<Mutex<BTreeMap<Month, MonthKey>>>,
}

/// The key of one month, as the parts it is used by. Its `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct MonthKey {
    seal: [u8; LENGTH],
    names: [u8; LENGTH],
    id: String,
}

impl fmt::Debug for MonthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MonthKey(..)")
    }
}

impl MonthKey {
    fn new(bytes: &[u8; LENGTH]) -> Self {
        // One key for each use, so that neither says anything of the other.
        let (seal, names, id) = (
            part(bytes, b"seal"),
            part(bytes, b"names"),
            part(bytes, b"id"),
        );
        let id = data_encoding::HEXLOWER.encode(&id[..8]);
        Self { seal, names, id }
    }

    /// Tells this key from others, and nothing else about it.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn pseudonyms(&self) -> Pseudonyms {
        Pseudonyms::new(&self.names)
    }

    pub(crate) fn cipher(&self) -> Aes256GcmSiv {
        Aes256GcmSiv::new(&self.seal.into())
    }
}

fn part(key: &[u8; LENGTH], of: &[u8]) -> [u8; LENGTH] {
    let mut mac = hmac_of(key);
    mac.update(of);
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA-256 under a key shorter than its block.
pub(crate) fn hmac_of(key: &[u8; LENGTH]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..LENGTH].copy_from_slice(key);
    Hmac::new(&block.into())
}

impl Keys {
    /// The keys in a folder, which is made when the first key is.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            read: Arc::default(),
        }
    }

    fn path(&self, month: Month) -> PathBuf {
        self.folder.join(format!("{month}.key"))
    }

    /// The key of a month, if there is one.
    pub(crate) fn of(&self, month: Month) -> Result<Option<MonthKey>, LakeError> {
        let mut read = self.read.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(key) = read.get(&month) {
            return Ok(Some(key.clone()));
        }
        let path = self.path(month);
        let bytes = match load(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            loaded => loaded.map_err(LakeError::file(path))?,
        };
        let key = MonthKey::new(&bytes);
        read.insert(month, key.clone());
        Ok(Some(key))
    }

    /// The key of a month; made if there is none. It is on the disk before anything is sealed under
    /// it.
    pub(crate) fn of_or_new(&self, month: Month) -> Result<MonthKey, LakeError> {
        if let Some(key) = self.of(month)? {
            return Ok(key);
        }
        let path = self.path(month);
        make(&self.folder, &path).map_err(LakeError::file(&path))?;
        self.of(month)?.ok_or(LakeError::OtherKey { month })
    }

    /// Destroys the key of a month; nothing to do where there is none.
    pub(crate) fn destroy(&self, month: Month) -> Result<(), LakeError> {
        let path = self.path(month);
        let mut read = self.read.lock().unwrap_or_else(|e| e.into_inner());
        read.remove(&month);
        let destroyed = match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            removed => removed,
        };
        destroyed
            .and_then(|()| File::open(&self.folder)?.sync_all())
            .map_err(LakeError::file(path))
    }
}

fn load(path: &Path) -> io::Result<[u8; LENGTH]> {
    let mut file = File::open(path)?;
    let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let mode = file.metadata()?.mode() & 0o777;
    if mode & 0o077 != 0 {
        let what = format!("it has mode {mode:o}; nobody but its owner may read a key");
        return Err(wrong(what));
    }
    let mut bytes = [0; LENGTH];
    let whole = file.read_exact(&mut bytes).is_ok() && file.read(&mut [0])? == 0;
    match whole {
        true => Ok(bytes),
        false => Err(wrong("a key file has 32 bytes".to_owned())),
    }
}

/// A new key. If another process is quicker, its key is the one.
fn make(folder: &Path, path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut bytes = [0; LENGTH];
    fill_randomly(&mut bytes)?;
    let mut draw = [0; 8];
    fill_randomly(&mut draw)?;
    // Written under another name, so that nobody reads half of it.
    let half = path.with_extension(data_encoding::HEXLOWER.encode(&draw));
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&half)?;
    let written = file.write_all(&bytes).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&half, path));
    fs::remove_file(&half)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked.and_then(|()| File::open(folder)?.sync_all()),
    }
}

/// Bytes nobody can foresee, from the system.
pub(crate) fn fill_randomly(bytes: &mut [u8]) -> io::Result<()> {
    let mut filled = 0;
    while filled < bytes.len() {
        let flags = rustix::rand::GetRandomFlags::empty();
        filled += rustix::rand::getrandom(&mut bytes[filled..], flags)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_and_gone_when_destroyed() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::in_folder(folder.path().join("keys"));
        let month = "2026-11".parse().unwrap();
        assert!(keys.of(month).unwrap().is_none());
        let id = keys.of_or_new(month).unwrap().id().to_owned();
        let again = Keys::in_folder(folder.path().join("keys"));
        assert_eq!(again.of_or_new(month).unwrap().id(), id);
        let path = folder.path().join("keys/2026-11.key");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let shown = format!("{:?}", again.of(month).unwrap());
        assert_eq!(shown, "Some(MonthKey(..))");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(
            Keys::in_folder(folder.path().join("keys"))
                .of(month)
                .is_err()
        );
        again.destroy(month).unwrap();
        again.destroy(month).unwrap();
        assert!(again.of(month).unwrap().is_none());
        assert_ne!(again.of_or_new(month).unwrap().id(), id);
    }
}
