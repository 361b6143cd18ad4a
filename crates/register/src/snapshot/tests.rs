#![allow(clippy::unwrap_used, clippy::panic)]

use policy::request::labels;
use proptest::prelude::*;

use super::*;

const REGISTER: &str = r#"
[council]
domains = ["Council.example"]
partner_domains = ["nhs.example"]
secure_domains = ["gcsx.example"]
webmail_domains = ["mail.example"]
spam_desk = "spam@council.example"

[[person]]
id = "p1"
name = "Ada Reyes"
audience = "officer"
accounts = ["areyes"]
addresses = ["ada.reyes@council.example"]
private_addresses = ["ada@mail.example"]
acceptance = "signed"
leaves = "2026-06-30T17:00:00+01:00"
clock = [
  { at = "2026-03-02T09:00:00Z", state = "on" },
  { at = "2026-03-02T12:00:00Z", state = "off" },
]

[[person]]
id = "p2"
name = "Bo Lind"
audience = "councillor"
addresses = ["bo.lind@council.example"]

[[permission]]
reference = "PER-1"
kind = "personal-webmail"
person = "p1"
from = "2026-01-01T00:00:00Z"
until = "2026-04-01T00:00:00Z"
hosts = ["mail.example"]

[[delegation]]
represents = "p2"
delegate = "p1"
from = "2026-01-01T00:00:00Z"
until = "2026-04-01T00:00:00Z"

[[mailbox]]
address = "bins@council.example"
manager = "p1"
administrators = ["p1"]

[[list]]
address = "everyone@council.example"
all_staff = true
"#;

fn snapshot() -> Snapshot {
    Snapshot::parse(REGISTER).unwrap()
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

#[test]
fn a_person_is_known_by_account_and_by_every_address_whatever_the_case() {
    let snapshot = snapshot();
    for name in [
        "areyes",
        "AREYES",
        "areyes@council.example",
        "Ada.Reyes@COUNCIL.example",
    ] {
        assert_eq!(snapshot.person_by_account(name).unwrap().id, "p1", "{name}");
    }
    for name in ["", "@", "areyes@elsewhere.example", "nobody"] {
        assert!(snapshot.person_by_account(name).is_none(), "{name}");
    }
}

#[test]
fn service_ceases_at_its_minute() {
    let snapshot = snapshot();
    let person = snapshot.person("p1").unwrap();
    let withdrawn = |time| {
        snapshot
            .principal(person, at(time))
            .withdrawn
            .contains("all")
    };
    assert!(!withdrawn("2026-06-30T15:59:59Z"));
    assert!(withdrawn("2026-06-30T16:00:00Z"));
}

/// A register that keeps no grants is asked nothing about them.
#[test]
fn what_is_granted_is_known_only_where_it_is_kept() {
    let granted = |line: &str, time| {
        let snapshot = Snapshot::parse(&format!(
            "[council]\ndomains = []\n[[person]]\nid = \"p1\"\nname = \"A\"\naudience = \"officer\"\n{line}"
        ));
        let snapshot = snapshot.unwrap();
        snapshot
            .principal(snapshot.person("p1").unwrap(), at(time))
            .granted
    };
    let starts = "starts = \"2026-03-02T00:00:00Z\"";
    let both = format!("granted = [\"email\", \"web\"]\n{starts}");
    let (before, from) = ("2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z");
    assert_eq!(granted("", from), None);
    assert_eq!(granted("granted = []", from), Some(labels([])));
    assert_eq!(granted(&both, from), Some(labels(["email", "web"])));
    assert_eq!(granted(&both, before), Some(labels([])));
    assert_eq!(granted(starts, before), Some(labels([])));
    assert_eq!(granted(starts, from), None);
}

#[test]
fn the_clock_is_unknown_until_an_event_says_otherwise() {
    let snapshot = snapshot();
    let clock = |id, time| snapshot.clock(snapshot.person(id).unwrap(), at(time));
    assert_eq!(clock("p1", "2026-03-02T08:59:59Z"), Clock::Unknown);
    assert_eq!(clock("p1", "2026-03-02T09:00:00Z"), Clock::On);
    assert_eq!(clock("p1", "2026-03-02T12:00:00Z"), Clock::Off);
    assert_eq!(clock("p2", "2026-03-02T12:00:00Z"), Clock::Unknown);
}

#[test]
fn a_permission_holds_in_its_scope_and_time_only() {
    let snapshot = snapshot();
    let person = snapshot.person("p1").unwrap();
    let holds = |time, host| {
        !snapshot
            .permissions(person, at(time), Aim::Site(host))
            .is_empty()
    };
    assert!(holds("2026-01-01T00:00:00Z", "mail.example"));
    assert!(holds("2026-02-01T00:00:00Z", "www.mail.example"));
    assert!(!holds("2026-02-01T00:00:00Z", "notmail.example"));
    let by_mail = snapshot.permissions(
        person,
        at("2026-02-01T00:00:00Z"),
        Aim::Recipient("x@mail.example"),
    );
    assert!(by_mail.is_empty(), "limited to a site");
    assert!(!holds("2026-04-01T00:00:00Z", "mail.example"));
    assert!(!holds("2025-12-31T23:59:59Z", "mail.example"));
}

#[test]
fn a_delegate_represents_only_whom_they_may_and_only_then() {
    let snapshot = snapshot();
    let (ada, bo) = (
        snapshot.person("p1").unwrap(),
        snapshot.person("p2").unwrap(),
    );
    let in_time = at("2026-02-01T00:00:00Z");
    assert!(snapshot.may_represent(ada, "Bo.Lind@council.example", in_time));
    assert!(!snapshot.may_represent(bo, "ada.reyes@council.example", in_time));
    assert!(!snapshot.may_represent(ada, "bo.lind@council.example", at("2026-05-01T00:00:00Z")));
}

#[test]
fn addresses_say_what_is_known_of_them() {
    let snapshot = snapshot();
    let ada = snapshot.person("p1");
    let check = |address, expected: &[&str]| {
        let labels = snapshot.recipient_labels(address, ada);
        assert_eq!(
            labels.iter().map(String::as_str).collect::<Vec<_>>(),
            expected,
            "{address}"
        );
    };
    check("bo.lind@council.example", &["internal"]);
    check("x@sub.council.example", &["internal"]);
    check("x@evilcouncil.example", &["external"]);
    check("x@trust.nhs.example", &["external", "partner"]);
    check("x@gcsx.example", &["external", "secure"]);
    check("ADA@mail.example", &["external", "own-private", "webmail"]);
    check("everyone@council.example", &["all-staff", "internal"]);
    check("bins@council.example", &["generic-mailbox", "internal"]);
    check("spam@council.example", &["internal", "spam-desk"]);
    check("", &["external"]);
    let sender = snapshot.sender_labels("bins@council.example");
    assert!(sender.contains("generic-at-risk") && sender.contains("generic-mailbox"));
}

#[test]
fn allowed_words_are_the_same_however_they_are_written() {
    let text = format!(
        "{REGISTER}\n[[allowed]]\nreference = \"AW-1\"\nlabel = \"insult\"\nwords = \"You old  Goat!\"\n"
    );
    let snapshot = Snapshot::parse(&text).unwrap();
    let check = |label: &str, words: &str, allowed: bool| {
        assert_eq!(
            snapshot.is_allowed(label, words),
            allowed,
            "{label}: {words}"
        );
    };
    check("insult", "you old goat", true);
    check("insult", "YOU, old goat?", true);
    check("insult", "you old goats", false);
    check("insult", "oh you old goat", false);
    check("threat", "you old goat", false);
    check("insult", "", false);
    let none = text.replace("You old  Goat!", "...");
    assert!(Snapshot::parse(&none).is_err());
}

#[test]
fn contradictions_are_listed_together() {
    let text = format!(
        "{REGISTER}\n[[person]]\nid = \"p1\"\nname = \"x\"\naudience = \"officer\"\naccounts = [\"areyes\"]\n\
         [[permission]]\nreference = \"PER-2\"\nkind = \"x\"\nperson = \"p9\"\nfrom = \"2026-01-01T00:00:00Z\"\nuntil = \"2026-01-01T00:00:00Z\"\n"
    );
    match Snapshot::parse(&text) {
        Err(ReadRegisterError::Contradictory(wrong)) => assert_eq!(wrong.len(), 4, "{wrong:?}"),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn any_address_gets_labels(address in ".{0,80}") {
        let labels = snapshot().recipient_labels(&address, None);
        prop_assert!(labels.contains("internal") != labels.contains("external"));
    }
}

#[test]
fn a_telephone_is_its_persons_however_its_number_is_written() {
    let text = r#"
[council]
domains = []

[[person]]
id = "ada"
name = "Ada Reyes"
audience = "officer"
extensions = ["2001", "07700 900001"]
private_numbers = ["01632 960111"]

[[person]]
id = "bo"
name = "Bo Lind"
audience = "officer"
extensions = ["2002", "2003"]

[[permission]]
reference = "PER-1"
kind = "international-call"
person = "ada"
from = "2026-01-01T00:00:00Z"
until = "2026-04-01T00:00:00Z"
recipients = ["0033 1 40 20 50 50"]
"#;
    let snapshot = Snapshot::parse(text).unwrap();
    let who = |number: &str| {
        let person = snapshot.person_by_extension(number);
        person.map(|person| person.id.as_str())
    };
    assert_eq!(who("2001"), Some("ada"));
    assert_eq!(who("+44 7700 900001"), Some("ada"));
    assert_eq!(who("447700900001"), Some("ada"));
    assert_eq!(who("2003"), Some("bo"));
    assert_eq!(who("2004"), None);
    assert_eq!(who("anonymous"), None);
    let ada = snapshot.person("ada").unwrap();
    assert!(snapshot.is_private_number(ada, "+441632960111"));
    assert!(!snapshot.is_private_number(ada, "2001"));
    let at = "2026-02-01T00:00:00Z".parse().unwrap();
    let permitted = |number| snapshot.permissions(ada, at, Aim::Number(number)).len();
    assert_eq!(permitted("+33140205050"), 1);
    assert_eq!(permitted("+33140205051"), 0);
    assert_eq!(permitted("withheld"), 0);
    // One telephone that two people have is nobody's.
    let shared = text.replace("2003", "2001");
    assert!(Snapshot::parse(&shared).is_err());
    let (snapshot, wrong) = Snapshot::tolerant(toml::from_str(&shared).unwrap());
    assert_eq!(wrong.len(), 1);
    assert!(snapshot.person_by_extension("2001").is_none());
    assert!(snapshot.person_by_extension("2002").is_some());
}
