//! Replies, appended to the caller's buffer.
//!
//! Every writer takes `out` and leaves one whole message in it, or, for a
//! streamed body, everything up to the first chunk. 100 and 204 carry no
//! `Encapsulated`: older clients wait for a body when they see it (errata to
//! RFC 3507). Everything else carries one.

mod options;
mod page;
#[cfg(test)]
mod tests;

pub use options::{Mode, OptionsReply, Transfer};
pub use page::{Page, PageStatus};

use crate::allow::Unmodified;
use crate::chunked::{Last, push_chunk, push_last};
use crate::encapsulated::{BodyKind, Encapsulated};
use crate::headers::{RawHead, push_field};
use crate::istag::IsTag;

/// Refusals of the ICAP request itself, as opposed to the page it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// 400: cannot be read. Close afterwards.
    BadRequest,
    /// 404: no such service.
    ServiceNotFound,
    /// 405: not a method of this service.
    MethodNotAllowed,
    /// 408: the client took too long. Close afterwards.
    RequestTimeout,
    /// 500: our fault.
    ServerError,
    /// 503: too busy, or not ready.
    Overloaded,
    /// 505: not ICAP/1.0.
    VersionNotSupported,
}

impl Failure {
    /// The ICAP status code.
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::ServiceNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::ServerError => 500,
            Self::Overloaded => 503,
            Self::VersionNotSupported => 505,
        }
    }

    fn line(self) -> &'static [u8] {
        match self {
            Self::BadRequest => b"ICAP/1.0 400 Bad Request\r\n",
            Self::ServiceNotFound => b"ICAP/1.0 404 ICAP Service Not Found\r\n",
            Self::MethodNotAllowed => b"ICAP/1.0 405 Method Not Allowed For Service\r\n",
            Self::RequestTimeout => b"ICAP/1.0 408 Request Timeout\r\n",
            Self::ServerError => b"ICAP/1.0 500 Server Error\r\n",
            Self::Overloaded => b"ICAP/1.0 503 Service Overloaded\r\n",
            Self::VersionNotSupported => b"ICAP/1.0 505 ICAP Version Not Supported\r\n",
        }
    }
}

/// Which HTTP message a reply carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// An HTTP request, in answer to REQMOD.
    Request,
    /// An HTTP response, in answer to RESPMOD, or to REQMOD instead of a request.
    Response,
}

/// The body a reply carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// None at all.
    Null,
    /// All of it, written at once.
    Whole(&'a [u8]),
    /// To follow by [`push_chunk`] and [`push_last`].
    Streamed,
}

/// What all replies on a connection share.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// The service's present state.
    pub istag: &'a IsTag,
    /// Says that we close after this reply.
    pub close: bool,
    /// More ICAP headers, e.g. `X-Next-Services` or a decision's id. Control
    /// characters in values become spaces.
    pub headers: &'a [(&'a str, &'a str)],
}

/// Appends `100 Continue`: the preview did not settle it, send the rest.
pub fn proceed(out: &mut Vec<u8>) {
    out.extend_from_slice(b"ICAP/1.0 100 Continue\r\n\r\n");
}

impl Reply<'_> {
    /// 204: the message goes on as it is. Legal where
    /// [`answer_unmodified`](crate::allow::answer_unmodified) says so.
    pub fn no_modification(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"ICAP/1.0 204 No Content\r\n");
        self.push_shared(out);
        out.extend_from_slice(b"\r\n");
    }

    /// The message goes on as it is, put in the way given. `Echo200` leaves the
    /// chunks of `body` to the caller if it is [`Body::Streamed`]; the other two
    /// need none of it.
    pub fn unmodified(
        &self,
        out: &mut Vec<u8>,
        way: Unmodified,
        carries: Carries,
        head: RawHead<'_>,
        body: Body<'_>,
    ) {
        match (way, body) {
            (Unmodified::NoContent204, _) => self.no_modification(out),
            (Unmodified::Partial206, Body::Whole(_) | Body::Streamed) => {
                self.partial(out, carries, head, &[], 0);
            }
            // A message without a body has no original body to go back to.
            (Unmodified::Partial206 | Unmodified::Echo200, _) => {
                self.adapted(out, carries, head, body);
            }
        }
    }

    /// 200: this message instead.
    pub fn adapted(&self, out: &mut Vec<u8>, carries: Carries, head: RawHead<'_>, body: Body<'_>) {
        out.extend_from_slice(b"ICAP/1.0 200 OK\r\n");
        self.push_message(out, carries, head, body != Body::Null);
        if let Body::Whole(bytes) = body {
            push_chunk(out, bytes);
            push_last(out, Last::Plain);
        }
    }

    /// 206: this head and start of a body, then the original body from byte
    /// `original_from` on. Only if the client's `Allow` has 206, and only for a
    /// message with a body.
    pub fn partial(
        &self,
        out: &mut Vec<u8>,
        carries: Carries,
        head: RawHead<'_>,
        start: &[u8],
        original_from: u64,
    ) {
        out.extend_from_slice(b"ICAP/1.0 206 Partial Content\r\n");
        self.push_message(out, carries, head, true);
        push_chunk(out, start);
        push_last(out, Last::UseOriginalBody(original_from));
    }

    /// 200 with a page of our own: to REQMOD in place of the request, to
    /// RESPMOD in place of the response.
    pub fn page(&self, out: &mut Vec<u8>, page: &Page<'_>) {
        let head = page.head();
        out.extend_from_slice(b"ICAP/1.0 200 OK\r\n");
        let body = page.sent_body();
        self.push_parts(out, Carries::Response, head.len(), body.is_some());
        out.extend_from_slice(&head);
        if let Some(body) = body {
            push_chunk(out, body);
            push_last(out, Last::Plain);
        }
    }

    /// The ICAP request fails. After a request that could not be framed
    /// `close` must be set.
    pub fn failure(&self, out: &mut Vec<u8>, failure: Failure) {
        out.extend_from_slice(failure.line());
        self.push_shared(out);
        Encapsulated::NONE.push_line(out);
        out.extend_from_slice(b"\r\n");
    }

    fn push_message(&self, out: &mut Vec<u8>, carries: Carries, head: RawHead<'_>, body: bool) {
        let head = head.as_wire_bytes();
        self.push_parts(out, carries, head.len(), body);
        out.extend_from_slice(head);
    }

    /// The rest of an ICAP head that announces one HTTP head of `length` bytes.
    fn push_parts(&self, out: &mut Vec<u8>, carries: Carries, length: usize, has_body: bool) {
        self.push_shared(out);
        // Heads come from parts of at most `Limits::http_bytes`, or from us.
        let length = Some(u32::try_from(length).unwrap_or(u32::MAX));
        let (request_head, response_head, body) = match carries {
            Carries::Request => (length, None, BodyKind::Request),
            Carries::Response => (None, length, BodyKind::Response),
        };
        let body = if has_body { body } else { BodyKind::Null };
        Encapsulated {
            request_head,
            response_head,
            body,
        }
        .push_line(out);
        out.extend_from_slice(b"\r\n");
    }

    fn push_shared(&self, out: &mut Vec<u8>) {
        self.istag.push_line(out);
        for (name, value) in self.headers {
            push_field(out, name, value.as_bytes());
        }
        if self.close {
            out.extend_from_slice(b"Connection: close\r\n");
        }
    }
}
