//! SHA-256 over several texts.

use sha2::{Digest, Sha256};

/// Hexadecimal. Each text is preceded by its length in bytes (8 bytes, big-endian), so that no two
/// different sequences can hash alike.
pub(crate) fn sha256<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    let digest = hasher.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
