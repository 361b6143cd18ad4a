//! Disk images (ISO 9660, ECMA-119), with the longer names of Joliet where there are any.

use std::collections::HashSet;

use super::bytes::{available, guessed_text, slice, u32_le};
use super::walk::Walk;
use super::{Opaque, Unscannable};

const SECTOR: usize = 2048;
/// Where the volume descriptors begin.
const DESCRIPTORS: usize = 16 * SECTOR;
/// Descriptors looked at; real images have three or four.
const MOST_DESCRIPTORS: usize = 16;
/// A folder's records; 4 MiB are some 50,000 names.
const LARGEST_FOLDER: usize = 4 << 20;
const DEEPEST: usize = 32;

pub(super) fn is_image(bytes: &[u8]) -> bool {
    slice(bytes, DESCRIPTORS + 1, 5) == Some(b"CD001")
}

struct Folder {
    name: String,
    at: usize,
    size: usize,
    depth: usize,
}

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let (primary, joliet) = roots(bytes);
    let Some(root) = joliet.or(primary) else {
        walk.opaque(path, Opaque::Damaged);
        return;
    };
    let wide = joliet.is_some();
    let mut met = HashSet::new();
    let mut to_visit = vec![Folder {
        name: String::new(),
        at: root.0,
        size: root.1,
        depth: 0,
    }];
    while let Some(folder) = to_visit.pop() {
        // A folder within itself.
        if !met.insert(folder.at) || folder.depth > DEEPEST {
            continue;
        }
        if met.len() > walk.members_left() {
            walk.unscannable(Unscannable::TooManyMembers);
            return;
        }
        let records = available(bytes, folder.at, folder.size.min(LARGEST_FOLDER));
        let mut at = 0;
        while at < records.len() {
            let length = usize::from(records.get(at).copied().unwrap_or_default());
            if length == 0 {
                // Records do not cross sectors.
                at = (at / SECTOR + 1) * SECTOR;
                continue;
            }
            let record = available(records, at, length);
            at += length;
            let Some(entry) = Entry::of(record, wide) else {
                continue;
            };
            let name = match folder.name.as_str() {
                "" => entry.name,
                outer => format!("{outer}/{}", entry.name),
            };
            if entry.is_folder {
                to_visit.push(Folder {
                    name,
                    at: entry.at,
                    size: entry.size,
                    depth: folder.depth + 1,
                });
                continue;
            }
            let content = available(bytes, entry.at, entry.size);
            if content.len() < entry.size {
                walk.opaque(path, Opaque::Damaged);
            }
            // Files may share sectors: each is paid for.
            if !walk.charge(content.len()) {
                return;
            }
            walk.member(path, &name, content, None);
            if walk.stopped() {
                return;
            }
        }
    }
}

/// Offset and size of a root folder.
type Root = (usize, usize);

/// The root folders of the plain and of the Joliet tree.
fn roots(bytes: &[u8]) -> (Option<Root>, Option<Root>) {
    let (mut primary, mut joliet) = (None, None);
    for number in 0..MOST_DESCRIPTORS {
        let descriptor = available(bytes, DESCRIPTORS + number * SECTOR, SECTOR);
        if descriptor.get(1..6) != Some(b"CD001") {
            break;
        }
        let root = || {
            let at = u32_le(descriptor, 156 + 2)?.checked_mul(SECTOR)?;
            Some((at, u32_le(descriptor, 156 + 10)?))
        };
        match descriptor.first() {
            Some(1) => primary = root(),
            // Escape sequences `%/@`, `%/C` or `%/E` mean UTF-16.
            Some(2) if descriptor.get(88..90) == Some(b"%/") => joliet = root(),
            Some(255) => break,
            _ => (),
        }
    }
    (primary, joliet)
}

struct Entry {
    name: String,
    at: usize,
    size: usize,
    is_folder: bool,
}

impl Entry {
    /// `None` for a folder's records of itself and of what it is in.
    fn of(record: &[u8], wide: bool) -> Option<Entry> {
        let length = usize::from(*record.get(32)?);
        let name = slice(record, 33, length)?;
        if matches!(name, [] | [0] | [1]) {
            return None;
        }
        let name = if wide {
            let units = name.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            String::from_utf16_lossy(&units.collect::<Vec<_>>())
        } else {
            guessed_text(name)
        };
        Some(Entry {
            // A version stands behind each name.
            name: name.split(';').next().unwrap_or(&name).to_owned(),
            at: u32_le(record, 2)?.checked_mul(SECTOR)?,
            size: u32_le(record, 10)?,
            is_folder: record.get(25)? & 2 != 0,
        })
    }
}
