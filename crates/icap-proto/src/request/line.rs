//! The first line: method, service address, version.

use super::{Method, RequestError};

/// Blank lines allowed before a request.
const MOST_BLANK_LINES: usize = 2;

/// How many bytes of CRLF stand before the request line.
pub(super) fn blank_lines(buf: &[u8]) -> usize {
    let pairs = buf.chunks_exact(2).take(MOST_BLANK_LINES);
    2 * pairs.take_while(|pair| *pair == b"\r\n").count()
}

type LineAndRest<'a> = (&'a [u8], &'a [u8]);

/// Splits off the request line, without its CRLF. `None` if its end is not
/// there yet. Fails on the first byte that no request line can hold.
pub(super) fn split(window: &[u8]) -> Result<Option<LineAndRest<'_>>, RequestError> {
    let lf = memchr::memchr(b'\n', window);
    let line = &window[..lf.unwrap_or(window.len())];
    let line = match (line.strip_suffix(b"\r"), lf) {
        (Some(line), _) => line,
        (None, None) => line,
        (None, Some(_)) => return Err(RequestError::Line),
    };
    // One space or printable character after another; the first one is a letter.
    let printable = line.iter().all(|b| (b' '..=b'~').contains(b));
    if !printable || line.first().is_some_and(|b| !b.is_ascii_alphabetic()) {
        return Err(RequestError::Line);
    }
    match lf {
        Some(_) if line.is_empty() => Err(RequestError::Line),
        Some(lf) => Ok(Some((line, &window[lf + 1..]))),
        None => Ok(None),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RequestLine<'a> {
    pub(super) method: Method,
    pub(super) service: &'a str,
    pub(super) query: Option<&'a str>,
}

impl<'a> RequestLine<'a> {
    /// Reads a line of printable ASCII. The version is looked at first: what a
    /// method means is for its version to say.
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, RequestError> {
        let line = std::str::from_utf8(line).map_err(|_| RequestError::Line)?;
        let mut words = line.split(' ');
        let (Some(method), Some(address), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(RequestError::Line);
        };
        if version != "ICAP/1.0" {
            return Err(RequestError::Version);
        }
        let method = match method {
            "OPTIONS" => Method::Options,
            "REQMOD" => Method::Reqmod,
            "RESPMOD" => Method::Respmod,
            _ => return Err(RequestError::Method),
        };
        let path = path_of(address).ok_or(RequestError::Address)?;
        let (service, query) = match path.split_once('?') {
            Some((service, query)) => (service, Some(query)),
            None => (path, None),
        };
        Ok(Self {
            method,
            service: service.strip_prefix('/').unwrap_or(service),
            query,
        })
    }
}

/// Path and query of an `icap:` or `icaps:` URI, or of a bare path.
fn path_of(address: &str) -> Option<&str> {
    if address.starts_with('/') {
        return Some(address);
    }
    let (scheme, rest) = address.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("icap") && !scheme.eq_ignore_ascii_case("icaps") {
        return None;
    }
    let authority = rest.find(['/', '?']).unwrap_or(rest.len());
    (authority > 0).then(|| &rest[authority..])
}
