//! Undoing the filters of a stream.

use super::object::{hex, is_blank};
use crate::document::deflate::{Inflated, Wrapping};
use crate::document::walk::Walk;

/// `None` for a filter that is not known here, or when the budget is used up.
pub(super) fn undo(walk: &mut Walk<'_>, raw: &[u8], filters: &[String]) -> Option<Vec<u8>> {
    // More than a few only cost time.
    if filters.len() > 4 {
        return None;
    }
    let mut content: Option<Vec<u8>> = None;
    for filter in filters {
        let input = content.as_deref().unwrap_or(raw);
        let output = match filter.as_str() {
            "FlateDecode" | "Fl" => walk.inflate(input, Wrapping::Zlib)?.bytes,
            "LZWDecode" | "LZW" => {
                let (bytes, more) = lzw(input, walk.room_for(input.len()));
                let unpacked = Inflated {
                    bytes,
                    more,
                    damaged: false,
                };
                walk.accept(input.len(), unpacked)?.bytes
            }
            "ASCII85Decode" | "A85" => ascii_85(input),
            "ASCIIHexDecode" | "AHx" => ascii_hex(input),
            "Crypt" => continue,
            _ => return None,
        };
        content = Some(output);
    }
    match content {
        Some(content) => Some(content),
        None => walk.charge(raw.len()).then(|| raw.to_vec()),
    }
}

fn ascii_hex(input: &[u8]) -> Vec<u8> {
    let digits = input
        .iter()
        .take_while(|b| **b != b'>')
        .filter_map(|b| hex(*b));
    let digits: Vec<u8> = digits.collect();
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => high << 4 | low,
            [high] => high << 4,
            _ => 0,
        })
        .collect()
}

fn ascii_85(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len() / 5 * 4);
    let mut group = Vec::with_capacity(5);
    let flush = |group: &mut Vec<u32>, out: &mut Vec<u8>| {
        let kept = group.len().saturating_sub(1);
        group.resize(5, 84);
        let word = group.iter().fold(0u32, |word, digit| {
            word.wrapping_mul(85).wrapping_add(*digit)
        });
        out.extend(word.to_be_bytes().iter().take(kept));
        group.clear();
    };
    for &byte in input {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => out.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => {
                group.push(u32::from(byte - b'!'));
                if group.len() == 5 {
                    flush(&mut group, &mut out);
                }
            }
            _ if is_blank(byte) => (),
            _ => break,
        }
    }
    if group.len() > 1 {
        flush(&mut group, &mut out);
    }
    out
}

/// LZW with codes of 9 to 12 bits that grow one code early, as PDF has it. The bytes, at most
/// `most`, and whether there were more.
fn lzw(input: &[u8], most: usize) -> (Vec<u8>, bool) {
    const CLEAR: usize = 256;
    const END: usize = 257;
    let mut out: Vec<u8> = Vec::new();
    // Each code beyond 257 stands for bytes already put out: where they begin, and how many.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let mut last: Option<(usize, usize)> = None;
    let (mut held, mut bits) = (0u32, 0u32);
    let mut width = 9;
    for &byte in input {
        held = held << 8 | u32::from(byte);
        bits += 8;
        if bits < width {
            continue;
        }
        bits -= width;
        let code = (held >> bits) as usize & ((1 << width) - 1);
        held &= (1 << bits) - 1;
        if code == END {
            break;
        }
        if code == CLEAR {
            table.clear();
            last = None;
            width = 9;
            continue;
        }
        let start = out.len();
        if let Ok(literal) = u8::try_from(code) {
            out.push(literal);
        } else {
            // A code not yet in the table is the last string with its first byte behind it.
            let found = table.get(code - 258).copied();
            let Some((from, length)) = found.or(last.map(|(from, length)| (from, length + 1)))
            else {
                break;
            };
            if out.len() + length > most {
                return (out, true);
            }
            for step in 0..length {
                let Some(byte) = out.get(from + step).copied() else {
                    break;
                };
                out.push(byte);
            }
        }
        if let Some((from, length)) = last
            && table.len() < 4096 - 258
        {
            table.push((from, length + 1));
        }
        last = Some((start, out.len() - start));
        width = match table.len() + 258 + 1 {
            0..=511 => 9,
            512..=1023 => 10,
            1024..=2047 => 11,
            _ => 12,
        };
        if out.len() > most {
            return (out, true);
        }
    }
    (out, false)
}
