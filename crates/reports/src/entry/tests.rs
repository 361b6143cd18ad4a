#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const TARIFF: &str =
    "currency = \"GBP\"\n[rates]\nmobile = { set_up = \"0.02\", per_minute = \"0.10\" }";

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
    let tariff = Tariff::read(TARIFF).unwrap();
    let context = Context {
        domains: &domains,
        tariff: Some(&tariff),
        record: "council/record",
    };
    count(text.as_bytes(), &context).unwrap()
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

fn with(mut entry: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        entry[name] = value.clone();
    }
    entry
}

fn is_left_out(act: &Act) -> bool {
    matches!(act.kind, Kind::Use { detail: None, .. })
}

fn call(more: &Value) -> Value {
    let call = json!({
        "kind": "call", "id": "0", "direction": "outgoing", "extension": "2001", "person": "ann",
        "from": { "number": "2001", "class": "internal" },
        "to": { "number": "+447700900123", "class": "mobile" },
        "outcome": "answered", "answered_seconds": 90,
        "request": { "action": "call", "what": { "number": ["mobile"] } },
        "decision": { "outcome": "permit", "reasons": [] },
    });
    with(call, more)
}

#[test]
fn a_call_counts_for_whose_telephone_it_was_with_its_kind_of_number_time_and_cost() {
    let act = only(read(&call(&json!({}))));
    assert_eq!(act.whose, Whose::Person("ann".to_owned()));
    let of = detail(&act);
    assert_eq!(of.action, "call-out");
    assert_eq!(of.labels, ["mobile".to_owned()].into());
    // 2p and 90 seconds at 10p a minute: 17p.
    let expected = Volume {
        count: 1,
        seconds: 90,
        millionths: 170_000,
        ..Volume::default()
    };
    assert_eq!(act.volume, expected);
    let ours = json!({ "class": "internal" });
    let mobile = json!({ "class": "mobile" });
    for (more, action, millionths) in [
        (
            json!({ "cost": { "amount": "0.0123" } }),
            "call-out",
            12_300,
        ),
        (
            json!({ "cost": { "amount": "1", "currency": "EUR" } }),
            "call-out",
            0,
        ),
        (
            json!({ "cost": { "amount": "-1", "currency": "GBP" } }),
            "call-out",
            0,
        ),
        (json!({ "to": { "class": "premium" } }), "call-out", 0),
        (
            json!({ "direction": "incoming", "from": mobile, "to": ours }),
            "call-in",
            0,
        ),
        (
            json!({ "direction": "internal", "to": ours }),
            "call-inside",
            0,
        ),
    ] {
        let act = only(read(&call(&more)));
        assert_eq!(
            (detail(&act).action.as_str(), act.volume.millionths),
            (action, millionths),
            "{more}"
        );
    }
    let unknown = only(read(&call(&json!({ "direction": "unknown" }))));
    assert!(is_left_out(&unknown));
    let nobodys = call(&json!({ "person": null }));
    assert_eq!(
        only(read(&nobodys)).whose,
        Whose::Unnamed("2001".to_owned())
    );
}

#[test]
fn emergency_numbers_and_private_lines_count_nowhere() {
    for kind in ["call", "call-set-up"] {
        for class in ["emergency", "private-line"] {
            let refused = json!({ "outcome": "refuse", "reasons": [] });
            let to = json!({ "kind": kind, "to": { "class": class }, "decision": refused });
            assert_eq!(read(&call(&to)), Counted::default(), "{to}");
            let from = json!({
                "kind": kind, "direction": "incoming", "decision": refused,
                "from": { "class": class }, "to": { "class": "internal" },
            });
            assert_eq!(read(&call(&from)), Counted::default(), "{from}");
        }
    }
    let listened = call(&json!({ "voicemail": "listened" }));
    assert_eq!(read(&listened), Counted::default());
}

#[test]
fn what_somebody_says_is_their_own_is_left_out_unless_a_clause_spoke_against_it() {
    let warned = json!({ "outcome": "warn", "reasons": [{ "clause": "halton-3.3.1" }] });
    for (number, manner) in [
        ("own-private", ""),
        ("", "declared-private"),
        ("", "second-line"),
    ] {
        let request = json!({ "what": { "number": [number], "manner": [manner] } });
        let entry = call(&json!({ "request": request }));
        assert!(is_left_out(&only(read(&entry))), "{request}");
        let entry = with(entry, &json!({ "decision": warned }));
        assert_eq!(
            detail(&only(read(&entry))).clause.as_deref(),
            Some("halton-3.3.1")
        );
    }
    let job = json!({ "purpose": "private" });
    assert!(is_left_out(&only(read(&print(&job)))));
    let job = json!({ "purpose": "private", "decision": warned });
    assert_eq!(detail(&only(read(&print(&job)))).outcome, Outcome::Warn);
    assert!(is_left_out(&only(read(&printed(
        &json!({ "purpose": "private" })
    )))));
    let permitted = json!({ "permissions": ["PE-1"] });
    for entry in [call(&permitted), print(&permitted), printed(&permitted)] {
        assert!(is_left_out(&only(read(&entry))), "{entry}");
    }
}

#[test]
fn a_call_that_was_not_put_through_counts_and_one_that_was_waits_for_its_end() {
    let set_up = |outcome: &str| {
        call(&json!({ "kind": "call-set-up", "decision": {
            "outcome": outcome, "reasons": [{ "clause": "walsall-5.1.1" }],
        } }))
    };
    let act = only(read(&set_up("refuse")));
    assert_eq!(detail(&act).action, "not-put-through");
    assert_eq!(detail(&act).clause.as_deref(), Some("walsall-5.1.1"));
    assert_eq!(act.volume.seconds, 0);
    for outcome in ["permit", "warn"] {
        assert_eq!(read(&set_up(outcome)), Counted::default(), "{outcome}");
    }
}

fn chat(more: &Value) -> Value {
    let chat = json!({
        "kind": "chat", "tool": "prosody", "person": "ann", "from": "ann@council.example",
        "to": "bob@council.example", "bytes": 12,
        "request": { "action": "chat", "what": { "recipient": ["internal"], "findings": ["profane"] } },
        "decision": { "outcome": "warn", "reasons": [{ "clause": "halton-3.1.9.b" }] },
    });
    with(chat, more)
}

#[test]
fn a_line_of_chat_counts_for_its_writer() {
    let act = only(read(&chat(&json!({}))));
    assert_eq!(act.whose, Whose::Person("ann".to_owned()));
    assert_eq!((act.volume.count, act.volume.bytes), (1, 12));
    let of = detail(&act);
    assert_eq!(
        (of.action.as_str(), of.outcome),
        ("line-inside", Outcome::Warn)
    );
    assert_eq!(of.labels, ["profane".to_owned()].into());
    let to = |label: &str| json!({ "what": { "recipient": [label] } });
    for (more, action) in [
        (json!({ "request": to("partner") }), "line-to-outside"),
        (json!({ "room": true }), "line-to-a-room"),
        (
            json!({ "incoming": true, "person": null }),
            "line-from-outside",
        ),
    ] {
        let act = only(read(&chat(&more)));
        assert_eq!(detail(&act).action, action);
    }
    let union = chat(&json!({ "request": to("confidential-route") }));
    assert!(is_left_out(&only(read(&union))));
}

fn print(more: &Value) -> Value {
    let print = json!({
        "kind": "print", "tool": "cups", "person": "ann", "user": "ann", "signed_in": true,
        "printer": "hall", "job": "7", "purpose": "unsaid", "done": "print",
        "request": { "action": "print", "what": { "job": ["colour"] } },
        "decision": { "outcome": "permit", "reasons": [] },
    });
    with(print, more)
}

fn printed(more: &Value) -> Value {
    let printed = json!({
        "kind": "printed", "log": "page_log", "file": 1, "end": 80, "printer": "hall", "person": "ann",
        "user": "ann", "signed_in": true, "job": "7", "pages": 6, "purpose": "unsaid", "decided": 3,
        "let_through": true,
    });
    with(printed, more)
}

#[test]
fn a_job_counts_when_it_is_decided_and_its_pages_when_they_are_logged() {
    let (job, pages) = (
        only(read(&print(&json!({})))),
        only(read(&printed(&json!({})))),
    );
    assert_eq!((job.volume.count, job.volume.pages), (1, 0));
    assert_eq!((pages.volume.count, pages.volume.pages), (0, 6));
    for act in [job, pages] {
        assert_eq!(act.whose, Whose::Person("ann".to_owned()));
        assert_eq!(detail(&act).action, "print");
    }
    let held = printed(&json!({ "let_through": false }));
    assert_eq!(read(&held), Counted::default());
    // A name that nobody proved.
    for entry in [
        print(&json!({ "signed_in": false })),
        printed(&json!({ "signed_in": false })),
    ] {
        assert_eq!(only(read(&entry)).whose, Whose::Unnamed("ann".to_owned()));
    }
}

#[test]
fn a_device_that_joins_counts_for_whoever_signed_in_with_it() {
    let join = |more: &Value| {
        let join = json!({
            "kind": "join", "tool": "freeradius", "device": "02-00-5e-10-00-01", "asset": "A1",
            "person": "ann", "user": "ann", "signed_in": true,
            "request": { "action": "join", "what": { "device": ["registered"], "network": ["wired"] } },
            "decision": { "outcome": "refuse", "reasons": [{ "clause": "halton-3.1.11.a" }] },
        });
        only(read(&with(join, more)))
    };
    let act = join(&json!({}));
    assert_eq!(act.whose, Whose::Person("ann".to_owned()));
    assert_eq!(
        detail(&act).labels,
        ["registered".to_owned(), "wired".to_owned()].into()
    );
    // Whoever it was handed to may not be the one who carries it.
    let handed = join(&json!({ "signed_in": false }));
    assert_eq!(handed.whose, Whose::Unnamed("02-00-5e-10-00-01".to_owned()));
}

#[test]
fn a_declaration_names_entries_of_this_record() {
    let event = json!({
        "kind": "personal-use", "subject": "ann", "step": "declare", "to": "declared",
        "clauses": ["halton-3.3.2.a"],
        "evidence": ["council/record/7", "other/record/8", "council/record/x", "9"],
    });
    let counted = read(&json!({ "kind": "matter", "number": 1, "event": event }));
    let declared = Declared {
        by: "ann".to_owned(),
        entries: vec![7],
    };
    assert_eq!(counted.declared, Some(declared));
    assert_eq!((counted.acts, counted.reported), (Vec::new(), None));
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
        for (kind, _) in KINDS {
            let head = format!(r#"{{"v":1,"at":"2026-03-02T09:00:00Z","kind":"{kind}","#);
            let _ = count(&[head.as_bytes(), &bytes].concat(), &Context::default());
        }
    }
}
