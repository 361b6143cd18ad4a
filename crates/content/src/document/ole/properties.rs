//! Property sets (MS-OLEPS): title, subject, author, company.

use crate::document::bytes::{available, guessed_text, u32_le, until_nul, utf16_le};

/// Properties read of one set; the standard ones are about 30.
const MOST: usize = 500;

/// Of the summary: the template's and the program's name say nothing about the text.
const NOT_TELLING: [usize; 2] = [7, 18];

/// The strings of every set, one a line.
pub(super) fn read(content: &[u8]) -> String {
    let mut lines = String::new();
    let n_sets = u32_le(content, 24).unwrap_or_default().min(4);
    for set in 0..n_sets {
        if let Some(at) = u32_le(content, 28 + set * 20 + 16) {
            strings(content.get(at..).unwrap_or_default(), &mut lines);
        }
    }
    lines
}

fn strings(set: &[u8], lines: &mut String) {
    let count = u32_le(set, 4).unwrap_or_default().min(MOST);
    for property in 0..count {
        let (Some(id), Some(at)) = (
            u32_le(set, 8 + property * 8),
            u32_le(set, 12 + property * 8),
        ) else {
            return;
        };
        let Some(length) = u32_le(set, at.saturating_add(4)) else {
            continue;
        };
        let value = match u32_le(set, at) {
            Some(0x1e) => guessed_text(until_nul(available(set, at + 8, length))),
            Some(0x1f) => utf16_le(available(set, at + 8, length.saturating_mul(2))),
            _ => continue,
        };
        let value = value.trim_end_matches('\0').trim();
        if !NOT_TELLING.contains(&id) && !value.is_empty() && value.len() < 4096 {
            lines.push_str(value);
            lines.push('\n');
        }
    }
}
