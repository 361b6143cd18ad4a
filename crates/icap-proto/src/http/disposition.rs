//! The file name in a `Content-Disposition` (RFC 6266).

use std::borrow::Cow;

/// The `filename*` of a `Content-Disposition`, percent-decoded, or else its
/// `filename`, unquoted. Bytes, since servers use any charset. The type word
/// before the first `;` does not matter: browsers save `inline` files too.
pub fn file_name(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    let (mut plain, mut rest) = (None, next_parameter(value)?);
    loop {
        let Some(equals) = rest.iter().position(|b| *b == b'=' || *b == b';') else {
            return plain;
        };
        let name = rest[..equals].trim_ascii();
        let (raw, after) = match rest[equals] {
            b'=' => take_value(rest[equals + 1..].trim_ascii_start()),
            _ => (Cow::Borrowed(&b""[..]), &rest[equals..]),
        };
        if name.eq_ignore_ascii_case(b"filename*") {
            if let Some(decoded) = decode_extended(&raw) {
                return Some(Cow::Owned(decoded));
            }
        } else if name.eq_ignore_ascii_case(b"filename") && plain.is_none() && !raw.is_empty() {
            plain = Some(raw);
        }
        match next_parameter(after) {
            Some(next) => rest = next,
            None => return plain,
        }
    }
}

/// What follows the next `;`.
fn next_parameter(value: &[u8]) -> Option<&[u8]> {
    let semicolon = memchr::memchr(b';', value)?;
    Some(&value[semicolon + 1..])
}

/// A token up to `;`, or a quoted string with its backslashes undone. Also
/// returns what follows. A quote that never closes runs to the end.
fn take_value(text: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let end = memchr::memchr(b';', text).unwrap_or(text.len());
        return (Cow::Borrowed(text[..end].trim_ascii()), &text[end..]);
    };
    let mut unescaped: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < quoted.len() && quoted[at] != b'"' {
        if quoted[at] == b'\\' && at + 1 < quoted.len() {
            unescaped.get_or_insert_with(|| quoted[..at].to_vec());
            at += 1;
        }
        if let Some(bytes) = &mut unescaped {
            bytes.push(quoted[at]);
        }
        at += 1;
    }
    let value = match unescaped {
        Some(bytes) => Cow::Owned(bytes),
        None => Cow::Borrowed(&quoted[..at]),
    };
    (value, quoted.get(at + 1..).unwrap_or_default())
}

/// `charset'language'percent-encoded` (RFC 8187). A stray `%` stays.
fn decode_extended(value: &[u8]) -> Option<Vec<u8>> {
    let encoded = value
        .splitn(3, |b| *b == b'\'')
        .nth(2)
        .filter(|rest| !rest.is_empty())?;
    let nibble = |b: Option<&u8>| char::from(*b?).to_digit(16).map(|n| n as u8);
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut at = 0;
    while at < encoded.len() {
        match (
            encoded[at],
            nibble(encoded.get(at + 1)),
            nibble(encoded.get(at + 2)),
        ) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(high << 4 | low);
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    Some(decoded)
}
