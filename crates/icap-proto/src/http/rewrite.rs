//! A changed copy of an HTTP head: other address, headers dropped or set.
//!
//! Everything else is copied unread, credentials included, so that a safe-search
//! redirect does not sign anybody out.

use crate::headers::{RawHead, push_field, split_line, token};

/// What to change in a head.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rewrite<'a> {
    /// A request's new address, in place of the old one. Must be printable
    /// ASCII without spaces; leave `None` for responses.
    pub address: Option<&'a str>,
    /// Headers to take out, in any case.
    pub remove: &'a [&'a str],
    /// Headers to put in at the end, replacing those of the same name.
    pub set: &'a [(&'a str, &'a str)],
}

/// Why a head cannot be changed as asked.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum RewriteError {
    /// The new address would break the request line.
    #[error("the new address is empty or holds a space, control or non-ASCII character")]
    Address,
    /// The first line has no address to replace.
    #[error("the head's first line has no address to replace")]
    FirstLine,
}

impl Rewrite<'_> {
    /// Appends the changed head to `out`, blank line included. On error `out`
    /// is as it was.
    pub fn apply(&self, head: RawHead<'_>, out: &mut Vec<u8>) -> Result<(), RewriteError> {
        let bytes = head.as_wire_bytes();
        let (first, mut rest) = split_line(bytes).ok_or(RewriteError::FirstLine)?;
        match self.address {
            None => out.extend_from_slice(first),
            Some(address) => {
                if address.is_empty() || !address.bytes().all(|b| b.is_ascii_graphic()) {
                    return Err(RewriteError::Address);
                }
                let space = |at: Option<usize>| at.ok_or(RewriteError::FirstLine);
                let before = space(memchr::memchr(b' ', first))?;
                let after = space(memchr::memrchr(b' ', first))?;
                if before == after {
                    return Err(RewriteError::FirstLine);
                }
                out.extend_from_slice(&first[..=before]);
                out.extend_from_slice(address.as_bytes());
                out.extend_from_slice(&first[after..]);
            }
        }
        out.extend_from_slice(b"\r\n");
        let mut dropping = false;
        while let Some((line, after)) = split_line(rest) {
            if line.is_empty() {
                break;
            }
            // A continuation shares the fate of the line it continues.
            if !line.starts_with(b" ") && !line.starts_with(b"\t") {
                dropping = self.drops(line);
            }
            if !dropping {
                out.extend_from_slice(line);
                out.extend_from_slice(b"\r\n");
            }
            rest = after;
        }
        for (name, value) in self.set {
            push_field(out, name, value.as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        Ok(())
    }

    fn drops(&self, line: &[u8]) -> bool {
        let name = line
            .split(|b| *b == b':')
            .next()
            .map(<[u8]>::trim_ascii)
            .and_then(token);
        let Some(name) = name else {
            return false;
        };
        let replaced = self.set.iter().map(|(name, _)| name);
        self.remove
            .iter()
            .chain(replaced)
            .any(|gone| gone.eq_ignore_ascii_case(name))
    }
}
