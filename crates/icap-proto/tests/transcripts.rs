//! What proxies send, byte for byte, cut at every place; and what we answer.
//! The shapes are Squid's; hosts, people and pages are made up.
#![allow(clippy::unwrap_used)]

use icap_proto::Parsed;
use icap_proto::allow::{Unmodified, answer_unmodified};
use icap_proto::chunked::{Decoder, Event, Last};
use icap_proto::encapsulated::BodyKind;
use icap_proto::http::Form;
use icap_proto::identity::UserEncoding;
use icap_proto::limits::Limits;
use icap_proto::request::Method;
use icap_proto::transaction::Transaction;

const OPTIONS: &str = "OPTIONS icap://192.0.2.1:1344/reqmod ICAP/1.0\r\n\
    Host: 192.0.2.1:1344\r\nAllow: 206, trailers\r\n\r\n";

/// A whole ICAP request, with the offsets worked out.
fn squid(method: &str, headers: &str, parts: [&str; 2], body: Option<&str>) -> String {
    let [request, response] = parts;
    let mut list = String::from("req-hdr=0");
    if !response.is_empty() {
        list += &format!(", res-hdr={}", request.len());
    }
    let kind = match (body, method) {
        (None, _) => "null-body",
        (Some(_), "REQMOD") => "req-body",
        (Some(_), _) => "res-body",
    };
    list += &format!(", {kind}={}", request.len() + response.len());
    let service = method.to_ascii_lowercase();
    format!(
        "{method} icap://192.0.2.1:1344/{service} ICAP/1.0\r\nHost: 192.0.2.1:1344\r\n\
         Date: Wed, 10 Jun 2026 08:15:00 GMT\r\nProxy-Authorization: Basic amFuZTpodW50ZXIy\r\n\
         Encapsulated: {list}\r\n{headers}X-Client-IP: 198.51.100.20\r\n\
         X-Client-Username: amFuZQ==\r\nX-SNI: -\r\n\r\n{request}{response}{}",
        body.unwrap_or_default()
    )
}

const GET: &str = "GET http://Shop.Example:8080/bikes?colour=red HTTP/1.1\r\n\
    User-Agent: test/1\r\nAccept: */*\r\nHost: shop.example:8080\r\n\r\n";
const POST: &str = "POST http://forum.example/post HTTP/1.1\r\nContent-Length: 26\r\n\
    Content-Type: application/x-www-form-urlencoded\r\nHost: forum.example\r\n\r\n";
const PAGE: &str = "HTTP/1.1 200 OK\r\nServer: test\r\nContent-Type: text/html\r\n\
    Content-Length: 10240\r\nETag: \"77-2800\"\r\n\r\n";
const SMALL: &str = "Preview: 0\r\nAllow: 204, trailers\r\n";

/// Every prefix is incomplete, and the whole is read to its last byte, also
/// when the next request is already behind it.
fn cut_everywhere(text: &str) {
    let limits = Limits::default();
    let whole = Transaction::parse(text.as_bytes(), &limits).unwrap();
    let Parsed::Complete { value, consumed } = whole else {
        unreachable!("whole")
    };
    for cut in 0..consumed {
        let found = Transaction::parse(&text.as_bytes()[..cut], &limits);
        assert_eq!(found, Ok(Parsed::Incomplete), "cut at {cut}");
    }
    let piped = format!("{text}{OPTIONS}");
    let found = Transaction::parse(piped.as_bytes(), &limits).unwrap();
    assert_eq!(
        found,
        Parsed::Complete {
            value: value.clone(),
            consumed
        }
    );
    assert!(
        !format!("{value:?}").contains("amFuZTpodW50ZXIy"),
        "a password is printed"
    );
}

/// Parses, hands the transaction over, and returns what follows the heads.
fn read<'a>(text: &'a str, check: impl FnOnce(Transaction<'a>)) -> &'a str {
    cut_everywhere(text);
    match Transaction::parse(text.as_bytes(), &Limits::default()).unwrap() {
        Parsed::Complete { value, consumed } => {
            check(value);
            &text[consumed..]
        }
        Parsed::Incomplete => unreachable!("whole"),
    }
}

fn body(text: &str) -> (Vec<u8>, Last) {
    let (mut decoder, mut rest, mut found) = (Decoder::new(), text.as_bytes(), Vec::new());
    loop {
        let step = decoder.step(rest).unwrap();
        rest = &rest[step.consumed..];
        match step.event {
            Event::Data(data) => found.extend_from_slice(data),
            Event::End(last) => {
                assert!(rest.is_empty());
                return (found, last);
            }
            Event::NeedMore => unreachable!("body is whole"),
        }
    }
}

#[test]
fn options_comes_without_encapsulated() {
    let rest = read(OPTIONS, |found| {
        assert_eq!(
            (found.icap.method, found.icap.service),
            (Method::Options, "reqmod")
        );
        assert_eq!(found.icap.allow.as_str(), "206, trailers");
        assert!(!found.icap.encapsulated.has_body());
        assert_eq!((found.http_request, found.http_response), (None, None));
    });
    assert_eq!(rest, "");
}

#[test]
fn get_has_a_preview_of_nothing() {
    let text = squid("REQMOD", SMALL, [GET, ""], None);
    let rest = read(&text, |found| {
        assert_eq!(found.icap.preview, Some(0));
        assert!(!found.waits_after_preview());
        assert_eq!(found.icap.client_ip, Some("198.51.100.20".parse().unwrap()));
        assert_eq!(
            found.icap.identity(UserEncoding::Detect).unwrap().user,
            "jane"
        );
        assert_eq!(found.icap.headers.find("X-SNI"), Some(&b"-"[..]));
        assert_eq!(
            answer_unmodified(found.icap.allow, true),
            Unmodified::NoContent204
        );
        let target = found.http_request.unwrap().target;
        assert_eq!((&*target.host, target.port), ("shop.example", Some(8080)));
        assert_eq!(
            (target.path(), target.query()),
            ("/bikes", Some("colour=red"))
        );
    });
    assert_eq!(rest, "");
}

#[test]
fn connect_names_a_host_and_nothing_else() {
    let connect = "CONNECT bank.example:443 HTTP/1.1\r\nHost: bank.example:443\r\n\r\n";
    read(&squid("REQMOD", SMALL, [connect, ""], None), |found| {
        let http = found.http_request.unwrap();
        assert!(http.is_connect());
        assert_eq!(
            (http.target.form, &*http.target.host),
            (Form::Authority, "bank.example")
        );
    });
}

#[test]
fn a_bumped_request_has_an_https_address() {
    let inner = "GET https://mail.example/in HTTP/1.1\r\nHost: mail.example\r\n\
        Authorization: Bearer amFuZTpodW50ZXIy\r\nCookie: sid=amFuZTpodW50ZXIy\r\n\r\n";
    read(&squid("REQMOD", SMALL, [inner, ""], None), |found| {
        let http = found.http_request.unwrap();
        assert_eq!(
            (&*http.target.scheme, http.target.port),
            ("https", Some(443))
        );
        assert_eq!(http.headers.find("Authorization"), None);
        assert_eq!(http.raw.as_wire_bytes(), inner.as_bytes());
    });
}

#[test]
fn a_small_post_is_whole_in_its_preview() {
    let headers = "Preview: 26\r\nAllow: 204, 206, trailers\r\n";
    let chunks = "1a\r\ncomment=is+anyone+selling?\r\n0; ieof\r\n\r\n";
    let text = squid("REQMOD", headers, [POST, ""], Some(chunks));
    let rest = read(&text, |found| {
        assert!(found.waits_after_preview());
        assert_eq!(found.icap.encapsulated.body, BodyKind::Request);
        assert_eq!(found.http_request.unwrap().content_length, Some(26));
    });
    assert_eq!(
        body(rest),
        (b"comment=is+anyone+selling?".to_vec(), Last::Ieof)
    );
}

#[test]
fn a_large_upload_may_not_be_answered_204_after_its_preview() {
    let headers = "Preview: 1024\r\nAllow: 206, trailers\r\n";
    let chunks = format!("400\r\n{}\r\n0\r\n\r\n", "z".repeat(1024));
    let text = squid("REQMOD", headers, [POST, ""], Some(&chunks));
    let rest = read(&text, |found| {
        assert_eq!(
            answer_unmodified(found.icap.allow, true),
            Unmodified::NoContent204
        );
        assert_eq!(
            answer_unmodified(found.icap.allow, false),
            Unmodified::Partial206
        );
    });
    assert_eq!(body(rest), (vec![b'z'; 1024], Last::Plain));
}

#[test]
fn a_response_comes_with_its_request() {
    let headers = "Preview: 1024\r\nAllow: 204, 206, trailers\r\n";
    let chunks = format!("400\r\n{}\r\n0\r\n\r\n", "p".repeat(1024));
    read(
        &squid("RESPMOD", headers, [GET, PAGE], Some(&chunks)),
        |found| {
            assert_eq!(&*found.http_request.unwrap().target.host, "shop.example");
            let response = found.http_response.unwrap();
            assert_eq!(
                (response.status, response.content_length),
                (200, Some(10_240))
            );
            assert_eq!(response.content_type, Some(&b"text/html"[..]));
        },
    );
    // An answer to HEAD has a length and no body.
    read(&squid("RESPMOD", SMALL, [GET, PAGE], None), |found| {
        assert!(!found.icap.encapsulated.has_body());
    });
}

#[test]
fn a_response_may_come_alone() {
    let text = format!(
        "RESPMOD icap://gate.example/respmod ICAP/1.0\r\nHost: gate.example\r\n\
         Encapsulated: res-hdr=0, res-body={}\r\n\r\n{PAGE}0\r\n\r\n",
        PAGE.len()
    );
    let rest = read(&text, |found| assert_eq!(found.http_request, None));
    assert_eq!(body(rest), (Vec::new(), Last::Plain));
}

#[test]
fn an_upgrade_request_is_an_ordinary_one() {
    let upgrade = "GET http://chat.example/ws HTTP/1.1\r\nHost: chat.example\r\n\
        Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    read(&squid("REQMOD", SMALL, [upgrade, ""], None), |found| {
        let http = found.http_request.unwrap();
        assert_eq!(http.headers.find("upgrade"), Some(&b"websocket"[..]));
        assert!(!found.icap.close, "that is the inner message's Connection");
    });
}
