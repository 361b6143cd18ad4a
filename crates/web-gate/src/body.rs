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
    /// The rest was sent for: this reads on from `taken`, where the body is not whole.
    pub(crate) sent_for: Option<Decoder>,
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
            sent_for: None,
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
            sent_for: None,
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
                sent_for: None,
            }));
        }
        if previewed && at > MOST_PREVIEW_BYTES {
            return Err(StartError::PreviewTooLong);
        }
    }
}

/// Looks on after a preview whose rest was sent for, until `wanted` bytes are here or the body's
/// end. `None`: not enough is here yet.
pub(crate) fn sent_for<'a>(
    encoded: &[u8],
    preview: Start<'a>,
    wanted: usize,
) -> Result<Option<Start<'a>>, StartError> {
    let mut decoder = Decoder::new();
    let mut at = preview.taken;
    let mut bytes = preview.bytes.into_owned();
    while bytes.len() < wanted {
        let step = decoder.step(encoded.get(at..).unwrap_or_default())?;
        at += step.consumed;
        match step.event {
            Event::Data(data) => bytes.extend_from_slice(data),
            Event::End(_) => {
                return Ok(Some(Start {
                    bytes: Cow::Owned(bytes),
                    taken: at,
                    whole: true,
                    sent_for: Some(decoder),
                }));
            }
            Event::NeedMore => return Ok(None),
        }
    }
    Ok(Some(Start {
        bytes: Cow::Owned(bytes),
        taken: at,
        whole: false,
        sent_for: Some(decoder),
    }))
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
    fn what_was_sent_for_follows_the_preview() {
        let check = |encoded: &str, wanted: usize, expected: Option<(&str, &str, bool)>| {
            let preview = start(encoded.as_bytes(), true, 0).unwrap().unwrap();
            let found = sent_for(encoded.as_bytes(), preview, wanted).unwrap();
            let found = found.map(|start| {
                let text = String::from_utf8(start.bytes.to_vec()).unwrap();
                (text, encoded[start.taken..].to_owned(), start.whole)
            });
            let expected =
                expected.map(|(text, rest, whole)| (text.to_owned(), rest.to_owned(), whole));
            assert_eq!(found, expected);
        };
        let preview = "2\r\nhe\r\n0\r\n\r\n";
        check(preview, 9, None);
        check(&format!("{preview}3\r\nll"), 9, None);
        check(
            &format!("{preview}3\r\nllo\r\n0\r\n\r\nNEXT"),
            9,
            Some(("hello", "NEXT", true)),
        );
        check(
            &format!("{preview}3\r\nllo\r\n4"),
            5,
            Some(("hello", "\r\n4", false)),
        );
    }

    #[test]
    fn a_preview_without_end_is_refused() {
        let endless = format!("ffff\r\n{}\r\nff\r\n", "a".repeat(0xffff));
        assert!(start(endless.as_bytes(), true, 4).is_err());
        assert!(start(b"zz", true, 4).is_err());
    }
}
