//! TNEF (MS-OXTNEF), the `winmail.dat` of Outlook: attributes with the text and the attachments.

use super::bytes::{available, guessed_text, slice, u16_le, u32_le, utf16_le};
use super::walk::Walk;
use super::{Opaque, PieceKind, plain, rtf};

const SUBJECT: usize = 0x8004;
const BODY: usize = 0x800c;
const DATA: usize = 0x800f;
const NAME: usize = 0x8010;
const NEXT_ATTACHMENT: usize = 0x9002;
const MESSAGE_PROPERTIES: usize = 0x9003;
const ATTACHMENT_PROPERTIES: usize = 0x9005;

/// Numbers of message properties.
const PLAIN_BODY: usize = 0x1000;
const RTF_BODY: usize = 0x1009;
const HTML_BODY: usize = 0x1013;
const ATTACHED: usize = 0x3701;
const LONG_NAME: usize = 0x3707;

#[derive(Default)]
struct Attachment<'a> {
    name: Option<String>,
    content: &'a [u8],
}

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let mut attachment: Option<Attachment<'_>> = None;
    let mut body_seen = false;
    // Signature and key, then attributes: level, number, length, data, checksum.
    let mut at = 6;
    while let (Some(id), Some(length)) = (u16_le(bytes, at + 1), u32_le(bytes, at + 5)) {
        let data = available(bytes, at + 9, length);
        if data.len() < length {
            walk.opaque(path, Opaque::Damaged);
        }
        match id {
            SUBJECT => {
                let subject = guessed_text(data);
                let subject = subject.trim_end_matches('\0').to_owned();
                walk.piece(&format!("{path}#subject"), PieceKind::Subject, subject);
            }
            BODY => {
                let body = guessed_text(data.strip_suffix(b"\0").unwrap_or(data));
                body_seen |= !body.trim().is_empty();
                walk.piece(path, PieceKind::Body, body);
            }
            NEXT_ATTACHMENT => {
                finish(walk, path, attachment.take());
                attachment = Some(Attachment::default());
            }
            NAME => {
                let attachment = attachment.get_or_insert_default();
                let name = guessed_text(data).trim_end_matches('\0').to_owned();
                attachment.name.get_or_insert(name);
            }
            DATA => attachment.get_or_insert_default().content = data,
            MESSAGE_PROPERTIES if !body_seen => body(walk, path, data),
            ATTACHMENT_PROPERTIES => {
                let attachment = attachment.get_or_insert_default();
                attached(attachment, data);
            }
            _ => (),
        }
        at = at
            .saturating_add(9)
            .saturating_add(length)
            .saturating_add(2);
    }
    finish(walk, path, attachment);
}

fn finish(walk: &mut Walk<'_>, path: &str, attachment: Option<Attachment<'_>>) {
    if let Some(attachment) = attachment
        && !attachment.content.is_empty()
    {
        let name = attachment.name.unwrap_or_default();
        walk.member(path, &name, attachment.content, None);
    }
}

fn body(walk: &mut Walk<'_>, path: &str, properties: &[u8]) {
    let properties = Properties::of(properties);
    if let Some(text) = properties.string(PLAIN_BODY) {
        walk.piece(path, PieceKind::Body, text);
    } else if let Some(page) = properties.value(HTML_BODY) {
        plain::open_html(walk, path, page, None);
    } else if let Some(packed) = properties.value(RTF_BODY) {
        rtf::open_compressed(walk, path, packed);
    }
}

fn attached<'a>(attachment: &mut Attachment<'a>, data: &'a [u8]) {
    let properties = Properties::of(data);
    if let Some(name) = properties.string(LONG_NAME) {
        attachment.name = Some(name);
    }
    if let Some(content) = properties.value(ATTACHED)
        && attachment.content.is_empty()
    {
        // An enclosed message comes with the number of its interface in front.
        let enclosed = slice(content, 16, 4) == Some(&[0x78, 0x9f, 0x3e, 0x22]);
        attachment.content = content
            .get(if enclosed { 16 } else { 0 }..)
            .unwrap_or_default();
    }
}

/// The variable-length values of a property list: number, type and bytes.
struct Properties<'a> {
    values: Vec<(usize, usize, &'a [u8])>,
}

impl<'a> Properties<'a> {
    fn of(data: &'a [u8]) -> Properties<'a> {
        let mut values = Vec::new();
        let mut at = 4;
        for _ in 0..u32_le(data, 0).unwrap_or_default() {
            let Some(next) = property(data, at, &mut values) else {
                break;
            };
            at = next;
        }
        Properties { values }
    }

    fn value(&self, number: usize) -> Option<&'a [u8]> {
        let mut values = self.values.iter();
        let found = values.find(|(id, _, value)| *id == number && !value.is_empty());
        found.map(|(_, _, value)| *value)
    }

    fn string(&self, number: usize) -> Option<String> {
        let mut values = self.values.iter();
        let (_, kind, value) = values.find(|(id, _, _)| *id == number)?;
        let text = match kind {
            0x1f => utf16_le(value),
            _ => guessed_text(value),
        };
        let text = text.trim_end_matches('\0').to_owned();
        (!text.trim().is_empty()).then_some(text)
    }
}

/// Reads the property at `at` and gives where the next one begins.
fn property<'a>(
    data: &'a [u8],
    mut at: usize,
    values: &mut Vec<(usize, usize, &'a [u8])>,
) -> Option<usize> {
    let kind = u16_le(data, at)?;
    let id = u16_le(data, at + 2)?;
    at += 4;
    if id >= 0x8000 {
        // Named: a set's number, then a number or a name.
        let by_name = u32_le(data, at + 16)? == 1;
        at += 20;
        let length = if by_name { u32_le(data, at)? } else { 0 };
        at = at
            .checked_add(4)?
            .checked_add(length.checked_next_multiple_of(4)?)?;
    }
    let several = kind & 0x1000 != 0;
    let kind = kind & 0xfff;
    let fixed = match kind {
        2..=4 | 0xa | 0xb => Some(4),
        5..=8 | 0x14 | 0x40 => Some(8),
        0x48 => Some(16),
        0xd | 0x1e | 0x1f | 0x102 => None,
        _ => return None,
    };
    let count = if several || fixed.is_none() {
        at += 4;
        u32_le(data, at - 4)?
    } else {
        1
    };
    if let Some(width) = fixed {
        return at.checked_add(count.checked_mul(width)?);
    }
    for _ in 0..count {
        let length = u32_le(data, at)?;
        values.push((id, kind, slice(data, at + 4, length)?));
        at = at
            .checked_add(4)?
            .checked_add(length.checked_next_multiple_of(4)?)?;
    }
    Some(at)
}
