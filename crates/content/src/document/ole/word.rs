//! Word 6 to 2003 (MS-DOC): the piece table gives the text in reading order.

use super::compound::{Compound, Stream};
use crate::document::bytes::{available, u16_le, u32_le, utf16_le, windows_1252_text};
use crate::document::text::Text;
use crate::document::walk::Walk;
use crate::document::{Opaque, PieceKind};

/// The texts of a document follow one another in this order, with their lengths in the header at
/// these offsets.
const TEXTS: [(usize, PieceKind, &str); 8] = [
    (0x4c, PieceKind::Body, ""),
    (0x50, PieceKind::Note, "#notes"),
    (0x54, PieceKind::HeaderOrFooter, "#header"),
    (0x58, PieceKind::Macro, "#macro"),
    (0x5c, PieceKind::Comment, "#comments"),
    (0x60, PieceKind::Note, "#notes"),
    (0x64, PieceKind::Body, "#boxes"),
    (0x68, PieceKind::HeaderOrFooter, "#header"),
];

pub(super) fn open(
    walk: &mut Walk<'_>,
    path: &str,
    compound: &Compound<'_>,
    stream: &Stream,
    content: &[u8],
) {
    let Some(flags) = u16_le(content, 10) else {
        walk.opaque(path, Opaque::Damaged);
        return;
    };
    if flags & 0x0100 != 0 {
        walk.opaque(path, Opaque::Encrypted);
        return;
    }
    // Word 6 and 95: one run of single bytes.
    if u16_le(content, 2).is_some_and(|version| version < 0xc1) {
        let from = u32_le(content, 0x18).unwrap_or_default();
        let to = u32_le(content, 0x1c).unwrap_or_default();
        let bytes = available(content, from, to.saturating_sub(from));
        let text = windows_1252_text(bytes);
        split(walk, path, &[(PieceKind::Body, "", usize::MAX)], &text);
        return;
    }
    let table = if flags & 0x0200 != 0 {
        "1Table"
    } else {
        "0Table"
    };
    let table = compound.find(&stream.storage, table);
    let Some(table) = table.map(|table| compound.read(table)) else {
        walk.opaque(path, Opaque::Damaged);
        return;
    };
    if !walk.charge(table.len()) {
        return;
    }
    let Some(text) = pieces(content, &table, walk.text_room()) else {
        walk.opaque(path, Opaque::Damaged);
        return;
    };
    let parts =
        TEXTS.map(|(at, kind, suffix)| (kind, suffix, u32_le(content, at).unwrap_or_default()));
    split(walk, path, &parts, &text);
}

/// The characters the piece table names, at most about `room`.
fn pieces(content: &[u8], table: &[u8], room: usize) -> Option<String> {
    let mut at = u32_le(content, 0x1a2)?;
    // Formatting that pieces share comes first.
    while table.get(at) == Some(&1) {
        at = at.checked_add(3 + u16_le(table, at + 1)?)?;
    }
    if table.get(at) != Some(&2) {
        return None;
    }
    let plc = available(table, at + 5, u32_le(table, at + 1)?);
    let n_pieces = plc.len().saturating_sub(4) / 12;
    let mut text = String::new();
    for piece in 0..n_pieces {
        let from = u32_le(plc, piece * 4)?;
        let to = u32_le(plc, piece * 4 + 4)?;
        let place = u32_le(plc, (n_pieces + 1) * 4 + piece * 8 + 2)?;
        let characters = to
            .saturating_sub(from)
            .min(room.saturating_sub(text.len()) + 1);
        if place & 0x4000_0000 != 0 {
            let bytes = available(content, (place & 0x3fff_ffff) / 2, characters);
            text.push_str(&windows_1252_text(bytes));
        } else {
            text.push_str(&utf16_le(available(content, place, characters * 2)));
        }
        if text.len() > room {
            break;
        }
    }
    Some(text)
}

/// Hands out the texts one after another; field codes go to the links.
fn split(walk: &mut Walk<'_>, path: &str, parts: &[(PieceKind, &str, usize)], text: &str) {
    let mut links = Text::up_to(walk.text_room());
    let mut characters = text.chars();
    for &(kind, suffix, length) in parts {
        let mut out = Text::up_to(walk.text_room());
        let mut code: Option<String> = None;
        let mut units = 0;
        while units < length {
            let Some(character) = characters.next() else {
                break;
            };
            units += character.len_utf16();
            match character {
                '\u{13}' => code = Some(String::new()),
                '\u{14}' | '\u{15}' => {
                    if let Some(code) = code.take()
                        && (code.contains("://") || code.contains("mailto:"))
                    {
                        links.push_str(code.trim());
                        links.line();
                    }
                }
                '\u{1e}' => out.push('-'),
                other => match &mut code {
                    Some(code) => code.push(other),
                    None => out.push(other),
                },
            }
        }
        walk.piece(&format!("{path}{suffix}"), kind, out.into_string());
    }
    walk.piece(
        &format!("{path}#links"),
        PieceKind::Links,
        links.into_string(),
    );
}
