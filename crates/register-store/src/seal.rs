//! The key beside the database: what it takes besides the tables to use what they hold of one-time
//! codes, and to tell whose failures are counted.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{digest, hmac};

use crate::random;

/// Bytes of a key.
const LENGTH: usize = 32;

/// How sealed text begins: the form it has.
const FORM: &str = "1.";

/// A key of 32 bytes, kept in a file of its own. Its `Debug` does not show it.
#[derive(Clone)]
pub struct Key {
    seal: LessSafeKey,
    mark: hmac::Key,
    forms: [u8; LENGTH],
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// What was sealed cannot be read: with another key, for somebody else, or damaged.
#[derive(Debug, thiserror::Error)]
#[error("the secret of one-time codes cannot be opened; put back the key file it was sealed with")]
pub struct CannotOpen;

impl Key {
    /// From 32 random bytes.
    pub fn new(bytes: [u8; LENGTH]) -> Result<Self, ring::error::Unspecified> {
        // One key for each use, so that neither says anything of the other.
        let master = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        let part = |of: &[u8]| hmac::sign(&master, of);
        let mut forms = [0; LENGTH];
        forms.copy_from_slice(part(b"forms").as_ref());
        Ok(Self {
            forms,
            seal: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, part(b"seal").as_ref())?),
            mark: hmac::Key::new(hmac::HMAC_SHA256, part(b"mark").as_ref()),
        })
    }

    /// The key in a file that only its owner may read; made if there is none. Processes that share a
    /// database share this file.
    pub fn at(path: &Path) -> io::Result<Self> {
        let bytes = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(path)?,
            read => read?,
        };
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let bytes = bytes.try_into();
        let bytes = bytes.map_err(|_| wrong("a key file has 32 bytes; put back the right one"))?;
        Self::new(bytes).map_err(|_| wrong("this key cannot be used"))
    }

    /// What seals the tokens of forms. It tells nothing of the key.
    pub fn forms(&self) -> [u8; LENGTH] {
        self.forms
    }

    /// Seals a text for one person.
    pub(crate) fn seal(&self, text: &str, person: &str) -> io::Result<String> {
        let nonce: [u8; NONCE_LEN] = random::draw()?;
        let mut sealed = text.as_bytes().to_vec();
        self.seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(person.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| io::Error::other("a secret could not be sealed"))?;
        let whole = [nonce.as_slice(), &sealed].concat();
        Ok(format!(
            "{FORM}{}",
            data_encoding::BASE64URL_NOPAD.encode(&whole)
        ))
    }

    /// Opens what was sealed for a person.
    pub(crate) fn open(&self, sealed: &str, person: &str) -> Result<String, CannotOpen> {
        let bytes = sealed
            .strip_prefix(FORM)
            .and_then(|text| data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok())
            .ok_or(CannotOpen)?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN).ok_or(CannotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CannotOpen)?;
        let mut rest = rest.to_vec();
        let opened = self
            .seal
            .open_in_place(nonce, Aad::from(person.as_bytes()), &mut rest)
            .map_err(|_| CannotOpen)?;
        String::from_utf8(opened.to_vec()).map_err(|_| CannotOpen)
    }

    /// A mark that stands for a text and tells nothing of it to whoever has not the key.
    pub(crate) fn mark(&self, of: &str, text: &str) -> String {
        let mut context = hmac::Context::with_key(&self.mark);
        // The length keeps two pairs from running into one text.
        context.update(&[u8::try_from(of.len()).unwrap_or(u8::MAX)]);
        context.update(of.as_bytes());
        context.update(text.as_bytes());
        data_encoding::HEXLOWER.encode(context.sign().as_ref())
    }
}

/// A new key, on disk before anybody uses it. If another process is quicker, its key is the one.
fn make(path: &Path) -> io::Result<Vec<u8>> {
    let bytes: [u8; LENGTH] = random::draw()?;
    // Written under another name, so that nobody reads half of it.
    let name =
        data_encoding::HEXLOWER.encode(&digest::digest(&digest::SHA256, &bytes).as_ref()[..4]);
    let half = path.with_extension(name);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&half)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    let linked = fs::hard_link(&half, path);
    fs::remove_file(&half)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::read(path),
        linked => linked.map(|()| bytes.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_is_sealed_opens_for_the_same_person_and_key_only() {
        let [key, other] = [[1; 32], [2; 32]].map(|bytes| Key::new(bytes).unwrap());
        let sealed = key.seal("JBSWY3DP", "p-1").unwrap();
        assert!(!sealed.contains("JBSWY3DP"));
        assert_ne!(sealed, key.seal("JBSWY3DP", "p-1").unwrap());
        assert_eq!(key.open(&sealed, "p-1").unwrap(), "JBSWY3DP");
        assert!(key.open(&sealed, "p-2").is_err());
        assert!(other.open(&sealed, "p-1").is_err());
        for damaged in ["", "1.", "1.AAAA", "2.AAAA", &sealed[..sealed.len() - 2]] {
            assert!(key.open(damaged, "p-1").is_err(), "{damaged}");
        }
        assert_ne!(key.mark("name", "x"), key.mark("address", "x"));
        assert_ne!(key.mark("name", "x"), other.mark("name", "x"));
    }

    #[test]
    fn the_key_file_is_made_once_and_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sign-in.key");
        let sealed = Key::at(&path).unwrap().seal("x", "p").unwrap();
        assert_eq!(Key::at(&path).unwrap().open(&sealed, "p").unwrap(), "x");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        fs::write(&path, "short").unwrap();
        assert!(Key::at(&path).is_err());
    }
}
