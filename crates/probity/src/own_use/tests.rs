#![allow(clippy::unwrap_used)]

use reports::entry::Channel;
use serde_json::{Value, json};

use super::*;

fn knows() -> Knows {
    let tariff = "currency = \"GBP\"\n[rates]\nmobile = { per_minute = \"0.10\" }";
    Knows {
        record: "council/record".to_owned(),
        zone: TimeZone::get("Europe/London").unwrap(),
        tariff: Some(Tariff::read(tariff).unwrap()),
    }
}

fn told(entries: &[Value]) -> Used {
    let mut used = Used::default();
    for (entry, rest) in (7..).zip(entries) {
        let head = format!(
            "{{\"v\":1,\"at\":\"2026-03-31T23:30:00Z\",\"kind\":{},",
            rest["kind"]
        );
        let mut rest = rest.clone();
        rest.as_object_mut().unwrap().remove("kind");
        let payload = head + &rest.to_string()[1..];
        add(&mut used, entry, payload.as_bytes(), &knows());
    }
    used
}

fn call(more: &Value) -> Value {
    let mut call = json!({
        "kind": "call", "direction": "outgoing", "extension": "2001", "person": "ann",
        "from": { "number": "2001", "class": "internal" },
        "to": { "number": "+447700900123", "class": "mobile" }, "answered_seconds": 120,
        "request": { "action": "call", "what": { "number": ["mobile"] } },
        "decision": { "outcome": "permit", "reasons": [] },
    });
    for (name, value) in more.as_object().unwrap() {
        call[name] = value.clone();
    }
    call
}

#[test]
fn a_call_is_its_persons_own_with_its_cost_and_the_month_of_the_councils_clock() {
    let private = json!({
        "to": { "class": "mobile" },
        "request": { "what": { "number": ["mobile"], "manner": ["declared-private"] } },
    });
    let used = told(&[call(&json!({})), call(&private)]);
    let figures: Vec<_> = used
        .figures
        .iter()
        .map(|(kind, volume)| {
            let month = kind.month.to_string();
            (month, kind.action.as_str(), volume.count, volume.millionths)
        })
        .collect();
    let april = || "2026-04".to_owned();
    assert_eq!(
        figures,
        [(april(), "", 1, 200_000), (april(), "call-out", 1, 200_000)]
    );
    let listed: Vec<_> = used
        .acts
        .iter()
        .map(|act| {
            (
                act.entry,
                act.action.as_str(),
                act.other.as_str(),
                act.is_private,
            )
        })
        .collect();
    assert_eq!(
        listed,
        [
            (7, "call-out", "+447700900123", false),
            (8, "call-out", "mobile", true)
        ]
    );
}

#[test]
fn what_names_nobody_for_certain_is_shown_to_nobody() {
    let job = json!({
        "kind": "print", "person": "ann", "user": "ann", "printer": "hall", "purpose": "work",
        "done": "print", "request": { "action": "print" }, "decision": { "outcome": "permit" },
    });
    let emergency = call(&json!({ "person": null, "to": { "class": "emergency" } }));
    assert_eq!(told(&[job, emergency]), Used::default());
}

#[test]
fn pages_belong_to_the_job_they_were_decided_for() {
    let job = json!({
        "kind": "print", "person": "ann", "user": "ann", "signed_in": true, "printer": "hall",
        "purpose": "work", "done": "copy",
        "request": { "action": "print", "what": { "job": ["colour"] } },
        "decision": { "outcome": "permit" },
    });
    let pages = json!({
        "kind": "printed", "printer": "hall", "person": "ann", "user": "ann", "signed_in": true,
        "job": "7", "pages": 6, "purpose": "work", "decided": 7, "let_through": true,
    });
    let used = told(&[job, pages]);
    let listed: Vec<_> = used
        .acts
        .iter()
        .map(|act| {
            (
                act.entry,
                act.action.as_str(),
                act.volume.pages,
                act.part_of,
            )
        })
        .collect();
    assert_eq!(listed, [(7, "copy", 0, None), (8, "print", 6, Some(7))]);
    assert_eq!(used.acts[0].other, "hall");
    assert!(used.acts[0].is_colour, "what its pages cost");
    assert_eq!(used.acts[0].channel, Channel::Print);
}

#[test]
fn pages_and_mail_are_figures_and_are_not_listed() {
    let page = json!({
        "kind": "web", "client": "10.0.0.1", "person": "ann", "host": "news.example", "visit": true,
        "request": { "action": "visit" }, "decision": { "outcome": "permit" },
    });
    let line = json!({
        "kind": "chat", "person": "ann", "from": "ann@council.example", "to": "bob@council.example",
        "bytes": 3, "request": { "what": { "recipient": ["internal"] } },
        "decision": { "outcome": "permit" },
    });
    let used = told(&[page, line]);
    assert_eq!(used.figures.len(), 2);
    assert_eq!(used.acts, []);
}
