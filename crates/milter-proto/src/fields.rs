//! The field encodings inside a frame: strings ended by NUL, big-endian numbers.
//!
//! Strings are bytes. Nothing here assumes UTF-8: a client may send any octets
//! and the record keeps them as they came.

/// Why the data of a frame does not have the shape its code calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The data ends in the middle of a number.
    #[error("data ends within a number")]
    Short,
    /// A string without its NUL.
    #[error("string without its closing NUL")]
    Unterminated,
    /// Bytes after the last field.
    #[error("{count} bytes left over after the last field")]
    LeftOver {
        /// How many, in bytes.
        count: usize,
    },
}

/// Reads fields off the front of a frame's data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { rest: data }
    }

    pub(crate) fn byte(&mut self) -> Result<u8, FieldError> {
        let (&byte, rest) = self.rest.split_first().ok_or(FieldError::Short)?;
        self.rest = rest;
        Ok(byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, FieldError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(FieldError::Short)?;
        self.rest = rest;
        Ok(u16::from_be_bytes(*bytes))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, FieldError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(FieldError::Short)?;
        self.rest = rest;
        Ok(u32::from_be_bytes(*bytes))
    }

    pub(crate) fn string(&mut self) -> Result<&'a [u8], FieldError> {
        let (string, rest) = split_string(self.rest).ok_or(FieldError::Unterminated)?;
        self.rest = rest;
        Ok(string)
    }

    /// Everything left, which must be strings only.
    pub(crate) fn strings(self) -> Result<Strings<'a>, FieldError> {
        match self.rest.last() {
            None | Some(0) => Ok(Strings { rest: self.rest }),
            Some(_) => Err(FieldError::Unterminated),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn end(self) -> Result<(), FieldError> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(FieldError::LeftOver { count }),
        }
    }
}

/// Strings one after another, each without its NUL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Strings<'a> {
    /// Invariant: empty, or ends with a NUL.
    rest: &'a [u8],
}

impl<'a> Strings<'a> {
    /// The strings as the wire carries them, NULs included.
    pub(crate) fn as_wire(&self) -> &'a [u8] {
        self.rest
    }

    /// Takes back what [`Strings::as_wire`] gave.
    pub(crate) fn from_wire(wire: &'a [u8]) -> Self {
        Self { rest: wire }
    }
}

impl<'a> Iterator for Strings<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let (string, rest) = split_string(self.rest)?;
        self.rest = rest;
        Some(string)
    }
}

fn split_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|&byte| byte == 0)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}
