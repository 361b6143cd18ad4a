//! Bodies to chunks.

use crate::digits::{push_decimal, push_hex};

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    /// Of a whole body: this is all. Of a preview: there may be more.
    Plain,
    /// Of a preview: the whole body fitted in.
    Ieof,
    /// Of a 206: the original body continues from this byte on.
    UseOriginalBody(u64),
}

/// Bytes in the largest chunk written, so that its size has at most 8 digits
/// and a reader's buffer is not strained.
const LARGEST: usize = 16 << 20;

/// Appends body bytes as one chunk (more, past 16 MiB). Nothing for no bytes,
/// since an empty chunk would end the body.
pub fn push_chunk(out: &mut Vec<u8>, data: &[u8]) {
    for piece in data.chunks(LARGEST) {
        push_hex(out, piece.len());
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(piece);
        out.extend_from_slice(b"\r\n");
    }
}

/// Appends the last chunk and the empty trailer.
pub fn push_last(out: &mut Vec<u8>, last: Last) {
    match last {
        Last::Plain => out.extend_from_slice(b"0\r\n\r\n"),
        Last::Ieof => out.extend_from_slice(b"0; ieof\r\n\r\n"),
        Last::UseOriginalBody(from) => {
            out.extend_from_slice(b"0; use-original-body=");
            push_decimal(out, from);
            out.extend_from_slice(b"\r\n\r\n");
        }
    }
}
