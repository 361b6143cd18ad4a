#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use register_store::unreached::What;

use super::*;

/// An entry as the record has it.
fn entry(recipient: &[&str], outcome: &str, more: &Value) -> Vec<u8> {
    let pack = json!({ "name": "t", "edition": "officers", "version": "1", "hash": "h" });
    let mut entry = json!({
        "v": 1, "at": "2026-03-02T09:00:00Z", "kind": "mail", "queue_id": "4A",
        "mail_from": "resident@example.com", "message_id": "q@example.com",
        "groups": [{
            "n_recipients": 1, "recipients": ["parks@council.example"],
            "request": { "action": "receive", "what": {
                "sender": ["external"], "recipient": recipient, "marks": [],
                "suspicions": ["information-request"],
            } },
            "decision": {
                "outcome": outcome, "reasons": [], "obligations": [], "unevaluated": [], "pack": pack,
            },
        }],
    });
    for (name, value) in more.as_object().unwrap() {
        entry[name] = value.clone();
    }
    serde_json::to_vec(&entry).unwrap()
}

fn told(entry: &[u8]) -> Told {
    serde_json::from_slice(entry).unwrap()
}

const SHARED: &[&str] = &["generic-mailbox", "internal"];

#[test]
fn a_message_to_a_shared_mailbox_is_told() {
    let told = told(&entry(SHARED, "warn", &json!({ "automatic": true })));
    assert!(told.concerns_a_mailbox());
    let passed = told.passed(7);
    assert_eq!(passed.entry, 7);
    assert!(passed.is_automatic && passed.asks_for_information && !passed.is_circular);
    assert_eq!(passed.message_id.as_deref(), Some("q@example.com"));
    let [to] = &passed.recipients[..] else {
        unreachable!("{passed:?}");
    };
    assert_eq!(
        (to.address.as_str(), to.is_outside),
        ("parks@council.example", false)
    );
}

#[test]
fn what_did_not_go_through_went_to_nobody() {
    for outcome in ["hold", "refuse"] {
        let passed = told(&entry(SHARED, outcome, &json!({}))).passed(0);
        assert_eq!(passed.recipients, [], "{outcome}");
    }
    let mut junk: Value = serde_json::from_slice(&entry(SHARED, "permit", &json!({}))).unwrap();
    junk["groups"][0]["decision"]["obligations"] = json!(["redirect:spam"]);
    let passed = told(&serde_json::to_vec(&junk).unwrap()).passed(0);
    assert_eq!(passed.recipients, []);
}

#[test]
fn an_answer_of_ones_own_may_belong_to_a_thread_and_other_mail_does_not() {
    let concerns = |recipient: &[&str], more: Value| {
        told(&entry(recipient, "permit", &more)).concerns_a_mailbox()
    };
    assert!(!concerns(&["internal"], json!({})));
    assert!(!concerns(&["external"], json!({ "sender": "ann" })));
    assert!(!concerns(
        &["internal"],
        json!({ "in_reply_to": "a@example.com" })
    ));
    assert!(concerns(
        &["external"],
        json!({ "sender": "ann", "in_reply_to": "q@example.com" })
    ));
}

#[tokio::test]
async fn the_record_is_read_on_from_where_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = journal::Journal::open(folder.path(), journal::Options::default()).unwrap();
    for n in 0..3 {
        let mail = entry(
            SHARED,
            "permit",
            &json!({ "message_id": format!("{n}@example.com") }),
        );
        let _recorded = journal.append_synced((), &mail).await.unwrap();
        let _recorded = journal
            .append_synced((), b"{\"kind\":\"web\",\"path\":\"/x\"}")
            .await
            .unwrap();
    }
    let all = read(folder.path(), 0).unwrap();
    assert_eq!((all.mails.len(), all.next), (3, 6));
    let rest = read(folder.path(), 4).unwrap();
    assert_eq!((rest.mails.len(), rest.next), (1, 6));
    assert_eq!(rest.mails[0].entry, 4);
    assert_eq!(read(folder.path(), 6).unwrap().next, 6);
}

#[test]
fn a_call_tells_of_a_telephone_what_it_can() {
    #[track_caller]
    fn check(changed: &Value, expected: Option<What>) {
        let mut call = json!({
            "kind": "call", "at": "2026-03-02T11:00:00Z", "learned": "2026-03-02T12:00:00Z",
            "direction": "incoming", "person": "ann", "extension": "2001", "outcome": "answered",
        });
        for (name, value) in changed.as_object().unwrap() {
            call[name] = value.clone();
        }
        let told = serde_json::from_value::<Call>(call).unwrap().telephone(7);
        assert_eq!(told.map(|told| told.what), expected, "{changed}");
    }
    let missed = |outcome: &str, clock: &str| json!({ "outcome": outcome, "request": { "action": "answer", "when": { "clock": clock } } });
    check(&json!({}), Some(What::Answered));
    check(&json!({ "direction": "outgoing" }), Some(What::Made));
    check(&json!({ "direction": "internal" }), Some(What::Made));
    check(&json!({ "direction": "unknown" }), None);
    check(
        &json!({ "diverted_to": "local" }),
        Some(What::Diverted("local".to_owned())),
    );
    check(&json!({ "voicemail": "took" }), None);
    check(
        &json!({ "voicemail": "took", "diverted_to": "local" }),
        None,
    );
    check(&missed("no-answer", "on"), Some(What::Unanswered));
    check(&missed("failed", "on"), Some(What::Unanswered));
    check(&missed("busy", "on"), None);
    for clock in ["off", "unknown", "not-applicable"] {
        check(&missed("no-answer", clock), None);
    }
    check(&json!({ "outcome": "no-answer" }), None);
    check(&json!({ "person": null }), None);
}
