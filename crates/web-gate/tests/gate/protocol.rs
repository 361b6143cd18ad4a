//! The protocol at its edges: what Squid does, and what no honest client does.

use proptest::prelude::*;
use web_gate::settings::Settings;

use crate::client::{BROWSER, Client, NOTHING, SQUID, reqmod};
use crate::town::Town;

const GET: &str = "GET http://council.test/ HTTP/1.1\r\nAccept: text/html\r\n\r\n";

fn asked(http: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    reqmod(http, &[]).push(&mut bytes);
    bytes
}

#[tokio::test]
async fn options_as_squid_asks_for_them() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    for (service, methods) in [("reqmod", "REQMOD"), ("respmod", "RESPMOD")] {
        let text = format!(
            "OPTIONS icap://h/{service} ICAP/1.0\r\nHost: h\r\nAllow: 206, trailers\r\n\r\n"
        );
        client.send(text.as_bytes()).await;
        let answer = client.answer().await;
        assert_eq!(answer.status, 200);
        for line in [
            &format!("Methods: {methods}\r\n"),
            "Preview: 4096\r\n",
            "Allow: 204, 206, trailers\r\n",
            "Max-Connections: 4096\r\n",
            "Transfer-Preview: *\r\n",
        ] {
            assert!(answer.head.contains(line), "{line} in {}", answer.head);
        }
    }
    let with_body =
        "OPTIONS icap://h/reqmod ICAP/1.0\r\nEncapsulated: opt-body=0\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    client.send(with_body.as_bytes()).await;
    assert_eq!(client.answer().await.status, 200);
    assert_eq!(
        client.visit("ann", "http://council.test/").await.status,
        204
    );
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let refused = format!("GET http://mail.test/ HTTP/1.1\r\n{BROWSER}\r\n");
    let mut bytes = Vec::new();
    for n in 0..300 {
        bytes.extend(asked(if n % 3 == 0 { &refused } else { GET }));
    }
    client.send(&bytes).await;
    for n in 0..300 {
        let answer = client.answer().await;
        assert_eq!(answer.is_page(403), n % 3 == 0, "{n}: {answer:?}");
    }
    assert_eq!(town.record().len(), 300);
}

#[tokio::test]
async fn a_request_may_come_byte_by_byte() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let http = "POST http://film.test/ HTTP/1.1\r\nContent-Length: 6\r\n\r\n";
    let mut bytes = Vec::new();
    let mut outgoing = reqmod(http, &[]);
    (outgoing.allow, outgoing.preview, outgoing.body) = (NOTHING, None, Some(&b"abcdef"[..]));
    outgoing.push(&mut bytes);
    for byte in bytes {
        client.send(&[byte]).await;
        tokio::task::yield_now().await;
    }
    let answer = client.answer().await;
    assert_eq!((answer.status, &answer.body[..]), (200, &b"abcdef"[..]));
}

#[tokio::test]
async fn malformed_requests_get_their_error_and_only_their_connection_closes() {
    let town = Town::new().await;
    let mut other = Client::of(&town).await;
    assert_eq!(other.visit("ann", "http://council.test/").await.status, 204);
    let length = GET.len();
    let with = |line: &str, encapsulated: &str| {
        format!("{line}\r\nHost: h\r\nEncapsulated: {encapsulated}\r\n\r\n{GET}")
    };
    let good = "REQMOD icap://h/reqmod ICAP/1.0";
    let null = format!("req-hdr=0, null-body={length}");
    let body = format!("req-hdr=0, req-body={length}");
    let huge = format!("{good}\r\nX: {}\r\n\r\n", "a".repeat(20_000));
    for (text, status) in [
        (with("REQMOD icap://h/reqmod ICAP/2.0", &null), 505),
        (with("PATCH icap://h/reqmod ICAP/1.0", &null), 405),
        (with("REQMOD icap://h/nowhere ICAP/1.0", &null), 404),
        (with("REQMOD icap://h/respmod ICAP/1.0", &null), 405),
        (
            with("RESPMOD icap://h/reqmod ICAP/1.0", "res-hdr=0, null-body=9"),
            400,
        ),
        (with(good, "req-hdr=0, null-body=-1"), 400),
        (with(good, "req-hdr=0, null-body=5"), 400),
        (with(good, "null-body=0"), 400),
        (with(good, &format!("{null}, {null}")), 400),
        (with(good, &body) + "zz\r\n", 400),
        (with(good, &body) + "123456789\r\n", 400),
        (huge, 400),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 505),
        ("\u{16}\u{3}\u{1}\0\0".to_owned(), 400),
    ] {
        let mut client = Client::of(&town).await;
        client.send(text.as_bytes()).await;
        let answer = client.answer().await;
        assert_eq!(answer.status, status, "{text:?}");
        assert!(answer.head.contains("Connection: close\r\n"), "{text:?}");
        assert!(client.is_closed().await, "{text:?}");
    }
    assert_eq!(other.visit("ann", "http://council.test/").await.status, 204);
}

#[tokio::test]
async fn a_fault_after_good_requests_comes_after_their_answers() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let mut bytes = asked(GET);
    bytes.extend(asked(GET));
    bytes.extend(b"nonsense\r\n\r\n");
    client.send(&bytes).await;
    assert_eq!(client.answer().await.status, 204);
    assert_eq!(client.answer().await.status, 204);
    assert_eq!(client.answer().await.status, 400);
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn who_stops_half_way_is_told_so_and_let_go() {
    let settings = Settings {
        head_within_seconds: 0,
        ..Settings::default()
    };
    let town = Town::with(settings, Default::default()).await;
    let mut client = Client::of(&town).await;
    let bytes = asked(GET);
    client.send(&bytes[..bytes.len() - 1]).await;
    assert_eq!(client.answer().await.status, 408);
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn connections_beyond_the_limit_are_turned_away() {
    let settings = Settings {
        max_connections: 2,
        ..Settings::default()
    };
    let town = Town::with(settings, Default::default()).await;
    let (mut one, mut two) = (Client::of(&town).await, Client::of(&town).await);
    assert_eq!(one.visit("ann", "http://council.test/").await.status, 204);
    assert_eq!(two.visit("ann", "http://council.test/").await.status, 204);
    let mut three = Client::of(&town).await;
    assert_eq!(three.answer().await.status, 503);
    assert!(three.is_closed().await);
    assert_eq!(one.visit("ann", "http://council.test/").await.status, 204);
}

#[tokio::test]
async fn the_gate_stops_while_connections_rest() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    assert_eq!(
        client.visit("ann", "http://council.test/").await.status,
        204
    );
    town.stop().await;
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn the_state_tag_changes_with_the_lists() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let tag = |head: &str| {
        head.lines()
            .find(|line| line.starts_with("ISTag"))
            .unwrap()
            .to_owned()
    };
    let before = tag(&client.visit("ann", "http://new.test/").await.head);
    std::fs::write(town.folder.path().join("lists/webmail.txt"), "new.test\n").unwrap();
    let (lists, sites) = (
        town.folder.path().join("lists"),
        town.folder.path().join("sites"),
    );
    site_categories::build(&lists, &sites, Default::default()).unwrap();
    town.point.information().lists().unwrap().refresh().unwrap();
    let answer = client.visit("ann", "http://new.test/").await;
    assert!(answer.is_page(403), "{answer:?}");
    assert_ne!(tag(&answer.head), before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_sent_the_gate_goes_on(junk in prop::collection::vec(any::<u8>(), 0..400), cut in 0usize..300) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let settings = Settings { head_within_seconds: 0, ..Settings::default() };
            let town = Town::with(settings, Default::default()).await;
            let mut client = Client::of(&town).await;
            let mut bytes = asked(GET);
            bytes.truncate(cut);
            bytes.extend(&junk);
            client.send(&bytes).await;
            let mut other = Client::of(&town).await;
            let mut outgoing = reqmod(GET, &[]);
            outgoing.allow = SQUID;
            assert_eq!(other.ask(&outgoing).await.status, 204);
        });
    }
}
