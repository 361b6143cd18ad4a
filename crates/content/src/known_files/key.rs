//! The secret under which everything in a register is hashed.

use std::fmt;

use sha2::{Digest, Sha256};
use siphasher::sip::SipHasher24;

/// The secret of one register. It is drawn once, where randomness may be asked for, and kept apart from
/// the register.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; Key::BYTES]);

impl Key {
    /// Bytes of a key: half of them for texts, half for files.
    pub const BYTES: usize = 32;

    /// The key of these bytes.
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// As it is kept.
    pub fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    fn halves(&self) -> ([u8; 16], [u8; 16]) {
        let (mut text, mut file) = ([0; 16], [0; 16]);
        text.copy_from_slice(&self.0[..16]);
        file.copy_from_slice(&self.0[16..]);
        (text, file)
    }

    /// What is kept of a run of letters, by its hash. SipHash, as it is a pseudorandom function and takes
    /// some ten nanoseconds.
    pub(super) fn of_run(&self, hash: u64) -> u64 {
        SipHasher24::new_with_key(&self.halves().0).hash(&hash.to_le_bytes())
    }

    /// What is kept of the SHA-256 of a file. Half of it: nobody without the key can work towards a
    /// collision.
    pub(super) fn of_file(&self, sha256: Sha256) -> [u8; 16] {
        let keyed = Sha256::new()
            .chain_update(self.halves().1)
            .chain_update(sha256.finalize())
            .finalize();
        let mut half = [0; 16];
        half.copy_from_slice(&keyed[..16]);
        half
    }

    /// Tells this key from others, and nothing else about it.
    pub(super) fn check(&self) -> u64 {
        SipHasher24::new_with_key(&self.halves().0).hash(b"the key of a register")
    }
}

/// It stays out of logs.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}
