//! RAR: which files an archive holds. Their content stays packed, as the method is not public;
//! what the names say is worth knowing even so.

use super::Opaque;
use super::bytes::{available, guessed_text, slice, u16_le, u32_le, until_nul};
use super::walk::Walk;

const VERSION_4: &[u8] = b"Rar!\x1a\x07\x00";
const VERSION_5: &[u8] = b"Rar!\x1a\x07\x01\x00";

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    if bytes.starts_with(VERSION_5) {
        version_5(walk, path, bytes);
    } else if bytes.starts_with(VERSION_4) {
        version_4(walk, path, bytes);
    } else {
        walk.opaque(path, Opaque::UnknownFormat);
    }
}

fn listed(walk: &mut Walk<'_>, path: &str, name: &str, bytes: u64, locked: bool) {
    let why = if locked {
        Opaque::Encrypted
    } else {
        Opaque::UnknownFormat
    };
    walk.sealed(path, name, bytes, why);
}

/// Blocks of checksum, kind, flags and size; those with flag 0x8000 have data behind them.
fn version_4(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let mut at = VERSION_4.len();
    while let (Some(kind), Some(flags), Some(size)) = (
        bytes.get(at + 2).copied(),
        u16_le(bytes, at + 3),
        u16_le(bytes, at + 5),
    ) {
        // The archive's own block says that even the names are locked.
        if kind == 0x73 && flags & 0x80 != 0 {
            walk.opaque(path, Opaque::Encrypted);
            return;
        }
        let block = available(bytes, at, size);
        let data = match flags & 0x8000 {
            0 => 0,
            _ => u32_le(block, 7).unwrap_or_default(),
        };
        let is_folder = flags & 0xe0 == 0xe0;
        if kind == 0x74 && !is_folder {
            let large = if flags & 0x100 != 0 { 8 } else { 0 };
            let name = u16_le(block, 26).and_then(|length| slice(block, 32 + large, length));
            // Behind a NUL the name follows again, in a Unicode of RAR's own.
            let name = guessed_text(until_nul(name.unwrap_or_default()));
            let unpacked = u32_le(block, 11).unwrap_or_default() as u64;
            listed(walk, path, &name, unpacked, flags & 4 != 0);
        }
        if size < 7 || walk.stopped() {
            break;
        }
        at = at.saturating_add(size).saturating_add(data);
    }
    walk.opaque(path, Opaque::UnknownFormat);
}

/// A number in groups of seven bits, the lowest first.
fn number(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..63).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn version_5(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    let mut at = VERSION_5.len();
    loop {
        // Checksum, then the size of what follows.
        at = at.saturating_add(4);
        let Some(size) = number(bytes, &mut at) else {
            break;
        };
        let header = available(bytes, at, usize::try_from(size).unwrap_or(usize::MAX));
        let Some(data) = block_5(walk, path, header) else {
            return;
        };
        if size == 0 || walk.stopped() {
            break;
        }
        at = at.saturating_add(header.len()).saturating_add(data);
    }
    walk.opaque(path, Opaque::UnknownFormat);
}

/// Reads one block's header and gives the length of the data behind it; `None` where the rest is
/// locked.
fn block_5(walk: &mut Walk<'_>, path: &str, header: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut next = || number(header, &mut at).unwrap_or_default();
    let kind = next();
    let flags = next();
    let extra = if flags & 1 != 0 { next() } else { 0 };
    let data = if flags & 2 != 0 { next() } else { 0 };
    match kind {
        4 => {
            walk.opaque(path, Opaque::Encrypted);
            return None;
        }
        2 => {
            let file_flags = next();
            let unpacked = next();
            let _attributes = next();
            let fixed =
                if file_flags & 2 != 0 { 4 } else { 0 } + if file_flags & 4 != 0 { 4 } else { 0 };
            at += fixed;
            let mut next = || number(header, &mut at).unwrap_or_default();
            let _method = next();
            let _system = next();
            let length = usize::try_from(next()).unwrap_or(usize::MAX);
            let name = guessed_text(available(header, at, length));
            if file_flags & 1 == 0 {
                listed(walk, path, &name, unpacked, is_locked(header, extra));
            }
        }
        _ => (),
    }
    Some(usize::try_from(data).unwrap_or(usize::MAX))
}

/// Whether the records at the end of a file's header say that it is encrypted (kind 1).
fn is_locked(header: &[u8], extra: u64) -> bool {
    let extra = usize::try_from(extra).unwrap_or(usize::MAX);
    let mut at = header.len().saturating_sub(extra);
    while at < header.len() {
        let Some(size) = number(header, &mut at) else {
            return false;
        };
        let mut inside = at;
        if number(header, &mut inside) == Some(1) {
            return true;
        }
        at = at
            .saturating_add(usize::try_from(size).unwrap_or(usize::MAX))
            .max(inside);
    }
    false
}
