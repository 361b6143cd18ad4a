#![allow(clippy::unwrap_used)]

use super::*;

/// Decodes in pieces of `size` bytes; returns body, ending, bytes left over.
fn decode(input: &[u8], size: usize) -> Result<(Vec<u8>, Option<Last>, usize), ChunkError> {
    let (mut decoder, mut body, mut at) = (Decoder::new(), Vec::new(), 0);
    while at < input.len() {
        let piece = &input[at..input.len().min(at + size)];
        let step = decoder.step(piece)?;
        at += step.consumed;
        match step.event {
            Event::Data(data) => body.extend_from_slice(data),
            Event::NeedMore => assert_eq!(step.consumed, piece.len()),
            Event::End(last) => {
                assert_eq!(decoder.received(), body.len() as u64);
                return Ok((body, Some(last), input.len() - at));
            }
        }
    }
    Ok((body, None, 0))
}

fn check(input: &str, expected: Result<(&str, Option<Last>, usize), ChunkError>) {
    let expected = expected.map(|(body, last, left)| (body.as_bytes().to_vec(), last, left));
    for size in 1..=input.len().max(1) {
        assert_eq!(
            decode(input.as_bytes(), size),
            expected,
            "{input:?} in pieces of {size}"
        );
    }
}

#[test]
fn bodies_read_the_same_however_they_are_cut() {
    use Last::*;
    check(
        "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nNEXT",
        Ok(("hello world", Some(Plain), 4)),
    );
    check("0\r\n\r\n", Ok(("", Some(Plain), 0)));
    check(
        "1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0; ieof\r\n\r\n",
        Ok(("abcdefghijklmnopqrstuvwxyz", Some(Ieof), 0)),
    );
    check(
        "5;a=b;ieof\r\nhello\r\n0\r\n\r\n",
        Ok(("hello", Some(Plain), 0)),
    );
    check(
        "5  \t\r\nhello\r\n00000000;x=\"y\";IEOF\r\n\r\n",
        Ok(("hello", Some(Ieof), 0)),
    );
    check(
        "0; use-original-body=65536\r\n\r\n",
        Ok(("", Some(UseOriginalBody(65_536)), 0)),
    );
    check("0; use-original-body=-1\r\n\r\n", Ok(("", Some(Plain), 0)));
    check(
        "0\r\nX-Sum: 1\r\nB: c\r\n\r\nNEXT",
        Ok(("", Some(Plain), 4)),
    );
    check("0000000A\r\n0123456789\r\n", Ok(("0123456789", None, 0)));
}

#[test]
fn malformed_bodies_are_refused_the_same_however_they_are_cut() {
    check("\r\n", Err(ChunkError::Size));
    check("-5\r\nhello\r\n", Err(ChunkError::Size));
    check("+5\r\nhello\r\n", Err(ChunkError::Size));
    check("0x5\r\nhello\r\n", Err(ChunkError::Size));
    check("5\nhello\r\n", Err(ChunkError::Size));
    check("5\rhello\r\n", Err(ChunkError::Size));
    check("5 5\r\nhello\r\n", Err(ChunkError::Size));
    check("0;a\nb\r\n\r\n", Err(ChunkError::Size));
    check("FFFFFFFFFFFFFFFF\r\n", Err(ChunkError::SizeTooLong));
    check("000000005\r\nhello\r\n", Err(ChunkError::SizeTooLong));
    check("5\r\nhello!\r\n", Err(ChunkError::Data));
    check("5\r\nhell\r\n0\r\n\r\n", Err(ChunkError::Data));
    check("5\r\nhello\n0\r\n\r\n", Err(ChunkError::Data));
    check("0\r\nA: b\nC: d\r\n\r\n", Err(ChunkError::Trailer));
    check("0\r\n\rX", Err(ChunkError::Trailer));
    check(
        &format!("0;{}\r\n", "x".repeat(129)),
        Err(ChunkError::ExtensionTooLong),
    );
}

#[test]
fn a_trailer_has_a_limit() {
    let line = format!("A: {}\r\n", "b".repeat(1000));
    assert!(
        decode(format!("0\r\n{}\r\n", line.repeat(8)).as_bytes(), 4096)
            .unwrap()
            .1
            .is_some()
    );
    let long = format!("0\r\n{}\r\n", line.repeat(9));
    assert_eq!(decode(long.as_bytes(), 4096), Err(ChunkError::Trailer));
}

#[test]
fn a_chunk_may_be_as_large_as_eight_digits_say() {
    let mut decoder = Decoder::new();
    let step = decoder.step(b"FFFFFFFF\r\nabc").unwrap();
    assert_eq!(
        step,
        Step {
            consumed: 13,
            event: Event::Data(b"abc")
        }
    );
}

#[test]
fn what_is_written_reads_back() {
    let mut out = Vec::new();
    push_chunk(&mut out, b"hello world");
    push_chunk(&mut out, b"");
    push_last(&mut out, Last::UseOriginalBody(7));
    assert_eq!(out, b"b\r\nhello world\r\n0; use-original-body=7\r\n\r\n");
    let read = decode(&out, out.len()).unwrap();
    assert_eq!(
        read,
        (b"hello world".to_vec(), Some(Last::UseOriginalBody(7)), 0)
    );
}
