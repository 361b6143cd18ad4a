//! How a host and a path become a key, the same way when a list is compiled
//! and when a page is looked up.
//!
//! A key is the host's labels from the right, lower case, joined by dots, then
//! the path: `www.example.org` and `/games` become `org.example.www/games`.
//! From the right, because one walk down the index then meets every enclosing
//! domain on its way. An address is not read from the right: it is one opaque
//! word. The two cannot be confused, since no host name ends in an all-digit
//! label and none holds a colon.

use std::io::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Longest label a host name may have, in bytes (RFC 1035).
pub(crate) const MAX_LABEL: usize = 63;
/// Longest host name, in bytes (RFC 1035, without the final dot).
pub(crate) const MAX_HOST: usize = 253;

/// A host as the index knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Host<'a> {
    /// A name, as given: case and length are not checked.
    Name(&'a str),
    Address(&'a str, Address),
}

impl<'a> Host<'a> {
    /// Sorts a host into name or address. A final dot and a port are dropped.
    pub(crate) fn of(host: &'a str) -> Host<'a> {
        if let Some(rest) = host.strip_prefix('[') {
            let inside = rest.split(']').next().unwrap_or_default();
            return match Address::v6(inside) {
                Some(address) => Host::Address(inside, address),
                None => Host::Name(""),
            };
        }
        let host = without_port(host).trim_end_matches('.');
        if may_be_v4(host)
            && let Ok(address) = host.parse::<Ipv4Addr>()
        {
            return Host::Address(host, Address::v4(address));
        }
        if host.contains(':') {
            return match Address::v6(host) {
                Some(address) => Host::Address(host, address),
                None => Host::Name(""),
            };
        }
        Host::Name(host)
    }
}

/// Drops `:8080`, and leaves an unbracketed IPv6 address alone.
fn without_port(host: &str) -> &str {
    match host.split_once(':') {
        Some((name, port)) if port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn may_be_v4(host: &str) -> bool {
    host.len() <= 15 && host.ends_with(|c: char| c.is_ascii_digit())
}

/// An IP address in its canonical text, held without allocation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address {
    /// 39 bytes: eight groups of four hexadecimal digits and seven colons.
    text: [u8; 39],
    len: u8,
}

impl Address {
    fn v4(address: Ipv4Addr) -> Address {
        Address::written(format_args!("{address}"))
    }

    /// An IPv4-mapped address is the IPv4 address it carries. A zone (`%eth0`) is dropped.
    fn v6(text: &str) -> Option<Address> {
        let text = text.split('%').next().unwrap_or_default();
        // The parser stops early on its own; the bound only keeps that obvious.
        if text.len() > 45 {
            return None;
        }
        let address = text.parse::<Ipv6Addr>().ok()?;
        Some(match address.to_ipv4_mapped() {
            Some(mapped) => Address::v4(mapped),
            None => Address::written(format_args!("{address}")),
        })
    }

    fn written(text: std::fmt::Arguments<'_>) -> Address {
        let mut held = [0; 39];
        let mut free = &mut held[..];
        // Cannot fail: no address is longer than the buffer.
        let _ = free.write_fmt(text);
        let len = 39 - free.len() as u8;
        Address { text: held, len }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.len)]
    }
}

/// The labels of a name from the right, each with where it begins.
///
/// Stops at the first empty or over-long label: no entry has one, so nothing
/// beyond it can match. That also bounds the work on a hostile name.
pub(crate) struct LabelsFromRight<'a> {
    name: &'a [u8],
    /// Where the label before this point ends; `None` when done.
    end: Option<usize>,
}

impl<'a> LabelsFromRight<'a> {
    pub(crate) fn of(name: &'a str) -> Self {
        LabelsFromRight {
            name: name.as_bytes(),
            end: Some(name.len()),
        }
    }
}

impl<'a> Iterator for LabelsFromRight<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let end = self.end.take()?;
        let floor = end.saturating_sub(MAX_LABEL + 1);
        let start = match memchr::memrchr(b'.', &self.name[floor..end]) {
            Some(dot) => {
                self.end = Some(floor + dot);
                floor + dot + 1
            }
            None if floor == 0 => 0,
            None => return None,
        };
        let label = &self.name[start..end];
        (!label.is_empty() && label.len() <= MAX_LABEL).then_some((start, label))
    }
}

/// The bytes of a path and query in the one spelling that is compared.
///
/// Ends at `#`. A path that begins with `?` gets the `/` it lacks; one that
/// begins with anything else but `/` has no bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PathBytes<'a> {
    raw: &'a [u8],
    at: usize,
    pending: [u8; 2],
    n_pending: u8,
    last: u8,
    in_query: bool,
}

impl<'a> PathBytes<'a> {
    pub(crate) fn of(path: &'a str) -> Self {
        let raw = match path.as_bytes().first() {
            Some(b'/' | b'?') => path.as_bytes(),
            _ => &[],
        };
        PathBytes {
            raw,
            at: 0,
            pending: [0; 2],
            n_pending: 0,
            last: 0,
            in_query: false,
        }
    }

    /// How many bytes of the path as given have been taken.
    pub(crate) fn taken(&self) -> usize {
        self.at
    }

    /// Whether an entry that ends here covers what follows.
    pub(crate) fn at_boundary(&self) -> bool {
        let mut ahead = *self;
        match ahead.next() {
            None | Some(b'/' | b'?' | b';') => true,
            Some(b'&') => self.in_query,
            Some(_) => false,
        }
    }

    fn escape(&mut self, byte: u8) -> u8 {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        self.pending = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
        self.n_pending = 2;
        b'%'
    }

    /// The unreserved character that `%xx` at the current place stands for.
    fn needless_escape(&self) -> Option<u8> {
        let digits = self.raw.get(self.at + 1..self.at + 3)?;
        let high = (digits[0] as char).to_digit(16)?;
        let low = (digits[1] as char).to_digit(16)?;
        let byte = (high * 16 + low) as u8;
        (byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)).then_some(byte)
    }
}

impl Iterator for PathBytes<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if self.n_pending > 0 {
            self.n_pending -= 1;
            return Some(self.pending[usize::from(1 - self.n_pending)]);
        }
        loop {
            let byte = *self.raw.get(self.at)?;
            if self.at == 0 && byte == b'?' && self.last == 0 {
                self.last = b'/';
                return Some(b'/');
            }
            let out = match byte {
                b'#' => return None,
                b'/' if self.last == b'/' && !self.in_query => {
                    self.at += 1;
                    continue;
                }
                b'%' => match self.needless_escape() {
                    Some(plain) => {
                        self.at += 2;
                        plain.to_ascii_lowercase()
                    }
                    None => byte,
                },
                b'?' => {
                    self.in_query = true;
                    byte
                }
                0..=b' ' | 0x7f.. => self.escape(byte),
                _ => byte.to_ascii_lowercase(),
            };
            self.at += 1;
            self.last = out;
            return Some(out);
        }
    }
}

/// Appends the key of a host and path.
pub(crate) fn push_key(host: Host<'_>, path: &str, key: &mut Vec<u8>) {
    match host {
        Host::Name(name) => {
            for (n, (_, label)) in LabelsFromRight::of(name).enumerate() {
                if n > 0 {
                    key.push(b'.');
                }
                key.extend(label.iter().map(u8::to_ascii_lowercase));
            }
        }
        Host::Address(_, address) => key.extend_from_slice(address.as_bytes()),
    }
    let host_ends = key.len();
    key.extend(PathBytes::of(path));
    // `/games/` and `/games?` mean `/games`; a bare `/` means the whole host.
    while key.len() > host_ends && matches!(key.last(), Some(b'/' | b'?' | b'&')) {
        key.pop();
    }
}
