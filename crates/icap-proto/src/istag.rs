//! The service's state tag: changes whenever an old answer may no longer hold.

use crate::digits::push_hex;

/// An `ISTag` value: letters, digits and `.-_`, 1 to 30 of them.
///
/// RFC 3507 (4.7) allows 32 bytes. Readers differ on whether its quotes count,
/// so 30 fits both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsTag {
    text: [u8; Self::MOST],
    len: u8,
}

/// Why a text cannot be a state tag.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum IsTagError {
    /// Nothing, or more than fits.
    #[error("state tag has {found} bytes, needs 1 to 30; use the start of a digest")]
    Length {
        /// Bytes given.
        found: usize,
    },
    /// Something other than a letter, digit, dot, hyphen or underscore.
    #[error("state tag holds `{found}`; use letters, digits, `.`, `-` or `_`")]
    Character {
        /// The first such character.
        found: char,
    },
}

impl IsTag {
    /// Bytes in the longest tag, without its quotes.
    pub const MOST: usize = 30;

    /// Takes a text as the tag.
    pub fn new(text: &str) -> Result<Self, IsTagError> {
        if text.is_empty() || text.len() > Self::MOST {
            return Err(IsTagError::Length { found: text.len() });
        }
        if let Some(found) = text
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && !".-_".contains(*c))
        {
            return Err(IsTagError::Character { found });
        }
        let mut tag = Self {
            text: [0; Self::MOST],
            len: text.len() as u8,
        };
        tag.text[..text.len()].copy_from_slice(text.as_bytes());
        Ok(tag)
    }

    /// The first 15 bytes of a digest (of the policy and its lists, say) in
    /// hexadecimal; the tag of an empty digest is `0`.
    pub fn of_digest(digest: &[u8]) -> Self {
        let mut hex = Vec::with_capacity(Self::MOST);
        for byte in digest.iter().take(Self::MOST / 2) {
            push_hex(&mut hex, usize::from(byte >> 4));
            push_hex(&mut hex, usize::from(byte & 15));
        }
        if hex.is_empty() {
            hex.push(b'0');
        }
        let mut tag = Self {
            text: [0; Self::MOST],
            len: hex.len() as u8,
        };
        tag.text[..hex.len()].copy_from_slice(&hex);
        tag
    }

    /// The tag without its quotes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.len)]
    }

    pub(crate) fn push_line(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"ISTag: \"");
        out.extend_from_slice(self.as_bytes());
        out.extend_from_slice(b"\"\r\n");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_tag_is_quoted_and_short() {
        let mut out = Vec::new();
        IsTag::of_digest(&[0xAB; 32]).push_line(&mut out);
        assert_eq!(
            out,
            format!("ISTag: \"{}\"\r\n", "ab".repeat(15)).as_bytes()
        );
        assert_eq!(
            IsTag::new("pack-7_lists.3").unwrap().as_bytes(),
            b"pack-7_lists.3"
        );
        assert_eq!(IsTag::of_digest(&[]).as_bytes(), b"0");
    }

    #[test]
    fn a_tag_cannot_leave_its_quotes() {
        assert_eq!(IsTag::new(""), Err(IsTagError::Length { found: 0 }));
        assert_eq!(
            IsTag::new(&"a".repeat(31)),
            Err(IsTagError::Length { found: 31 })
        );
        assert_eq!(
            IsTag::new("a\"b"),
            Err(IsTagError::Character { found: '"' })
        );
        assert_eq!(
            IsTag::new("a\r\nb"),
            Err(IsTagError::Character { found: '\r' })
        );
    }
}
