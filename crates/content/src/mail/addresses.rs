//! Mailboxes out of address fields (RFC 5322 section 3.4), some decoded, all counted.

use mail_parser::HeaderValue;

use super::fields::{Field, is_decodable, parse_value, truncate};

/// One mailbox as the header shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mailbox {
    /// Display name, decoded; empty when there is none. At most 256 bytes.
    pub name: String,
    /// `local@domain` as written; empty when there is none. At most 320 bytes (RFC 3696).
    pub address: String,
}

/// Mailboxes of some fields: the first `keep` of them and how many there are in all.
pub(super) fn mailboxes<'a>(
    fields: impl Iterator<Item = Field<'a>>,
    keep: usize,
) -> (Vec<Mailbox>, usize) {
    let mut kept = Vec::new();
    let mut total = 0;
    for field in fields {
        for piece in pieces(field.value) {
            if kept.len() < keep && is_decodable(piece) {
                let found = decode(piece);
                total += found.len();
                kept.extend(found);
                kept.truncate(keep);
            } else if piece.contains(&b'@') {
                total += 1;
            }
        }
    }
    (kept, total)
}

fn decode(piece: &[u8]) -> Vec<Mailbox> {
    parse_value(
        piece,
        |stream| stream.parse_address(),
        |parsed| {
            let HeaderValue::Address(addresses) = parsed else {
                return Vec::new();
            };
            addresses
                .iter()
                .map(|mailbox| {
                    let mut name = mailbox.name().unwrap_or_default().to_owned();
                    let mut address = mailbox.address().unwrap_or_default().to_owned();
                    truncate(&mut name, 256);
                    truncate(&mut address, 320);
                    Mailbox { name, address }
                })
                .filter(|mailbox| !mailbox.address.is_empty() || !mailbox.name.is_empty())
                .collect()
        },
    )
}

/// The list cut at its commas, those in quotes, comments and angle brackets excepted, so that
/// each mailbox is decoded by itself and a list of 100,000 costs no more than reading it.
fn pieces(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let list = rest?;
        let (mut quoted, mut escaped, mut comments, mut angle) = (false, false, 0usize, false);
        for (at, &byte) in list.iter().enumerate() {
            if std::mem::take(&mut escaped) {
                continue;
            }
            match byte {
                b'\\' => escaped = quoted || comments > 0,
                b'"' if comments == 0 => quoted = !quoted,
                _ if quoted => (),
                b'(' => comments += 1,
                b')' => comments = comments.saturating_sub(1),
                _ if comments > 0 => (),
                b'<' => angle = true,
                b'>' => angle = false,
                b',' | b';' if !angle => {
                    rest = Some(&list[at + 1..]);
                    return Some(&list[..at]);
                }
                _ => (),
            }
        }
        rest = None;
        Some(list)
    })
}
