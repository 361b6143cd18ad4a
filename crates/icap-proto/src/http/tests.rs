#![allow(clippy::unwrap_used)]

use super::*;
use crate::limits::Limits;

fn request(text: &str) -> Result<HttpRequest<'_>, HttpError> {
    HttpRequest::parse(text.as_bytes(), &Limits::default())
}

fn response(text: &str) -> Result<HttpResponse<'_>, HttpError> {
    HttpResponse::parse(text.as_bytes(), &Limits::default())
}

fn check(line: &str, expected: (Form, &str, &str, Option<u16>, &str)) {
    let text = format!("{line} HTTP/1.1\r\nHost: Host.Example.:8080\r\n\r\n");
    let target = request(&text).unwrap().target;
    let found = (
        target.form,
        &*target.scheme,
        &*target.host,
        target.port,
        &*target.path_and_query,
    );
    assert_eq!(found, expected, "{line}");
}

#[test]
fn an_address_comes_apart() {
    use Form::*;
    check(
        "GET http://a.example/b?c",
        (Absolute, "http", "a.example", Some(80), "/b?c"),
    );
    check(
        "GET HTTPS://A.Example.",
        (Absolute, "https", "a.example", Some(443), "/"),
    );
    check(
        "GET http://a.example:8080?q",
        (Absolute, "http", "a.example", Some(8080), "?q"),
    );
    check(
        "GET http://u:p@a.example/",
        (Absolute, "http", "a.example", Some(80), "/"),
    );
    check(
        "GET http://u@v@a.example/@",
        (Absolute, "http", "a.example", Some(80), "/@"),
    );
    check(
        "GET http://[2001:DB8::1]:81/",
        (Absolute, "http", "2001:db8::1", Some(81), "/"),
    );
    check(
        "GET http://a.example:/",
        (Absolute, "http", "a.example", Some(80), "/"),
    );
    check("GET http:///x", (Absolute, "http", "", Some(80), "/x"));
    check(
        "GET ftp://f.example/x",
        (Absolute, "ftp", "f.example", Some(21), "/x"),
    );
    check("GET urn:isbn:1", (Absolute, "urn", "", None, "isbn:1"));
    check(
        "GET http://a%2eb.example/%2e",
        (Absolute, "http", "a%2eb.example", Some(80), "/%2e"),
    );
    check(
        "GET http://bücher.example/ü",
        (Absolute, "http", "bücher.example", Some(80), "/ü"),
    );
    check(
        "GET http://a.example/b c",
        (Absolute, "http", "a.example", Some(80), "/b c"),
    );
    check("GET /b", (Origin, "http", "host.example", Some(8080), "/b"));
    check(
        "OPTIONS *",
        (Asterisk, "http", "host.example", Some(8080), "*"),
    );
    check(
        "CONNECT a.example:443",
        (Authority, "", "a.example", Some(443), ""),
    );
    check("CONNECT [::1]:443", (Authority, "", "::1", Some(443), ""));
    check("CONNECT a.example", (Authority, "", "a.example", None, ""));
}

#[test]
fn path_query_and_address_are_told_apart() {
    let text = "GET http://192.0.2.7/a/b?c=d?e#f HTTP/1.1\r\n\r\n";
    let target = request(text).unwrap().target;
    assert_eq!((target.path(), target.query()), ("/a/b", Some("c=d?e")));
    assert_eq!(target.ip(), Some("192.0.2.7".parse().unwrap()));
}

#[test]
fn passwords_in_an_address_are_not_printed() {
    let text = "GET ftp://joe:secret@f.example/ HTTP/1.1\r\nAuthorization: Basic secret\r\n\r\n";
    let shown = format!("{:?}", request(text).unwrap());
    assert!(
        shown.contains("f.example") && !shown.contains("secret"),
        "{shown}"
    );
}

#[test]
fn odd_addresses_are_refused_with_a_reason() {
    let refused = |line: &str| request(&format!("{line} HTTP/1.1\r\n\r\n")).unwrap_err();
    assert_eq!(refused("GET a.example"), TargetError::Form.into());
    assert_eq!(refused("GET 1http://a/"), TargetError::Form.into());
    assert_eq!(refused("GET http://a:65536/"), TargetError::Port.into());
    assert_eq!(refused("GET http://a:-1/"), TargetError::Port.into());
    assert_eq!(refused("GET http://[::1/"), TargetError::Bracket.into());
    assert_eq!(refused("GET http://[::1]x/"), TargetError::Bracket.into());
    for line in [
        "GET",
        "GET ",
        "G(T http://a/",
        "GET http://a/\u{1}",
        " http://a/",
    ] {
        assert_eq!(refused(line), HttpError::FirstLine, "{line}");
    }
}

#[test]
fn a_head_fills_its_part_exactly() {
    assert_eq!(
        request("GET http://a/ HTTP/1.1\r\nA: b\r\n"),
        Err(HttpError::Framing)
    );
    assert_eq!(
        request("GET http://a/ HTTP/1.1\r\n\r\nGET"),
        Err(HttpError::Framing)
    );
    assert_eq!(
        request("GET http://a/ HTTP/1.1\r\n\r\nA: b\r\n\r\n"),
        Err(HttpError::Framing)
    );
    assert_eq!(
        request("GET http://a/ HTTP/1.1\r\nA: b\r\n\r"),
        Err(HttpError::Framing)
    );
    let limits = Limits {
        http_headers: 2,
        ..Limits::default()
    };
    let lines = |n: usize| format!("GET http://a/ HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(n));
    assert!(HttpRequest::parse(lines(2).as_bytes(), &limits).is_ok());
    let refused = HttpRequest::parse(lines(3).as_bytes(), &limits).unwrap_err();
    assert_eq!(refused, HttpError::TooManyHeaders { limit: 2 });
}

#[test]
fn what_the_body_is_comes_from_the_head() {
    let text = "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\nContent-Length: 9000\r\n\
        Content-Disposition: attachment; filename=\"pay.pdf\"\r\nSet-Cookie: a=b\r\n\r\n";
    let found = response(text).unwrap();
    assert_eq!((found.status, found.version), (200, (1, 1)));
    assert_eq!(found.content_type, Some(&b"application/pdf"[..]));
    assert_eq!(found.content_length, Some(9000));
    assert_eq!(found.file_name().as_deref(), Some(&b"pay.pdf"[..]));
    let length = |lines: &str| {
        response(&format!("HTTP/1.0 304\r\n{lines}\r\n"))
            .unwrap()
            .content_length
    };
    assert_eq!(length(""), None);
    assert_eq!(
        length("Content-Length: 5\r\nContent-Length: 5\r\n"),
        Some(5)
    );
    assert_eq!(length("Content-Length: 5\r\nContent-Length: 6\r\n"), None);
    assert_eq!(length("Content-Length: -5\r\n"), None);
    for line in [
        "HTTP/1.1",
        "HTTP/1.1 20",
        "HTTP/1.1 099 x",
        "HTTP/1.1 +20 x",
        "ICY 200 OK",
    ] {
        let text = format!("{line}\r\n\r\n");
        assert_eq!(response(&text), Err(HttpError::FirstLine), "{line}");
    }
    assert_eq!(response("HTTP/2 404 \r\n\r\n").unwrap().version, (2, 0));
}

#[test]
fn a_file_name_is_found_however_it_is_written() {
    let check = |value: &str, expected: Option<&str>| {
        let found = file_name(value.as_bytes());
        assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{value}");
    };
    check("attachment", None);
    check("attachment; filename=a.zip", Some("a.zip"));
    check(
        "inline;FileName = \"a b;c.zip\" ; size=3",
        Some("a b;c.zip"),
    );
    check("attachment; filename=\"a\\\"b\\\\c\"", Some("a\"b\\c"));
    check("attachment; filename=\"open", Some("open"));
    check("attachment; filename=\"open\\", Some("open\\"));
    check("attachment; filename=\"\"", None);
    check("attachment; x; filename=a", Some("a"));
    check(
        "attachment; filename=a; filename*=UTF-8''r%C3%A9sum%c3%a9.doc",
        Some("résumé.doc"),
    );
    check(
        "attachment; filename*=UTF-8''100%; filename=b",
        Some("100%"),
    );
    check("attachment; filename*=broken; filename=b", Some("b"));
    check("attachment; filename*=UTF-8'en'", None);
}

#[test]
fn a_rewritten_head_keeps_what_it_was_not_asked_to_change() {
    let text = "GET http://find.example/?q=x HTTP/1.1\r\nHost: find.example\r\n\
        Cookie: sid=1\r\n\tfolded\r\naccept-encoding: br\r\n more\r\nOdd\r\n\r\n";
    let head = request(text).unwrap().raw;
    let rewrite = Rewrite {
        address: Some("http://find.example/?q=x&safe=1"),
        remove: &["Accept-Encoding"],
        set: &[("HOST", "safe.example"), ("X-A", "b\r\nc")],
    };
    let mut out = Vec::new();
    rewrite.apply(head, &mut out).unwrap();
    let expected = "GET http://find.example/?q=x&safe=1 HTTP/1.1\r\nCookie: sid=1\r\n\tfolded\r\n\
        Odd\r\nHOST: safe.example\r\nX-A: b  c\r\n\r\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);

    let mut out = Vec::new();
    Rewrite::default().apply(head, &mut out).unwrap();
    assert_eq!(out, text.as_bytes());
    for bad in ["", "a b", "a\r\nb", "ü"] {
        let rewrite = Rewrite {
            address: Some(bad),
            ..Rewrite::default()
        };
        assert_eq!(
            rewrite.apply(head, &mut Vec::new()),
            Err(RewriteError::Address)
        );
    }
}
