//! Content-Transfer-Encoding (RFC 2045 section 6): decoding that keeps counting after it has
//! stopped keeping, and that says where a decoded byte came from.

use std::borrow::Cow;

/// How the bytes of a part are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// 7bit, 8bit, binary, or not stated: the bytes are the content.
    Identity,
    Base64,
    QuotedPrintable,
}

/// A decoded part, perhaps only its beginning.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    /// At most as many bytes as were asked for.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Bytes the whole part decodes to, also when `bytes` stops earlier.
    pub(crate) total: u64,
    /// False when a strict and a lenient reader would disagree about the content.
    pub(crate) clean: bool,
}

/// Decodes `body`, keeping at most `keep` bytes but counting all of them.
pub(crate) fn decode(encoding: Encoding, body: &[u8], keep: usize) -> Decoded<'_> {
    match encoding {
        Encoding::Identity => Decoded {
            bytes: Cow::Borrowed(&body[..body.len().min(keep)]),
            total: body.len() as u64,
            clean: true,
        },
        Encoding::Base64 => decode_base64(body, keep),
        Encoding::QuotedPrintable => decode_quoted_printable(body, keep),
    }
}

fn sextet(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// Junk is skipped, as most mail clients do, but noted. Data after padding is decoded too (some
/// clients show it) and noted as well.
fn decode_base64(body: &[u8], keep: usize) -> Decoded<'static> {
    let mut bytes = Vec::with_capacity((body.len() / 4 * 3 + 3).min(keep));
    let mut total = 0u64;
    let mut clean = true;
    let mut chunk = 0u32;
    let mut held = 0u8;
    let mut padding = 0u8;
    let mut emit = |byte: u8| {
        total += 1;
        if bytes.len() < keep {
            bytes.push(byte);
        }
    };
    for &byte in body {
        if let Some(value) = sextet(byte) {
            if padding > 0 {
                clean = false;
                padding = 0;
            }
            chunk = chunk << 6 | value;
            held += 1;
            if held == 4 {
                emit((chunk >> 16) as u8);
                emit((chunk >> 8) as u8);
                emit(chunk as u8);
                (chunk, held) = (0, 0);
            }
        } else if byte == b'=' {
            match held {
                2 => emit((chunk >> 4) as u8),
                3 => {
                    emit((chunk >> 10) as u8);
                    emit((chunk >> 2) as u8);
                }
                // The second `=` of a pair closes what the first already wrote out.
                0 if padding == 1 => (),
                _ => clean = false,
            }
            (chunk, held) = (0, 0);
            padding = padding.saturating_add(1);
        } else if !byte.is_ascii_whitespace() {
            clean = false;
        }
    }
    if held != 0 {
        clean = false;
        if held >= 2 {
            emit((chunk << (6 * (4 - u32::from(held))) >> 16) as u8);
        }
        if held == 3 {
            emit((chunk << 6 >> 8) as u8);
        }
    }
    Decoded {
        bytes: Cow::Owned(bytes),
        total,
        clean,
    }
}

/// What one run of encoded bytes stands for.
enum Step {
    /// The bytes themselves.
    Literal,
    /// `=XX`.
    Escaped(u8),
    /// A soft line break, or white space before a line end: nothing.
    Nothing,
    /// An `=` that starts nothing known; shown as it is, as most clients do.
    Malformed,
}

/// Reads one run off the front of `rest`: its length and meaning. `rest` is not empty.
fn quoted_printable_step(rest: &[u8]) -> (usize, Step) {
    match rest {
        [b'=', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            let nibble = |digit: u8| (digit as char).to_digit(16).unwrap_or_default() as u8;
            (3, Step::Escaped(nibble(*high) << 4 | nibble(*low)))
        }
        [b'=', tail @ ..] => {
            let blanks = tail
                .iter()
                .take_while(|b| matches!(b, b' ' | b'\t'))
                .count();
            match &tail[blanks..] {
                [b'\r', b'\n', ..] => (1 + blanks + 2, Step::Nothing),
                [b'\n', ..] => (1 + blanks + 1, Step::Nothing),
                [] => (rest.len(), Step::Nothing),
                _ => (1, Step::Malformed),
            }
        }
        [b' ' | b'\t', ..] => {
            // The whole run at once: asking again for each blank would be quadratic.
            let blanks = rest
                .iter()
                .take_while(|b| matches!(b, b' ' | b'\t'))
                .count();
            match &rest[blanks..] {
                [] | [b'\n', ..] | [b'\r', b'\n', ..] => (blanks, Step::Nothing),
                _ => (blanks, Step::Literal),
            }
        }
        _ => {
            let plain = rest
                .iter()
                .take_while(|b| !matches!(b, b' ' | b'\t' | b'='))
                .count();
            (plain, Step::Literal)
        }
    }
}

fn decode_quoted_printable(body: &[u8], keep: usize) -> Decoded<'static> {
    let mut bytes = Vec::with_capacity(body.len().min(keep));
    let mut total = 0u64;
    let mut clean = true;
    let mut rest = body;
    while !rest.is_empty() {
        let (length, step) = quoted_printable_step(rest);
        let (run, after) = rest.split_at(length);
        let escaped;
        let decoded = match step {
            Step::Literal => run,
            Step::Escaped(byte) => {
                escaped = [byte];
                &escaped[..]
            }
            Step::Nothing => &[],
            Step::Malformed => {
                clean = false;
                run
            }
        };
        total += decoded.len() as u64;
        bytes.extend_from_slice(&decoded[..decoded.len().min(keep - bytes.len())]);
        rest = after;
    }
    Decoded {
        bytes: Cow::Owned(bytes),
        total,
        clean,
    }
}

/// Where in quoted-printable `body` the decoded byte number `wanted` is written; the end of the
/// body when there are fewer.
pub(crate) fn quoted_printable_offset(body: &[u8], wanted: usize) -> usize {
    let (mut at, mut decoded) = (0, 0);
    while at < body.len() {
        let (length, step) = quoted_printable_step(&body[at..]);
        let stands_for = match step {
            Step::Literal | Step::Malformed => length,
            Step::Escaped(_) => 1,
            Step::Nothing => 0,
        };
        if stands_for > 0 && decoded + stands_for > wanted {
            let inside = wanted.saturating_sub(decoded);
            return if matches!(step, Step::Escaped(_)) {
                at
            } else {
                at + inside
            };
        }
        decoded += stands_for;
        at += length;
    }
    body.len()
}

/// Writes `bytes` as base64 lines of 76 characters, each ended by `newline`.
pub(crate) fn encode_base64(bytes: &[u8], newline: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(bytes.len() / 3 * 4 + bytes.len() / 57 * 2 + 8);
    for line in bytes.chunks(57) {
        for group in line.chunks(3) {
            let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
            let word = byte(0) << 16 | byte(1) << 8 | byte(2);
            for index in 0..4 {
                let value = (word >> (18 - 6 * index) & 63) as usize;
                out.push(if index <= group.len() {
                    ALPHABET[value]
                } else {
                    b'='
                });
            }
        }
        out.extend_from_slice(newline.as_bytes());
    }
    out
}

/// Writes `bytes` as quoted-printable with lines of at most 76 characters. Line ends in `bytes`
/// become `newline`; nothing is added after the last line.
pub(crate) fn encode_quoted_printable(bytes: &[u8], newline: &str) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 8);
    let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
    for (index, line) in lines.iter().enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut column = 0;
        for (at, &byte) in line.iter().enumerate() {
            let trailing_blank = matches!(byte, b' ' | b'\t') && at + 1 == line.len();
            let literal = matches!(byte, b' ' | b'\t' | b'!'..=b'~') && byte != b'=';
            let width = if literal && !trailing_blank { 1 } else { 3 };
            if column + width > 75 {
                out.push(b'=');
                out.extend_from_slice(newline.as_bytes());
                column = 0;
            }
            // A lone dot is doubled by SMTP and a leading `From ` quoted by mailbox files.
            let fragile = column == 0 && matches!(byte, b'.' | b'F');
            if width == 1 && !fragile {
                out.push(byte);
                column += 1;
            } else {
                out.extend_from_slice(&[
                    b'=',
                    HEX[usize::from(byte >> 4)],
                    HEX[usize::from(byte & 15)],
                ]);
                column += 3;
            }
        }
        if index + 1 < lines.len() {
            out.extend_from_slice(newline.as_bytes());
        }
    }
    out
}
