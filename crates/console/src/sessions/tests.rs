#![allow(clippy::unwrap_used)]

use axum::http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;

use super::*;
use crate::testing::Council;

#[tokio::test]
async fn only_our_own_proxies_say_where_a_request_comes_from() {
    let council = Council::new().await;
    let sessions = |proxies: &[&str]| {
        let proxies = proxies.iter().map(|one| one.parse().unwrap()).collect();
        Sessions::new(council.sign_in.clone(), None, proxies)
    };
    let check = |proxies: &[&str], peer: &str, forwarded: &[&str], expected: &str| {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            let line = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            headers.append("x-forwarded-for", line);
        }
        let found = sessions(proxies).address(peer.parse().unwrap(), &headers);
        assert_eq!(found.to_string(), expected, "{peer} {forwarded:?}");
    };
    check(&[], "192.0.2.1", &["198.51.100.9"], "192.0.2.1");
    check(&["192.0.2.9"], "192.0.2.1", &["198.51.100.9"], "192.0.2.1");
    check(
        &["192.0.2.1"],
        "192.0.2.1",
        &["198.51.100.9"],
        "198.51.100.9",
    );
    check(
        &["192.0.2.1"],
        "::ffff:192.0.2.1",
        &["198.51.100.9:4711"],
        "198.51.100.9",
    );
    // What the browser wrote itself stands before what the proxy wrote.
    check(
        &["192.0.2.1"],
        "192.0.2.1",
        &["10.0.0.1, 198.51.100.9"],
        "198.51.100.9",
    );
    check(
        &["192.0.2.1"],
        "192.0.2.1",
        &["10.0.0.1", "198.51.100.9"],
        "198.51.100.9",
    );
    let two = ["192.0.2.1", "192.0.2.2"];
    check(
        &two,
        "192.0.2.1",
        &["10.0.0.1, 198.51.100.9, 192.0.2.2"],
        "198.51.100.9",
    );
    check(
        &["192.0.2.1"],
        "192.0.2.1",
        &["198.51.100.9, unknown"],
        "192.0.2.1",
    );
    check(
        &["192.0.2.1"],
        "192.0.2.1",
        &["198.51.100.9", "é"],
        "192.0.2.1",
    );
    check(&["192.0.2.1"], "192.0.2.1", &[], "192.0.2.1");
}

#[test]
fn a_proof_is_fresh_for_a_while_and_never_from_the_future() {
    let at: Timestamp = "2027-03-10T09:30:00Z".parse().unwrap();
    let rules = people::Sessions {
        fresh_minutes: 5,
        ..people::Sessions::default()
    };
    let check = |seconds: i64, expected: bool| {
        let signed_in = SignedIn {
            person: "ann".into(),
            session: String::new(),
            authenticated_at: at - SignedDuration::from_secs(seconds),
        };
        assert_eq!(signed_in.is_fresh(&rules, at), expected, "{seconds}");
    };
    check(0, true);
    check(299, true);
    check(300, false);
    check(-1, false);
}

#[test]
fn a_wait_is_said_in_whole_minutes() {
    let said = |seconds| wait_in_words(SignedDuration::from_secs(seconds));
    assert!(said(1).contains("Wait 1 minute and"));
    assert!(said(61).contains("Wait 2 minutes and"));
}
