//! Writes the disclaimer into one text part, in that part's own charset, encoding and format.

use super::Disclaimer;
use crate::charset::Writable;
use crate::html;
use crate::mail::{Fields, Node, slice};
use crate::transfer::{self, Encoding};

/// Bytes to put at a place of the message. `replaced` bytes there are written anew: only the
/// last base64 group and, for HTML, the base64 text after the insertion.
#[derive(Debug)]
pub(super) struct Splice {
    at: usize,
    replaced: usize,
    bytes: Vec<u8>,
}

/// The message's body with all splices made; they are in the order of the message.
pub(super) fn apply(message: &[u8], body_start: usize, splices: &[Splice]) -> Vec<u8> {
    let added: usize = splices.iter().map(|splice| splice.bytes.len()).sum();
    let mut body = Vec::with_capacity(message.len() - body_start + added);
    let mut at = body_start;
    for splice in splices {
        body.extend_from_slice(&message[at..splice.at]);
        body.extend_from_slice(&splice.bytes);
        at = splice.at + splice.replaced;
    }
    body.extend_from_slice(&message[at..]);
    body
}

/// What to insert into this part; `None` when it cannot be done without touching other bytes.
pub(super) fn splice(
    message: &[u8],
    node: &Node,
    disclaimer: &Disclaimer,
    newline: &str,
) -> Option<Splice> {
    let body = slice(message, &node.body);
    let charset = Writable::of(node.declared.charset())?;
    let decoded = transfer::decode(node.encoding, body, usize::MAX);
    if !decoded.clean {
        return None;
    }
    let (offset, text) = if node.declared.sub == "html" {
        // Offsets are all that is needed, so bytes of other charsets are masked, not decoded.
        let masked: String = decoded
            .bytes
            .iter()
            .map(|b| if b.is_ascii() { char::from(*b) } else { '?' })
            .collect();
        let fragment = match disclaimer.html.trim() {
            "" => html::escape_to_ascii(&html::from_plain(disclaimer.plain.trim())),
            fragment => html::escape_to_ascii(fragment),
        };
        let fragment = rewrap(fragment.trim(), newline, Flow::Html);
        (
            html::insertion_point(&masked)?,
            format!("{newline}{fragment}{newline}").into_bytes(),
        )
    } else {
        let text = plain(node, &disclaimer.plain, &decoded.bytes, newline, charset)?;
        (decoded.bytes.len(), text)
    };
    match node.encoding {
        Encoding::Identity if !text.is_ascii() && !takes_8bit(message, node, body) => None,
        Encoding::Identity => Some(Splice {
            at: node.body.start + offset,
            replaced: 0,
            bytes: text,
        }),
        Encoding::QuotedPrintable => {
            quoted_printable(node, body, offset, decoded.bytes.len(), &text, newline)
        }
        Encoding::Base64 => base64(node, body, offset, &decoded.bytes, &text, newline),
    }
}

/// A relay may refuse 8-bit bytes in what is declared as 7-bit.
fn takes_8bit(message: &[u8], node: &Node, body: &[u8]) -> bool {
    let fields = Fields::of(slice(message, &node.header), usize::MAX);
    let declared = fields
        .first("content-transfer-encoding")
        .map(|field| field.text());
    // Inside a multipart the outer declarations would have to allow it as well.
    let declared = declared
        .filter(|_| node.parent.is_none())
        .unwrap_or_default();
    !body.is_ascii() || ["8bit", "binary"].contains(&&*declared.to_ascii_lowercase())
}

/// How lines of the inserted text are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Fixed,
    /// RFC 3676: a line that goes on ends with a space, with two when `DelSp=yes`.
    Flowed {
        delete_space: bool,
    },
    /// As fixed, but lines may begin with anything.
    Html,
}

/// The plain disclaimer for the end of `before`, in bytes of the part's charset.
fn plain(
    node: &Node,
    words: &str,
    before: &[u8],
    newline: &str,
    charset: Writable,
) -> Option<Vec<u8>> {
    let flowed = node
        .declared
        .parameter("format")
        .is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
    let delete_space = node
        .declared
        .parameter("delsp")
        .is_some_and(|delsp| delsp.eq_ignore_ascii_case("yes"));
    let flow = if flowed {
        Flow::Flowed { delete_space }
    } else {
        Flow::Fixed
    };
    let mut text = String::new();
    if !before.is_empty() {
        if !before.ends_with(b"\n") {
            text.push_str(newline);
        }
        // The empty line also ends a flowed paragraph that was left open.
        text.push_str(newline);
    }
    text.push_str(&rewrap(words.trim(), newline, flow));
    // The part's own text ended its last line, so ours does too.
    if before.ends_with(b"\n") || node.parent.is_none() {
        text.push_str(newline);
    }
    charset.write(&text)
}

/// Breaks each line of `words` at spaces to at most 72 characters.
fn rewrap(words: &str, newline: &str, flow: Flow) -> String {
    const WIDTH: usize = 72;
    let mut out = String::with_capacity(words.len() + words.len() / 16);
    for (index, paragraph) in words.lines().enumerate() {
        if index > 0 {
            out.push_str(newline);
        }
        let mut column = 0;
        for word in paragraph.split_ascii_whitespace() {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > WIDTH {
                match flow {
                    Flow::Fixed | Flow::Html => (),
                    Flow::Flowed {
                        delete_space: false,
                    } => out.push(' '),
                    Flow::Flowed { delete_space: true } => out.push_str("  "),
                }
                out.push_str(newline);
                column = 0;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            // A line of our own must not read as a quotation, nor `From ` as a mailbox's start.
            if column == 0 && flow != Flow::Html && (word.starts_with('>') || word == "From") {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
    }
    out
}

fn quoted_printable(
    node: &Node,
    body: &[u8],
    offset: usize,
    length: usize,
    text: &[u8],
    newline: &str,
) -> Option<Splice> {
    let encoded = transfer::encode_quoted_printable(text, newline);
    if offset >= length {
        let mut bytes = Vec::new();
        // A soft break at the very end would swallow our first line end.
        let trimmed = body.trim_ascii_end();
        if trimmed.ends_with(b"=") && !body[trimmed.len()..].contains(&b'\n') {
            bytes.extend_from_slice(newline.as_bytes());
        }
        bytes.extend_from_slice(&encoded);
        return Some(Splice {
            at: node.body.end,
            replaced: 0,
            bytes,
        });
    }
    // In the middle of a line: soft breaks keep every line within 76 characters.
    let at = node.body.start + transfer::quoted_printable_offset(body, offset);
    let mut bytes = format!("={newline}").into_bytes();
    bytes.extend_from_slice(&encoded);
    bytes.extend_from_slice(format!("={newline}").as_bytes());
    Some(Splice {
        at,
        replaced: 0,
        bytes,
    })
}

fn base64(
    node: &Node,
    body: &[u8],
    offset: usize,
    decoded: &[u8],
    text: &[u8],
    newline: &str,
) -> Option<Splice> {
    // Whole groups before the insertion stay as written; the rest is encoded again.
    let groups = offset / 3;
    let mut kept_until = body.len();
    let mut digits = 0;
    for (at, byte) in body.iter().enumerate() {
        if digits == groups * 4 {
            kept_until = at;
            break;
        }
        digits += usize::from(!byte.is_ascii_whitespace());
    }
    if digits < groups * 4 {
        return None;
    }
    let tail = &body[kept_until..];
    let mut again = decoded.get(groups * 3..offset)?.to_vec();
    again.extend_from_slice(text);
    again.extend_from_slice(decoded.get(offset..)?);
    let mut bytes = Vec::new();
    if groups > 0 {
        bytes.extend_from_slice(newline.as_bytes());
    }
    let encoded = transfer::encode_base64(&again, newline);
    let ends_line = tail.ends_with(b"\n") || (tail.is_empty() && body.ends_with(b"\n"));
    let encoded = match encoded.strip_suffix(newline.as_bytes()) {
        Some(open) if !ends_line && node.parent.is_some() => open,
        _ => &encoded[..],
    };
    bytes.extend_from_slice(encoded);
    Some(Splice {
        at: node.body.start + kept_until,
        replaced: tail.len(),
        bytes,
    })
}
