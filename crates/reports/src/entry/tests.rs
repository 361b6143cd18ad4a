#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn read(entry: &Value) -> Counted {
    // As the record spells it: version, time, kind, and the rest.
    let mut text = format!(
        "{{\"v\":1,\"at\":{},\"kind\":{},",
        json!("2026-03-02T09:00:00Z"),
        entry["kind"]
    );
    let mut rest = entry.clone();
    rest.as_object_mut().unwrap().remove("kind");
    text.push_str(&rest.to_string()[1..]);
    let domains = ["council.example".to_owned()];
    count(text.as_bytes(), &Context { domains: &domains }).unwrap()
}

fn only(counted: Counted) -> Act {
    let [act] = &counted.acts[..] else {
        unreachable!("{counted:?}")
    };
    act.clone()
}

fn detail(act: &Act) -> &Detail {
    let Kind::Use { detail, .. } = &act.kind else {
        unreachable!()
    };
    detail.as_ref().unwrap()
}

fn page(more: &Value) -> Value {
    let mut page = json!({
        "kind": "web", "client": "10.0.0.1", "person": "ann", "host": "games.example", "port": 443,
        "path": "/", "visit": true,
        "request": { "action": "visit", "what": { "categories": ["games"] } },
        "decision": { "outcome": "refuse", "reasons": [
            { "clause": "walsall-7.2.9", "released_by": "x" }, { "clause": "walsall-7.2.3" },
        ] },
    });
    for (name, value) in more.as_object().unwrap() {
        page[name] = value.clone();
    }
    page
}

#[test]
fn a_page_counts_for_whoever_signed_in() {
    let stopped = json!({ "outcome": "refuse", "reasons": [{ "clause": "walsall-7.2.3" }] });
    let act = only(read(&page(&json!({ "decision": stopped }))));
    assert_eq!(act.whose, Whose::Person("ann".to_owned()));
    let of = detail(&act);
    assert_eq!(of.action, "page");
    assert_eq!(of.outcome, Outcome::Refuse);
    assert_eq!(of.clause.as_deref(), Some("walsall-7.2.3"));
    assert_eq!(of.labels, ["games".to_owned()].into());
}

#[test]
fn what_somebody_has_permission_for_is_left_out() {
    let released = page(&json!({}));
    let held = page(&json!({ "permissions": ["PE-1"], "decision": { "outcome": "permit" } }));
    for entry in [released, held] {
        let act = only(read(&entry));
        assert!(
            matches!(act.kind, Kind::Use { detail: None, .. }),
            "{act:?}"
        );
    }
}

#[test]
fn the_councils_own_sites_are_told_from_others() {
    for (host, own) in [
        ("intranet.council.example", true),
        ("COUNCIL.example", true),
        ("notcouncil.example", false),
        ("council.example.org", false),
    ] {
        let entry = page(&json!({ "host": host, "decision": { "outcome": "permit" } }));
        let act = only(read(&entry));
        assert_eq!(detail(&act).labels.contains("council-site"), own, "{host}");
    }
}

fn mail(action: &str, recipient: &[&str], more: &Value) -> Value {
    let mut mail = json!({
        "kind": "mail", "client": "10.0.0.1", "mail_from": "ann@council.example", "sender": "ann",
        "authenticated": "ann", "bytes": 1000,
        "groups": [{
            "n_recipients": 1, "recipients": ["x@example.com"], "person": "ann",
            "request": { "action": action, "what": { "recipient": recipient } },
            "decision": { "outcome": "permit", "reasons": [] },
        }],
    });
    for (name, value) in more.as_object().unwrap() {
        mail[name] = value.clone();
    }
    mail
}

#[test]
fn mail_inside_is_told_from_mail_that_leaves() {
    for (recipient, action) in [("internal", "sent-inside"), ("external", "sent-outside")] {
        let act = only(read(&mail("send", &[recipient], &json!({}))));
        assert_eq!(detail(&act).action, action);
        assert_eq!(act.volume.bytes, 1000);
    }
    let act = only(read(&mail("receive", &["internal"], &json!({}))));
    assert_eq!(detail(&act).action, "received");
}

#[test]
fn a_message_sent_counts_once_under_its_strictest_outcome() {
    let mut entry = mail("send", &["internal"], &json!({}));
    let mut other = entry["groups"][0].clone();
    other["request"]["what"]["recipient"] = json!(["external"]);
    other["decision"] = json!({ "outcome": "hold", "reasons": [{ "clause": "walsall-6.2" }] });
    entry["groups"].as_array_mut().unwrap().push(other);
    let act = only(read(&entry));
    let of = detail(&act);
    assert_eq!(
        (of.action.as_str(), of.outcome),
        ("sent-outside", Outcome::Hold)
    );
    assert_eq!(of.clause.as_deref(), Some("walsall-6.2"));
}

#[test]
fn an_address_on_an_envelope_binds_nobody() {
    let act = only(read(&mail(
        "send",
        &["external"],
        &json!({ "authenticated": null }),
    )));
    assert_eq!(act.whose, Whose::Unnamed("ann".to_owned()));
}

#[test]
fn a_confidential_route_is_in_the_volume_only() {
    let act = only(read(&mail(
        "send",
        &["external", "confidential-route"],
        &json!({}),
    )));
    assert!(matches!(act.kind, Kind::Use { detail: None, .. }));
    assert_eq!(act.volume.count, 1);
}

#[test]
fn a_report_of_ones_own_is_told_and_counts_under_its_clauses() {
    let event = json!({
        "kind": "incident", "subject": "ann", "step": "report", "to": "reported",
        "clauses": ["walsall-7.2.13"],
    });
    let counted = read(&json!({ "kind": "matter", "number": 1, "event": event }));
    assert_eq!(counted.reported.as_ref().unwrap().by, "ann");
    let kind = Kind::Case {
        clause: "walsall-7.2.13".to_owned(),
        process: "incident".to_owned(),
    };
    assert_eq!(only(counted).kind, kind);
    let mut later = event;
    later["from"] = json!("reported");
    let counted = read(&json!({ "kind": "matter", "number": 2, "event": later }));
    assert_eq!(counted, Counted::default());
}

#[test]
fn what_tells_of_no_use_counts_as_nothing() {
    for kind in [
        "started",
        "taken-up",
        "carried-out",
        "acknowledged",
        "not-yet-thought-of",
    ] {
        assert_eq!(read(&json!({ "kind": kind })), Counted::default());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = count(&bytes, &Context::default());
        let head = br#"{"v":1,"at":"2026-03-02T09:00:00Z","kind":"mail","#;
        let _ = count(&[&head[..], &bytes].concat(), &Context::default());
    }
}
