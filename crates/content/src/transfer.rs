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

/// What no character of the alphabet stands for.
const NONE: u8 = u8::MAX;

/// What each byte stands for in base64.
const SEXTETS: [u8; 256] = {
    let mut sextets = [NONE; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        sextets[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    sextets
};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn sextet(byte: u8) -> Option<u32> {
    let value = SEXTETS[usize::from(byte)];
    (value != NONE).then_some(u32::from(value))
}

/// Bytes that are kept, and all of them counted.
struct Kept {
    bytes: Vec<u8>,
    most: usize,
    total: u64,
}

impl Kept {
    fn push(&mut self, byte: u8) {
        self.total += 1;
        if self.bytes.len() < self.most {
            self.bytes.push(byte);
        }
    }

    /// The three bytes of a whole group.
    fn group(&mut self, chunk: u32) {
        let [_, bytes @ ..] = chunk.to_be_bytes();
        if self.bytes.len() + bytes.len() <= self.most {
            self.total += bytes.len() as u64;
            self.bytes.extend_from_slice(&bytes);
        } else {
            bytes.into_iter().for_each(|byte| self.push(byte));
        }
    }
}

/// Whole groups at the front of `rest`, which are nearly all of a body. Gives how long they are.
fn whole_groups(rest: &[u8], kept: &mut Kept) -> usize {
    let mut length = 0;
    for group in rest.chunks_exact(4) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|n| SEXTETS[usize::from(group[n])]);
        // Values have six bits, what stands for nothing has all eight.
        if (a | b | c | d) & 0xc0 != 0 {
            break;
        }
        let [a, b, c, d] = [a, b, c, d].map(u32::from);
        kept.group(a << 18 | b << 12 | c << 6 | d);
        length += group.len();
    }
    length
}

/// Junk is skipped, as most mail clients do, but noted. Data after padding is decoded too (some
/// clients show it) and noted as well.
fn decode_base64(body: &[u8], keep: usize) -> Decoded<'static> {
    let mut kept = Kept {
        bytes: Vec::with_capacity((body.len() / 4 * 3 + 3).min(keep)),
        most: keep,
        total: 0,
    };
    let mut clean = true;
    let mut chunk = 0u32;
    let mut held = 0u8;
    let mut padding = 0u8;
    let mut rest = body;
    loop {
        if held == 0 && padding == 0 {
            rest = &rest[whole_groups(rest, &mut kept)..];
        }
        let Some((&byte, after)) = rest.split_first() else {
            break;
        };
        rest = after;
        if let Some(value) = sextet(byte) {
            if padding > 0 {
                clean = false;
                padding = 0;
            }
            chunk = chunk << 6 | value;
            held += 1;
            if held == 4 {
                kept.group(chunk);
                (chunk, held) = (0, 0);
            }
        } else if byte == b'=' {
            match held {
                2 => kept.push((chunk >> 4) as u8),
                3 => {
                    kept.push((chunk >> 10) as u8);
                    kept.push((chunk >> 2) as u8);
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
            kept.push((chunk << (6 * (4 - u32::from(held))) >> 16) as u8);
        }
        if held == 3 {
            kept.push((chunk << 6 >> 8) as u8);
        }
    }
    Decoded {
        bytes: Cow::Owned(kept.bytes),
        total: kept.total,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whole_groups_decode_as_single_letters_do(
            body in "[A-Za-z0-9+/=\r\n !é-]{0,200}",
            keep in 0..200_usize,
        ) {
            // White space stands for nothing, and here leaves no group whole.
            let spread: Vec<u8> = body.bytes().flat_map(|byte| [byte, b'\n']).collect();
            let whole = decode(Encoding::Base64, body.as_bytes(), keep);
            let single = decode(Encoding::Base64, &spread, keep);
            prop_assert_eq!(&whole.bytes, &single.bytes);
            prop_assert_eq!((whole.total, whole.clean), (single.total, single.clean));
        }
    }
}
