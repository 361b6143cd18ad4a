//! Where an HTTP request goes, in pieces a policy can compare.
//!
//! The host is lower-case without its final dots, because `Shop.Example.` and
//! `shop.example` are one site. User names and passwords in an address are
//! left out. Percent escapes and international names stay as they are: undoing
//! them here would hide from the record what was really asked for.

use std::borrow::Cow;

use crate::digits::parse_decimal;

/// How the request names its target (RFC 9112, 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `http://host/path`: what proxies send.
    Absolute,
    /// `host:port`, in CONNECT.
    Authority,
    /// `/path`; host from `Host`, scheme taken to be `http`.
    Origin,
    /// `*`, in OPTIONS; host from `Host`.
    Asterisk,
}

/// A request's target. Text that is not UTF-8 shows as U+FFFD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<'a> {
    /// How it was written.
    pub form: Form,
    /// Lower-case, without colon. Empty for CONNECT.
    pub scheme: Cow<'a, str>,
    /// Lower-case, no final dots, an IPv6 address without its brackets. Empty if
    /// the request names none.
    pub host: Cow<'a, str>,
    /// As written, or else the scheme's own.
    pub port: Option<u16>,
    /// From the first slash, with query. `/` if the address stops before it;
    /// empty for CONNECT.
    pub path_and_query: Cow<'a, str>,
}

/// Why an address cannot be taken apart.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum TargetError {
    /// Neither a URI nor a path.
    #[error("the HTTP request's address has no scheme and is no path")]
    Form,
    /// Not a number from 0 to 65535.
    #[error("the HTTP request's address has a malformed port")]
    Port,
    /// `[` without `]`.
    #[error("the HTTP request's address has an unclosed IPv6 address")]
    Bracket,
}

impl<'a> Target<'a> {
    /// Takes an address apart. `host` is the `Host` header, used where the
    /// address names none.
    pub fn parse(
        method: &str,
        address: &'a [u8],
        host: Option<&'a [u8]>,
    ) -> Result<Self, TargetError> {
        let host = host.unwrap_or_default();
        if method == "CONNECT" {
            return Self::of(Form::Authority, b"", address, b"");
        }
        match address {
            [b'/', ..] => return Self::of(Form::Origin, b"http", host, address),
            b"*" => return Self::of(Form::Asterisk, b"http", host, address),
            _ => (),
        }
        let colon = memchr::memchr(b':', address).ok_or(TargetError::Form)?;
        let (scheme, rest) = (&address[..colon], &address[colon + 1..]);
        let letters = |b: &u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
        if !scheme.first().is_some_and(u8::is_ascii_alphabetic) || !scheme.iter().all(letters) {
            return Err(TargetError::Form);
        }
        let Some(rest) = rest.strip_prefix(b"//") else {
            // `urn:…` and the like: no host, the rest is all there is.
            return Self::of(Form::Absolute, scheme, b"", rest);
        };
        let end = rest
            .iter()
            .position(|b| b"/?#".contains(b))
            .unwrap_or(rest.len());
        let path = if end == rest.len() {
            &b"/"[..]
        } else {
            &rest[end..]
        };
        Self::of(Form::Absolute, scheme, &rest[..end], path)
    }

    fn of(
        form: Form,
        scheme: &'a [u8],
        authority: &'a [u8],
        path: &'a [u8],
    ) -> Result<Self, TargetError> {
        let scheme = lower_case(scheme);
        let (host, port) = split_authority(authority)?;
        Ok(Self {
            form,
            port: port.or_else(|| default_port(&scheme)),
            host: lower_case(host),
            scheme,
            path_and_query: String::from_utf8_lossy(path),
        })
    }

    /// The path, without query or fragment.
    pub fn path(&self) -> &str {
        let text = &*self.path_and_query;
        &text[..text.find(['?', '#']).unwrap_or(text.len())]
    }

    /// What follows the first `?`, without fragment.
    pub fn query(&self) -> Option<&str> {
        let text = self.path_and_query.split('#').next()?;
        text.split_once('?').map(|(_, query)| query)
    }

    /// The host as an address, if it is written as one.
    pub fn ip(&self) -> Option<std::net::IpAddr> {
        self.host.parse().ok()
    }
}

/// Host and port of `user:password@host:port`.
fn split_authority(authority: &[u8]) -> Result<(&[u8], Option<u16>), TargetError> {
    let host = match memchr::memrchr(b'@', authority) {
        Some(at) => &authority[at + 1..],
        None => authority,
    };
    let (host, port) = match host.strip_prefix(b"[") {
        Some(rest) => {
            let close = memchr::memchr(b']', rest).ok_or(TargetError::Bracket)?;
            let port = match &rest[close + 1..] {
                [] => None,
                [b':', port @ ..] => Some(port),
                _ => return Err(TargetError::Bracket),
            };
            (&rest[..close], port)
        }
        None => match memchr::memrchr(b':', host) {
            Some(colon) => (&host[..colon], Some(&host[colon + 1..])),
            None => (host, None),
        },
    };
    let port = match port {
        None | Some([]) => None,
        Some(digits) => {
            let number = parse_decimal(digits).and_then(|n| u16::try_from(n).ok());
            Some(number.ok_or(TargetError::Port)?)
        }
    };
    let dots = host.iter().rev().take_while(|b| **b == b'.').count();
    Ok((&host[..host.len() - dots], port))
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

/// Borrows when nothing changes, which is nearly always.
fn lower_case(text: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(text);
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    text
}
