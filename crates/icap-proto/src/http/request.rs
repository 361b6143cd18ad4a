//! The HTTP request: method, address, and what it says of its body.

use super::{HttpError, Target};
use crate::digits::parse_decimal;
use crate::headers::{Fields, Headers, RawHead, token};
use crate::limits::Limits;

/// An HTTP request head. Borrows from the buffer it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest<'a> {
    /// `GET`, `POST`, `CONNECT` … in the case it came.
    pub method: &'a str,
    /// Where it goes.
    pub target: Target<'a>,
    /// Major and minor version.
    pub version: (u8, u8),
    /// `Content-Type`, as it stands.
    pub content_type: Option<&'a [u8]>,
    /// `Content-Length` in bytes. `None` if absent, malformed or given twice
    /// with different values.
    pub content_length: Option<u64>,
    /// All header lines, credentials out of reach.
    pub headers: Headers<'a>,
    /// The head as it came, to send it back.
    pub raw: RawHead<'a>,
}

impl<'a> HttpRequest<'a> {
    /// Reads a section that holds exactly one request head.
    pub fn parse(section: &'a [u8], limits: &Limits) -> Result<Self, HttpError> {
        let (line, headers, raw) = super::open(section, limits.http_headers)?;
        // A target with spaces in it is the proxy's choice; only the first and
        // last space are ours.
        let first = line
            .iter()
            .position(|b| *b == b' ')
            .ok_or(HttpError::FirstLine)?;
        let last = line
            .iter()
            .rposition(|b| *b == b' ')
            .ok_or(HttpError::FirstLine)?;
        let address = line.get(first + 1..last).unwrap_or_default();
        let method = token(&line[..first]).ok_or(HttpError::FirstLine)?;
        let version = super::version(&line[last + 1..]).ok_or(HttpError::FirstLine)?;
        if address.is_empty() || address.iter().any(u8::is_ascii_control) {
            return Err(HttpError::FirstLine);
        }

        let (mut host, mut content_type) = (None, None);
        let mut length = ContentLength::default();
        for (name, value) in (Fields {
            rest: headers.lines(),
        }) {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("Host") {
                host = host.or(Some(value));
            } else if is("Content-Type") {
                content_type = content_type.or(Some(value));
            } else if is("Content-Length") {
                length.add(value);
            }
        }
        let target = Target::parse(method, address, host)?;
        let content_length = length.bytes();
        Ok(Self {
            method,
            target,
            version,
            content_type,
            content_length,
            headers,
            raw,
        })
    }

    /// `CONNECT`: a tunnel is asked for, no page. Browsers show a refusal here
    /// as a bare connection error, so refuse the first request inside instead
    /// if the tunnel will be opened for inspection.
    pub fn is_connect(&self) -> bool {
        self.method == "CONNECT"
    }
}

/// Agreement among `Content-Length` headers.
#[derive(Default)]
pub(super) struct ContentLength {
    seen: Option<Option<u64>>,
}

impl ContentLength {
    pub(super) fn add(&mut self, value: &[u8]) {
        let bytes = parse_decimal(value);
        self.seen = Some(match self.seen {
            Some(earlier) if earlier != bytes => None,
            _ => bytes,
        });
    }

    pub(super) fn bytes(&self) -> Option<u64> {
        self.seen.flatten()
    }
}
