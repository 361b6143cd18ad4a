//! The HTTP response: status, and what it says of its body.

use std::borrow::Cow;

use super::HttpError;
use super::request::ContentLength;
use crate::headers::{Fields, Headers, RawHead};
use crate::limits::Limits;

/// An HTTP response head. Borrows from the buffer it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse<'a> {
    /// Status code, 100 to 999.
    pub status: u16,
    /// Major and minor version.
    pub version: (u8, u8),
    /// `Content-Type`, as it stands.
    pub content_type: Option<&'a [u8]>,
    /// `Content-Length` in bytes. `None` if absent, malformed or given twice
    /// with different values.
    pub content_length: Option<u64>,
    /// `Content-Disposition`, as it stands.
    pub content_disposition: Option<&'a [u8]>,
    /// All header lines, credentials out of reach.
    pub headers: Headers<'a>,
    /// The head as it came, to send it back.
    pub raw: RawHead<'a>,
}

impl<'a> HttpResponse<'a> {
    /// Reads a section that holds exactly one response head.
    pub fn parse(section: &'a [u8], limits: &Limits) -> Result<Self, HttpError> {
        let (line, headers, raw) = super::open(section, limits.http_headers)?;
        let mut words = line.splitn(3, |b| *b == b' ');
        let version = words
            .next()
            .and_then(super::version)
            .ok_or(HttpError::FirstLine)?;
        let status = words.next().and_then(status).ok_or(HttpError::FirstLine)?;

        let (mut content_type, mut content_disposition) = (None, None);
        let mut length = ContentLength::default();
        for (name, value) in (Fields {
            rest: headers.lines(),
        }) {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("Content-Type") {
                content_type = content_type.or(Some(value));
            } else if is("Content-Length") {
                length.add(value);
            } else if is("Content-Disposition") {
                content_disposition = content_disposition.or(Some(value));
            }
        }
        let content_length = length.bytes();
        Ok(Self {
            status,
            version,
            content_type,
            content_length,
            content_disposition,
            headers,
            raw,
        })
    }

    /// The name the server gives the file, path and all, in whatever charset it
    /// chose. Not fit to be used as a path.
    pub fn file_name(&self) -> Option<Cow<'a, [u8]>> {
        super::file_name(self.content_disposition?)
    }
}

fn status(text: &[u8]) -> Option<u16> {
    let digits: &[u8; 3] = text.try_into().ok()?;
    if !digits.iter().all(u8::is_ascii_digit) || digits[0] == b'0' {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |n, digit| n * 10 + u16::from(digit - b'0')),
    )
}
