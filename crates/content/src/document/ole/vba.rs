//! Macro source (MS-OVBA 2.4.1): compressed behind each module's compiled code.

use memchr::memmem;

use crate::document::bytes::{u16_le, windows_1252_text};

/// A module's source starts with `Attribute VB_Name`; its first eight letters are always
/// literal, with the flag byte 0 in front.
const START: &[u8] = b"\x00Attribut";

/// The source in a module's stream, at most about `most` bytes; `None` where there is none.
pub(super) fn source(stream: &[u8], most: usize) -> Option<String> {
    let found = memmem::find(stream, START)?;
    let container = found.checked_sub(2)?;
    let mut out = Vec::new();
    let mut at = container;
    while let Some(header) = u16_le(stream, at) {
        let end = at + 2 + (header & 0xfff) + 1;
        let chunk = stream.get(at + 2..end.min(stream.len()))?;
        if header & 0x8000 == 0 {
            out.extend_from_slice(chunk);
        } else {
            chunk_into(chunk, &mut out);
        }
        at = end;
        if out.len() >= most {
            break;
        }
    }
    Some(windows_1252_text(&out))
}

/// Decompresses one chunk: flag bytes, each for eight literals or copies from the same chunk.
fn chunk_into(mut chunk: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    while let Some((flags, rest)) = chunk.split_first() {
        chunk = rest;
        for bit in 0..8 {
            if flags & 1 << bit == 0 {
                let Some((literal, rest)) = chunk.split_first() else {
                    return;
                };
                out.push(*literal);
                chunk = rest;
                continue;
            }
            let (Some(token), Some(rest)) = (u16_le(chunk, 0), chunk.get(2..)) else {
                return;
            };
            chunk = rest;
            let done = out.len() - start;
            // The further in, the more bits the offset has: from 4 to 12.
            let offset_bits = (usize::BITS - done.saturating_sub(1).leading_zeros()).clamp(4, 12);
            let length_bits = 16 - offset_bits;
            let offset = (token >> length_bits) + 1;
            let length = (token & ((1 << length_bits) - 1)) + 3;
            for _ in 0..length {
                let byte = out.len().checked_sub(offset).filter(|from| *from >= start);
                let Some(byte) = byte.and_then(|from| out.get(from).copied()) else {
                    return;
                };
                out.push(byte);
            }
            // A chunk stands for at most 4,096 bytes.
            if out.len() - start > 4096 {
                return;
            }
        }
    }
}
