//! What becomes of requests and responses, and what stands on the record.

use content::known_files::{Class, Index, Item, Key, Register, take};
use icap_proto::chunked::Last;
use policy::decision::Decision;
use serde_json::{Value, json};

use crate::client::{BROWSER, Client, NOTHING, SQUID, reqmod, respmod};
use crate::town::Town;

fn fact<'a>(entry: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(entry, |value, key| &value[key])
}

#[tokio::test]
async fn a_page_passes_inside_the_preview_and_is_on_the_record() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let answer = client
        .visit("ann", "http://www.council.test/a/b?q=secret")
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert!(answer.head.contains("X-Probity-Entry: 1\r\n"), "{answer:?}");
    let record = town.record();
    let entry = &record[0];
    for (path, expected) in [
        ("kind", "web"),
        ("person", "p1"),
        ("client", "10.0.0.7"),
        ("host", "www.council.test"),
        ("path", "/a/b"),
        ("decision.outcome", "permit"),
    ] {
        assert_eq!(fact(entry, path), expected, "{path} in {entry}");
    }
    assert_eq!(fact(entry, "visit"), true);
    assert!(!entry.to_string().contains("secret"), "{entry}");
}

#[tokio::test]
async fn a_refused_page_comes_whole_with_its_clause_and_its_record_number() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let answer = client.visit("ann", "http://mail.test/inbox").await;
    assert!(answer.is_page(403), "{answer:?}");
    let length = format!("Content-Length: {}\r\n", answer.body.len());
    assert!(answer.http.contains(&length), "{answer:?}");
    assert!(
        answer.http.contains("Cache-Control: no-store\r\n"),
        "{answer:?}"
    );
    assert!(answer.body.len() <= 8 << 10);
    for piece in [
        "Clause 1: Personal webmail",
        "<strong>mail.test</strong>",
        "<strong>1</strong>",
    ] {
        assert!(
            answer.text().contains(piece),
            "{piece} in {}",
            answer.text()
        );
    }
    assert_eq!(town.record()[0]["decision"]["outcome"], "refuse");
    // The connection goes on.
    assert_eq!(
        client.visit("ann", "http://council.test/").await.status,
        204
    );
}

/// What nobody granted is nobody's fault: the page speaks of access, and the record holds the fact.
#[tokio::test]
async fn who_was_granted_nothing_is_told_how_to_ask_and_not_that_something_was_withdrawn() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let answer = client.visit("cem", "http://council.test/").await;
    assert!(answer.is_page(403), "{answer:?}");
    for piece in [
        "Clause 6: Access on request",
        "This is about your access, not about this site.",
        "<li>Your internet access has not been granted yet. Ask for it in the console.</li>",
    ] {
        assert!(answer.text().contains(piece), "{piece} in {answer:?}");
    }
    for piece in ["withdrawn", "by accident"] {
        assert!(!answer.text().contains(piece), "{piece} in {answer:?}");
    }
    let withdrawn = client.visit("bob", "http://council.test/").await;
    assert!(withdrawn.text().contains("Clause 5: Withdrawal of service"));
    assert!(!withdrawn.text().contains("Clause 6"), "{withdrawn:?}");
    let record = town.record();
    assert_eq!(*fact(&record[0], "request.who.granted"), json!(["email"]));
    assert!(fact(&record[1], "request.who.granted").is_null());
}

#[tokio::test]
async fn an_asset_is_refused_in_a_line() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let http = "GET http://mail.test/logo.png HTTP/1.1\r\nSec-Fetch-Dest: image\r\n\r\n";
    let answer = client.ask(&reqmod(http, &[])).await;
    assert!(
        answer.is_page(403) && answer.http.contains("text/plain"),
        "{answer:?}"
    );
    assert!(
        answer.text().contains("clause 1 (Personal webmail)"),
        "{answer:?}"
    );
    let head = format!("HEAD http://mail.test/ HTTP/1.1\r\n{BROWSER}\r\n");
    let answer = client.ask(&reqmod(&head, &[])).await;
    assert!(answer.is_page(403) && answer.body.is_empty(), "{answer:?}");
}

#[tokio::test]
async fn permissions_and_withdrawals_are_those_of_the_moment() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    for (time, who, address, passes) in [
        ("08:59:59", "ann", "http://mail.test/", false),
        ("09:00:00", "ann", "http://mail.test/", true),
        ("10:00:00", "ann", "http://mail.test/", false),
        ("09:30:00", "bob", "http://council.test/", false),
        ("09:30:00", "stranger", "http://council.test/", true),
    ] {
        town.at(time);
        let answer = client.visit(who, address).await;
        assert_eq!(answer.status == 204, passes, "{who} {time}: {answer:?}");
    }
}

#[tokio::test]
async fn streaming_passes_through_its_pool() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let answer = client.visit("ann", "http://film.test/").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        answer
            .http
            .starts_with("GET http://film.test/ HTTP/1.1\r\n"),
        "{answer:?}"
    );
    assert!(
        answer.http.contains("X-Probity-Pool: streaming\r\n"),
        "{answer:?}"
    );
    let record = town.record();
    assert_eq!(record[1]["kind"], "carried-out", "{record:?}");
    assert_eq!(record[1]["obligations"][0]["outcome"], "done", "{record:?}");
}

#[tokio::test]
async fn a_changed_head_leaves_the_body_as_it_was() {
    let town = Town::new().await;
    let body = b"film".repeat(5000);
    let length = body.len();
    let http = format!("POST http://film.test/ HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
    for (allow, preview, status) in [
        (SQUID, Some(4096), 206),
        (SQUID, None, 206),
        (NOTHING, Some(4096), 200),
        (NOTHING, Some(65536), 200),
        (NOTHING, None, 200),
    ] {
        let mut client = Client::of(&town).await;
        let mut outgoing = reqmod(&http, &[]);
        (outgoing.allow, outgoing.preview, outgoing.body) = (allow, preview, Some(&body[..]));
        let answer = client.ask(&outgoing).await;
        assert_eq!(answer.status, status, "{:?}", answer.head);
        assert!(
            answer.http.contains("X-Probity-Pool: streaming\r\n"),
            "{answer:?}"
        );
        match status {
            206 => assert_eq!(answer.last, Some(Last::UseOriginalBody(0))),
            _ => assert!(answer.body == body && answer.last == Some(Last::Plain)),
        }
        assert_eq!(
            client.visit("ann", "http://council.test/").await.status,
            204
        );
    }
}

#[tokio::test]
async fn a_body_passes_whatever_the_client_can_take() {
    let town = Town::new().await;
    let body = b"0123456789".repeat(20_000);
    let http = "POST http://council.test/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (partial, no_modification, preview, status) in [
        (false, false, Some(4096), 200),
        (false, true, Some(4096), 204),
        (true, false, Some(4096), 200),
        (true, true, Some(4096), 204),
        (true, false, None, 206),
        (false, true, None, 204),
        (false, false, None, 200),
    ] {
        let mut client = Client::of(&town).await;
        let mut outgoing = reqmod(http, &[]);
        outgoing.allow.partial = partial;
        outgoing.allow.no_modification = no_modification;
        (outgoing.preview, outgoing.body) = (preview, Some(&body[..]));
        let answer = client.ask(&outgoing).await;
        assert_eq!(answer.status, status, "{:?}", answer.head);
        if status == 200 {
            assert!(answer.body == body);
            assert_eq!(answer.http, http);
        }
        assert_eq!(
            client.visit("ann", "http://council.test/").await.status,
            204
        );
    }
}

#[tokio::test]
async fn what_somebody_sends_is_looked_through_and_passes_as_it_was() {
    let town = Town::new().await;
    let said = "note=My+NI+number+is+AB123456C&more=";
    for (length, unscannable) in [(10, false), (9_000, false), (3 << 20, true)] {
        let body = format!("{said}{}", "word+".repeat(length / 5));
        for preview in [Some(4096), None] {
            let mut client = Client::of(&town).await;
            let http = format!(
                "POST http://council.test/ HTTP/1.1\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {}\r\n\r\n",
                body.len()
            );
            let mut outgoing = reqmod(&http, &[]);
            (outgoing.allow, outgoing.preview) = (NOTHING, preview);
            outgoing.body = Some(body.as_bytes());
            let answer = client.ask(&outgoing).await;
            match answer.status {
                204 => assert!(preview.is_some() && length < 4096),
                _ => assert!(answer.body == body.as_bytes(), "{length} {preview:?}"),
            }
            let entry = town.record().pop().unwrap();
            let found = &entry["findings"][0];
            assert_eq!(found["label"], "personal-data", "{entry}");
            assert_eq!(found["part"], "note", "{entry}");
            let facts = &entry["request"]["what"]["findings"];
            assert_eq!(facts[0], "personal-data", "{entry}");
            assert_eq!(facts.get(1).is_some(), unscannable, "{entry}");
            assert!(!entry.to_string().contains("AB123456C"), "{entry}");
            assert_eq!(
                client.visit("ann", "http://council.test/").await.status,
                204
            );
        }
    }
}

#[tokio::test]
async fn a_program_is_held_whatever_it_is_called() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let program = [&b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0"[..], &[7; 9000]].concat();
    let http = format!(
        "GET http://files.test/photo.png HTTP/1.1\r\n{BROWSER}Sec-Fetch-Dest: document\r\n\r\n"
    );
    let response = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9016\r\n\r\n";
    let answer = client.ask(&respmod(&http, response, &program, &[])).await;
    assert!(answer.is_page(403), "{answer:?}");
    assert!(
        answer.text().contains("This needs a decision first"),
        "{answer:?}"
    );
    let entry = &town.record()[0];
    assert_eq!(
        entry["request"]["what"]["media"][0], "executable",
        "{entry}"
    );
    assert_eq!(
        (&entry["visit"], &entry["bytes"]),
        (&false.into(), &9016.into()),
        "{entry}"
    );
    let page = b"<!doctype html><title>a</title>";
    let response = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    assert_eq!(
        client
            .ask(&respmod(&http, response, page, &[]))
            .await
            .status,
        204
    );
}

/// A recording is not looked through; one that is as long as a known one is.
#[tokio::test]
async fn a_known_work_is_recognised_whatever_kind_of_file_it_is() {
    let town = Town::new().await;
    let film: Vec<u8> = (0..700_000u32)
        .map(|n| (n.wrapping_mul(n) >> 7) as u8)
        .collect();
    town.point.information().recognise(Some(registered(&film)));
    let mut other = film.clone();
    other[1_000] ^= 1;
    for (name, bytes, is_known) in [("a", &film, true), ("b", &other, false)] {
        let mut client = Client::of(&town).await;
        let http = format!("GET http://files.test/{name} HTTP/1.1\r\n\r\n");
        let response = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: {}\r\n\r\n",
            bytes.len()
        );
        client.ask(&respmod(&http, &response, bytes, &[])).await;
        let entry = town.record().pop().unwrap();
        let found = &entry["findings"][0];
        assert_eq!(found["label"] == "copyright-work", is_known, "{entry}");
        assert_eq!(found["by"] == "FILM: the file itself", is_known, "{entry}");
    }
}

/// An index of one work.
fn registered(bytes: &[u8]) -> Index {
    let key = Key::new([1; Key::BYTES]);
    let limits = content::document::Limits::default();
    let mut register = Register::new(&key);
    let item = Item {
        reference: "FILM".to_owned(),
        class: Class::CopyrightWork,
        owner: None,
        registered_at: 0,
        until: None,
        prints: take(bytes, None, Class::CopyrightWork, &key, &limits).prints,
    };
    register.put(item).unwrap();
    Index::new(&register, &key, 0).unwrap()
}

#[tokio::test]
async fn a_login_challenge_is_neither_visit_nor_download() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let http = "GET http://council.test/ HTTP/1.1\r\n\r\n";
    for status in ["401 Unauthorized", "407 Proxy Authentication Required"] {
        let response = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n");
        let answer = client
            .ask(&respmod(http, &response, b"Who are you?", &[]))
            .await;
        assert_eq!(answer.status, 204);
    }
    assert_eq!(town.record().len(), 0);
}

#[tokio::test]
async fn a_tunnel_that_will_be_opened_passes_and_a_closed_one_is_decided() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let mut connect = async |target: &str, who: &str, mark: &str| {
        let http = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{mark}\r\n");
        let headers = [("X-Client-IP", "10.0.0.7"), ("X-Client-Username", who)];
        client.ask(&reqmod(&http, &headers)).await
    };
    // Refused inside, where a page can be shown.
    assert_eq!(connect("mail.test:443", "ann", "").await.status, 204);
    let answer = connect("bank.test:443", "ann", "").await;
    assert!(
        answer.http.contains("X-Probity-Tls: closed\r\n"),
        "{answer:?}"
    );
    assert!(connect("mail.test:8443", "ann", "").await.is_page(403));
    assert!(connect("bank.test:443", "bob", "").await.is_page(403));
    // A client cannot keep its own tunnel closed.
    let answer = connect("mail.test:443", "ann", "X-Probity-TLS: closed\r\n").await;
    assert_eq!(answer.status, 200);
    assert!(
        !answer.http.to_lowercase().contains("probity"),
        "{answer:?}"
    );
    let record = town.record();
    let tunnels: Vec<_> = record
        .iter()
        .filter(|entry| entry["kind"] == "web")
        .collect();
    let labels = |n: usize| &tunnels[n]["request"]["what"]["site"];
    assert_eq!(
        (labels(0), labels(1)),
        (&Value::Null, &json!(["not-inspected"]))
    );
    assert_eq!(
        (&tunnels[0]["visit"], &tunnels[1]["visit"]),
        (&false.into(), &true.into())
    );
    assert_eq!(
        record[1]["obligations"][0]["outcome"], "not-known",
        "{record:?}"
    );
}

#[tokio::test]
async fn only_trusted_proxies_are_believed() {
    let settings = web_gate::settings::Settings {
        trusted_peers: vec!["192.0.2.1".parse().unwrap()],
        ..Default::default()
    };
    let town = Town::with(settings, Default::default()).await;
    let mut client = Client::of(&town).await;
    assert_eq!(
        client.visit("bob", "http://council.test/").await.status,
        204
    );
    let entry = &town.record()[0];
    assert_eq!(
        (&entry["person"], &entry["client"]),
        (&Value::Null, &"".into()),
        "{entry}"
    );
}

#[tokio::test]
async fn credentials_are_not_on_the_record() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    let http = "GET http://ann:hunter2@mail.test/ HTTP/1.1\r\nCookie: id=hunter2\r\n\
        Authorization: Basic hunter2\r\n\r\n";
    let headers = [("Proxy-Authorization", "Basic hunter2")];
    let answer = client.ask(&reqmod(http, &headers)).await;
    assert!(
        answer.is_page(403) && !format!("{answer:?}").contains("hunter2"),
        "{answer:?}"
    );
    assert!(!town.record()[0].to_string().contains("hunter2"));
}

#[tokio::test]
async fn a_decision_can_be_worked_out_again_from_the_record() {
    let town = Town::new().await;
    let mut client = Client::of(&town).await;
    for host in [
        "mail.test",
        "shop.test",
        "film.test",
        "new.test",
        "mail.test",
    ] {
        client.visit("ann", &format!("http://{host}/")).await;
    }
    let record = town.record();
    let decided: Vec<_> = record
        .iter()
        .filter(|entry| entry["kind"] == "web")
        .collect();
    assert_eq!(decided.len(), 5);
    for entry in decided {
        let request = serde_json::from_value(entry["request"].clone()).unwrap();
        let again = town.point.information().adopted().pack().decide(&request);
        let recorded: Decision = serde_json::from_value(entry["decision"].clone()).unwrap();
        assert_eq!(again, recorded);
    }
}
