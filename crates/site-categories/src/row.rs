//! One row of a list, in any of the usual plain formats.
//!
//! Read: `example.org`, `.example.org`, `*.example.org`, a URL with or without
//! scheme, user, port and path, a hosts-file row (`0.0.0.0 a.example b.example`),
//! and the simplest ad-blocking rule, `||example.org^`. Every other row gets a
//! [`Reason`]; none is dropped in silence.

use crate::key::{Host, MAX_HOST, MAX_LABEL, push_key};
use std::net::IpAddr;

/// Longest row read, in bytes without its line end. The longest real entries
/// (phishing URLs) stay below 2,048.
pub const MAX_ROW_BYTES: usize = 4096;

/// Why a row, or one host on it, gave no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// More than [`MAX_ROW_BYTES`] before the line end.
    TooLong,
    /// A NUL byte: usually a compressed or binary file.
    HoldsNul,
    /// Not UTF-8.
    NotUtf8,
    /// Words that are not a hosts-file row.
    SeveralWords,
    /// Not a host name or an address.
    NotAHost,
    /// A host name in Unicode letters; lists give punycode (`xn--...`).
    NotAscii,
    /// A name under which others register (`co.uk`, `com`): it would
    /// categorise all of them.
    PublicSuffix,
    /// An ad-blocking rule, pattern or regular expression that is not a plain host.
    Rule,
    /// A hosts-file row for the machine itself (`127.0.0.1 localhost`).
    ThisMachine,
}

impl Reason {
    /// Whether the row is damage, as against something understood and left out.
    ///
    /// Only damage counts against a feed.
    pub fn is_unreadable(self) -> bool {
        use Reason::*;
        match self {
            TooLong | HoldsNul | NotUtf8 | SeveralWords | NotAHost | NotAscii => true,
            PublicSuffix | Rule | ThisMachine => false,
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Reason::TooLong => "longer than 4,096 bytes",
            Reason::HoldsNul => "holds a NUL byte",
            Reason::NotUtf8 => "not UTF-8",
            Reason::SeveralWords => "several words, and not a hosts-file row",
            Reason::NotAHost => "not a host name or address",
            Reason::NotAscii => "host name not in ASCII; write it in punycode",
            Reason::PublicSuffix => "a public suffix, which would cover every site under it",
            Reason::Rule => "a rule or pattern, not a plain host or URL",
            Reason::ThisMachine => "a hosts-file row for the machine itself",
        })
    }
}

/// Reads rows, with room to work in.
#[derive(Default)]
pub(crate) struct RowReader<'a> {
    key: Vec<u8>,
    /// Public suffixes that may be entries all the same.
    permitted: Vec<&'a str>,
}

impl<'a> RowReader<'a> {
    pub(crate) fn permitting(permitted: Vec<&'a str>) -> RowReader<'a> {
        RowReader {
            key: Vec::new(),
            permitted,
        }
    }

    /// Gives each entry's key, or the reason there is none, to `each`.
    ///
    /// Answers whether the row holds anything: blank rows and comments do not.
    pub(crate) fn read(&mut self, row: &[u8], mut each: impl FnMut(Result<&[u8], Reason>)) -> bool {
        let text = match text_of(row) {
            Ok(text) => text,
            Err(reason) => {
                each(Err(reason));
                return true;
            }
        };
        if is_comment(text) {
            return false;
        }
        let mut words = text.split_ascii_whitespace();
        let first = words.next().unwrap_or_default();
        let Some(second) = words.next() else {
            each(self.entry(first));
            return true;
        };
        if first.parse::<IpAddr>().is_err() {
            each(Err(if looks_like_a_rule(text) {
                Reason::Rule
            } else {
                Reason::SeveralWords
            }));
            return true;
        }
        for host in std::iter::once(second).chain(words) {
            each(if names_this_machine(host) {
                Err(Reason::ThisMachine)
            } else {
                self.entry(host)
            });
        }
        true
    }

    /// The key of one entry.
    fn entry(&mut self, text: &str) -> Result<&[u8], Reason> {
        let text = match text.strip_prefix("||") {
            Some(rule) => rule.strip_suffix('^').ok_or(Reason::Rule)?,
            None if text.starts_with("//") => text,
            None if looks_like_a_rule(text) => return Err(Reason::Rule),
            None => text,
        };
        let (authority, path) = split(text);
        let parent = authority
            .strip_prefix("*.")
            .or_else(|| authority.strip_prefix('.'));
        let host = Host::of(without_bad_port(parent.unwrap_or(authority))?);
        match host {
            Host::Address(..) if parent.is_none() => (),
            Host::Address(..) => return Err(Reason::NotAHost),
            Host::Name(name) => {
                check_name(name)?;
                let is_permitted = self
                    .permitted
                    .iter()
                    .any(|suffix| name.eq_ignore_ascii_case(suffix));
                if !is_permitted && is_public_suffix(name) {
                    return Err(Reason::PublicSuffix);
                }
            }
        }
        self.key.clear();
        push_key(host, path, &mut self.key);
        Ok(&self.key)
    }
}

/// The row as text without surrounding blanks and without its comment.
fn text_of(row: &[u8]) -> Result<&str, Reason> {
    if row.len() > MAX_ROW_BYTES {
        return Err(Reason::TooLong);
    }
    if memchr::memchr(0, row).is_some() {
        return Err(Reason::HoldsNul);
    }
    let text = std::str::from_utf8(row).map_err(|_| Reason::NotUtf8)?;
    let text = text.trim_start_matches('\u{feff}').trim();
    // A comment needs a blank before it, since `#` may also open a URL's fragment.
    let comment = text.find(" #").into_iter().chain(text.find("\t#")).min();
    Ok(comment.map_or(text, |at| text[..at].trim_end()))
}

/// Blank, `# comment`, and the `! comment` and `[Adblock Plus 2.0]` of
/// ad-blocking files. `[2001:db8::7]` is an address.
fn is_comment(text: &str) -> bool {
    text.is_empty()
        || text.starts_with(['#', '!', ';'])
        || text
            .strip_prefix('[')
            .is_some_and(|rest| !rest.split(']').next().unwrap_or_default().contains(':'))
}

fn names_this_machine(host: &str) -> bool {
    const NAMES: [&str; 10] = [
        "localhost",
        "localhost.localdomain",
        "local",
        "broadcasthost",
        "ip6-localhost",
        "ip6-loopback",
        "ip6-localnet",
        "ip6-mcastprefix",
        "ip6-allnodes",
        "ip6-allrouters",
    ];
    NAMES.contains(&host) || host == "ip6-allhosts" || host == "0.0.0.0"
}

fn looks_like_a_rule(text: &str) -> bool {
    text.starts_with(['|', '@', '/', '^', '('])
        || ["##", "#@#", "#?#", "$$"]
            .iter()
            .any(|mark| text.contains(mark))
}

/// The host with port, and the rest from the first `/`, `?` or `#`.
///
/// A user part is dropped only after a scheme: a bare `someone@example.org` is
/// a mail address that strayed into the list, and must not categorise the host.
fn split(text: &str) -> (&str, &str) {
    let (had_scheme, rest) = match text.split_once("//") {
        Some((scheme, rest)) if is_scheme(scheme) => (true, rest),
        _ => (false, text),
    };
    let path_at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(path_at);
    match authority.rsplit_once('@') {
        Some((_, host)) if had_scheme => (host, path),
        _ => (authority, path),
    }
}

fn is_scheme(text: &str) -> bool {
    text.is_empty()
        || text.strip_suffix(':').is_some_and(|name| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        })
}

/// [`Host::of`] takes any short run of digits as a port; a list has to be right.
fn without_bad_port(host: &str) -> Result<&str, Reason> {
    if host.starts_with('[') {
        let after = host.split_once(']').ok_or(Reason::NotAHost)?.1;
        return if after.is_empty() || is_port(after) {
            Ok(host)
        } else {
            Err(Reason::NotAHost)
        };
    }
    match host.find(':') {
        Some(at) if host[at + 1..].contains(':') => Ok(host),
        Some(at) if !is_port(&host[at..]) => Err(Reason::NotAHost),
        _ => Ok(host),
    }
}

fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':').unwrap_or_default();
    digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok()
}

fn check_name(name: &str) -> Result<(), Reason> {
    if !name.is_ascii() {
        return Err(Reason::NotAscii);
    }
    if name.contains('*') {
        return Err(Reason::Rule);
    }
    if name.is_empty() || name.len() > MAX_HOST {
        return Err(Reason::NotAHost);
    }
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            // The underscore is not in the rules for host names, and is in use.
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if !name.split('.').all(is_label) {
        return Err(Reason::NotAHost);
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Reason::NotAHost); // an address with a slip in it
    }
    Ok(())
}

/// Whether strangers register names directly below this one.
///
/// Asks only the part of the public suffix list that registries keep: companies'
/// own suffixes (`blogspot.com`) are single sites to a council. A last label
/// the list does not know counts as a suffix.
fn is_public_suffix(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let Some(suffix) = psl::suffix(lower.as_bytes()) else {
        return true;
    };
    let is_private = suffix.is_known() && suffix.typ() == Some(psl::Type::Private);
    suffix.as_bytes().len() == lower.len() && !is_private
}

#[cfg(test)]
mod tests;
