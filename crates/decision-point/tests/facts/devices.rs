//! Facts that rest on the device something comes from.

use std::collections::BTreeSet;

use content::mail::{Limits, read};
use decision_point::information::InformationPoint;
use decision_point::mail::MailEvent;
use decision_point::web::WebEvent;
use jiff::Timestamp;
use policy::decision::Outcome;
use policy::request::Action;

const REGISTER: &str = r#"
[council]
domains = ["council.example"]
scanners = ["copier@council.example", "10.1.9.0/24"]
mobile_devices = ["10.8.0.0/16"]
"#;

fn halton() -> InformationPoint {
    crate::information("halton", REGISTER)
}

/// The outcome of a message, and the clauses of Halton's that stand.
fn send(from: &str, client: &str, inside: bool, to: &[&str]) -> (Outcome, Vec<String>) {
    let point = halton();
    let message = format!("From: <{from}>\r\nSubject: Scan\r\n\r\nSee the attached scan.\r\n");
    let reading = read(message.as_bytes(), None, &Limits::default());
    let contents = point.look_through(message.as_bytes(), &reading);
    let recipients: Vec<String> = to.iter().map(|&to| to.to_owned()).collect();
    let event = MailEvent {
        at: Timestamp::UNIX_EPOCH,
        queue_id: "1",
        client,
        authenticated: None,
        from_inside: inside,
        mail_from: from,
        recipients: &recipients,
        message: message.as_bytes(),
        reading: &reading,
        contents: &contents,
    };
    let verdict = point.consider_mail(&event, &BTreeSet::new());
    let reasons = verdict
        .groups
        .iter()
        .flat_map(|group| group.decision.standing());
    let clauses = reasons.map(|reason| reason.clause.to_string());
    let clauses = clauses.filter(|clause| clause.starts_with("halton-3.1.28"));
    (verdict.strictest(), clauses.collect())
}

#[test]
fn a_scanner_writes_to_one_colleague() {
    let check = |from, client, inside, to: &[&str], expected: &[&str]| {
        let (outcome, clauses) = send(from, client, inside, to);
        assert_eq!(clauses, expected, "{from} {client} {to:?}");
        assert_eq!(outcome == Outcome::Refuse, !expected.is_empty());
    };
    let (copier, ann) = ("copier@council.example", "ann@council.example");
    let (bob, outside) = ("bob@council.example", "resident@home.example");
    check(copier, "10.5.5.5", true, &[ann], &[]);
    check(copier, "10.5.5.5", true, &[outside], &["halton-3.1.28.a"]);
    check(copier, "10.5.5.5", true, &[ann, bob], &["halton-3.1.28.b"]);
    // A copier that writes in the name of whoever stands at it.
    check(ann, "10.1.9.4", true, &[outside], &["halton-3.1.28.a"]);
    check(ann, "10.1.8.4", true, &[outside], &[]);
    // Anybody can write its address on an envelope.
    check(copier, "203.0.113.9", false, &[ann, bob], &[]);
}

#[test]
fn a_page_is_asked_for_from_a_mobile_device_when_headers_or_the_register_say_so() {
    let point = halton();
    let check = |mobile, client, expected| {
        let event = WebEvent {
            at: Timestamp::UNIX_EPOCH,
            action: Action::Visit,
            client,
            user: None,
            method: "GET",
            host: "site.test",
            port: 443,
            path: "/",
            tunnel: false,
            mobile,
            navigation: true,
            bytes: None,
            media: None,
            contents: None,
        };
        let verdict = point.consider_web(&event, &BTreeSet::new());
        let policy::request::Activity::Visit(web) = &verdict.request.what else {
            panic!("a visit");
        };
        assert_eq!(
            web.site.contains("mobile-device"),
            expected,
            "{mobile} {client}"
        );
    };
    check(true, "10.0.0.1", true);
    check(false, "10.8.0.1", true);
    check(false, "10.0.0.1", false);
    check(false, "", false);
}
