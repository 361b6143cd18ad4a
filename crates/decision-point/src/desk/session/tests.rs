#![allow(clippy::unwrap_used)]

use super::*;

const JOINED: &str = r#"{ "kind": "join", "device": "02-00-00-00-00-01", "person": "p1",
    "signed_in": true, "decision": { "outcome": "permit" } }"#;

#[test]
fn only_the_entry_of_a_joining_that_was_let_in_counts() {
    let read = |text: &str| Joined::read(4, text.as_bytes());
    assert!(read(JOINED).is_some());
    assert!(read(&JOINED.replace("permit", "warn")).is_some());
    for other in [
        JOINED.replace("permit", "refuse"),
        JOINED.replace("permit", "hold"),
        JOINED.replace("\"join\"", "\"web\""),
        JOINED.replace("device", "host"),
        "{".to_owned(),
        "null".to_owned(),
    ] {
        assert_eq!(read(&other), None, "{other}");
    }
}

#[test]
fn a_session_lies_between_its_first_and_its_last_moment() {
    let session = |seconds, late_seconds| Session {
        at: "2026-03-02T10:00:00Z".parse().unwrap(),
        tool: "t",
        event: SessionEvent::Stop,
        session: "s",
        device: None,
        address: None,
        user: "",
        station: "",
        seconds,
        late_seconds,
    };
    let nobody = Bound {
        person: None,
        asset: None,
        joined: None,
        confidence: Confidence::Unknown,
    };
    let check = |seconds, late, from: &str, until: &str| {
        let told = session(seconds, late);
        let entry = SessionEntry::new(&told, &nobody);
        assert_eq!(
            [entry.from.to_string(), entry.until.to_string()],
            [from, until]
        );
    };
    let at = "2026-03-02T10:00:00Z";
    check(0, 0, at, at);
    check(3600, 60, "2026-03-02T08:59:00Z", "2026-03-02T09:59:00Z");
    // Nonsense does not move the session to where time ends.
    check(u64::MAX, u64::MAX, at, at);
}
