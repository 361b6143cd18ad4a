//! The bytes of a segment, version 1. All numbers are little-endian.
//!
//! ```text
//! segment  = magic (16 bytes), version u32, zero u32, index of the first entry u64, frame*
//! frame    = payload length u32, crc32c u32 over index and payload, index u64, payload
//! ```

/// Version written. Versions read: 1.
pub const VERSION: u32 = 1;

/// Longest payload the format allows, in bytes (16 MiB): what a reader must be ready to hold.
pub const MAX_ENTRY_BYTES: usize = 16 * 1024 * 1024;

const MAGIC: [u8; 16] = *b"probity journal\n";

/// Bytes before the first frame.
pub(crate) const SEGMENT_HEADER: usize = 32;

/// Bytes before a payload.
pub(crate) const FRAME_HEADER: usize = 16;

/// What is wrong with the beginning of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    /// Cut short, or never written: a crash while the segment was begun.
    Unfinished,
    /// Another program's file, or changed bytes.
    Foreign,
    /// From a later release.
    Version(u32),
}

pub(crate) fn segment_header(first: u64) -> [u8; SEGMENT_HEADER] {
    let mut header = [0; SEGMENT_HEADER];
    header[..16].copy_from_slice(&MAGIC);
    header[16..20].copy_from_slice(&VERSION.to_le_bytes());
    header[24..].copy_from_slice(&first.to_le_bytes());
    header
}

/// Checks the first bytes of a segment whose name says it begins with entry `first`.
pub(crate) fn check_segment_header(bytes: &[u8], first: u64) -> Result<(), HeaderFault> {
    let expected = segment_header(first);
    let bytes = &bytes[..bytes.len().min(SEGMENT_HEADER)];
    if bytes == expected {
        return Ok(());
    }
    if bytes.iter().all(|b| *b == 0) || expected.starts_with(bytes) {
        return Err(HeaderFault::Unfinished);
    }
    match bytes
        .get(16..20)
        .map(|v| [v[0], v[1], v[2], v[3]])
        .map(u32::from_le_bytes)
    {
        Some(version) if bytes.starts_with(&MAGIC) && version > VERSION => {
            Err(HeaderFault::Version(version))
        }
        _ => Err(HeaderFault::Foreign),
    }
}

/// The first 16 bytes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) length: usize,
    pub(crate) checksum: u32,
    pub(crate) index: u64,
}

impl FrameHeader {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (checksum, rest) = rest.split_first_chunk::<4>()?;
        let (index, _) = rest.split_first_chunk::<8>()?;
        Some(Self {
            length: u32::from_le_bytes(*length) as usize,
            checksum: u32::from_le_bytes(*checksum),
            index: u64::from_le_bytes(*index),
        })
    }

    /// Bytes of the whole frame.
    pub(crate) fn frame_bytes(&self) -> usize {
        FRAME_HEADER + self.length
    }

    pub(crate) fn fits(&self, payload: &[u8]) -> bool {
        self.checksum == checksum(self.index, payload)
    }
}

fn checksum(index: u64, payload: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&index.to_le_bytes()), payload)
}

/// Writes one frame into an emptied buffer. The caller has checked the length.
pub(crate) fn write_frame(frame: &mut Vec<u8>, index: u64, payload: &[u8]) {
    frame.clear();
    frame.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    frame.extend_from_slice(&checksum(index, payload).to_le_bytes());
    frame.extend_from_slice(&index.to_le_bytes());
    frame.extend_from_slice(payload);
}
