//! Headers a filter adds: names and values that cannot smuggle another header.
//!
//! The MTA writes what it is sent between a colon and a line end, so the only
//! safe place to check is before sending. Both types hold by construction.

/// Longest header name we send, in bytes. The longest registered ones are
/// about 40; 128 leaves a line of 998 bytes room for its value.
pub const MAX_NAME: usize = 128;

/// Longest line of a value, in bytes: RFC 5322 allows 998 in a line, less the
/// longest name, the colon and a space.
pub const MAX_LINE: usize = 998 - MAX_NAME - 2;

/// Longest value with all its folds, in bytes: Postfix cuts headers at 102,400
/// and a reply frame should stay under its chunk size of 65,535.
pub const MAX_VALUE: usize = 60_000;

/// Why a name or value must not be put into a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// No name, or no value besides white space.
    #[error("empty header name or value")]
    Empty,
    /// A byte that RFC 5322 does not allow in a name.
    #[error("byte {byte:#04x} is not allowed in a header name, use letters, digits and hyphens")]
    BadNameByte {
        /// The byte.
        byte: u8,
    },
    /// NUL, another control character, or a CR without its LF.
    #[error("control character {byte:#04x} in a header value")]
    Control {
        /// The byte.
        byte: u8,
    },
    /// A line end that is not followed by a space or tab and some text, so that
    /// a reader could take what follows for another header or the body.
    #[error("header value has a line end that is not a fold, begin the next line with a space")]
    BadFold,
    /// Over [`MAX_NAME`], [`MAX_LINE`] or [`MAX_VALUE`].
    #[error("header of {length} bytes exceeds the limit of {max}, shorten or fold it")]
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// The limit it broke, in bytes.
        max: usize,
    },
}

/// A header name: one or more printable ASCII characters other than the colon
/// (RFC 5322 `ftext`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderName(String);

impl HeaderName {
    /// Checks a name.
    pub fn new(name: &str) -> Result<Self, HeaderError> {
        if name.is_empty() {
            return Err(HeaderError::Empty);
        }
        within(name.len(), MAX_NAME)?;
        match name
            .bytes()
            .find(|byte| !byte.is_ascii_graphic() || *byte == b':')
        {
            Some(byte) => Err(HeaderError::BadNameByte { byte }),
            None => Ok(Self(name.to_owned())),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A header value without the space after the colon, folds written as LF and
/// white space, which is how the protocol carries them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderValue(Vec<u8>);

impl HeaderValue {
    /// Checks a value. Folds may come as LF or CRLF; bytes above 127 are kept.
    /// White space around the value is dropped.
    pub fn new(value: impl AsRef<[u8]>) -> Result<Self, HeaderError> {
        let value = value.as_ref();
        within(value.len(), MAX_VALUE)?;
        let mut kept = Vec::with_capacity(value.len());
        let mut lines = value.split(|&byte| byte == b'\n').enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            // A CR belongs to the line end after it; the last line has none.
            let ended = lines.peek().is_some();
            let line = if ended {
                line.strip_suffix(b"\r").unwrap_or(line)
            } else {
                line
            };
            within(line.len(), MAX_LINE)?;
            if let Some(&byte) = line.iter().find(|byte| is_forbidden(**byte)) {
                return Err(HeaderError::Control { byte });
            }
            if index == 0 {
                // A blank first line would leave the header empty for a reader
                // that stops there, so it is not a fold we make.
                if line.trim_ascii().is_empty() {
                    return Err(HeaderError::Empty);
                }
            } else {
                let folded = line
                    .first()
                    .is_some_and(|&byte| byte == b' ' || byte == b'\t');
                if !folded || line.trim_ascii().is_empty() {
                    return Err(HeaderError::BadFold);
                }
                kept.push(b'\n');
            }
            kept.extend_from_slice(line);
        }
        Ok(Self(kept.trim_ascii().to_vec()))
    }

    /// The value as the wire carries it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

fn is_forbidden(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}

fn within(length: usize, max: usize) -> Result<(), HeaderError> {
    if length > max {
        return Err(HeaderError::TooLong { length, max });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_are_ftext() {
        assert_eq!(HeaderName::new("X-Probity").unwrap().as_str(), "X-Probity");
        for bad in ["", "X Y", "X:Y", "X\r\nY", "X\0", "Ünicode", "X\t"] {
            assert!(HeaderName::new(bad).is_err(), "{bad:?}");
        }
        assert!(HeaderName::new(&"x".repeat(MAX_NAME + 1)).is_err());
    }

    #[track_caller]
    fn check(value: &str, expected: Result<&str, HeaderError>) {
        let found = HeaderValue::new(value);
        assert_eq!(
            found.as_ref().map(HeaderValue::as_bytes),
            expected.as_ref().map(|v| v.as_bytes())
        );
    }

    #[test]
    fn a_value_cannot_begin_another_header() {
        check("held; clause=6.6.1", Ok("held; clause=6.6.1"));
        check(" spaced\t", Ok("spaced"));
        check("one\n two\r\n\tthree", Ok("one\n two\n\tthree"));
        check("naïve", Ok("naïve"));
        check("a\nBcc: b", Err(HeaderError::BadFold));
        check("a\r\nBcc: b", Err(HeaderError::BadFold));
        check("a\r\n\r\nbody", Err(HeaderError::BadFold));
        check("a\n \nbody", Err(HeaderError::BadFold));
        check("a\n", Err(HeaderError::BadFold));
        check("a\n ", Err(HeaderError::BadFold));
        check("a\rBcc: b", Err(HeaderError::Control { byte: b'\r' }));
        check("a\r", Err(HeaderError::Control { byte: b'\r' }));
        check("a\r\r\n b", Err(HeaderError::Control { byte: b'\r' }));
        check("a\0b", Err(HeaderError::Control { byte: 0 }));
        check("a\x7f", Err(HeaderError::Control { byte: 0x7f }));
        check("", Err(HeaderError::Empty));
        check(" \t", Err(HeaderError::Empty));
        check("\n late", Err(HeaderError::Empty));
    }

    #[test]
    fn a_value_is_bounded_by_line_and_whole() {
        let line = "x".repeat(MAX_LINE);
        assert!(HeaderValue::new(&line).is_ok());
        assert!(HeaderValue::new(format!("{line}x")).is_err());
        assert!(HeaderValue::new(format!("{line}\n {}", &line[1..])).is_ok());
        assert!(HeaderValue::new(vec![b'x'; MAX_VALUE + 1]).is_err());
    }
}
