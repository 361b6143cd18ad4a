#![allow(clippy::unwrap_used)]

use super::*;
use crate::allow::Allow;

const REQUEST: &str = "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n";
const RESPONSE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

fn written(write: impl FnOnce(&Reply<'_>, &mut Vec<u8>)) -> String {
    let istag = IsTag::new("pack-3").unwrap();
    let mut out = Vec::new();
    write(
        &Reply {
            istag: &istag,
            close: false,
            headers: &[],
        },
        &mut out,
    );
    String::from_utf8(out).unwrap()
}

fn raw(head: &str) -> RawHead<'_> {
    RawHead::new(head.as_bytes()).unwrap()
}

#[test]
fn continue_and_no_modification_announce_no_parts() {
    let mut out = Vec::new();
    proceed(&mut out);
    assert_eq!(out, b"ICAP/1.0 100 Continue\r\n\r\n");
    let found = written(|reply, out| reply.no_modification(out));
    assert_eq!(
        found,
        "ICAP/1.0 204 No Content\r\nISTag: \"pack-3\"\r\n\r\n"
    );
}

#[test]
fn shared_headers_are_on_every_reply() {
    let istag = IsTag::new("pack-3").unwrap();
    let headers = [("X-Next-Services", ""), ("X-Decision", "7\r\nX: y")];
    let mut out = Vec::new();
    Reply {
        istag: &istag,
        close: true,
        headers: &headers,
    }
    .failure(&mut out, Failure::Overloaded);
    let expected = "ICAP/1.0 503 Service Overloaded\r\nISTag: \"pack-3\"\r\nX-Next-Services: \r\n\
        X-Decision: 7  X: y\r\nConnection: close\r\nEncapsulated: null-body=0\r\n\r\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn each_failure_writes_its_own_status() {
    use Failure::*;
    for failure in [
        BadRequest,
        ServiceNotFound,
        MethodNotAllowed,
        RequestTimeout,
        ServerError,
        Overloaded,
        VersionNotSupported,
    ] {
        let found = written(|reply, out| reply.failure(out, failure));
        assert!(
            found.starts_with(&format!("ICAP/1.0 {} ", failure.status())),
            "{found}"
        );
    }
}

#[test]
fn an_adapted_message_has_its_parts_where_it_says() {
    let whole = |reply: &Reply<'_>, out: &mut Vec<u8>| {
        reply.adapted(out, Carries::Response, raw(RESPONSE), Body::Whole(b"hello"));
    };
    let expected = format!(
        "ICAP/1.0 200 OK\r\nISTag: \"pack-3\"\r\nEncapsulated: res-hdr=0, res-body={}\r\n\r\n\
         {RESPONSE}5\r\nhello\r\n0\r\n\r\n",
        RESPONSE.len()
    );
    assert_eq!(written(whole), expected);
    let null = |reply: &Reply<'_>, out: &mut Vec<u8>| {
        reply.adapted(out, Carries::Request, raw(REQUEST), Body::Null);
    };
    let expected = format!(
        "ICAP/1.0 200 OK\r\nISTag: \"pack-3\"\r\nEncapsulated: req-hdr=0, null-body={}\r\n\r\n\
         {REQUEST}",
        REQUEST.len()
    );
    assert_eq!(written(null), expected);
    let streamed = written(|reply, out| {
        reply.adapted(out, Carries::Request, raw(REQUEST), Body::Streamed);
        push_chunk(out, b"abc");
        push_last(out, Last::Plain);
    });
    assert!(
        streamed.contains(&format!("req-body={}\r\n", REQUEST.len())),
        "{streamed}"
    );
    assert!(
        streamed.ends_with("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        "{streamed}"
    );
}

#[test]
fn a_partial_reply_sends_the_client_back_to_its_own_body() {
    let found = written(|reply, out| {
        reply.partial(out, Carries::Response, raw(RESPONSE), b"new", 3);
    });
    assert!(
        found.starts_with("ICAP/1.0 206 Partial Content\r\n"),
        "{found}"
    );
    assert!(
        found.ends_with("3\r\nnew\r\n0; use-original-body=3\r\n\r\n"),
        "{found}"
    );
}

#[test]
fn no_change_is_written_the_way_it_was_chosen() {
    let check = |way, body, status: &str, end: &str| {
        let found = written(|reply, out| {
            reply.unmodified(out, way, Carries::Response, raw(RESPONSE), body);
        });
        assert!(found.starts_with(status) && found.ends_with(end), "{found}");
    };
    check(
        Unmodified::NoContent204,
        Body::Streamed,
        "ICAP/1.0 204",
        "\"pack-3\"\r\n\r\n",
    );
    check(
        Unmodified::Partial206,
        Body::Streamed,
        "ICAP/1.0 206",
        "0; use-original-body=0\r\n\r\n",
    );
    check(Unmodified::Partial206, Body::Null, "ICAP/1.0 200", RESPONSE);
    check(
        Unmodified::Echo200,
        Body::Whole(b"hello"),
        "ICAP/1.0 200",
        "hello\r\n0\r\n\r\n",
    );
    check(
        Unmodified::Echo200,
        Body::Streamed,
        "ICAP/1.0 200",
        RESPONSE,
    );
}

#[test]
fn a_page_always_has_its_length() {
    let page = Page {
        status: PageStatus::Forbidden,
        content_type: "text/html; charset=utf-8",
        body: b"<p>No.</p>",
        to_head: false,
        headers: &[
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'none'"),
        ],
    };
    let head = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html; charset=utf-8\r\n\
        Content-Length: 10\r\nCache-Control: no-store\r\n\
        Content-Security-Policy: default-src 'none'\r\n\r\n";
    let icap = |kind: &str| {
        let length = head.len();
        let parts = format!("Encapsulated: res-hdr=0, {kind}={length}\r\n\r\n");
        format!("ICAP/1.0 200 OK\r\nISTag: \"pack-3\"\r\n{parts}{head}")
    };
    let found = written(|reply, out| reply.page(out, &page));
    assert_eq!(found, icap("res-body") + "a\r\n<p>No.</p>\r\n0\r\n\r\n");
    let found = written(|reply, out| {
        reply.page(
            out,
            &Page {
                to_head: true,
                ..page
            },
        )
    });
    assert_eq!(found, icap("null-body"));
    let location = "https://gate.example/why?id=7\r\nX: y";
    let status = PageStatus::SeeOther { location };
    let found = written(|reply, out| {
        reply.page(
            out,
            &Page {
                status,
                body: b"",
                ..page
            },
        )
    });
    assert!(found.contains("303 See Other\r\nLocation: https://gate.example/why?id=7  X: y\r\n"));
    assert!(found.contains("Content-Length: 0\r\n") && found.ends_with("\r\n\r\n0\r\n\r\n"));
    let status = PageStatus::Found { location: "/a" };
    let found = written(|reply, out| reply.page(out, &Page { status, ..page }));
    assert!(found.contains("HTTP/1.1 302 Found\r\nLocation: /a\r\n"));
}

#[test]
fn a_service_presents_itself() {
    let options = OptionsReply {
        mode: Mode::Respmod,
        service: "Probity 0.1",
        service_id: Some("respmod"),
        preview: Some(1024),
        transfer: Transfer {
            preview: "*",
            ignore: "css, woff2",
            complete: "",
        },
        allow: Allow {
            no_modification: true,
            partial: true,
            trailers: false,
        },
        max_connections: Some(1000),
        ttl_seconds: Some(300),
    };
    let expected = "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nService: Probity 0.1\r\n\
        Service-ID: respmod\r\nAllow: 204, 206\r\nTransfer-Preview: *\r\n\
        Transfer-Ignore: css, woff2\r\nPreview: 1024\r\nMax-Connections: 1000\r\n\
        Options-TTL: 300\r\nISTag: \"pack-3\"\r\nEncapsulated: null-body=0\r\n\r\n";
    assert_eq!(written(|reply, out| reply.options(out, &options)), expected);
}
