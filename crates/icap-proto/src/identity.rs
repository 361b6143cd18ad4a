//! Who the proxy says the user is.
//!
//! Every proxy writes the name its own way: plain, in base64, behind a
//! directory scheme (`WinNT://TOWN/alice`), or in Windows form (`TOWN\alice`).
//! Here all become a user and perhaps a domain. Whether the peer may be
//! believed is the gate's affair.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A user as named by the proxy, case kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The name itself. An LDAP entry keeps its whole distinguished name, a
    /// name with `@` its realm.
    pub user: Cow<'a, str>,
    /// Windows domain or directory server.
    pub domain: Option<Cow<'a, str>>,
}

/// How the configured proxy writes the user header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserEncoding {
    /// As it is.
    Plain,
    /// In base64 (`icap_client_username_encode on` in Squid; always so from
    /// some appliances).
    Base64,
    /// Guess, for proxies nobody has described. A short mixed-case name can be
    /// taken for base64, so stating the encoding is better.
    #[default]
    Detect,
}

/// Bytes in the longest name taken, before and after decoding: a distinguished
/// name fits. A longer one leaves the user unknown.
const MOST: usize = 512;

/// Reads a user header's value. `None` when it names nobody: empty, `-` (what
/// Squid writes for "unknown"), too long, not text, or not the encoding stated.
pub fn parse(value: &[u8], encoding: UserEncoding) -> Option<Identity<'_>> {
    if value.len() > MOST {
        return None;
    }
    let text = match encoding {
        UserEncoding::Plain => Cow::Borrowed(std::str::from_utf8(value).ok()?),
        UserEncoding::Base64 => Cow::Owned(decode(value)?),
        UserEncoding::Detect => match looks_encoded(value).then(|| decode(value)).flatten() {
            Some(decoded) => Cow::Owned(decoded),
            None => Cow::Borrowed(std::str::from_utf8(value).ok()?),
        },
    };
    split(text)
}

fn decode(value: &[u8]) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    (!text.contains(char::is_control)).then_some(text)
}

/// Encoded ASCII text nearly always ends in padding or has a capital or digit
/// after its first letter; a plain name of four or eight letters does not.
fn looks_encoded(value: &[u8]) -> bool {
    value.ends_with(b"=")
        || value.iter().skip(1).any(|b| b.is_ascii_uppercase())
        || (value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_uppercase))
}

fn split(text: Cow<'_, str>) -> Option<Identity<'_>> {
    let (scheme, start) = match scheme_of(&text) {
        Some((scheme, len)) => (Some(scheme), len),
        None => (None, 0),
    };
    let rest = &text[start..];
    let cut = match scheme {
        Some(Scheme::Directory) => rest.find(['/', '\\']),
        Some(Scheme::Local) => None,
        None => rest.find('\\'),
    };
    let (domain, user) = match cut {
        Some(at) => (start..start + at, start + at + 1..text.len()),
        None => (start..start, start..text.len()),
    };
    let named = |range: std::ops::Range<usize>| {
        let part = text[range.clone()].trim();
        (!part.is_empty() && part != "-" && !part.contains(char::is_control)).then(|| match &text {
            Cow::Borrowed(whole) => Cow::Borrowed(whole[range].trim()),
            Cow::Owned(_) => Cow::Owned(part.to_owned()),
        })
    };
    Some(Identity {
        user: named(user)?,
        domain: named(domain),
    })
}

enum Scheme {
    /// `scheme://domain-or-server/user`
    Directory,
    /// `scheme://user`
    Local,
}

fn scheme_of(text: &str) -> Option<(Scheme, usize)> {
    let (scheme, _) = text.split_once("://")?;
    let kind = match () {
        () if scheme.eq_ignore_ascii_case("local") => Scheme::Local,
        () if ["winnt", "ntlm", "ldap", "ldaps"]
            .iter()
            .any(|s| scheme.eq_ignore_ascii_case(s)) =>
        {
            Scheme::Directory
        }
        () => return None,
    };
    Some((kind, scheme.len() + 3))
}

#[cfg(test)]
mod tests {
    use super::UserEncoding::*;
    use super::*;

    fn check(value: &str, encoding: UserEncoding, expected: Option<(&str, Option<&str>)>) {
        let found = parse(value.as_bytes(), encoding);
        let found = found
            .as_ref()
            .map(|id| (id.user.as_ref(), id.domain.as_deref()));
        assert_eq!(found, expected, "{value} as {encoding:?}");
    }

    #[test]
    fn every_proxy_writes_names_its_own_way() {
        check("alice", Plain, Some(("alice", None)));
        check(
            "Alice.Smith@town.example",
            Detect,
            Some(("Alice.Smith@town.example", None)),
        );
        check("TOWN\\alice", Detect, Some(("alice", Some("TOWN"))));
        check("WinNT://TOWN/alice", Detect, Some(("alice", Some("TOWN"))));
        check("ntlm://town/alice", Plain, Some(("alice", Some("town"))));
        check("Local://alice", Detect, Some(("alice", None)));
        check(
            "LDAP://dc1/cn=a,ou=b",
            Plain,
            Some(("cn=a,ou=b", Some("dc1"))),
        );
        check("WinNT://alice", Plain, Some(("alice", None)));
        check("other://a/b", Plain, Some(("other://a/b", None)));
    }

    #[test]
    fn base64_is_undone_when_stated_or_plain_to_see() {
        check("YWxpY2U=", Base64, Some(("alice", None)));
        check("YWxpY2U=", Detect, Some(("alice", None)));
        check("YWxpY2U=", Plain, Some(("YWxpY2U=", None)));
        check(
            "V2luTlQ6Ly9UT1dOL2FsaWNl",
            Detect,
            Some(("alice", Some("TOWN"))),
        );
        check("TE9DQUxcYm9i", Detect, Some(("bob", Some("LOCAL"))));
        check("dGlt", Detect, Some(("tim", None)));
        check("alice", Base64, None);
    }

    #[test]
    fn ordinary_names_are_not_taken_for_base64() {
        for name in [
            "john", "mary", "Mary", "Bill", "dave", "smithson", "u1234567", "12345678",
        ] {
            check(name, Detect, Some((name, None)));
        }
    }

    #[test]
    fn nobody_stays_nobody() {
        for value in [
            "",
            "-",
            "  ",
            "TOWN\\",
            "WinNT://TOWN/",
            "a\tb\u{7}",
            "TOWN\\-",
        ] {
            check(value, Plain, None);
        }
        check(&"a".repeat(MOST + 1), Detect, None);
        assert_eq!(parse(&[0xff, 0xfe], Detect), None);
        check("AAECAwQ=", Base64, None);
    }
}
