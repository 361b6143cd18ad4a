//! Header fields by our own strict scan; only single values are handed to `mail-parser`.
//!
//! A reader that guards itself against hiding must know exactly which bytes are which field,
//! and the library forgives too much (it skips lines without a colon, for one).

use std::ops::Range;

use mail_parser::{HeaderValue, parsers::MessageStream};

use super::ambiguity::AmbiguityKind;

/// One header field. `value` has its line end but not the colon.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
    /// The field as written, with its line end.
    pub(crate) raw: &'a [u8],
}

impl<'a> Field<'a> {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value unfolded, as text, at most 4 KiB of it, without encoded words resolved.
    pub(crate) fn text(&self) -> String {
        let kept = &self.value[..self.value.len().min(4096)];
        let text = String::from_utf8_lossy(kept);
        text.split(['\r', '\n'])
            .collect::<String>()
            .trim()
            .to_owned()
    }
}

/// The fields of one header block and what was wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a> {
    pub(crate) list: Vec<Field<'a>>,
    pub(crate) wrong: Vec<AmbiguityKind>,
    /// Fields beyond the limit were left out.
    pub(crate) cut: bool,
}

impl<'a> Fields<'a> {
    /// Splits a header block (without its closing empty line), keeping at most `most` fields.
    pub(crate) fn of(block: &'a [u8], most: usize) -> Fields<'a> {
        let mut fields = Fields::default();
        let mut seen = [false; 4];
        for field in fold(block) {
            if fields.list.len() >= most {
                fields.cut = true;
                break;
            }
            let raw = &block[field];
            let Some(colon) = memchr::memchr(b':', raw) else {
                fields.wrong(AmbiguityKind::HeaderWithoutColon, &mut seen[0]);
                continue;
            };
            let name = raw[..colon].trim_ascii();
            if raw[..colon].iter().any(|b| !matches!(b, b'!'..=b'~')) || name.is_empty() {
                fields.wrong(AmbiguityKind::MalformedFieldName, &mut seen[1]);
            }
            fields.list.push(Field {
                name,
                value: &raw[colon + 1..],
                raw,
            });
        }
        if has_odd_controls(block) {
            fields.wrong(AmbiguityKind::ControlInHeader, &mut seen[2]);
        }
        fields
    }

    fn wrong(&mut self, kind: AmbiguityKind, seen: &mut bool) {
        if !std::mem::replace(seen, true) {
            self.wrong.push(kind);
        }
    }

    /// The first field of this name: what a reader who stops at the first would take.
    pub(crate) fn first(&self, name: &str) -> Option<Field<'a>> {
        self.all(name).next()
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = Field<'a>> {
        self.list
            .iter()
            .copied()
            .filter(move |field| field.is(name))
    }

    pub(crate) fn has_several(&self, name: &str) -> bool {
        self.all(name).nth(1).is_some()
    }
}

/// Ranges of the fields: a line and the continuation lines (white space first) below it.
fn fold(block: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= block.len() {
            return None;
        }
        let start = at;
        loop {
            at = memchr::memchr(b'\n', &block[at..]).map_or(block.len(), |end| at + end + 1);
            if !matches!(block.get(at), Some(b' ' | b'\t')) {
                return Some(start..at);
            }
        }
    })
}

/// NUL, a CR without LF, or LF without CR in a block that also has CRLF.
fn has_odd_controls(block: &[u8]) -> bool {
    let crlf = memchr::memmem::find(block, b"\r\n").is_some();
    memchr::memchr3_iter(0, b'\r', b'\n', block).any(|at| match block[at] {
        0 => true,
        b'\r' => block.get(at + 1) != Some(&b'\n'),
        _ => crlf && (at == 0 || block[at - 1] != b'\r'),
    })
}

/// Whether `mail-parser` may decode this value: its work on encoded words and parameter
/// continuations can grow with the square of their number, so both are bounded first.
pub(crate) fn is_decodable(value: &[u8]) -> bool {
    value.len() <= 4096
        && memchr::memmem::find_iter(value, b"=?").take(65).count() <= 64
        && memchr::memchr_iter(b'*', value).take(129).count() <= 128
}

/// Runs one of `mail-parser`'s field parsers over a value. It wants the line end and reads on
/// over folds, so the value is closed with one.
pub(crate) fn parse_value<T>(
    value: &[u8],
    parse: for<'x> fn(&mut MessageStream<'x>) -> HeaderValue<'x>,
    take: impl FnOnce(HeaderValue<'_>) -> T,
) -> T {
    let mut closed = value.trim_ascii_end().to_vec();
    closed.push(b'\n');
    let parsed = parse(&mut MessageStream::new(&closed));
    take(parsed)
}

/// Unstructured text with encoded words resolved, at most `most` bytes.
pub(crate) fn decoded_text(value: &[u8], most: usize) -> String {
    let mut text = if is_decodable(value) {
        parse_value(
            value,
            |stream| stream.parse_unstructured(),
            |parsed| parsed.as_text().map(str::to_owned).unwrap_or_default(),
        )
    } else {
        let kept = &value[..value.len().min(most)];
        String::from_utf8_lossy(kept)
            .split(['\r', '\n'])
            .collect::<String>()
            .trim()
            .to_owned()
    };
    truncate(&mut text, most);
    text
}

/// Cuts a string to at most `most` bytes, at a character.
pub(crate) fn truncate(text: &mut String, most: usize) {
    if text.len() > most {
        let mut end = most;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
}
