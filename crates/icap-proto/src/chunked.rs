//! Chunked bodies (RFC 9112, 7.1, with ICAP's `ieof` and `use-original-body`).
//!
//! A preview is a chunked body of its own: it ends in a last chunk, and unless
//! that says `ieof`, another chunked body follows once the server has said
//! [`proceed`](crate::reply::proceed). Read each with a new [`Decoder`].

mod encode;
#[cfg(test)]
mod tests;

pub use encode::{Last, push_chunk, push_last};

use crate::digits::parse_decimal;

/// Hex digits in a chunk's size: eight make 4 GiB less one byte. Longer ones
/// overflow careless readers and are how requests are smuggled past them.
const MOST_SIZE_DIGITS: u8 = 8;

/// Bytes of extension after a chunk's size. ICAP's own need about 30.
const MOST_EXTENSION: usize = 128;

/// Bytes of trailer lines after the last chunk, which are read and dropped.
const MOST_TRAILER: u16 = 8 << 10;

/// Reads one chunked body, piece by piece, without copying.
#[derive(Debug, Clone)]
pub struct Decoder {
    state: State,
    received: u64,
    trailer: u16,
    extension: [u8; MOST_EXTENSION],
    extension_len: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Size {
        size: u32,
        digits: u8,
    },
    /// Blanks between the size and what follows it.
    AfterSize {
        size: u32,
    },
    Extension {
        size: u32,
    },
    SizeLf {
        size: u32,
    },
    Data {
        left: u32,
    },
    DataCr,
    DataLf,
    TrailerStart,
    TrailerLine,
    TrailerLf,
    FinalLf,
    Done,
}

/// What a piece of input held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// All input was consumed; the body goes on.
    NeedMore,
    /// Bytes of the body, never empty. There may be more in the input.
    Data(&'a [u8]),
    /// The body's last chunk and trailers are through.
    End(Last),
}

/// One step of decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// Bytes to drop from the front of the input before the next step.
    pub consumed: usize,
    /// What they held.
    pub event: Event<'a>,
}

/// Why a body cannot be read further. Nobody knows where it ends, so the
/// connection must close.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum ChunkError {
    /// No digit, or a character no size line holds there.
    #[error("a chunk's size line is malformed")]
    Size,
    /// More than eight hex digits.
    #[error("a chunk's size has more than 8 digits")]
    SizeTooLong,
    /// More than 128 bytes.
    #[error("a chunk's extension is longer than 128 bytes")]
    ExtensionTooLong,
    /// A chunk holds more or less than its size says.
    #[error("a chunk's data does not end where its size says")]
    Data,
    /// More than 8 KiB, or a line not ended by CRLF.
    #[error("the trailer after the last chunk is malformed or too long")]
    Trailer,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// A decoder at the start of a body.
    pub fn new() -> Self {
        Self {
            state: State::Size { size: 0, digits: 0 },
            received: 0,
            trailer: 0,
            extension: [0; MOST_EXTENSION],
            extension_len: 0,
        }
    }

    /// Bytes of body seen so far. The caller's limit on bodies goes by this.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Reads up to one event from `input`. After [`Event::End`] nothing more is
    /// consumed. A fault stays a fault.
    pub fn step<'a>(&mut self, input: &'a [u8]) -> Result<Step<'a>, ChunkError> {
        let mut at = 0;
        while let Some(&byte) = input.get(at) {
            if self.state == State::Done {
                break;
            }
            if let State::Data { left } = self.state {
                let available = input.len() - at;
                let n = available.min(left as usize);
                let left = left - n as u32;
                self.state = if left == 0 {
                    State::DataCr
                } else {
                    State::Data { left }
                };
                self.received += n as u64;
                let data = &input[at..at + n];
                return Ok(Step {
                    consumed: at + n,
                    event: Event::Data(data),
                });
            }
            self.state = self.next(byte)?;
            at += 1;
        }
        let event = match self.state {
            State::Done => Event::End(self.last()),
            _ => Event::NeedMore,
        };
        Ok(Step {
            consumed: at,
            event,
        })
    }

    /// The state after one byte of anything but data.
    fn next(&mut self, byte: u8) -> Result<State, ChunkError> {
        match self.state {
            State::Size { size, digits } => match (char::from(byte).to_digit(16), digits) {
                (Some(_), MOST_SIZE_DIGITS) => Err(ChunkError::SizeTooLong),
                (Some(digit), _) => Ok(State::Size {
                    size: size << 4 | digit,
                    digits: digits + 1,
                }),
                (None, 0) => Err(ChunkError::Size),
                (None, _) => after_size(byte, size),
            },
            State::AfterSize { size } => after_size(byte, size),
            State::Extension { size } => match byte {
                b'\r' => Ok(State::SizeLf { size }),
                b'\n' | 0 => Err(ChunkError::Size),
                _ => {
                    let free = self.extension.get_mut(usize::from(self.extension_len));
                    *free.ok_or(ChunkError::ExtensionTooLong)? = byte;
                    self.extension_len += 1;
                    Ok(self.state)
                }
            },
            State::SizeLf { size } => match (byte, size) {
                (b'\n', 0) => Ok(State::TrailerStart),
                (b'\n', left) => {
                    // Only the last chunk's extension means anything.
                    self.extension_len = 0;
                    Ok(State::Data { left })
                }
                _ => Err(ChunkError::Size),
            },
            State::DataCr if byte == b'\r' => Ok(State::DataLf),
            State::DataLf if byte == b'\n' => Ok(State::Size { size: 0, digits: 0 }),
            State::DataCr | State::DataLf => Err(ChunkError::Data),
            State::TrailerStart if byte == b'\r' => Ok(State::FinalLf),
            State::TrailerStart | State::TrailerLine => match byte {
                b'\r' => Ok(State::TrailerLf),
                b'\n' | 0 => Err(ChunkError::Trailer),
                _ if self.trailer == MOST_TRAILER => Err(ChunkError::Trailer),
                _ => {
                    self.trailer += 1;
                    Ok(State::TrailerLine)
                }
            },
            State::TrailerLf if byte == b'\n' => Ok(State::TrailerStart),
            State::FinalLf if byte == b'\n' => Ok(State::Done),
            State::TrailerLf | State::FinalLf => Err(ChunkError::Trailer),
            // `step` takes these before it gets here.
            State::Data { .. } | State::Done => Ok(self.state),
        }
    }

    /// What the last chunk's extension says. Unknown extensions are allowed.
    fn last(&self) -> Last {
        let extension = &self.extension[..usize::from(self.extension_len)];
        for word in extension.split(|b| *b == b';').map(<[u8]>::trim_ascii) {
            if word.eq_ignore_ascii_case(b"ieof") {
                return Last::Ieof;
            }
            let equals = word.iter().position(|b| *b == b'=').unwrap_or(word.len());
            let (name, value) = word.split_at(equals);
            if name.trim_ascii().eq_ignore_ascii_case(b"use-original-body")
                && let Some(from) = value
                    .get(1..)
                    .map(<[u8]>::trim_ascii)
                    .and_then(parse_decimal)
            {
                return Last::UseOriginalBody(from);
            }
        }
        Last::Plain
    }
}

/// Some clients fill the size up with blanks.
fn after_size(byte: u8, size: u32) -> Result<State, ChunkError> {
    match byte {
        b' ' | b'\t' => Ok(State::AfterSize { size }),
        b';' => Ok(State::Extension { size }),
        b'\r' => Ok(State::SizeLf { size }),
        _ => Err(ChunkError::Size),
    }
}
