//! The `Encapsulated` header: which HTTP parts follow, and where each starts.
//!
//! Offsets count from the end of the ICAP head. They are the only framing the
//! HTTP heads have, so a list that two readers could take two ways is refused:
//! the first part must start at 0, each later one strictly after the one
//! before, each part may appear once, and exactly one body entry ends the list.

use crate::digits::{parse_decimal, push_decimal};
use crate::request::Method;

/// What kind of body follows the heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// `req-body`: chunks of an HTTP request.
    Request,
    /// `res-body`: chunks of an HTTP response.
    Response,
    /// `opt-body`: chunks that belong to OPTIONS.
    Options,
    /// `null-body`: nothing, not even a last chunk.
    Null,
}

impl BodyKind {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Request => b"req-body",
            Self::Response => b"res-body",
            Self::Options => b"opt-body",
            Self::Null => b"null-body",
        }
    }
}

/// A list of parts that makes sense.
///
/// Lengths are bytes. Invariant: a head that is present is not empty, and both
/// together fit the limit the list was parsed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encapsulated {
    /// Length of the HTTP request head, if there is one.
    pub request_head: Option<u32>,
    /// Length of the HTTP response head, which follows the request head.
    pub response_head: Option<u32>,
    /// What follows the heads.
    pub body: BodyKind,
}

/// Why a list of parts is refused. The connection cannot go on: nobody knows
/// where the next message starts.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum EncapsulatedError {
    /// An entry is not `name=digits` with a name from RFC 3507.
    #[error("Encapsulated has an entry that is not a known part and an offset")]
    Entry,
    /// The first offset is not 0, or one does not lie after the one before.
    #[error("Encapsulated offsets do not start at 0 and rise")]
    Order,
    /// An offset lies past the limit on HTTP heads.
    #[error("Encapsulated offset {offset} is past the limit of {limit} bytes")]
    PastLimit {
        /// As given; `u64::MAX` if it does not fit.
        offset: u64,
        /// Bytes all heads may take.
        limit: u32,
    },
    /// A part twice, a head after the body, heads in the wrong order.
    #[error("Encapsulated repeats a part or has parts out of order")]
    Parts,
    /// No body entry, not even `null-body`.
    #[error("Encapsulated does not say what body follows")]
    NoBody,
    /// A part the method cannot carry, such as `res-hdr` in REQMOD.
    #[error("Encapsulated has a part this method cannot carry")]
    Method,
}

impl Encapsulated {
    /// No parts at all, what an OPTIONS request without the header means.
    pub const NONE: Self = Self {
        request_head: None,
        response_head: None,
        body: BodyKind::Null,
    };

    /// Reads the header's value. `limit` bounds all heads together, in bytes.
    pub fn parse(value: &[u8], limit: u32) -> Result<Self, EncapsulatedError> {
        use EncapsulatedError::{NoBody, Order, Parts};
        let (mut parts, mut body) = (Self::NONE, None);
        let mut before: Option<(Part, u32)> = None;
        for entry in value.split(|b| *b == b',') {
            let (part, offset) = read_entry(entry.trim_ascii(), limit)?;
            match before {
                None if offset == 0 => (),
                Some((Part::RequestHead, start)) if offset > start => {
                    parts.request_head = Some(offset - start);
                }
                Some((Part::ResponseHead, start)) if offset > start => {
                    parts.response_head = Some(offset - start);
                }
                Some((Part::Body(_), _)) => return Err(Parts),
                None | Some(_) => return Err(Order),
            }
            match (before, part) {
                (_, Part::Body(kind)) => body = Some(kind),
                (None, _) | (Some((Part::RequestHead, _)), Part::ResponseHead) => (),
                (Some(_), _) => return Err(Parts),
            }
            before = Some((part, offset));
        }
        Ok(Self {
            body: body.ok_or(NoBody)?,
            ..parts
        })
    }

    /// Whether a request of this method may carry these parts (RFC 3507, 4.4.1).
    pub fn check(&self, method: Method) -> Result<(), EncapsulatedError> {
        let legal = match (method, self.body) {
            (Method::Options, BodyKind::Options | BodyKind::Null) => {
                self.request_head.is_none() && self.response_head.is_none()
            }
            (Method::Reqmod, BodyKind::Request | BodyKind::Null) => self.response_head.is_none(),
            (Method::Respmod, BodyKind::Response | BodyKind::Null) => true,
            _ => false,
        };
        if legal {
            Ok(())
        } else {
            Err(EncapsulatedError::Method)
        }
    }

    /// Bytes between the ICAP head and the body.
    pub fn heads_len(&self) -> usize {
        self.request_head.unwrap_or(0) as usize + self.response_head.unwrap_or(0) as usize
    }

    /// Whether chunks follow the heads.
    pub fn has_body(&self) -> bool {
        self.body != BodyKind::Null
    }

    /// Appends the whole header line.
    pub(crate) fn push_line(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"Encapsulated: ");
        let mut offset = 0;
        let heads = [
            (&b"req-hdr="[..], self.request_head),
            (b"res-hdr=", self.response_head),
        ];
        for (name, length) in heads {
            if let Some(length) = length {
                out.extend_from_slice(name);
                push_decimal(out, offset);
                out.extend_from_slice(b", ");
                offset += u64::from(length);
            }
        }
        out.extend_from_slice(self.body.name());
        out.push(b'=');
        push_decimal(out, offset);
        out.extend_from_slice(b"\r\n");
    }
}

#[derive(Clone, Copy)]
enum Part {
    RequestHead,
    ResponseHead,
    Body(BodyKind),
}

fn read_entry(entry: &[u8], limit: u32) -> Result<(Part, u32), EncapsulatedError> {
    let equals = entry
        .iter()
        .position(|b| *b == b'=')
        .ok_or(EncapsulatedError::Entry)?;
    let (name, digits) = (&entry[..equals], &entry[equals + 1..]);
    let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
    let part = if is(b"req-hdr") {
        Part::RequestHead
    } else if is(b"res-hdr") {
        Part::ResponseHead
    } else {
        let kinds = [
            BodyKind::Request,
            BodyKind::Response,
            BodyKind::Options,
            BodyKind::Null,
        ];
        Part::Body(
            kinds
                .into_iter()
                .find(|k| is(k.name()))
                .ok_or(EncapsulatedError::Entry)?,
        )
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(EncapsulatedError::Entry);
    }
    let offset = parse_decimal(digits).unwrap_or(u64::MAX);
    match u32::try_from(offset) {
        Ok(within) if within <= limit => Ok((part, within)),
        _ => Err(EncapsulatedError::PastLimit { offset, limit }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::EncapsulatedError::{Entry, NoBody, Order, Parts};
    use super::*;

    fn parts(
        request_head: Option<u32>,
        response_head: Option<u32>,
        body: BodyKind,
    ) -> Encapsulated {
        Encapsulated {
            request_head,
            response_head,
            body,
        }
    }

    #[test]
    fn every_legal_list_reads_and_writes_back() {
        let rows = [
            ("null-body=0", parts(None, None, BodyKind::Null)),
            ("opt-body=0", parts(None, None, BodyKind::Options)),
            ("req-body=0", parts(None, None, BodyKind::Request)),
            ("res-body=0", parts(None, None, BodyKind::Response)),
            (
                "req-hdr=0, null-body=88",
                parts(Some(88), None, BodyKind::Null),
            ),
            (
                "req-hdr=0, req-body=88",
                parts(Some(88), None, BodyKind::Request),
            ),
            (
                "res-hdr=0, null-body=61",
                parts(None, Some(61), BodyKind::Null),
            ),
            (
                "res-hdr=0, res-body=61",
                parts(None, Some(61), BodyKind::Response),
            ),
            (
                "req-hdr=0, res-hdr=88, null-body=149",
                parts(Some(88), Some(61), BodyKind::Null),
            ),
            (
                "req-hdr=0, res-hdr=88, res-body=149",
                parts(Some(88), Some(61), BodyKind::Response),
            ),
        ];
        for (text, expected) in rows {
            assert_eq!(
                Encapsulated::parse(text.as_bytes(), 1000),
                Ok(expected),
                "{text}"
            );
            let mut line = Vec::new();
            expected.push_line(&mut line);
            assert_eq!(line, format!("Encapsulated: {text}\r\n").as_bytes());
        }
        let spaced = Encapsulated::parse(b" REQ-HDR=0 ,null-body=007 ", 1000);
        assert_eq!(spaced, Ok(parts(Some(7), None, BodyKind::Null)));
    }

    #[test]
    fn a_list_that_could_be_read_two_ways_is_refused() {
        let rows = [
            ("", Entry),
            ("req-hdr", Entry),
            ("req-hdr=", Entry),
            ("req-hdr=-1, null-body=5", Entry),
            ("req-hdr=+0, null-body=5", Entry),
            ("req-hdr=0x0, null-body=5", Entry),
            ("req-hdr = 0, null-body=5", Entry),
            ("req-hdr=0, null-body=5,", Entry),
            ("req-hdr=0; null-body=5", Entry),
            ("new-part=0, null-body=5", Entry),
            ("req-hdr=0", NoBody),
            ("req-hdr=0, res-hdr=5", NoBody),
            ("req-hdr=1, null-body=5", Order),
            ("null-body=5", Order),
            ("req-hdr=0, null-body=0", Order),
            ("req-hdr=0, res-hdr=9, res-body=5", Order),
            ("req-hdr=0, req-hdr=5, null-body=9", Parts),
            ("res-hdr=0, res-hdr=5, null-body=9", Parts),
            ("res-hdr=0, req-hdr=5, null-body=9", Parts),
            ("req-body=0, req-hdr=5", Parts),
            ("req-hdr=0, req-body=5, null-body=9", Parts),
            ("req-hdr=0, res-hdr=3, req-hdr=5, null-body=9", Parts),
        ];
        for (text, expected) in rows {
            assert_eq!(
                Encapsulated::parse(text.as_bytes(), 1000),
                Err(expected),
                "{text}"
            );
        }
        for (digits, offset) in [
            ("1001", 1001),
            ("4294967297", 4_294_967_297),
            ("99999999999999999999999", u64::MAX),
        ] {
            let text = format!("req-hdr=0, null-body={digits}");
            let found = Encapsulated::parse(text.as_bytes(), 1000);
            assert_eq!(
                found,
                Err(EncapsulatedError::PastLimit {
                    offset,
                    limit: 1000
                })
            );
        }
    }

    #[test]
    fn each_method_carries_its_own_parts() {
        let legal = |method, text: &str| {
            Encapsulated::parse(text.as_bytes(), 1000)
                .unwrap()
                .check(method)
                .is_ok()
        };
        assert!(legal(Method::Options, "null-body=0"));
        assert!(legal(Method::Options, "opt-body=0"));
        assert!(!legal(Method::Options, "req-hdr=0, null-body=9"));
        assert!(legal(Method::Reqmod, "req-hdr=0, req-body=9"));
        assert!(!legal(Method::Reqmod, "req-hdr=0, res-body=9"));
        assert!(!legal(Method::Reqmod, "req-hdr=0, res-hdr=9, null-body=19"));
        assert!(legal(Method::Respmod, "req-hdr=0, res-hdr=9, res-body=19"));
        assert!(legal(Method::Respmod, "res-hdr=0, null-body=19"));
        assert!(!legal(Method::Respmod, "req-hdr=0, req-body=19"));
        assert!(!legal(Method::Respmod, "opt-body=0"));
    }
}
