//! Walks the frames of one segment in bounded memory, also while it is being written.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::format::{
    FRAME_HEADER, FrameHeader, HeaderFault, MAX_ENTRY_BYTES, SEGMENT_HEADER, VERSION,
    check_segment_header,
};

/// Read at a time, in bytes.
const CHUNK: usize = 256 * 1024;

/// The frames of one segment from some offset on. Memory: one chunk or one frame.
pub(crate) struct Frames {
    file: File,
    version: u32,
    offset: u64,
    window: Window,
}

/// A stretch of the file held in memory.
#[derive(Default)]
struct Window {
    start: u64,
    bytes: Vec<u8>,
}

/// What stands at the present offset.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// A whole frame; the next step is behind it.
    Frame {
        index: u64,
        /// Entries that were known to be on the disk when it was written.
        durable: u64,
        offset: u64,
        payload: &'a [u8],
    },
    /// The file ends here, or only zeros written ahead follow.
    End,
    /// The file ends within the frame that begins here.
    Torn,
    /// Something that does not fit its checksum, or has an impossible length. Beside a writer it
    /// may be a frame of which not all can be seen yet.
    Damaged,
}

impl Step<'_> {
    /// Whether something stands there that is no whole frame.
    pub(crate) fn is_faulty(&self) -> bool {
        matches!(self, Self::Torn | Self::Damaged)
    }
}

impl Frames {
    /// Opens a segment and checks its header.
    pub(crate) fn open(path: &Path, first: u64) -> io::Result<Result<Self, HeaderFault>> {
        let (frames, fault) = Self::open_anyhow(path, first)?;
        Ok(fault.map_or(Ok(frames), Err))
    }

    /// Opens a segment to look behind its header, whatever that is like.
    pub(crate) fn open_anyhow(path: &Path, first: u64) -> io::Result<(Self, Option<HeaderFault>)> {
        let (file, offset) = (File::open(path)?, SEGMENT_HEADER as u64);
        let mut frames = Self {
            file,
            version: VERSION,
            offset,
            window: Window::default(),
        };
        let header = frames.window.view(&frames.file, 0, SEGMENT_HEADER)?;
        let checked = check_segment_header(header, first);
        frames.version = checked.unwrap_or(VERSION);
        Ok((frames, checked.err()))
    }

    /// Format version of the segment; the present one where the header does not tell.
    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// Where the next step looks, in bytes from the beginning of the file.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    pub(crate) fn seek(&mut self, offset: u64) {
        self.offset = offset;
        self.window = Window::default();
    }

    pub(crate) fn file_bytes(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Looks at the present offset. Stays there unless a whole frame was found, and looks afresh
    /// when asked again: the writer may have gone on.
    pub(crate) fn step(&mut self) -> io::Result<Step<'_>> {
        let offset = self.offset;
        let at = self.window.view(&self.file, offset, FRAME_HEADER)?;
        let header = FrameHeader::read(at);
        let unwritten = at.iter().take(FRAME_HEADER).all(|b| *b == 0);
        let fault = match header {
            _ if unwritten && self.only_zeros_follow()? => Step::End,
            None => Step::Torn,
            Some(header) if header.length > MAX_ENTRY_BYTES => Step::Damaged,
            Some(header) => {
                let frame = self.window.view(&self.file, offset, header.frame_bytes())?;
                if frame.len() < header.frame_bytes() {
                    Step::Torn
                } else if header.fits(&frame[FRAME_HEADER..header.frame_bytes()]) {
                    self.offset += header.frame_bytes() as u64;
                    let frame = self.window.held(offset, header.frame_bytes());
                    let payload = &frame[FRAME_HEADER..];
                    return Ok(Step::Frame {
                        index: header.index(),
                        durable: header.durable(),
                        offset,
                        payload,
                    });
                } else {
                    Step::Damaged
                }
            }
        };
        self.window = Window::default();
        Ok(fault)
    }

    /// The payload of the frame that the last step found at this offset.
    pub(crate) fn payload_at(&self, offset: u64, bytes: usize) -> &[u8] {
        self.window.held(offset + FRAME_HEADER as u64, bytes)
    }

    fn only_zeros_follow(&mut self) -> io::Result<bool> {
        let mut offset = self.offset;
        loop {
            let at = self.window.view(&self.file, offset, 1)?;
            if at.is_empty() {
                return Ok(true);
            }
            if at.iter().any(|b| *b != 0) {
                return Ok(false);
            }
            offset += at.len() as u64;
        }
    }

    /// Whether a crash, or a writer at work, explains that no whole frame stands where `entry` is
    /// expected; then, how many whole frames stand behind. Stays at the place.
    ///
    /// Until they are synced, frames reach the disk in any order. So a power cut explains the
    /// place unless something behind it was written when `entry` was already on the disk: a frame
    /// that says so, or any whole frame if `hashed` entries, of which this is one, were sealed.
    /// Nor does a crash move an entry to another place.
    pub(crate) fn crash_explains(&mut self, entry: u64, hashed: u64) -> io::Result<Option<u64>> {
        let place = self.offset;
        let (mut whole, mut next, mut explained) = (0, entry, true);
        while explained && self.resume_after_damage(next)? {
            explained = entry >= hashed;
            while explained && let Step::Frame { index, durable, .. } = self.step()? {
                explained = index > entry && durable <= entry;
                (whole, next) = (whole + 1, next.max(index + 1));
            }
        }
        self.seek(place);
        Ok(explained.then_some(whole))
    }

    /// Moves behind damage to the next whole frame, byte by byte, if there is one whose index is
    /// `expected` or as much later as the bytes between allow. Otherwise stays and says `false`.
    pub(crate) fn resume_after_damage(&mut self, expected: u64) -> io::Result<bool> {
        let end = self.file_bytes()?;
        let latest = expected.saturating_add((end - self.offset.min(end)) / FRAME_HEADER as u64);
        for offset in self.offset + 1..end.saturating_sub(FRAME_HEADER as u64 - 1) {
            let at = self.window.view(&self.file, offset, FRAME_HEADER)?;
            let Some(header) = FrameHeader::read(at) else {
                break;
            };
            let plausible = header.length <= MAX_ENTRY_BYTES
                && (expected..=latest).contains(&header.index())
                && offset + header.frame_bytes() as u64 <= end;
            if !plausible {
                continue;
            }
            let frame = self.window.view(&self.file, offset, header.frame_bytes())?;
            if frame
                .get(FRAME_HEADER..header.frame_bytes())
                .is_some_and(|p| header.fits(p))
            {
                self.offset = offset;
                return Ok(true);
            }
        }
        self.window = Window::default();
        Ok(false)
    }
}

impl Window {
    /// At least `wanted` bytes from `offset` on, fewer only where the file ends.
    fn view(&mut self, file: &File, offset: u64, wanted: usize) -> io::Result<&[u8]> {
        if self.held(offset, wanted).len() < wanted {
            let kept = self.held(offset, usize::MAX).len();
            let drop = self.bytes.len() - kept;
            self.bytes.drain(..drop);
            self.start = offset;
            self.bytes.resize(wanted.max(CHUNK), 0);
            let mut filled = kept;
            while filled < self.bytes.len() {
                let at = offset + filled as u64;
                match file.read_at(&mut self.bytes[filled..], at) {
                    Ok(0) => break,
                    Ok(n) => filled += n,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => (),
                    Err(e) => return Err(e),
                }
            }
            self.bytes.truncate(filled);
        }
        Ok(self.held(offset, usize::MAX))
    }

    fn held(&self, offset: u64, at_most: usize) -> &[u8] {
        let skip = offset
            .checked_sub(self.start)
            .and_then(|s| usize::try_from(s).ok());
        let held = skip
            .and_then(|skip| self.bytes.get(skip..))
            .unwrap_or_default();
        &held[..held.len().min(at_most)]
    }
}
