//! Length-prefixed frames over a buffer the caller owns.
//!
//! A frame is four bytes of big-endian length, then that many bytes: one code
//! letter and its data. Nothing here allocates for what has not arrived yet, so
//! a length that lies costs its sender an error and us nothing.

/// Largest frame accepted unless the caller says otherwise, in bytes after the
/// length: 1 MiB. Postfix sends body chunks of at most 65,535 bytes and headers
/// of at most `header_size_limit` (102,400 bytes), so ten times that is ample.
pub const DEFAULT_MAX_FRAME: usize = 1024 * 1024;

/// Most bytes to make room for at once while waiting for the rest of a frame.
const READ_STEP: usize = 64 * 1024;

/// Bytes of the length prefix.
const PREFIX: usize = 4;

/// One frame, borrowed from the caller's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The letter that says what the frame is.
    pub code: u8,
    /// Everything after the letter; may be empty.
    pub data: &'a [u8],
}

/// Why the stream cannot be cut into frames any further. The connection is of
/// no more use: there is no way to find the next frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A frame without even a code letter.
    #[error("frame of length 0, is this a milter client?")]
    Empty,
    /// More than the caller allows. A client speaking another protocol (HTTP,
    /// SMTP) ends up here too, since its first letters read as a huge length.
    #[error("frame of {length} bytes exceeds the limit of {max}, is this a milter client?")]
    TooLarge {
        /// What the prefix says, in bytes.
        length: usize,
        /// What is allowed, in bytes.
        max: usize,
    },
}

/// Cuts what has been read so far into frames.
///
/// Read into a buffer, walk it with [`Frames::next_frame`] until `None`, then
/// drop [`Frames::consumed`] bytes from its front and read at least one more.
#[derive(Debug)]
pub struct Frames<'a> {
    rest: &'a [u8],
    consumed: usize,
    max: usize,
}

impl<'a> Frames<'a> {
    /// Starts at the front of `buffer`; frames over `max` bytes are refused.
    pub fn new(buffer: &'a [u8], max: usize) -> Self {
        Self {
            rest: buffer,
            consumed: 0,
            max,
        }
    }

    /// The next whole frame, or `None` when more bytes are needed.
    ///
    /// Fails as soon as the length prefix is known to be unacceptable.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'a>>, FrameError> {
        let Some((prefix, after)) = self.rest.split_first_chunk::<PREFIX>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*prefix) as usize;
        if length == 0 {
            return Err(FrameError::Empty);
        }
        if length > self.max {
            return Err(FrameError::TooLarge {
                length,
                max: self.max,
            });
        }
        let Some((payload, rest)) = after.split_at_checked(length) else {
            return Ok(None);
        };
        let Some((&code, data)) = payload.split_first() else {
            return Err(FrameError::Empty);
        };
        self.rest = rest;
        self.consumed += PREFIX + length;
        Ok(Some(Frame { code, data }))
    }

    /// Bytes of the buffer that whole frames have used up.
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// How many bytes are worth making room for before the next read: those
    /// missing from the frame in progress, at least 1 and at most 64 KiB. The
    /// ceiling keeps a client from reserving memory it has not filled.
    pub fn wanted(&self) -> usize {
        let missing = match self.rest.split_first_chunk::<PREFIX>() {
            None => PREFIX - self.rest.len(),
            Some((prefix, after)) => {
                (u32::from_be_bytes(*prefix) as usize).saturating_sub(after.len())
            }
        };
        missing.clamp(1, READ_STEP)
    }
}

/// Appends one frame made of `parts`. Callers bound the parts; together they
/// stay far below the 4 GiB that the prefix can say.
pub(crate) fn write(out: &mut Vec<u8>, code: u8, parts: &[&[u8]]) {
    let length = 1 + parts.iter().map(|part| part.len()).sum::<usize>();
    out.reserve(PREFIX + length);
    out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    out.push(code);
    for part in parts {
        out.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_given_only_once_whole() {
        let bytes = b"\0\0\0\x04Habc\0\0\0\x01Q";
        for cut in 0..bytes.len() {
            let mut frames = Frames::new(&bytes[..cut], 16);
            let first = frames.next_frame().expect("lengths are fine");
            assert_eq!(first.is_some(), cut >= 8, "cut at {cut}");
            if first.is_none() {
                assert_eq!(frames.consumed(), 0);
                assert!((1..=8).contains(&frames.wanted()));
            }
        }
        let mut frames = Frames::new(bytes, 16);
        assert_eq!(
            frames.next_frame(),
            Ok(Some(Frame {
                code: b'H',
                data: b"abc"
            }))
        );
        assert_eq!(
            frames.next_frame(),
            Ok(Some(Frame {
                code: b'Q',
                data: b""
            }))
        );
        assert_eq!(frames.next_frame(), Ok(None));
        assert_eq!(frames.consumed(), bytes.len());
    }

    #[test]
    fn a_bad_length_is_refused_from_the_prefix_alone() {
        assert_eq!(
            Frames::new(&[0; 4], 16).next_frame(),
            Err(FrameError::Empty)
        );
        let too_large = FrameError::TooLarge {
            length: 17,
            max: 16,
        };
        assert_eq!(Frames::new(&[0, 0, 0, 17], 16).next_frame(), Err(too_large));
        assert!(
            Frames::new(b"GET / HTTP/1.1", DEFAULT_MAX_FRAME)
                .next_frame()
                .is_err()
        );
    }

    #[test]
    fn room_is_asked_for_in_steps() {
        let frames = Frames::new(&[0, 15, 0, 0, b'B'], DEFAULT_MAX_FRAME);
        assert_eq!(frames.wanted(), READ_STEP);
    }
}
