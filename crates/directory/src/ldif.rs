//! Entries of a directory as LDIF (RFC 2849): the form in which what was read is kept, so that
//! `ldapsearch` users can read it years later.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::ldap::reading::Entry;

/// Entries by name, attributes by name: the same directory always gives the same text.
pub fn of(entries: &[Entry]) -> String {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by(|a, b| a.dn.cmp(&b.dn));
    let mut text = "version: 1\n".to_owned();
    for entry in sorted {
        text.push('\n');
        line(&mut text, "dn", entry.dn.as_bytes());
        let mut attributes: Vec<_> = entry.values.iter().collect();
        attributes.sort();
        for (attribute, values) in attributes {
            let mut values: Vec<_> = values.iter().collect();
            values.sort();
            for value in values {
                line(&mut text, attribute, value);
            }
        }
    }
    text
}

fn line(text: &mut String, attribute: &str, value: &[u8]) {
    // Writing to a string does not fail.
    let _ = match std::str::from_utf8(value) {
        Ok(plain) if is_safe(plain) => writeln!(text, "{attribute}: {plain}"),
        _ => writeln!(text, "{attribute}:: {}", STANDARD.encode(value)),
    };
}

/// What may stand as it is: SAFE-STRING of the RFC, and no space at the end.
fn is_safe(value: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii() && !matches!(byte, 0 | b'\n' | b'\r');
    value.bytes().all(safe) && !value.starts_with([' ', ':', '<']) && !value.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_safe_string_is_encoded() {
        let values: &[(&str, &[u8])] = &[
            ("uid", b"ann"),
            ("cn", "Ann Lleŵ".as_bytes()),
            ("objectguid", &[0, 255]),
            ("title", b" leads"),
            ("description", b"two\nlines"),
        ];
        let entry = |dn: &str| Entry {
            dn: dn.to_owned(),
            values: values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), vec![value.to_vec()]))
                .collect(),
        };
        let attributes = "cn:: QW5uIExsZcW1\ndescription:: dHdvCmxpbmVz\nobjectguid:: AP8=\n\
                          title:: IGxlYWRz\nuid: ann\n";
        assert_eq!(
            of(&[entry("uid=b"), entry("uid=a")]),
            format!("version: 1\n\ndn: uid=a\n{attributes}\ndn: uid=b\n{attributes}")
        );
    }
}
