//! 7z archives, packed with LZMA, LZMA2 or not at all; other methods are named, not read.
//!
//! Own reader of the headers, because the memory a stranger's dictionary size asks for must be
//! known before it is taken: a dictionary never needs to be larger than what is unpacked.

mod header;

use super::Opaque;
use super::bytes::{available, slice, u32_le, u64_le};
use super::deflate::{self, Inflated};
use super::walk::Walk;
use header::{Archive, Folder};

/// Headers packed within headers.
const DEEPEST: usize = 4;

pub(super) fn open(walk: &mut Walk<'_>, path: &str, bytes: &[u8]) {
    match read(walk, bytes) {
        Ok(archive) => files(walk, path, bytes, &archive),
        Err(Some(why)) => walk.opaque(path, why),
        Err(None) => (),
    }
}

/// The archive's own description; no reason where the budget is used up.
fn read(walk: &mut Walk<'_>, bytes: &[u8]) -> Result<Archive, Option<Opaque>> {
    let damaged = Some(Opaque::Damaged);
    let place = || Some((u64_le(bytes, 12)?.checked_add(32)?, u64_le(bytes, 20)?));
    let (at, size) = place().ok_or(damaged)?;
    let mut header = slice(bytes, at, size).ok_or(damaged)?.to_vec();
    for _ in 0..DEEPEST {
        let archive = Archive::of(&header).ok_or(damaged)?;
        if !archive.header_is_packed {
            return Ok(archive);
        }
        let folder = archive.folders.first().ok_or(damaged)?;
        header = unpack(walk, bytes, folder)?;
    }
    Err(damaged)
}

fn files(walk: &mut Walk<'_>, path: &str, bytes: &[u8], archive: &Archive) {
    let mut names = archive.names.iter().map(String::as_str);
    // Files without content are not in any folder: their names are met in between.
    let mut empty = archive.empty.iter().copied();
    let mut next_name = || {
        loop {
            let name = names.next()?;
            if !empty.next().unwrap_or(false) {
                return Some(name);
            }
        }
    };
    for folder in &archive.folders {
        let content = match unpack(walk, bytes, folder) {
            Ok(content) => content,
            Err(Some(why)) => {
                for size in &folder.files {
                    let name = next_name().unwrap_or_default();
                    walk.sealed(path, name, *size as u64, why);
                }
                continue;
            }
            Err(None) => return,
        };
        let mut at = 0usize;
        for size in &folder.files {
            let file = available(&content, at, *size);
            at = at.saturating_add(*size);
            if file.len() < *size {
                walk.opaque(path, Opaque::Damaged);
            }
            walk.member(path, next_name().unwrap_or_default(), file, None);
            if walk.stopped() {
                return;
            }
        }
    }
}

const STORED: &[u8] = &[0];
const LZMA: &[u8] = &[3, 1, 1];
const LZMA2: &[u8] = &[0x21];
const AES: &[u8] = &[6, 0xf1, 7, 1];

/// Unpacks a folder, which is what 7z calls files packed as one.
fn unpack(walk: &mut Walk<'_>, bytes: &[u8], folder: &Folder) -> Result<Vec<u8>, Option<Opaque>> {
    if folder.coders.iter().any(|coder| coder.method == AES) {
        return Err(Some(Opaque::Encrypted));
    }
    let [coder] = folder.coders.as_slice() else {
        return Err(Some(Opaque::UnknownFormat));
    };
    let damaged = Some(Opaque::Damaged);
    let packed = available(bytes, folder.packed_at, folder.packed_size);
    let room = walk.room_for(packed.len());
    let most = room.min(folder.unpacked_size);
    let dictionary = |stated: u32| {
        stated
            .min(u32::try_from(most).unwrap_or(u32::MAX))
            .max(4096)
    };
    let mut unpacked = match coder.method.as_slice() {
        STORED => {
            let kept = available(packed, 0, most);
            Inflated {
                bytes: kept.to_vec(),
                more: false,
                damaged: false,
            }
        }
        LZMA => {
            let properties = *coder.properties.first().ok_or(damaged)?;
            let stated = u32_le(&coder.properties, 1).ok_or(damaged)?;
            let reader = lzma_rust2::LzmaReader::new_with_props(
                packed,
                folder.unpacked_size as u64,
                properties,
                dictionary(u32::try_from(stated).unwrap_or(u32::MAX)),
                None,
            );
            deflate::read(reader.map_err(|_| damaged)?, most)
        }
        LZMA2 => {
            let bits = *coder.properties.first().ok_or(damaged)?;
            let stated = match bits {
                0..40 => (2 | u32::from(bits) & 1) << (bits / 2 + 11),
                _ => u32::MAX,
            };
            deflate::read(
                lzma_rust2::Lzma2Reader::new(packed, dictionary(stated), None),
                most,
            )
        }
        _ => return Err(Some(Opaque::UnknownFormat)),
    };
    // What is stated beyond the room counts as there.
    unpacked.more = folder.unpacked_size > room && unpacked.bytes.len() >= room;
    let damage = unpacked.damaged && unpacked.bytes.is_empty();
    match walk.accept(packed.len(), unpacked) {
        Some(_) if damage => Err(damaged),
        Some(unpacked) => Ok(unpacked.bytes),
        None => Err(None),
    }
}
