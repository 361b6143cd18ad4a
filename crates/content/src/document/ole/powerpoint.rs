//! PowerPoint 97 to 2003 (MS-PPT): records within records, walked from front to back.

use crate::document::bytes::{available, u16_le, u32_le, utf16_le};
use crate::document::deflate::Wrapping;
use crate::document::text::Text;
use crate::document::walk::Walk;
use crate::document::{Opaque, PieceKind};

const NOTES: usize = 0x3f0;
const MAIN_MASTER: usize = 0x3f8;
const TEXT_CHARACTERS: usize = 0xfa0;
const TEXT_BYTES: usize = 0xfa8;
const STRING: usize = 0xfba;
const EMBEDDED: usize = 0x1011;
const COMMENT: usize = 0x2ee0;
const ENCRYPTED: usize = 0x2f14;

pub(super) fn open(walk: &mut Walk<'_>, path: &str, content: &[u8]) {
    let mut slides = Text::up_to(walk.text_room());
    let mut notes = Text::up_to(walk.text_room());
    // Ends of the containers whose text is of another kind.
    let (mut notes_end, mut comment_end, mut master_end) = (0, 0, 0);
    let mut at = 0;
    while let (Some(version), Some(kind), Some(length)) = (
        u16_le(content, at),
        u16_le(content, at + 2),
        u32_le(content, at + 4),
    ) {
        let data = available(content, at + 8, length);
        let end = at.saturating_add(8).saturating_add(length);
        match kind {
            NOTES => notes_end = end,
            COMMENT => comment_end = end,
            MAIN_MASTER => master_end = end,
            ENCRYPTED => {
                walk.opaque(path, Opaque::Encrypted);
                return;
            }
            EMBEDDED => embedded(walk, path, version >> 4, data),
            TEXT_CHARACTERS | TEXT_BYTES | STRING => {
                let beside = at < notes_end || at < comment_end;
                let out = if beside { &mut notes } else { &mut slides };
                // Names of fonts, sounds and the like are strings too, as are a master's prompts.
                let words = at >= master_end && (kind != STRING || at < comment_end);
                if words {
                    match kind {
                        TEXT_BYTES => data.iter().for_each(|byte| out.push(char::from(*byte))),
                        _ => out.push_str(&utf16_le(data)),
                    }
                    out.line();
                }
            }
            _ => (),
        }
        if slides.is_cut() || walk.stopped() {
            break;
        }
        // The lowest four bits are all set in a container: its records follow at once.
        at = if version & 0xf == 0xf { at + 8 } else { end };
    }
    walk.piece(path, PieceKind::Body, slides.into_string());
    let notes = notes.into_string();
    walk.piece(&format!("{path}#notes"), PieceKind::Comment, notes);
}

/// An object with its own compound file, deflated when the instance is 1.
fn embedded(walk: &mut Walk<'_>, path: &str, instance: usize, data: &[u8]) {
    if instance != 1 {
        walk.member(path, "embedded", data, None);
        return;
    }
    let packed = data.get(4..).unwrap_or_default();
    if let Some(inflated) = walk.inflate(packed, Wrapping::Zlib) {
        walk.member(path, "embedded", &inflated.bytes, None);
    }
}
