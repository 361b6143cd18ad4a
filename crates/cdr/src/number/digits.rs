//! A few digits, kept in place.

use std::fmt;

/// Most digits a number has, with an outside line, 00 and a code to hide one's own before it.
const MOST: usize = 24;

/// Digits of a number: at most 24.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    text: [u8; MOST],
    len: u8,
}

impl Digits {
    pub(crate) const NONE: Self = Self {
        text: [0; MOST],
        len: 0,
    };

    /// Adds one; nothing more once there are too many.
    pub(crate) fn push(&mut self, digit: u8) -> Option<()> {
        *self.text.get_mut(usize::from(self.len))? = digit;
        self.len += 1;
        Some(())
    }

    /// Of a text of digits; nothing of any other.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut digits = Self::NONE;
        for byte in text.bytes() {
            if !byte.is_ascii_digit() {
                return None;
            }
            digits.push(byte)?;
        }
        Some(digits)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text[..self.len()]
    }

    /// The first of them.
    pub(crate) fn first(&self) -> Option<usize> {
        self.as_bytes().first().map(|byte| usize::from(byte - b'0'))
    }

    /// How many.
    #[expect(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    pub(crate) fn begins_with(&self, prefix: &str) -> bool {
        self.as_bytes().starts_with(prefix.as_bytes())
    }

    /// What follows a beginning.
    pub(crate) fn without(&self, prefix: &str) -> Option<Self> {
        let rest = self.as_bytes().strip_prefix(prefix.as_bytes())?;
        let mut digits = Self::NONE;
        digits.text[..rest.len()].copy_from_slice(rest);
        digits.len = u8::try_from(rest.len()).ok()?;
        Some(digits)
    }

    /// These after others; cut where they are too many together, which no number is.
    pub(crate) fn after(&self, prefix: &str) -> Self {
        let mut digits = Self::NONE;
        for byte in prefix.bytes().chain(self.as_bytes().iter().copied()) {
            if digits.push(byte).is_none() {
                break;
            }
        }
        digits
    }

    /// As a whole number, with which they can be compared if they are as many.
    pub(crate) fn value(&self) -> Option<u64> {
        let step = |n: u64, byte: &u8| n.checked_mul(10)?.checked_add(u64::from(byte - b'0'));
        self.as_bytes().iter().try_fold(0, step)
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(self.as_bytes()).unwrap_or_default())
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({self})")
    }
}
