//! The client's side: what Squid does, for tests, the demonstration and
//! benchmarks.

use crate::Parsed;
use crate::allow::Allow;
use crate::chunked::{Last, push_chunk, push_last};
use crate::digits::{parse_decimal, push_decimal};
use crate::encapsulated::{BodyKind, Encapsulated, EncapsulatedError};
use crate::headers::{Fields, Headers, push_field, split_line};
use crate::limits::Limits;
use crate::request::Method;

/// A request to send.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// What is asked.
    pub method: Method,
    /// `host:port` of the server.
    pub authority: &'a str,
    /// Path of the service, without its first slash.
    pub service: &'a str,
    /// Which answers can be taken.
    pub allow: Allow,
    /// Bytes of body to send before waiting, if any wait is wanted. `Some(0)`
    /// goes with a message without a body too, as Squid does it.
    pub preview: Option<u32>,
    /// More ICAP headers, such as `X-Client-IP`.
    pub headers: &'a [(&'a str, &'a str)],
    /// The HTTP request head, blank line included.
    pub http_request: Option<&'a [u8]>,
    /// The HTTP response head, blank line included.
    pub http_response: Option<&'a [u8]>,
    /// The HTTP body, if the message has one.
    pub body: Option<&'a [u8]>,
}

impl Outgoing<'_> {
    /// Appends the request: heads, and the whole body or its preview. OPTIONS
    /// goes without `Encapsulated`, as Squid sends it.
    pub fn push(&self, out: &mut Vec<u8>) {
        let line = [
            self.method.as_str(),
            " icap://",
            self.authority,
            "/",
            self.service,
        ];
        line.iter()
            .for_each(|part| out.extend_from_slice(part.as_bytes()));
        out.extend_from_slice(b" ICAP/1.0\r\n");
        push_field(out, "Host", self.authority.as_bytes());
        if self.method != Method::Options {
            self.parts().push_line(out);
        }
        if let Some(bytes) = self.preview {
            out.extend_from_slice(b"Preview: ");
            push_decimal(out, u64::from(bytes));
            out.extend_from_slice(b"\r\n");
        }
        if self.allow != Allow::default() {
            push_field(out, "Allow", self.allow.as_str().as_bytes());
        }
        for (name, value) in self.headers {
            push_field(out, name, value.as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        if self.method == Method::Options {
            return;
        }
        out.extend_from_slice(self.http_request.unwrap_or_default());
        out.extend_from_slice(self.http_response.unwrap_or_default());
        if let Some(body) = self.body {
            let now = self.previewed(body);
            push_chunk(out, &body[..now]);
            let whole_in_preview = self.preview.is_some() && now == body.len();
            push_last(
                out,
                if whole_in_preview {
                    Last::Ieof
                } else {
                    Last::Plain
                },
            );
        }
    }

    /// Appends what is left of the body, in answer to 100.
    pub fn push_rest(&self, out: &mut Vec<u8>) {
        if let Some(body) = self.body {
            push_chunk(out, &body[self.previewed(body)..]);
            push_last(out, Last::Plain);
        }
    }

    fn previewed(&self, body: &[u8]) -> usize {
        self.preview
            .map_or(body.len(), |bytes| body.len().min(bytes as usize))
    }

    fn parts(&self) -> Encapsulated {
        let length = |head: &[u8]| u32::try_from(head.len()).unwrap_or(u32::MAX);
        let body = match (self.body, self.method) {
            (None, _) => BodyKind::Null,
            (Some(_), Method::Respmod) => BodyKind::Response,
            (Some(_), _) => BodyKind::Request,
        };
        Encapsulated {
            request_head: self.http_request.map(length),
            response_head: self.http_response.map(length),
            body,
        }
    }
}

/// A reply's ICAP head. The HTTP heads and the body follow, as
/// [`Incoming::encapsulated`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incoming<'a> {
    /// ICAP status code.
    pub status: u16,
    /// What follows; nothing after 100 and 204, whatever they say.
    pub encapsulated: Encapsulated,
    /// The server's state tag, without quotes if it has them.
    pub istag: Option<&'a [u8]>,
    /// The server closes after this reply.
    pub close: bool,
    /// All header lines: `Methods`, `Preview`, `X-Next-Services` …
    pub headers: Headers<'a>,
}

/// Why a reply cannot be read.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum ReplyError {
    /// See [`Limits::head_bytes`].
    #[error("the reply's head is longer than {limit} bytes")]
    TooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// Not `ICAP/1.0 status reason`.
    #[error("the reply does not start with `ICAP/1.0` and a status")]
    StatusLine,
    /// The parts do not add up.
    #[error(transparent)]
    Encapsulated(#[from] EncapsulatedError),
}

impl<'a> Incoming<'a> {
    /// Reads one reply head from the front of `buf`.
    pub fn parse(buf: &'a [u8], limits: &Limits) -> Result<Parsed<Self>, ReplyError> {
        let window = &buf[..buf.len().min(limits.head_bytes)];
        let Some(end) = memchr::memmem::find(window, b"\r\n\r\n") else {
            return match window.len() < limits.head_bytes {
                true => Ok(Parsed::Incomplete),
                false => Err(ReplyError::TooLong {
                    limit: limits.head_bytes,
                }),
            };
        };
        let consumed = end + 4;
        let (line, lines) = split_line(&window[..consumed]).ok_or(ReplyError::StatusLine)?;
        let mut words = line.splitn(3, |b| *b == b' ');
        let version = words.next() == Some(b"ICAP/1.0");
        let status = words
            .next()
            .filter(|w| w.len() == 3)
            .and_then(parse_decimal);
        let status = status.filter(|_| version).ok_or(ReplyError::StatusLine)? as u16;

        let (mut encapsulated, mut istag, mut close) = (Encapsulated::NONE, None, false);
        for (name, value) in (Fields { rest: lines }) {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("Encapsulated") && status != 100 && status != 204 {
                encapsulated = Encapsulated::parse(value, limits.http_bytes)?;
            } else if is("ISTag") {
                let quoted = value
                    .strip_prefix(b"\"")
                    .and_then(|v| v.strip_suffix(b"\""));
                istag = Some(quoted.unwrap_or(value));
            } else if is("Connection") {
                close |= value.eq_ignore_ascii_case(b"close");
            }
        }
        let headers = Headers::of(lines);
        let value = Self {
            status,
            encapsulated,
            istag,
            close,
            headers,
        };
        Ok(Parsed::Complete { value, consumed })
    }

    /// A header that is one number, such as `Preview` or `Options-TTL`.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.headers.find(name).and_then(parse_decimal)
    }
}
