//! The bytes of a segment, version 2. All numbers are little-endian.
//!
//! ```text
//! segment  = magic (16 bytes), version u32, zero u32, index of the first entry u64, frame*, zero*
//! frame    = payload length u32, crc32c u32 over number and payload, number u64, payload
//! number   = index (low 40 bits), entries before it not known to be on the disk (high 24 bits)
//! ```
//!
//! Zero bytes behind the last frame were written ahead (decision 0011). The high bits of a number
//! stop at their greatest value, which then claims that more was on the disk than was. In version 1
//! they are zero: each frame claims that all before it was on the disk.

/// Version written. Versions read: 1 and 2.
pub const VERSION: u32 = 2;

/// Longest payload the format allows, in bytes (16 MiB): what a reader must be ready to hold.
pub const MAX_ENTRY_BYTES: usize = 16 * 1024 * 1024;

const MAGIC: [u8; 16] = *b"probity journal\n";

/// Bytes before the first frame.
pub(crate) const SEGMENT_HEADER: usize = 32;

/// Bytes before a payload.
pub(crate) const FRAME_HEADER: usize = 16;

const INDEX_BITS: u32 = 40;

/// Last index that fits a frame: a hundred years of 25 million entries a day.
pub(crate) const MAX_INDEX: u64 = (1 << INDEX_BITS) - 1;

const MAX_BEHIND: u64 = u64::MAX >> INDEX_BITS;

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

/// The first bytes of a segment of the present version.
pub(crate) fn segment_header(first: u64) -> [u8; SEGMENT_HEADER] {
    header_of(VERSION, first)
}

fn header_of(version: u32, first: u64) -> [u8; SEGMENT_HEADER] {
    let mut header = [0; SEGMENT_HEADER];
    header[..16].copy_from_slice(&MAGIC);
    header[16..20].copy_from_slice(&version.to_le_bytes());
    header[24..].copy_from_slice(&first.to_le_bytes());
    header
}

/// Checks the first bytes of a segment whose name says it begins with entry `first`; gives its
/// version.
pub(crate) fn check_segment_header(bytes: &[u8], first: u64) -> Result<u32, HeaderFault> {
    let bytes = &bytes[..bytes.len().min(SEGMENT_HEADER)];
    let begun = (1..=VERSION).find(|version| header_of(*version, first).starts_with(bytes));
    match begun {
        Some(version) if bytes.len() == SEGMENT_HEADER => return Ok(version),
        Some(_) => return Err(HeaderFault::Unfinished),
        None if bytes.iter().all(|b| *b == 0) => return Err(HeaderFault::Unfinished),
        None => (),
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

/// The first 16 bytes of a frame. All zero they head no frame, since the checksum of number zero
/// and no payload is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) length: usize,
    pub(crate) checksum: u32,
    number: u64,
}

impl FrameHeader {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (checksum, rest) = rest.split_first_chunk::<4>()?;
        let (number, _) = rest.split_first_chunk::<8>()?;
        Some(Self {
            length: u32::from_le_bytes(*length) as usize,
            checksum: u32::from_le_bytes(*checksum),
            number: u64::from_le_bytes(*number),
        })
    }

    /// Which entry it holds.
    pub(crate) fn index(&self) -> u64 {
        self.number & MAX_INDEX
    }

    /// How many entries were known to be on the disk when it was written.
    pub(crate) fn durable(&self) -> u64 {
        self.index().saturating_sub(self.number >> INDEX_BITS)
    }

    /// Bytes of the whole frame.
    pub(crate) fn frame_bytes(&self) -> usize {
        FRAME_HEADER + self.length
    }

    pub(crate) fn fits(&self, payload: &[u8]) -> bool {
        self.checksum == checksum(self.number, payload)
    }
}

fn checksum(number: u64, payload: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&number.to_le_bytes()), payload)
}

/// Writes one frame into an emptied buffer, `durable` entries being known to be on the disk. The
/// caller has checked length and index.
pub(crate) fn write_frame(frame: &mut Vec<u8>, index: u64, durable: u64, payload: &[u8]) {
    let behind = index.saturating_sub(durable).min(MAX_BEHIND);
    let number = behind << INDEX_BITS | index;
    frame.clear();
    frame.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    frame.extend_from_slice(&checksum(number, payload).to_le_bytes());
    frame.extend_from_slice(&number.to_le_bytes());
    frame.extend_from_slice(payload);
}
