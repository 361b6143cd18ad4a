//! What Postfix and Squid say.

use icap_proto::Parsed;
use icap_proto::chunked::{Decoder, Event};
use icap_proto::limits::Limits;
use icap_proto::transaction::Transaction;
use milter_proto::command::Command;
use milter_proto::frame::Frames;
use milter_proto::mta::MtaReply;
use milter_proto::negotiate::{Offer, Wanted, negotiate};
use milter_proto::session::{self, Due, Session};

use crate::Target;

/// A milter session: frames, commands, and the order they may come in.
pub(crate) const MILTER: Target = Target {
    name: "milter",
    run: milter,
    samples: &[
        b"\0\0\0\x0dO\0\0\0\x06\0\0\x01\xff\0\0\x1f\xff",
        b"\0\0\0\x0dO\0\0\0\x06\0\0\x01\xff\0\0\x1f\xff\0\0\0\x15Cmx.example\x004\x04\xd2127.0.0.1\0\
          \0\0\0\x08Hclient\0\0\0\0\x08M<a@b>\0\0\0\0\x08R<c@d>\0\0\0\0\x01T\0\0\0\x0bLSubject\0x\0\0\0\0\x01N\0\0\0\x03Bhi\0\0\0\x01E",
        b"\0\0\0\x08DMi\0abc\0",
    ],
};

fn milter(bytes: &[u8]) {
    let mut session = Session::new(session::Limits {
        recipients: 3,
        macro_bytes: 64,
        ..session::Limits::default()
    });
    let mut frames = Frames::new(bytes, 4096);
    while let Ok(Some(frame)) = frames.next_frame() {
        let _ = MtaReply::parse(frame);
        let Ok(command) = Command::parse(frame) else {
            continue;
        };
        if session.accept(&command) == Ok(Due::Terms)
            && let Ok(terms) = negotiate(&Offer::POSTFIX, &Wanted::default())
        {
            session.agree(&terms);
        }
        let _ = session.macros().value(b"i");
    }
    assert!(frames.consumed() <= bytes.len());
}

/// A request of ICAP: read the same however much of it is there.
pub(crate) const ICAP: Target = Target {
    name: "icap",
    run: icap,
    samples: &[
        b"REQMOD icap://h/reqmod ICAP/1.0\r\nHost: h\r\nAllow: 204\r\nEncapsulated: req-hdr=0, null-body=26\r\n\r\n\
          GET http://a/ HTTP/1.1\r\n\r\n",
        b"RESPMOD icap://h/respmod ICAP/1.0\r\nX-Client-Username: YQ==\r\nPreview: 0\r\n\
          Encapsulated: req-hdr=0, res-hdr=26, res-body=45\r\n\r\nGET http://a/ HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n0\r\n\r\n",
        b"OPTIONS icap://h/reqmod ICAP/1.0\r\n\r\n",
    ],
};

fn icap(bytes: &[u8]) {
    let limits = Limits::default();
    let whole = Transaction::parse(bytes, &limits);
    // A few cuts stand for all of them.
    for cut in [
        bytes.len() / 3,
        bytes.len() / 2,
        bytes.len().saturating_sub(1),
    ] {
        let part = bytes.get(..cut).unwrap_or_default();
        match Transaction::parse(part, &limits) {
            Ok(Parsed::Incomplete) => {}
            settled => assert_eq!(settled, whole, "cut at {cut}"),
        }
    }
}

/// A chunked body: the same bytes however it is cut.
pub(crate) const CHUNKED: Target = Target {
    name: "chunked",
    run: chunked,
    samples: &[
        b"5\r\nhello\r\n0\r\n\r\n",
        b"0; ieof\r\n\r\n",
        b"a;x=y\r\n0123456789\r\n1\r\n!\r\n0\r\nTrailer: z\r\n\r\n",
    ],
};

fn chunked(bytes: &[u8]) {
    assert_eq!(decoded(bytes, bytes.len()), decoded(bytes, 1));
}

fn decoded(bytes: &[u8], piece: usize) -> (Vec<u8>, bool) {
    let (mut decoder, mut body, mut at) = (Decoder::new(), Vec::new(), 0);
    while at < bytes.len() {
        let end = bytes.len().min(at + piece.max(1));
        let Ok(step) = decoder.step(bytes.get(at..end).unwrap_or_default()) else {
            return (body, false);
        };
        at += step.consumed;
        match step.event {
            Event::Data(data) => body.extend_from_slice(data),
            Event::NeedMore => assert_eq!(at, end, "a decoder that wants more has read all"),
            Event::End(_) => return (body, true),
        }
    }
    (body, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_of_icap_are_requests() {
        for sample in ICAP.samples {
            let parsed = Transaction::parse(sample, &Limits::default());
            assert!(
                matches!(parsed, Ok(Parsed::Complete { .. })),
                "{}: {parsed:?}",
                String::from_utf8_lossy(sample)
            );
        }
    }
}
