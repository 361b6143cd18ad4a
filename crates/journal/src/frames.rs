//! Walks the frames of one segment in bounded memory, also while it is being written.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::format::{
    FRAME_HEADER, FrameHeader, HeaderFault, MAX_ENTRY_BYTES, SEGMENT_HEADER, check_segment_header,
};

/// Read at a time, in bytes.
const CHUNK: usize = 256 * 1024;

/// The frames of one segment from some offset on. Memory: one chunk or one frame.
pub(crate) struct Frames {
    file: File,
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
        offset: u64,
        payload: &'a [u8],
    },
    /// The file ends here.
    End,
    /// The file ends within the frame that begins here.
    Torn,
    /// A frame that does not fit its checksum, or has an impossible length.
    Damaged,
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
            offset,
            window: Window::default(),
        };
        let header = frames.window.view(&frames.file, 0, SEGMENT_HEADER)?;
        let fault = check_segment_header(header, first).err();
        Ok((frames, fault))
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
        let (found, header) = (at.len(), FrameHeader::read(at));
        let fault = match header {
            None if found == 0 => Step::End,
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
                        index: header.index,
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
                && (expected..=latest).contains(&header.index)
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
