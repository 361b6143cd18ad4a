//! The HTTP heads inside an ICAP message, read for facts.
//!
//! The proxy is the HTTP implementation: it has parsed and tidied the message.
//! So odd header lines are passed over rather than refused, which would break
//! pages people may see. Only framing is strict: a head ends in its only blank
//! line, exactly where `Encapsulated` says.

mod disposition;
mod request;
mod response;
mod rewrite;
mod target;
#[cfg(test)]
mod tests;

pub use disposition::file_name;
pub use request::HttpRequest;
pub use response::HttpResponse;
pub use rewrite::{Rewrite, RewriteError};
pub use target::{Form, Target, TargetError};

use crate::headers::{Headers, RawHead, split_line};

/// Why an encapsulated HTTP head cannot be used.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum HttpError {
    /// No blank line at its end, or one before it.
    #[error("the HTTP head does not end where Encapsulated says it does")]
    Framing,
    /// See [`crate::limits::Limits::http_headers`].
    #[error("the HTTP head has more than {limit} header lines")]
    TooManyHeaders {
        /// Lines allowed.
        limit: usize,
    },
    /// No `METHOD target HTTP/x.y` or `HTTP/x.y status`.
    #[error("the HTTP head's first line cannot be read")]
    FirstLine,
    /// The request's address cannot be taken apart.
    #[error(transparent)]
    Target(#[from] TargetError),
}

/// Takes a section apart: first line, header lines, and the whole of it.
fn open(section: &[u8], most: usize) -> Result<(&[u8], Headers<'_>, RawHead<'_>), HttpError> {
    let raw = RawHead::new(section).ok_or(HttpError::Framing)?;
    let (first, lines) = split_line(section).ok_or(HttpError::Framing)?;
    if memchr::memchr_iter(b'\n', lines).take(most + 2).count() > most + 1 {
        return Err(HttpError::TooManyHeaders { limit: most });
    }
    Ok((first, Headers::of(lines), raw))
}

/// `HTTP/1.1` as (1, 1); `HTTP/2` as (2, 0).
fn version(text: &[u8]) -> Option<(u8, u8)> {
    let digit = |b: &u8| b.is_ascii_digit().then(|| b - b'0');
    match text.strip_prefix(b"HTTP/")? {
        [major, b'.', minor] => Some((digit(major)?, digit(minor)?)),
        [major] => Some((digit(major)?, 0)),
        _ => None,
    }
}
