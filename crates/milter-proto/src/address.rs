//! Envelope addresses a filter sends back to the MTA.

/// Longest address, in bytes: 64 before the `@`, 255 after it (RFC 5321).
pub const MAX_ADDRESS: usize = 64 + 1 + 255;

/// Why an address must not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No address where one is needed.
    #[error("empty address")]
    Empty,
    /// Over [`MAX_ADDRESS`].
    #[error("address of {length} bytes exceeds the limit of 320")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A control character, or a space or angle bracket outside quotes.
    #[error("byte {byte:#04x} is not allowed in an address")]
    BadByte {
        /// The byte.
        byte: u8,
    },
    /// A quote or backslash without its partner.
    #[error("address with an unclosed quote")]
    Unclosed,
}

/// An address that cannot break out of its angle brackets.
///
/// This is about the wire, not about whether anyone can receive mail there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// With its angle brackets.
    path: String,
}

impl Address {
    /// The null sender, `<>`.
    pub fn null() -> Self {
        Self {
            path: "<>".to_owned(),
        }
    }

    /// Checks an address, given with or without angle brackets.
    pub fn new(address: &str) -> Result<Self, AddressError> {
        let bare = address
            .strip_prefix('<')
            .and_then(|address| address.strip_suffix('>'))
            .unwrap_or(address);
        if bare.is_empty() {
            return Err(AddressError::Empty);
        }
        if bare.len() > MAX_ADDRESS {
            return Err(AddressError::TooLong { length: bare.len() });
        }
        check(bare)?;
        Ok(Self {
            path: format!("<{bare}>"),
        })
    }

    /// The address within angle brackets.
    pub fn path(&self) -> &str {
        &self.path
    }
}

fn check(address: &str) -> Result<(), AddressError> {
    let (mut quoted, mut escaped) = (false, false);
    for byte in address.bytes() {
        if byte.is_ascii_control() {
            return Err(AddressError::BadByte { byte });
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b' ' | b'<' | b'>' | b',' if !quoted => return Err(AddressError::BadByte { byte }),
            _ => (),
        }
    }
    if quoted || escaped {
        return Err(AddressError::Unclosed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: Result<&str, AddressError>) {
        let found = Address::new(address);
        assert_eq!(
            found.as_ref().map(Address::path),
            expected.as_ref().map(|path| &**path)
        );
    }

    #[test]
    fn an_address_stays_in_its_brackets() {
        check("clerk@example.org", Ok("<clerk@example.org>"));
        check("<clerk@example.org>", Ok("<clerk@example.org>"));
        check(r#""a <b> c"@example.org"#, Ok(r#"<"a <b> c"@example.org>"#));
        check("josé@example.org", Ok("<josé@example.org>"));
        check("", Err(AddressError::Empty));
        check("<>", Err(AddressError::Empty));
        check("a@b>,<c@d", Err(AddressError::BadByte { byte: b'>' }));
        check("a@b,c@d", Err(AddressError::BadByte { byte: b',' }));
        check("a@b SIZE=1", Err(AddressError::BadByte { byte: b' ' }));
        check("a@b\0c", Err(AddressError::BadByte { byte: 0 }));
        check("a@b\r\nRCPT", Err(AddressError::BadByte { byte: b'\r' }));
        check(r#""a@b"#, Err(AddressError::Unclosed));
        check(r"a\", Err(AddressError::Unclosed));
    }
}
