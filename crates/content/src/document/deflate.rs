//! Inflating with an end: stated sizes are never believed.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// What stands around the deflated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// Nothing, as in ZIP.
    Bare,
    /// RFC 1950, as in PDF.
    Zlib,
    /// RFC 1952, several members one after another allowed.
    Gzip,
}

/// Inflated data, perhaps not all.
#[derive(Debug)]
pub(super) struct Inflated {
    /// At most the bytes asked for.
    pub(super) bytes: Vec<u8>,
    /// There was more.
    pub(super) more: bool,
    /// The data broke off or was wrong; `bytes` is what came before.
    pub(super) damaged: bool,
}

pub(super) fn inflate(packed: &[u8], wrapping: Wrapping, most: usize) -> Inflated {
    match wrapping {
        Wrapping::Bare => read(DeflateDecoder::new(packed), most),
        Wrapping::Zlib => read(ZlibDecoder::new(packed), most),
        Wrapping::Gzip => read(MultiGzDecoder::new(packed), most),
    }
}

/// Reads at most `most` bytes from any decoder.
pub(super) fn read(decoder: impl Read, most: usize) -> Inflated {
    let mut bytes = Vec::new();
    let ask = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let damaged = decoder.take(ask).read_to_end(&mut bytes).is_err();
    let more = bytes.len() > most;
    bytes.truncate(most);
    Inflated {
        bytes,
        more,
        damaged,
    }
}
