//! TAR: POSIX `ustar` and GNU headers, with the long names of both.

use super::Opaque;
use super::bytes::{available, guessed_text, until_nul};
use super::walk::Walk;

const BLOCK: usize = 512;

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let mut at = 0;
    let mut long_name: Option<String> = None;
    loop {
        let header = available(bytes, at, BLOCK);
        if header.iter().all(|b| *b == 0) || walk.stopped() {
            return;
        }
        let Some(entry) = Entry::of(header) else {
            walk.opaque(path, Opaque::Damaged);
            return;
        };
        at += BLOCK;
        let content = available(bytes, at, entry.size);
        if content.len() < entry.size {
            walk.opaque(path, Opaque::Damaged);
        }
        match entry.kind {
            b'L' => long_name = Some(guessed_text(until_nul(content))),
            b'x' | b'X' => long_name = extended_name(content).or(long_name),
            b'0' | 0 | b'7' => {
                let name = long_name.take().unwrap_or(entry.name);
                walk.member(path, &name, content, None);
            }
            // Folders, links, devices.
            _ => long_name = None,
        }
        at = at.saturating_add(entry.size.div_ceil(BLOCK).saturating_mul(BLOCK));
    }
}

struct Entry {
    name: String,
    size: usize,
    kind: u8,
}

impl Entry {
    fn of(header: &[u8]) -> Option<Entry> {
        let name = until_nul(header.get(..100)?);
        let prefix = until_nul(header.get(345..500)?);
        let posix = header.get(257..263)? == b"ustar\0";
        let name = guessed_text(name);
        Some(Entry {
            name: if posix && !prefix.is_empty() {
                format!("{}/{name}", guessed_text(prefix))
            } else {
                name
            },
            size: number(header.get(124..136)?)?,
            kind: *header.get(156)?,
        })
    }
}

/// Octal digits, or a big-endian number after a byte with its highest bit set.
fn number(field: &[u8]) -> Option<usize> {
    if let Some((0x80, rest)) = field.split_first() {
        return rest.iter().try_fold(0usize, |number, byte| {
            number.checked_mul(256)?.checked_add(usize::from(*byte))
        });
    }
    let digits = field.trim_ascii();
    let digits = until_nul(digits).trim_ascii_end();
    digits.iter().try_fold(0usize, |number, digit| match digit {
        b'0'..=b'7' => number
            .checked_mul(8)?
            .checked_add(usize::from(digit - b'0')),
        _ => None,
    })
}

/// `path` of a POSIX extended header: records of `length key=value`, each on a line.
fn extended_name(records: &[u8]) -> Option<String> {
    records.split(|b| *b == b'\n').find_map(|record| {
        let space = memchr::memchr(b' ', record)?;
        let value = record.get(space + 1..)?.strip_prefix(b"path=")?;
        Some(guessed_text(value))
    })
}
