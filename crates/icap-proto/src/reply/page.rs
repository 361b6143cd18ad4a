//! A page of our own in place of what was asked for.
//!
//! `Content-Length` is always there. Without it Squid 5.7 sends the page
//! chunked, never sends the last chunk, and browsers show a broken transfer.

use crate::digits::push_decimal;
use crate::headers::push_field;

/// How the page answers the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageStatus<'a> {
    /// 403: refused, and the page says why.
    Forbidden,
    /// 302: look at this address instead.
    Found {
        /// Absolute address.
        location: &'a str,
    },
    /// 303: as 302, and by GET, whatever the refused method was.
    SeeOther {
        /// Absolute address.
        location: &'a str,
    },
}

/// An HTTP response we make ourselves.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// How it answers.
    pub status: PageStatus<'a>,
    /// E.g. `text/html; charset=utf-8`.
    pub content_type: &'a str,
    /// The page.
    pub body: &'a [u8],
    /// The refused request was HEAD: announce the body, do not send it.
    pub to_head: bool,
    /// More HTTP headers: `Cache-Control: no-store`, `Content-Security-Policy`
    /// and so on. Control characters in values become spaces.
    pub headers: &'a [(&'a str, &'a str)],
}

impl Page<'_> {
    pub(super) fn head(&self) -> Vec<u8> {
        // Large enough for the usual handful of headers.
        let mut out = Vec::with_capacity(512);
        let (line, location) = match self.status {
            PageStatus::Forbidden => (&b"HTTP/1.1 403 Forbidden\r\n"[..], None),
            PageStatus::Found { location } => (&b"HTTP/1.1 302 Found\r\n"[..], Some(location)),
            PageStatus::SeeOther { location } => {
                (&b"HTTP/1.1 303 See Other\r\n"[..], Some(location))
            }
        };
        out.extend_from_slice(line);
        if let Some(location) = location {
            push_field(&mut out, "Location", location.as_bytes());
        }
        push_field(&mut out, "Content-Type", self.content_type.as_bytes());
        out.extend_from_slice(b"Content-Length: ");
        push_decimal(&mut out, self.body.len() as u64);
        out.extend_from_slice(b"\r\n");
        for (name, value) in self.headers {
            push_field(&mut out, name, value.as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        out
    }

    pub(super) fn sent_body(&self) -> Option<&[u8]> {
        (!self.to_head).then_some(self.body)
    }
}
