//! Text as it is: plain, CSV, calendars, JSON, scripts, web pages; and files written into text
//! by uuencode.

use super::PieceKind;
use super::bytes::windows_1252_text;
use super::walk::Walk;
use crate::{charset, html};

/// Bytes looked at to tell text from other content.
const SAMPLE: usize = 4096;

/// Encodings of text that show in its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unicode {
    Utf8,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

/// By byte order mark, or by where the zero bytes of mostly Latin text stand.
fn unicode(bytes: &[u8]) -> Option<(Unicode, usize)> {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => return Some((Unicode::Utf8, 3)),
        [0xff, 0xfe, 0, 0, ..] => return Some((Unicode::Utf32Le, 4)),
        [0, 0, 0xfe, 0xff, ..] => return Some((Unicode::Utf32Be, 4)),
        [0xff, 0xfe, ..] => return Some((Unicode::Utf16Le, 2)),
        [0xfe, 0xff, ..] => return Some((Unicode::Utf16Be, 2)),
        _ => (),
    }
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let (mut even, mut odd) = (0, 0);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair.first() == Some(&0));
        odd += usize::from(pair.last() == Some(&0));
    }
    let mostly = sample.len() * 2 / 5;
    match (even, odd) {
        _ if sample.len() < 8 => None,
        (0, zeros) if zeros > mostly => Some((Unicode::Utf16Le, 0)),
        (zeros, 0) if zeros > mostly => Some((Unicode::Utf16Be, 0)),
        _ => None,
    }
}

/// Hardly any control characters: a person may have written this.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    if bytes.is_empty() {
        return false;
    }
    if unicode(bytes).is_some() {
        return true;
    }
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let odd = sample
        .iter()
        .filter(|b| b.is_ascii_control() && !b.is_ascii_whitespace())
        .count();
    memchr::memchr(0, sample).is_none() && odd * 50 <= sample.len()
}

/// From the first character that shows.
pub(super) fn visible_start(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start()
}

/// Decodes by byte order mark, then the declared charset, then UTF-8 if it is that, then
/// Windows-1252. At most about `keep` bytes are looked at.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>, keep: usize) -> String {
    let (found, mark) = match unicode(bytes) {
        Some((found, mark)) => (Some(found), mark),
        None => (None, 0),
    };
    let bytes = bytes.get(mark..).unwrap_or_default();
    let bytes = bytes.get(..keep.saturating_mul(4)).unwrap_or(bytes);
    let utf16 = |unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| {
            unit([
                pair.first().copied().unwrap_or(0),
                pair.last().copied().unwrap_or(0),
            ])
        });
        char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    let utf32 = |unit: fn([u8; 4]) -> u32| {
        let units = bytes
            .chunks_exact(4)
            .map(|four| four.try_into().map_or(0, unit));
        units
            .map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match found {
        Some(Unicode::Utf8) => String::from_utf8_lossy(bytes).into_owned(),
        Some(Unicode::Utf16Le) => utf16(u16::from_le_bytes),
        Some(Unicode::Utf16Be) => utf16(u16::from_be_bytes),
        Some(Unicode::Utf32Le) => utf32(u32::from_le_bytes),
        Some(Unicode::Utf32Be) => utf32(u32::from_be_bytes),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            // Cut within a character.
            Err(error) if error.error_len().is_none() => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            Err(_) => match declared.and_then(stated_charset) {
                Some(stated) if !stated.eq_ignore_ascii_case("utf-8") => {
                    charset::decode(Some(&stated), bytes)
                }
                _ => windows_1252_text(bytes),
            },
        },
    }
}

/// The `charset` parameter of a media type.
fn stated_charset(media_type: &str) -> Option<String> {
    media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        let named = name.trim().eq_ignore_ascii_case("charset") && !value.is_empty();
        named.then(|| value.to_owned())
    })
}

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8], declared: Option<&str>) {
    let files = uuencoded(bytes, walk.members_left().saturating_add(1));
    if files.is_empty() {
        let text = decode(bytes, declared, walk.text_room());
        walk.piece(path, PieceKind::Body, text);
        return;
    }
    // The letters that stand for a file are no words.
    let mut words = Vec::new();
    let mut at = 0;
    for file in &files {
        words.extend_from_slice(bytes.get(at..file.from).unwrap_or_default());
        at = file.to;
    }
    words.extend_from_slice(bytes.get(at..).unwrap_or_default());
    let text = decode(&words, declared, walk.text_room());
    walk.piece(path, PieceKind::Body, text);
    for file in files {
        walk.member(path, &file.name, &file.content, None);
    }
}

pub(super) fn open_html(walk: &mut Walk<'_>, path: &str, bytes: &[u8], declared: Option<&str>) {
    // Markup is several times the text it carries; what is beyond is not looked at.
    let markup = decode(bytes, declared.or(html_charset(bytes)), bytes.len());
    let text = html::to_text(&markup, walk.text_room());
    walk.piece(path, PieceKind::Body, text);
}

/// The charset a page states for itself, as `text/html; charset=..`.
fn html_charset(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    let at = memchr::memmem::find(head, b"charset=")?;
    let value = head.get(at + 8..)?;
    let value = value.strip_prefix(b"\"").unwrap_or(value);
    let end = value
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')))?;
    let name = std::str::from_utf8(value.get(..end)?).ok()?;
    // Only the names met in practice, so that nothing needs to be built.
    const KNOWN: [(&str, &str); 5] = [
        ("utf-8", "text/html; charset=utf-8"),
        ("iso-8859-1", "text/html; charset=windows-1252"),
        ("windows-1252", "text/html; charset=windows-1252"),
        ("iso-8859-15", "text/html; charset=iso-8859-15"),
        ("windows-1250", "text/html; charset=windows-1250"),
    ];
    let known = KNOWN
        .iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known));
    known.map(|(_, media_type)| *media_type)
}

/// A file written into a text.
struct Uuencoded {
    name: String,
    /// Offset of its `begin` line.
    from: usize,
    /// Offset behind its `end` line.
    to: usize,
    content: Vec<u8>,
}

/// Finds `begin 644 name` blocks, at most `most` of them.
fn uuencoded(text: &[u8], most: usize) -> Vec<Uuencoded> {
    let mut found = Vec::new();
    let mut after = 0;
    for at in memchr::memmem::find_iter(text, b"begin ") {
        let starts_line = at == 0 || text.get(at - 1) == Some(&b'\n');
        if at < after || !starts_line || found.len() >= most {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        if let Some(file) = uudecode(rest) {
            let to = at + file.to;
            found.push(Uuencoded {
                from: at,
                to,
                ..file
            });
            after = to;
        }
    }
    found
}

/// Decodes the block at the start of `block`; `None` when it does not look like one.
fn uudecode(block: &[u8]) -> Option<Uuencoded> {
    let mut at = 0;
    let mut lines = block.split_inclusive(|b| *b == b'\n').map(|line| {
        at += line.len();
        (line.trim_ascii_end(), at)
    });
    let (head, _) = lines.next()?;
    let mut words = head.splitn(3, |b| *b == b' ').skip(1);
    let mode = words.next()?;
    let name = words.next()?;
    let octal = (3..=4).contains(&mode.len()) && mode.iter().all(|b| matches!(b, b'0'..=b'7'));
    if !octal || name.is_empty() {
        return None;
    }
    let mut content = Vec::new();
    let mut to = head.len();
    for (line, end) in lines {
        to = end;
        let (count, data) = match line {
            [] | [b'`', ..] => continue,
            b"end" => break,
            [count @ b'!'..=b'M', data @ ..] => (usize::from(count - b' '), data),
            _ => return (!content.is_empty()).then(|| finish(name, to, content)),
        };
        let value = |index: usize| match data.get(index) {
            Some(byte) => u32::from(byte.wrapping_sub(b' ') & 63),
            None => 0,
        };
        // Trailing blanks are often lost on the way, so a short line is filled up; a line with
        // more than its count is ordinary text.
        if data.len() > count.div_ceil(3) * 4 + 1 {
            return None;
        }
        let whole = content.len() + count;
        for group in 0..count.div_ceil(3) {
            let word = (0..4).fold(0, |word, index| word << 6 | value(group * 4 + index));
            let [_, high, middle, low] = word.to_be_bytes();
            content.extend_from_slice(&[high, middle, low]);
        }
        content.truncate(whole);
    }
    (!content.is_empty()).then(|| finish(name, to, content))
}

fn finish(name: &[u8], to: usize, content: Vec<u8>) -> Uuencoded {
    Uuencoded {
        name: String::from_utf8_lossy(name).into_owned(),
        from: 0,
        to,
        content,
    }
}
