//! Any bytes at all: no panic, the same reading however they are cut, and what
//! we write reads back as it was meant.
#![allow(clippy::unwrap_used)]

use icap_proto::Parsed;
use icap_proto::allow::{Allow, Unmodified};
use icap_proto::chunked::{ChunkError, Decoder, Event, Last, push_chunk, push_last};
use icap_proto::client::{Incoming, Outgoing};
use icap_proto::encapsulated::Encapsulated;
use icap_proto::headers::RawHead;
use icap_proto::http::{HttpRequest, HttpResponse, Rewrite, file_name};
use icap_proto::identity::{self, UserEncoding};
use icap_proto::istag::IsTag;
use icap_proto::limits::Limits;
use icap_proto::reply::{Body, Carries, Reply};
use icap_proto::request::Method;
use icap_proto::transaction::Transaction;
use proptest::prelude::*;

/// Small limits, so that random input meets them.
const TIGHT: Limits = Limits {
    head_bytes: 120,
    headers: 4,
    http_bytes: 64,
    http_headers: 2,
};

/// Pieces of the protocol in random order reach much deeper than random bytes.
fn almost_icap() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "REQMOD", "RESPMOD", "OPTIONS", " ", "icap://h/s", "/s", "ICAP/1.0", "\r\n", "\r\n\r\n",
            "Encapsulated: ", "req-hdr=0", "res-hdr=", ", ", "null-body=", "req-body=", "40", "9",
            "Preview: 0", "Allow: 204", "X-Client-Username: ", "YQ==", "GET http://a/ HTTP/1.1",
            "HTTP/1.1 200 OK", "Host: a", "0; ieof", "5\r\nhello", "\n", "\r", ":", "\0",
            "REQMOD icap://h/s ICAP/1.0\r\nEncapsulated: req-hdr=0, null-body=26\r\n\r\n",
            "GET http://a/ HTTP/1.1\r\n\r\n",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// How the body ended, if it did, and after how many bytes of input.
type Ending = Result<(Option<Last>, usize), ChunkError>;

/// Decodes in pieces whose sizes repeat from `sizes`.
fn decode(input: &[u8], sizes: &[usize]) -> (Vec<u8>, Ending) {
    let (mut decoder, mut body, mut at) = (Decoder::new(), Vec::new(), 0);
    let mut sizes = sizes.iter().cycle();
    while at < input.len() {
        let end = input.len().min(at + sizes.next().unwrap());
        match decoder.step(&input[at..end]) {
            Err(error) => return (body, Err(error)),
            Ok(step) => {
                at += step.consumed;
                match step.event {
                    Event::Data(data) => body.extend_from_slice(data),
                    Event::NeedMore => assert_eq!(at, end),
                    Event::End(last) => return (body, Ok((Some(last), at))),
                }
            }
        }
    }
    (body, Ok((None, at)))
}

fn same_however_cut(input: &[u8], limits: &Limits) {
    let whole = Transaction::parse(input, limits);
    for cut in 0..input.len() {
        match Transaction::parse(&input[..cut], limits) {
            Ok(Parsed::Incomplete) => (),
            settled => assert_eq!(settled, whole, "cut at {cut}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn transactions_read_the_same_however_they_are_cut(
        pieces in almost_icap(),
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        for input in [&pieces, &noise] {
            same_however_cut(input, &TIGHT);
            same_however_cut(input, &Limits::default());
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        text in "[ -~\r\n]{0,80}",
    ) {
        for input in [&bytes[..], text.as_bytes(), format!("GET {text} HTTP/1.1\r\n\r\n").as_bytes(),
            format!("HTTP/1.1 200 OK\r\nContent-Disposition: {text}\r\n\r\n").as_bytes()]
        {
            for limits in [TIGHT, Limits::default()] {
                if let Ok(request) = HttpRequest::parse(input, &limits) {
                    let _ = (request.target.path(), request.target.query(), request.target.ip());
                    let mut out = Vec::new();
                    Rewrite::default().apply(request.raw, &mut out).unwrap();
                    let rewrite = Rewrite { address: Some("/x"), remove: &["a"], set: &[("b", "c")] };
                    let _ = rewrite.apply(request.raw, &mut out);
                }
                let _ = HttpResponse::parse(input, &limits).map(|r| r.file_name().is_some());
                let _ = Incoming::parse(input, &limits);
                let _ = Encapsulated::parse(input, limits.http_bytes);
            }
            let _ = file_name(input);
            for encoding in [UserEncoding::Plain, UserEncoding::Base64, UserEncoding::Detect] {
                let _ = identity::parse(input, encoding);
            }
        }
    }

    #[test]
    fn credentials_never_show(
        name in prop::sample::select(vec!["Authorization", "proxy-authorization", "COOKIE", "Set-Cookie"]),
        before in "[ -~]{0,20}",
        secret in "[A-Za-z0-9]{12}",
    ) {
        let text = format!("GET http://u:{secret}@a/ HTTP/1.1\r\nA: {before}\r\n{name}: x {secret}\r\n {secret}: y\r\n\r\n");
        let request = HttpRequest::parse(text.as_bytes(), &Limits::default()).unwrap();
        let shown = format!("{request:?}");
        prop_assert!(!shown.contains(&secret));
        prop_assert_eq!(request.headers.find(name), None);
    }

    #[test]
    fn chunks_read_the_same_however_they_are_cut(
        input in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..80),
            prop::collection::vec(prop::sample::select(
                vec!["0", "5", "\r\n", "hello", "; ieof", ";", "A: b", "00000000", "f", "\n", " "]), 0..16)
                .prop_map(|words| words.concat().into_bytes()),
        ],
        sizes in prop::collection::vec(1usize..9, 1..5),
    ) {
        prop_assert_eq!(decode(&input, &sizes), decode(&input, &[input.len().max(1)]));
    }

    #[test]
    fn bodies_come_back_as_they_were(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..5),
        sizes in prop::collection::vec(1usize..50, 1..5),
        from in any::<u32>(),
    ) {
        for last in [Last::Plain, Last::Ieof, Last::UseOriginalBody(u64::from(from))] {
            let mut out = Vec::new();
            pieces.iter().for_each(|piece| push_chunk(&mut out, piece));
            push_last(&mut out, last);
            let end = out.len();
            out.extend_from_slice(b"NEXT");
            prop_assert_eq!(decode(&out, &sizes), (pieces.concat(), Ok((Some(last), end))));
        }
    }

    #[test]
    fn client_and_server_understand_each_other(
        host in "[a-z]{1,12}\\.example", path in "/[a-z0-9/?=&%]{0,40}",
        body in prop::option::of(prop::collection::vec(any::<u8>(), 0..2000)),
        preview in prop::option::of(0u32..1500),
        respmod in any::<bool>(),
        [no_modification, partial, trailers] in any::<[bool; 3]>(),
    ) {
        let http_request = format!("POST http://{host}{path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let http_response = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";
        let allow = Allow { no_modification, partial, trailers };
        let outgoing = Outgoing {
            method: if respmod { Method::Respmod } else { Method::Reqmod },
            authority: "gate.example:1344",
            service: "check",
            allow,
            preview,
            headers: &[("X-Client-IP", "192.0.2.9"), ("X-Client-Username", "jane")],
            http_request: Some(http_request.as_bytes()),
            http_response: respmod.then_some(http_response.as_bytes()),
            body: body.as_deref(),
        };
        let mut wire = Vec::new();
        outgoing.push(&mut wire);
        let parsed = Transaction::parse(&wire, &Limits::default()).unwrap();
        let Parsed::Complete { value, consumed } = parsed else { unreachable!("whole") };
        prop_assert_eq!((value.icap.allow, value.icap.preview), (allow, preview));
        prop_assert_eq!((value.icap.service, value.http_response.is_some()), ("check", respmod));
        let http = value.http_request.as_ref().unwrap();
        prop_assert_eq!((&*http.target.host, &*http.target.path_and_query), (&*host, &*path));
        prop_assert_eq!(value.icap.encapsulated.has_body(), body.is_some());
        prop_assert_eq!(value.waits_after_preview(), body.is_some() && preview.is_some());

        let Some(body) = &body else {
            prop_assert_eq!(consumed, wire.len());
            return Ok(());
        };
        let (mut received, ended) = decode(&wire[consumed..], &[97]);
        let (last, _) = ended.unwrap();
        if last == Some(Last::Plain) && preview.is_some() {
            let mut rest = Vec::new();
            outgoing.push_rest(&mut rest);
            received.extend(decode(&rest, &[97]).0);
        }
        prop_assert_eq!(&received, body);
    }

    #[test]
    fn replies_read_back(
        body in prop::collection::vec(any::<u8>(), 0..500),
        close in any::<bool>(),
        value in "[ -~]{0,40}",
    ) {
        let istag = IsTag::of_digest(&body);
        let headers = [("X-Decision", &*value)];
        let reply = Reply { istag: &istag, close, headers: &headers };
        let head = RawHead::new(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n").unwrap();
        for (way, status) in [(Unmodified::NoContent204, 204), (Unmodified::Partial206, 206), (Unmodified::Echo200, 200)] {
            let mut wire = Vec::new();
            reply.unmodified(&mut wire, way, Carries::Response, head, Body::Whole(&body));
            for cut in 0..wire.len().min(60) {
                prop_assert_eq!(Incoming::parse(&wire[..cut], &Limits::default()), Ok(Parsed::Incomplete));
            }
            let parsed = Incoming::parse(&wire, &Limits::default()).unwrap();
            let Parsed::Complete { value: found, consumed } = parsed else { unreachable!("whole") };
            prop_assert_eq!((found.status, found.close), (status, close));
            prop_assert_eq!(found.istag, Some(istag.as_bytes()));
            prop_assert_eq!(found.headers.find("x-decision"), Some(value.trim().as_bytes()));
            let rest = &wire[consumed + found.encapsulated.heads_len()..];
            match status {
                204 => prop_assert!(rest.is_empty()),
                206 => prop_assert_eq!(decode(rest, &[64]).1.unwrap().0, Some(Last::UseOriginalBody(0))),
                _ => prop_assert_eq!(decode(rest, &[64]).0, body.clone()),
            }
        }
    }
}
