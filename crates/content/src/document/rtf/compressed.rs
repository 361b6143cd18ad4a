//! Compressed RTF (MS-OXRTFCP), as in Outlook's messages: copies from a ring of 4,096 bytes.

use crate::document::bytes::{available, u32_le};

/// What the ring holds at first, fixed by the format.
const START: &[u8] =
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \
\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier\
{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

const COMPRESSED: usize = 0x7546_5a4c;
const STORED: usize = 0x414c_454d;

/// At most `most` bytes; `None` when this is not compressed RTF.
pub(super) fn decompress(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let stated = u32_le(packed, 4)?.min(most);
    let data = packed.get(16..)?;
    match u32_le(packed, 8)? {
        STORED => Some(available(data, 0, stated).to_vec()),
        COMPRESSED => Some(decompress_data(data, stated)),
        _ => None,
    }
}

fn decompress_data(mut data: &[u8], most: usize) -> Vec<u8> {
    let mut ring = Ring::new();
    while let Some((flags, rest)) = data.split_first() {
        data = rest;
        for bit in 0..8 {
            if ring.out.len() >= most {
                return ring.out;
            }
            if flags & 1 << bit == 0 {
                let Some((literal, rest)) = data.split_first() else {
                    return ring.out;
                };
                ring.push(*literal);
                data = rest;
                continue;
            }
            let [high, low, rest @ ..] = data else {
                return ring.out;
            };
            data = rest;
            let token = usize::from(*high) << 8 | usize::from(*low);
            let from = token >> 4;
            // A copy from where the next byte goes ends the data.
            if from == ring.at {
                return ring.out;
            }
            for step in 0..(token & 15) + 2 {
                ring.push(ring.byte(from + step));
            }
        }
    }
    ring.out
}

struct Ring {
    bytes: [u8; 4096],
    /// Where the next byte goes.
    at: usize,
    out: Vec<u8>,
}

impl Ring {
    fn new() -> Ring {
        let mut bytes = [b' '; 4096];
        for (place, byte) in bytes.iter_mut().zip(START) {
            *place = *byte;
        }
        Ring {
            bytes,
            at: START.len(),
            out: Vec::new(),
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at % 4096).copied().unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.at) {
            *place = byte;
        }
        self.at = (self.at + 1) % 4096;
        self.out.push(byte);
    }
}
