//! The ICAP head of a request: what is asked, of which service, for whom.
//!
//! Line endings, the version and the framing headers are read strictly: this is
//! a protocol between two programs, and a head that two of them could read
//! differently is an attack or a fault. Which services exist is for the gate.

mod line;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use crate::Parsed;
use crate::allow::Allow;
use crate::digits::parse_decimal;
use crate::encapsulated::{Encapsulated, EncapsulatedError};
use crate::headers::Headers;
use crate::identity::{self, Identity, UserEncoding};
use crate::limits::Limits;
use crate::reply::Failure;

/// What the client asks of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// What the service can do.
    Options,
    /// May this HTTP request go out?
    Reqmod,
    /// May this HTTP response come in?
    Respmod,
}

impl Method {
    /// The method as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Options => "OPTIONS",
            Self::Reqmod => "REQMOD",
            Self::Respmod => "RESPMOD",
        }
    }
}

/// One ICAP head. Borrows from the buffer it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// What is asked.
    pub method: Method,
    /// Path of the service, without its first slash and without the query:
    /// `reqmod` in `icap://127.0.0.1:1344/reqmod?x=1`.
    pub service: &'a str,
    /// What follows `?` in the service's URI.
    pub query: Option<&'a str>,
    /// Which answers the client offers to take.
    pub allow: Allow,
    /// Bytes of body the client sends before it waits for our word, if it does.
    pub preview: Option<u32>,
    /// What follows this head.
    pub encapsulated: Encapsulated,
    /// `X-Client-IP`: the machine behind the proxy. `None` if absent or no address.
    pub client_ip: Option<IpAddr>,
    /// The client closes after this exchange, so should we.
    pub close: bool,
    /// All header lines, credentials out of reach.
    pub headers: Headers<'a>,
    /// The values of [`USER_HEADERS`].
    users: [Option<&'a [u8]>; 2],
}

/// Where proxies put the user's name, the more trusted place first.
const USER_HEADERS: [&str; 2] = ["X-Client-Username", "X-Authenticated-User"];

/// Why a request is refused. The reply is [`RequestError::failure`], and then
/// the connection closes: what follows cannot be framed.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum RequestError {
    /// Also what a TLS greeting on the plain port looks like.
    #[error("the request line is not `METHOD URI ICAP/1.0`")]
    Line,
    /// A method other than OPTIONS, REQMOD and RESPMOD.
    #[error("the method is not OPTIONS, REQMOD or RESPMOD")]
    Method,
    /// Anything but exactly `ICAP/1.0`.
    #[error("the version is not ICAP/1.0")]
    Version,
    /// The URI is not `icap://host/service`, `icaps://…` or `/service`.
    #[error("the request's address is not icap://host/service")]
    Address,
    /// See [`Limits::head_bytes`].
    #[error("the ICAP head is longer than {limit} bytes")]
    TooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// See [`Limits::headers`].
    #[error("the ICAP head has more than {limit} header lines")]
    TooManyHeaders {
        /// Lines allowed.
        limit: usize,
    },
    /// A header line that is none, is folded, or does not end in CRLF.
    #[error("the ICAP head has a malformed header line")]
    Header,
    /// `Preview` is no number of bytes, or stands there twice.
    #[error("Preview is not one number of bytes")]
    Preview,
    /// REQMOD or RESPMOD without `Encapsulated`.
    #[error("Encapsulated is missing")]
    NotEncapsulated,
    /// `Encapsulated` stands there twice.
    #[error("Encapsulated is given twice")]
    EncapsulatedTwice,
    /// The parts do not add up.
    #[error(transparent)]
    Encapsulated(#[from] EncapsulatedError),
}

impl RequestError {
    /// The answer this fault deserves.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Method => Failure::MethodNotAllowed,
            Self::Version => Failure::VersionNotSupported,
            _ => Failure::BadRequest,
        }
    }
}

impl<'a> Request<'a> {
    /// Reads one head from the front of `buf`, which may hold more.
    ///
    /// A blank line or two before the request are skipped and counted as
    /// consumed: some clients end a body with one too many. A fault is
    /// reported as soon as the bytes show it, and the same fault however the
    /// bytes were cut.
    pub fn parse(buf: &'a [u8], limits: &Limits) -> Result<Parsed<Self>, RequestError> {
        let skipped = line::blank_lines(buf);
        let window = &buf[skipped..];
        let window = &window[..window.len().min(limits.head_bytes)];
        let unfinished = || match window.len() < limits.head_bytes {
            true => Ok(Parsed::Incomplete),
            false => Err(RequestError::TooLong {
                limit: limits.head_bytes,
            }),
        };

        let Some((line, after)) = line::split(window)? else {
            return unfinished();
        };
        let line = line::RequestLine::parse(line)?;

        let most = limits.headers.min(Limits::MOST_HEADERS);
        let mut table = [httparse::EMPTY_HEADER; Limits::MOST_HEADERS];
        let (length, fields) = match httparse::parse_headers(after, &mut table[..most]) {
            Ok(httparse::Status::Complete((length, fields))) => (length, fields),
            Ok(httparse::Status::Partial) => return unfinished(),
            Err(httparse::Error::TooManyHeaders) => {
                return Err(RequestError::TooManyHeaders { limit: most });
            }
            Err(_) => return Err(RequestError::Header),
        };
        let lines = &after[..length];
        if has_bare_lf(lines) {
            return Err(RequestError::Header);
        }
        let consumed = skipped + (window.len() - after.len()) + length;
        Ok(Parsed::Complete {
            value: Self::read(line, fields, Headers::of(lines), limits)?,
            consumed,
        })
    }

    fn read(
        line: line::RequestLine<'a>,
        fields: &[httparse::Header<'a>],
        headers: Headers<'a>,
        limits: &Limits,
    ) -> Result<Self, RequestError> {
        let (mut allow, mut close) = (Allow::default(), false);
        let (mut preview, mut encapsulated, mut client_ip) = (None, None, None);
        let mut users = [None, None];
        for &httparse::Header { name, value } in fields {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("Allow") {
                allow.add(value);
            } else if is("Preview") {
                let bytes = parse_decimal(value).and_then(|n| u32::try_from(n).ok());
                if preview
                    .replace(bytes.ok_or(RequestError::Preview)?)
                    .is_some()
                {
                    return Err(RequestError::Preview);
                }
            } else if is("Encapsulated") {
                let parts = Encapsulated::parse(value, limits.http_bytes)?;
                if encapsulated.replace(parts).is_some() {
                    return Err(RequestError::EncapsulatedTwice);
                }
            } else if is("X-Client-IP") {
                client_ip = std::str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.parse().ok());
            } else if let Some(n) = USER_HEADERS.iter().position(|known| is(known)) {
                users[n] = users[n].or(Some(value));
            } else if is("Connection") {
                close |= value
                    .split(|b| *b == b',')
                    .any(|word| word.trim_ascii().eq_ignore_ascii_case(b"close"));
            }
        }
        let encapsulated = match (encapsulated, line.method) {
            (Some(parts), method) => {
                parts.check(method)?;
                parts
            }
            // What Squid sends, whatever the RFC says.
            (None, Method::Options) => Encapsulated::NONE,
            (None, _) => return Err(RequestError::NotEncapsulated),
        };
        let line::RequestLine {
            method,
            service,
            query,
        } = line;
        Ok(Self {
            method,
            service,
            query,
            allow,
            preview,
            encapsulated,
            client_ip,
            close,
            headers,
            users,
        })
    }

    /// Who the proxy says the user is, from `X-Client-Username` or else
    /// `X-Authenticated-User`. Believe it only from a configured peer.
    pub fn identity(&self, encoding: UserEncoding) -> Option<Identity<'a>> {
        self.users
            .into_iter()
            .flatten()
            .find_map(|value| identity::parse(value, encoding))
    }
}

/// A line feed without its carriage return. `httparse` takes such lines; other
/// readers do not, and the two would disagree about where the head ends.
fn has_bare_lf(lines: &[u8]) -> bool {
    // No early exit, so that the compiler can compare many bytes at once.
    let pairs = lines.windows(2).fold(false, |bare, pair| {
        bare | (pair[1] == b'\n' && pair[0] != b'\r')
    });
    pairs || lines.first() == Some(&b'\n')
}
