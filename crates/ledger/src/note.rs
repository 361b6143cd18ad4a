//! C2SP signed notes: a text, a blank line, and signature lines under it.
//!
//! A signature line is an em dash, the key's name, and base64 of the 4-byte key id followed by the
//! signature. Lines of keys we do not know (witnesses) are allowed and say nothing.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer};
use sha2::{Digest, Sha256};

/// Longest note read: a checkpoint is about 200 bytes, and a hundred witnesses add 100 each.
pub const MAX_NOTE_BYTES: usize = 16 * 1024;

/// The algorithm byte for Ed25519.
const ED25519: u8 = 1;
/// Begins a private key, so that nobody takes it for a public one.
const PRIVATE: &str = "PRIVATE+KEY+";

/// A text and the signature lines under it. Nothing is known of the text before [`Self::open`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedNote<'a> {
    text: &'a str,
    signatures: &'a str,
}

/// Public half of a key, written `name+key id in hex+base64`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: ed25519_dalek::VerifyingKey,
}

/// Private half of a key. Never shown by `Debug`.
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    verifier: VerifierKey,
}

/// Why a note was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not text, a blank line and signature lines, or too long.
    #[error("not a signed note")]
    Malformed,
    /// Other keys may have signed it.
    #[error("no signature by `{name}`")]
    NotSignedBy {
        /// The key that was looked for.
        name: String,
    },
    /// Somebody changed the text or the signature.
    #[error("the signature by `{name}` does not fit the text")]
    BadSignature {
        /// The key that was looked for.
        name: String,
    },
}

/// Why a key could not be read or made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Use a host name and a path, as in `records.example.gov.uk/mail`.
    #[error("a key name is 1 to 200 characters without spaces, `+` or control characters")]
    Name,
    /// Not the written form of an Ed25519 key.
    #[error("not a key in the signed-note form `name+id+base64`")]
    Malformed,
    /// The key id does not belong to the name and the key.
    #[error("the key id does not fit the key: a character was lost or changed")]
    Id,
}

impl<'a> SignedNote<'a> {
    /// Takes a note apart, strictly: what is accepted is exactly what would be written.
    pub fn parse(note: &'a [u8]) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(NoteError::Malformed);
        }
        let note = std::str::from_utf8(note).map_err(|_| NoteError::Malformed)?;
        if note.chars().any(|c| c != '\n' && c.is_control()) {
            return Err(NoteError::Malformed);
        }
        // The last blank line: a text may have blank lines of its own, signatures may not.
        let end = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, signatures) = (&note[..=end], &note[end + 2..]);
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        if !lines.split('\n').all(|line| signature_line(line).is_some()) {
            return Err(NoteError::Malformed);
        }
        Ok(Self { text, signatures })
    }

    /// The text, if the key signed it.
    pub fn open(&self, key: &VerifierKey) -> Result<&'a str, NoteError> {
        let name = || key.name.clone();
        let (_, signature) = (self.signatures.lines().filter_map(signature_line))
            .find(|(signer, bytes)| *signer == key.name && bytes.starts_with(&key.id))
            .ok_or_else(|| NoteError::NotSignedBy { name: name() })?;
        let signature = Signature::from_slice(&signature[4..])
            .map_err(|_| NoteError::BadSignature { name: name() })?;
        // Strict: only one signature per text and key passes, so no bit of it can be changed.
        key.key
            .verify_strict(self.text.as_bytes(), &signature)
            .map_err(|_| NoteError::BadSignature { name: name() })?;
        Ok(self.text)
    }
}

fn signature_line(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    let bytes = STANDARD.decode(signature).ok()?;
    (is_name(name) && bytes.len() > 4).then_some((name, bytes))
}

fn is_name(name: &str) -> bool {
    let fits = |c: char| c != '+' && !c.is_whitespace() && !c.is_control();
    (1..=200).contains(&name.chars().count()) && name.chars().all(fits)
}

impl VerifierKey {
    fn new(name: &str, key: ed25519_dalek::VerifyingKey) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let digest = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', ED25519])
            .chain_update(key.as_bytes())
            .finalize();
        let id = [digest[0], digest[1], digest[2], digest[3]];
        Ok(Self {
            name: name.to_owned(),
            id,
            key,
        })
    }

    /// Reads the form that `Display` writes.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, key) = key_parts(text)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| KeyError::Malformed)?;
        let verifier = Self::new(name, key)?;
        if verifier.id_in_hex() != id {
            Err(KeyError::Id)
        } else {
            Ok(verifier)
        }
    }

    /// Who the key belongs to.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn id_in_hex(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.id))
    }
}

/// Splits `name+id+base64(algorithm, 32 bytes)`; the base64 may hold a `+` of its own.
fn key_parts(text: &str) -> Result<(&str, &str, [u8; 32]), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Malformed);
    };
    let key = STANDARD.decode(key).map_err(|_| KeyError::Malformed)?;
    match key.split_first() {
        Some((&ED25519, key)) => Ok((name, id, key.try_into().map_err(|_| KeyError::Malformed)?)),
        _ => Err(KeyError::Malformed),
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        write!(
            f,
            "{}+{}+{}",
            self.name,
            self.id_in_hex(),
            STANDARD.encode(key)
        )
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl SigningKey {
    /// Makes the key from 32 random bytes.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, key.verifying_key())?;
        Ok(Self { key, verifier })
    }

    /// Reads the form that [`Self::to_secret_text`] writes.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, seed) = key_parts(text.strip_prefix(PRIVATE).ok_or(KeyError::Malformed)?)?;
        let key = Self::from_seed(name, &seed)?;
        if key.verifier.id_in_hex() != id {
            Err(KeyError::Id)
        } else {
            Ok(key)
        }
    }

    /// The whole secret, in the form other signed-note tools read: `PRIVATE+KEY+name+id+base64`.
    pub fn to_secret_text(&self) -> String {
        let seed = [&[ED25519], self.key.to_bytes().as_slice()].concat();
        let VerifierKey { name, .. } = &self.verifier;
        format!(
            "{PRIVATE}{name}+{}+{}",
            self.verifier.id_in_hex(),
            STANDARD.encode(seed)
        )
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text, which must end with a line feed to be read back.
    pub fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let signature = STANDARD.encode([self.verifier.id.as_slice(), &signature].concat());
        format!("{text}\n— {} {signature}\n", self.verifier.name)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, secret)", self.verifier)
    }
}
