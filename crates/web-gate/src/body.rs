//! The start of a body: as much of it as a decision may rest on.

use std::borrow::Cow;

use icap_proto::chunked::{ChunkError, Decoder, Event, Last};

/// Bytes of a body we ask to see first, and the most a decision rests on. 4,096: file types show
/// in the first 512, a form's file names in the first few hundred after that.
pub(crate) const PREVIEW_BYTES: u32 = 4096;

/// Encoded bytes a preview may take in our buffer: what we asked for with room for tiny chunks,
/// and for clients that keep to a larger preview of their own.
const MOST_PREVIEW_BYTES: usize = 64 << 10;

/// The start of a body.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    /// Its first bytes, decoded.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Encoded bytes the preview took; 0 without a preview, whose body is read again from its
    /// start when it is passed on.
    pub(crate) taken: usize,
    /// These bytes are all there is.
    pub(crate) whole: bool,
}

/// Why a body cannot be read on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    #[error("the preview takes more than {MOST_PREVIEW_BYTES} bytes")]
    PreviewTooLong,
}

impl Start<'_> {
    /// What a message without a body starts with.
    pub(crate) fn none() -> Self {
        Self {
            bytes: Cow::Borrowed(&[]),
            taken: 0,
            whole: true,
        }
    }
}

/// Looks at the front of a body without taking it. `None`: not enough is here yet.
///
/// A preview is awaited to its end. Without one, `wanted` bytes are, or the body's end.
pub(crate) fn start(
    encoded: &[u8],
    previewed: bool,
    wanted: usize,
) -> Result<Option<Start<'_>>, StartError> {
    let mut decoder = Decoder::new();
    let (mut at, mut bytes) = (0, Cow::Borrowed(&[][..]));
    let finished = |bytes, taken, last| {
        let whole = !previewed || last == Last::Ieof;
        let taken = if previewed { taken } else { 0 };
        Ok(Some(Start {
            bytes,
            taken,
            whole,
        }))
    };
    loop {
        let step = decoder.step(&encoded[at..])?;
        at += step.consumed;
        match step.event {
            Event::End(last) => return finished(bytes, at, last),
            Event::Data(data) if bytes.is_empty() => bytes = Cow::Borrowed(data),
            Event::Data(data) => bytes.to_mut().extend_from_slice(data),
            Event::NeedMore if previewed && encoded.len() > MOST_PREVIEW_BYTES => {
                return Err(StartError::PreviewTooLong);
            }
            Event::NeedMore => return Ok(None),
        }
        if !previewed && bytes.len() >= wanted {
            return Ok(Some(Start {
                bytes,
                taken: 0,
                whole: false,
            }));
        }
        if previewed && at > MOST_PREVIEW_BYTES {
            return Err(StartError::PreviewTooLong);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(encoded: &str, previewed: bool, expected: Option<(&str, usize, bool)>) {
        let found = start(encoded.as_bytes(), previewed, 4).unwrap();
        let found = found.map(|start| {
            let text = String::from_utf8(start.bytes.to_vec()).unwrap();
            (text, start.taken, start.whole)
        });
        let expected = expected.map(|(text, taken, whole)| (text.to_owned(), taken, whole));
        assert_eq!(found, expected, "{encoded:?}");
    }

    #[test]
    fn a_preview_is_awaited_to_its_end() {
        check(
            "5\r\nhello\r\n0\r\n\r\nNEXT",
            true,
            Some(("hello", 15, false)),
        );
        check(
            "5\r\nhello\r\n0; ieof\r\n\r\n",
            true,
            Some(("hello", 21, true)),
        );
        check(
            "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            true,
            Some(("hello", 20, false)),
        );
        check("0\r\n\r\n", true, Some(("", 5, false)));
        check("5\r\nhello\r\n", true, None);
        check("", true, None);
    }

    #[test]
    fn without_a_preview_the_first_bytes_do() {
        check("2\r\nhe\r\n3\r\nllo", false, Some(("hello", 0, false)));
        check("2\r\nhe\r\n", false, None);
        check("2\r\nhe\r\n0\r\n\r\n", false, Some(("he", 0, true)));
    }

    #[test]
    fn a_preview_without_end_is_refused() {
        let endless = format!("ffff\r\n{}\r\nff\r\n", "a".repeat(0xffff));
        assert!(start(endless.as_bytes(), true, 4).is_err());
        assert!(start(b"zz", true, 4).is_err());
    }
}
