#![allow(clippy::unwrap_used)]

use super::*;

fn parse(text: &str) -> Result<Parsed<Request<'_>>, RequestError> {
    Request::parse(text.as_bytes(), &Limits::default())
}

fn head(text: &str) -> Request<'_> {
    match parse(text).unwrap() {
        Parsed::Complete { value, .. } => value,
        Parsed::Incomplete => unreachable!("head is whole"),
    }
}

fn service(address: &str) -> Result<(String, Option<String>), RequestError> {
    let text = format!("OPTIONS {address} ICAP/1.0\r\n\r\n");
    let Parsed::Complete { value, .. } = parse(&text)? else {
        unreachable!("head is whole")
    };
    Ok((value.service.to_owned(), value.query.map(str::to_owned)))
}

#[test]
fn a_service_is_named_by_its_path() {
    let name =
        |service: &str, query: Option<&str>| Ok((service.to_owned(), query.map(str::to_owned)));
    assert_eq!(
        service("icap://gate.example:1344/reqmod"),
        name("reqmod", None)
    );
    assert_eq!(
        service("ICAPS://[::1]:11344/a/b?c=d?e"),
        name("a/b", Some("c=d?e"))
    );
    assert_eq!(service("/respmod"), name("respmod", None));
    assert_eq!(service("icap://gate.example"), name("", None));
    assert_eq!(service("icap://gate.example?x"), name("", Some("x")));
    for bad in [
        "*",
        "reqmod",
        "http://gate.example/reqmod",
        "icap:///reqmod",
        "icap:/reqmod",
    ] {
        assert_eq!(service(bad), Err(RequestError::Address), "{bad}");
    }
}

#[test]
fn the_request_line_is_read_strictly() {
    use RequestError::{Line, Method, Version};
    let rows = [
        ("LOGMOD icap://h/s ICAP/1.0", Method),
        ("reqmod icap://h/s ICAP/1.0", Method),
        ("REQMOD icap://h/s ICAP/2.0", Version),
        ("REQMOD icap://h/s ICAP/1.1", Version),
        ("REQMOD icap://h/s icap/1.0", Version),
        ("REQMOD icap://h/s ICAP/1.00", Version),
        ("GET / HTTP/1.1", Version),
        ("REQMOD icap://h/s", Line),
        ("REQMOD  icap://h/s ICAP/1.0", Line),
        ("REQMOD icap://h/s ICAP/1.0 ", Line),
        ("REQMOD icap://h/\u{e9} ICAP/1.0", Line),
        ("\u{16}\u{3}\u{1}", Line),
        (" REQMOD icap://h/s ICAP/1.0", Line),
    ];
    for (line, expected) in rows {
        assert_eq!(parse(&format!("{line}\r\n\r\n")), Err(expected), "{line}");
    }
    assert_eq!(
        parse("\u{16}\u{3}\u{1}"),
        Err(Line),
        "no need to wait for the line's end"
    );
    assert_eq!(
        parse("OPTIONS /s ICAP/1.0\n\n"),
        Err(Line),
        "a bare line feed"
    );
    assert_eq!(Method.failure(), Failure::MethodNotAllowed);
    assert_eq!(Version.failure(), Failure::VersionNotSupported);
    assert_eq!(Line.failure(), Failure::BadRequest);
}

#[test]
fn header_lines_are_read_strictly() {
    let with = |lines: &str| {
        let text = format!("OPTIONS /s ICAP/1.0\r\n{lines}\r\n");
        parse(&text).map(|parsed| matches!(parsed, Parsed::Complete { .. }))
    };
    assert_eq!(with("Host: gate.example\r\n"), Ok(true));
    assert_eq!(
        with("Host: gate.example\r\n folded\r\n"),
        Err(RequestError::Header)
    );
    assert_eq!(with("Host gate.example\r\n"), Err(RequestError::Header));
    assert_eq!(with("Host : gate.example\r\n"), Err(RequestError::Header));
    assert_eq!(with("A: b\nC: d\r\n"), Err(RequestError::Header));
    assert_eq!(with("A: b\n"), Err(RequestError::Header));
    assert_eq!(with("\n"), Err(RequestError::Header));
    assert_eq!(with("A: b\0c\r\n"), Err(RequestError::Header));
    assert_eq!(with("Preview: 1024\r\n"), Ok(true));
    for bad in [
        "",
        "-1",
        "1k",
        "1024, 5",
        "4294967296",
        "99999999999999999999",
    ] {
        assert_eq!(
            with(&format!("Preview: {bad}\r\n")),
            Err(RequestError::Preview),
            "{bad}"
        );
    }
    assert_eq!(
        with("Preview: 0\r\nPreview: 0\r\n"),
        Err(RequestError::Preview)
    );
}

#[test]
fn a_head_without_end_is_refused() {
    let limits = Limits {
        head_bytes: 100,
        headers: 3,
        ..Limits::default()
    };
    let refused = |text: &str| Request::parse(text.as_bytes(), &limits).unwrap_err();
    assert_eq!(
        refused(&"A".repeat(100)),
        RequestError::TooLong { limit: 100 }
    );
    let long = format!("OPTIONS /s ICAP/1.0\r\nA: {}\r\n\r\n", "b".repeat(80));
    assert_eq!(refused(&long), RequestError::TooLong { limit: 100 });
    let many = format!("OPTIONS /s ICAP/1.0\r\n{}\r\n", "A: b\r\n".repeat(4));
    assert_eq!(refused(&many), RequestError::TooManyHeaders { limit: 3 });
}

#[test]
fn what_the_gate_needs_is_read_once() {
    let request = head(
        "RESPMOD icap://gate.example/respmod ICAP/1.0\r\nHost: gate.example\r\n\
         allow: 206\r\nAllow: trailers, x\r\nPreview: 1024\r\nConnection: x, Close\r\n\
         Encapsulated: res-hdr=0, res-body=40\r\nX-Client-IP: 2001:db8::5\r\n\
         X-Client-Username: -\r\nX-Authenticated-User: V2luTlQ6Ly9UT1dOL2FsaWNl\r\n\
         X-SNI: shop.example\r\n\r\n",
    );
    assert_eq!(request.allow.as_str(), "206, trailers");
    assert_eq!(request.preview, Some(1024));
    assert!(request.close);
    assert_eq!(request.encapsulated.heads_len(), 40);
    assert_eq!(request.client_ip, Some("2001:db8::5".parse().unwrap()));
    assert_eq!(request.headers.find("x-sni"), Some(&b"shop.example"[..]));
    let identity = request.identity(UserEncoding::Detect).unwrap();
    assert_eq!(
        (&*identity.user, identity.domain.as_deref()),
        ("alice", Some("TOWN"))
    );
    assert_eq!(
        head("OPTIONS /s ICAP/1.0\r\nX-Client-IP: -\r\n\r\n").client_ip,
        None
    );
}

#[test]
fn framing_headers_stand_once() {
    let refused = |method: &str, lines: &str| {
        parse(&format!("{method} /s ICAP/1.0\r\n{lines}\r\n")).unwrap_err()
    };
    assert_eq!(refused("REQMOD", ""), RequestError::NotEncapsulated);
    let twice = "Encapsulated: null-body=0\r\nEncapsulated: null-body=0\r\n";
    assert_eq!(refused("REQMOD", twice), RequestError::EncapsulatedTwice);
    let wrong = "Encapsulated: res-hdr=0, null-body=9\r\n";
    let expected = RequestError::Encapsulated(EncapsulatedError::Method);
    assert_eq!(refused("REQMOD", wrong), expected);
    assert_eq!(
        head("OPTIONS /s ICAP/1.0\r\n\r\n").encapsulated,
        Encapsulated::NONE
    );
}

#[test]
fn passwords_are_not_printed() {
    let request =
        head("OPTIONS /s ICAP/1.0\r\nProxy-Authorization: Basic c2VjcmV0\r\nA: b\r\n\r\n");
    assert_eq!(request.headers.find("Proxy-Authorization"), None);
    assert!(!format!("{request:?}").contains("c2VjcmV0"));
}

#[test]
fn blank_lines_before_a_request_are_skipped_and_counted() {
    let text = "\r\n\r\nOPTIONS /s ICAP/1.0\r\n\r\nNEXT";
    let Parsed::Complete { consumed, .. } = parse(text).unwrap() else {
        unreachable!("whole")
    };
    assert_eq!(&text[consumed..], "NEXT");
    assert_eq!(parse("\r\n\r"), Ok(Parsed::Incomplete));
    assert_eq!(
        parse("\r\n\r\n\r\nOPTIONS /s ICAP/1.0\r\n\r\n"),
        Err(RequestError::Line)
    );
}
