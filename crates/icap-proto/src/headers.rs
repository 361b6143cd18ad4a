//! Header lines, read in place, with credentials out of reach.
//!
//! A proxy forwards its users' passwords to us in clear: `Proxy-Authorization`
//! arrives in the ICAP head itself. Nothing the gate decides needs them, so no
//! function here returns them and no `Debug` prints them. The bytes can only be
//! copied back, unread, to where they came from ([`RawHead`]).

use std::fmt;

/// Whether this header's value opens somebody's account: it is never looked
/// up, printed or kept. Names compare without regard to case.
///
/// Cookies are here too: a session cookie is as good as the password.
pub fn is_credential(name: &str) -> bool {
    const CREDENTIALS: [&str; 5] = [
        "authorization",
        "proxy-authorization",
        "cookie",
        "cookie2",
        "set-cookie",
    ];
    CREDENTIALS
        .iter()
        .any(|credential| name.eq_ignore_ascii_case(credential))
}

/// The header lines of one head, without its first line and blank line.
///
/// Lookup walks the lines: heads are short and few names are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Headers<'a> {
    lines: &'a [u8],
}

impl<'a> Headers<'a> {
    pub(crate) fn of(lines: &'a [u8]) -> Self {
        Self { lines }
    }

    pub(crate) fn lines(&self) -> &'a [u8] {
        self.lines
    }

    /// Names and values in order of arrival, credentials left out. Lines that
    /// are no header (no colon, odd name, continuation) are passed over.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        Fields { rest: self.lines }.filter(|(name, _)| !is_credential(name))
    }

    /// The first header of this name, in any case. `None` also for every
    /// credential.
    pub fn find(&self, name: &str) -> Option<&'a [u8]> {
        self.iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// Shows credentials by name only.
impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = Fields { rest: self.lines }.map(|(name, value)| {
            let value = if is_credential(name) {
                b"[removed]"
            } else {
                value
            };
            (name, value.escape_ascii().to_string())
        });
        f.debug_map().entries(shown).finish()
    }
}

/// One whole HTTP head as it came: first line, headers, blank line. It can be
/// measured and copied onwards; it cannot be printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawHead<'a>(&'a [u8]);

impl<'a> RawHead<'a> {
    /// Takes bytes as a head if they end in its only blank line.
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes;
        while let Some((line, after)) = split_line(rest) {
            if line.is_empty() {
                return after.is_empty().then_some(Self(bytes));
            }
            rest = after;
        }
        None
    }

    /// The bytes, to be sent back to the proxy they came from and nowhere else:
    /// they may hold credentials.
    pub fn as_wire_bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for RawHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawHead({} bytes)", self.0.len())
    }
}

/// Splits off the first line, without its CRLF or LF. `None` if none is whole.
pub(crate) fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let lf = memchr::memchr(b'\n', bytes)?;
    let line = &bytes[..lf];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &bytes[lf + 1..]))
}

/// Every header line, credentials included: for this crate's parsers only.
pub(crate) struct Fields<'a> {
    pub(crate) rest: &'a [u8],
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((line, after)) = split_line(self.rest) {
            if line.is_empty() {
                break;
            }
            self.rest = after;
            let field = memchr::memchr(b':', line)
                .and_then(|colon| Some((token(&line[..colon])?, line[colon + 1..].trim_ascii())));
            if field.is_some() {
                return field;
            }
        }
        None
    }
}

/// The bytes as a header name or method, if every one may stand in such.
pub(crate) fn token(bytes: &[u8]) -> Option<&str> {
    if bytes.is_empty() || !bytes.iter().all(|b| IN_TOKENS[usize::from(*b)]) {
        return None;
    }
    std::str::from_utf8(bytes).ok()
}

/// What a token may hold (RFC 9110, 5.6.2), by byte: every header name of every
/// request is looked at.
const IN_TOKENS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let marks = b"!#$%&'*+-.^_`|~";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

/// Appends a header line. Control characters become spaces, so no value can end
/// its line and start another.
pub(crate) fn push_field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    let clean = |b: &u8| if b.is_ascii_control() { b' ' } else { *b };
    out.extend(name.as_bytes().iter().map(clean));
    out.extend_from_slice(b": ");
    out.extend(value.iter().map(clean));
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &[u8] = b"Host: a.example\r\nAUTHORIZATION: Basic c2VjcmV0\r\n folded: secret\r\n\
        odd name: x\r\nno colon\r\nX-Empty:\r\nCookie: sid=secret\r\nhost: second\r\n";

    #[test]
    fn first_match_wins_in_any_case() {
        let headers = Headers::of(LINES);
        assert_eq!(headers.find("HOST"), Some(&b"a.example"[..]));
        assert_eq!(headers.find("x-empty"), Some(&b""[..]));
        assert_eq!(headers.find("missing"), None);
    }

    #[test]
    fn credentials_are_neither_found_nor_listed_nor_printed() {
        let headers = Headers::of(LINES);
        assert_eq!(headers.find("authorization"), None);
        assert_eq!(headers.find("folded"), None);
        let names: Vec<_> = headers.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Host", "X-Empty", "host"]);
        let shown = format!("{headers:?}");
        assert!(
            shown.contains("AUTHORIZATION") && shown.contains("[removed]"),
            "{shown}"
        );
        assert!(
            !shown.contains("secret") && !shown.contains("c2Vj"),
            "{shown}"
        );
    }

    #[test]
    fn a_head_ends_at_its_only_blank_line() {
        assert!(RawHead::new(b"GET / HTTP/1.1\r\nA: b\r\n\r\n").is_some());
        for bad in [
            &b""[..],
            b"GET / HTTP/1.1\r\n",
            b"GET / HTTP/1.1\r\n\r\nx",
            b"A\r\n\r\n\r\n",
        ] {
            assert_eq!(RawHead::new(bad), None);
        }
    }

    #[test]
    fn a_value_cannot_start_another_line() {
        let mut out = Vec::new();
        push_field(&mut out, "X-A", b"one\r\nX-B: two");
        assert_eq!(out, b"X-A: one  X-B: two\r\n");
    }
}
