//! Calls: the facts gathered about them, what the packs say, and what stands on the record.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use cdr::call::Call;
use cdr::format::Format;
use cdr::format::mapping::Mapping;
use cdr::joining::Joiner;
use cdr::leg::Direction;
use cdr::number::{Numbers, Role, Settings as NumberSettings};
use cdr::reading::{Item, Reading, Settings};
use decision_point::call::{CallEvent, CallId, Says, SetUpEvent};
use decision_point::point::{DecisionPoint, NotJudged, WebDurability};
use decision_point::uses::{HeldThen, Taken, Taking, Uses};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use journal::{Journal, Options, Reader};
use ledger::EntryIndex;
use policy::decision::Outcome;
use register::document::Permission;
use serde_json::Value;

use super::information;

const REGISTER: &str = r#"
[council]
domains = ["council.example"]

[[person]]
id = "ann"
name = "Ann Able"
audience = "officer"
accounts = ["aable"]
acceptance = "signed"
extensions = ["2001", "07700 900001"]
private_numbers = ["01632 960111"]
unit = "benefits"
clock = [
  { at = "2026-03-02T09:00:00Z", state = "on" },
  { at = "2026-03-02T17:00:00Z", state = "off" },
]

[[unit]]
id = "finance"
name = "Finance"

[[unit]]
id = "benefits"
name = "Benefits"
parent = "finance"

[[permission]]
reference = "per-1"
kind = "emergency-call"
person = "ann"
from = "2026-03-03T00:00:00Z"
until = "2026-03-04T00:00:00Z"
"#;

const NUMBERS: &str = r#"
outside_line = ["9"]
extensions = ["2000-2999"]
private_lines = ["0800 123 4567"]
internet_access = ["0845 0801000"]
"#;

const BILL: &str = r#"
[columns]
from = "From"
to = "To"
when = "When"
duration = "Seconds"
[formats]
when = "%Y-%m-%d %H:%M:%S"
[private]
suffix = "*"
[line_2]
column = "Line"
values = ["2"]
"#;

fn numbers() -> Numbers {
    Numbers::new(NumberSettings::read(NUMBERS).unwrap())
}

fn read(text: &str, format: Option<Format>) -> Call {
    let settings = Settings {
        source: "test".into(),
        zone: TimeZone::UTC,
        numbers: numbers(),
    };
    let mut reading = Reading::open(text.as_bytes(), format, settings).unwrap();
    let mut joiner = Joiner::default();
    let mut calls = Vec::new();
    while let Some(item) = reading.next().unwrap() {
        match item {
            Item::Leg(leg) => calls.extend(joiner.add(*leg)),
            other => panic!("{other:?}"),
        }
    }
    calls.extend(joiner.finish());
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

/// A call of an exchange that was answered for a minute.
fn exchange(from: &str, to: &str, start: &str) -> Call {
    read(
        &format!(
            "\"\",\"{from}\",\"{to}\",\"\",\"\",\"PJSIP/x-1\",\"\",\"Dial\",\"\",\"{start}\",\"\",\"\",70,60,\"ANSWERED\",\"DOCUMENTATION\",\"1772449200.1\",\"\"\n"
        ),
        None,
    )
}

/// A row of a mobile bill.
fn bill(from: &str, to: &str, line: &str) -> Call {
    let mapping = Mapping::read(BILL).unwrap();
    let text = format!("From,To,When,Seconds,Line\n{from},{to},2026-03-02 11:00:00,60,{line}\n");
    read(&text, Some(Format::Mapped(Box::new(mapping))))
}

fn event<'a>(call: &'a Call, numbers: &Numbers) -> CallEvent<'a> {
    CallEvent {
        id: CallId::of(&call.identity("test")),
        call,
        learned: "2026-03-10T00:00:00Z".parse().unwrap(),
        late: false,
        format: "test",
        file: "f00d",
        internet_access: numbers.is_internet_access(&call.first().to),
        near_public_telephone: false,
    }
}

/// Whoever counts, and what they were asked.
#[derive(Default)]
struct Desk {
    held: Option<Vec<Permission>>,
    asked: Mutex<Vec<String>>,
}

impl Uses for Desk {
    fn take<'a>(&'a self, reference: &'a str, activity: &'a str, _: Timestamp) -> Taking<'a> {
        let asked = format!("{reference} for {activity}");
        self.asked.lock().unwrap().push(asked);
        Box::pin(std::future::ready(Taken::Yes))
    }

    fn held_then<'a>(&'a self, person: &'a str, _: &'a str, _: Timestamp) -> HeldThen<'a> {
        self.asked.lock().unwrap().push(person.to_owned());
        Box::pin(std::future::ready(self.held.clone()))
    }
}

struct Town {
    point: DecisionPoint,
    desk: Arc<Desk>,
    folder: tempfile::TempDir,
}

impl Town {
    fn of(pack: &str, desk: Desk) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            min_free_bytes: 0,
            ..Options::default()
        };
        let (journal, _) = Journal::open(folder.path(), options).unwrap();
        let at = "2026-03-01T00:00:00Z".parse().unwrap();
        let information = information(pack, REGISTER);
        let mut point =
            DecisionPoint::new(information, journal, WebDurability::Written, at).unwrap();
        let desk = Arc::new(desk);
        point.count_uses_with(desk.clone());
        Self {
            point,
            desk,
            folder,
        }
    }

    fn new(pack: &str) -> Self {
        let held = Some(Vec::new());
        Self::of(
            pack,
            Desk {
                held,
                ..Desk::default()
            },
        )
    }

    /// The outcome, the clauses, and the entry.
    async fn judge(&self, call: &Call) -> (Outcome, Vec<String>, Value) {
        let recorded = self
            .point
            .decide_call(&event(call, &numbers()))
            .await
            .unwrap();
        let clauses = recorded.decision.standing();
        let clauses = clauses.map(|reason| reason.clause.to_string()).collect();
        let entry = Reader::entry(self.folder.path(), EntryIndex(recorded.entry().0));
        let entry: Value = serde_json::from_slice(&entry.unwrap().unwrap()).unwrap();
        (recorded.decision.outcome, clauses, entry)
    }

    async fn set_up(&self, from: &str, to: &str, says: Says, at: &str) -> (Outcome, Value) {
        let known = numbers();
        let (from, to) = (
            known.party(from.as_bytes(), Role::Calling),
            known.party(to.as_bytes(), Role::Called),
        );
        let event = SetUpEvent {
            id: "a84b4c76e66710@exchange",
            at: at.parse().unwrap(),
            exchange: "127.0.0.1",
            user: None,
            direction: Direction::Outgoing,
            from: &from,
            to: &to,
            says,
            internet_access: known.is_internet_access(&to),
            near_public_telephone: false,
        };
        let recorded = self.point.decide_set_up(&event).await.unwrap();
        let entry = Reader::entry(self.folder.path(), EntryIndex(recorded.entry().0));
        let entry = serde_json::from_slice(&entry.unwrap().unwrap()).unwrap();
        (recorded.decision.outcome, entry)
    }
}

const ON: &str = "2026-03-02 11:00:00";
const OFF: &str = "2026-03-02 18:00:00";

#[tokio::test]
async fn an_ordinary_call_is_recorded_with_its_person_and_numbers() {
    let town = Town::new("halton");
    let (outcome, clauses, entry) = town.judge(&exchange("2001", "901922640001", ON)).await;
    assert_eq!((outcome, clauses.len()), (Outcome::Permit, 0));
    assert_eq!(entry["kind"], "call");
    assert_eq!(entry["at"], "2026-03-02T11:00:00Z");
    assert_eq!(entry["learned"], "2026-03-10T00:00:00Z");
    assert_eq!(entry["person"], "ann");
    assert_eq!(entry["extension"], "2001");
    assert_eq!(entry["units"], serde_json::json!(["benefits", "finance"]));
    assert_eq!(entry["to"]["number"], "+441922640001");
    assert_eq!(entry["answered_seconds"], 60);
    assert_eq!(
        entry["request"]["what"]["number"],
        serde_json::json!(["national"])
    );
    assert_eq!(entry["request"]["when"]["clock"], "on");
    // Nobody knows whose telephone this is.
    let (outcome, clauses, entry) = town.judge(&exchange("2002", "909012345678", ON)).await;
    assert_eq!((outcome, clauses.len()), (Outcome::Permit, 0));
    assert_eq!(entry["extension"], "2002");
    assert_eq!(entry["person"], Value::Null);
    assert_eq!(entry["request"]["who"]["audience"], "unknown");
}

#[tokio::test]
async fn emergencies_and_private_lines_are_judged_by_nobody_and_name_nobody() {
    for pack in ["halton", "chorley", "walsall"] {
        let town = Town::new(pack);
        for to in ["999", "112", "9999", "08001234567"] {
            let (outcome, clauses, entry) = town.judge(&exchange("2001", to, ON)).await;
            assert_eq!((outcome, clauses.len()), (Outcome::Permit, 0), "{to}");
            let text = entry.to_string();
            for secret in ["ann", "2001", "\"request\"", "benefits", "08001234567"] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
            let says = Says::Private;
            let (outcome, entry) = town.set_up("2001", to, says, "2026-03-02T11:00:00Z").await;
            assert_eq!(outcome, Outcome::Permit, "{to}");
            assert!(!entry.to_string().contains("2001"), "{entry}");
        }
        assert!(town.desk.asked.lock().unwrap().is_empty());
        let counted = town.point.tally().read();
        let all: u64 = counted.iter().flat_map(|counted| counted.outcomes).sum();
        assert_eq!(all, 0, "nobody's emergencies are counted");
    }
}

#[tokio::test]
async fn halton_speaks_to_whoever_called_a_number_they_declared_private() {
    let town = Town::new("halton");
    let (outcome, clauses, entry) = town.judge(&exchange("2001", "901632960111", ON)).await;
    assert_eq!(outcome, Outcome::Warn);
    assert_eq!(clauses, ["halton-3.3.2.a", "halton-3.3.5"]);
    // Whom somebody calls privately is not told.
    assert!(!entry.to_string().contains("1632960111"), "{entry}");
    assert_eq!(entry["to"]["class"], "national");
    let (_, clauses, _) = town.judge(&exchange("2001", "901632960111", OFF)).await;
    assert_eq!(clauses, ["halton-3.3.2.a"]);
    // The manager agreed that day.
    let then = "2026-03-03 12:00:00";
    let (outcome, _, entry) = town.judge(&exchange("2001", "901632960111", then)).await;
    assert_eq!(outcome, Outcome::Permit);
    assert_eq!(entry["permissions"], serde_json::json!(["per-1"]));
    // It is private for whoever declared it, and for nobody else.
    let (outcome, _, _) = town.judge(&exchange("2002", "901632960111", ON)).await;
    assert_eq!(outcome, Outcome::Permit);
}

#[tokio::test]
async fn leave_that_has_ended_since_still_covers_the_call() {
    let ended = Permission {
        reference: "per-9".to_owned(),
        kind: "emergency-call".to_owned(),
        person: "ann".to_owned(),
        from: "2026-03-02T00:00:00Z".parse().unwrap(),
        until: "2026-03-02T23:00:00Z".parse().unwrap(),
        hosts: Vec::new(),
        recipients: Vec::new(),
        counted: false,
    };
    let held = Some(vec![ended]);
    let town = Town::of(
        "halton",
        Desk {
            held,
            ..Desk::default()
        },
    );
    let (outcome, _, entry) = town.judge(&exchange("2001", "901632960111", ON)).await;
    assert_eq!(outcome, Outcome::Permit);
    assert_eq!(entry["permissions"], serde_json::json!(["per-9"]));
    // Nobody is asked about a call that needs no leave.
    town.desk.asked.lock().unwrap().clear();
    town.judge(&exchange("2001", "901922640001", ON)).await;
    assert!(town.desk.asked.lock().unwrap().is_empty());
    // Where it cannot be told now, nothing is held against anybody.
    let town = Town::of("halton", Desk::default());
    let call = exchange("2001", "901632960111", ON);
    let judged = town.point.decide_call(&event(&call, &numbers())).await;
    assert!(matches!(judged, Err(NotJudged::LeaveUnknown)));
    assert_eq!(town.point.journal().written().0, 1, "nothing but the start");
}

#[tokio::test]
async fn many_private_calls_in_are_noticed_and_those_of_later_weeks_do_not_add_up() {
    let town = Town::new("halton");
    let mut outcomes = Vec::new();
    for minute in 0..8 {
        let call = exchange(
            "01632960111",
            "2001",
            &format!("2026-03-02 11:{minute:02}:00"),
        );
        outcomes.push(town.judge(&call).await.0);
    }
    assert!(
        outcomes[..7]
            .iter()
            .all(|outcome| *outcome == Outcome::Permit),
        "{outcomes:?}"
    );
    assert_eq!(outcomes[7], Outcome::Warn);
    let earlier = exchange("01632960111", "2001", "2026-02-20 11:00:00");
    assert_eq!(town.judge(&earlier).await.0, Outcome::Permit);
    let later = exchange("01632960111", "2001", "2026-03-20 11:00:00");
    assert_eq!(town.judge(&later).await.0, Outcome::Permit);
}

#[tokio::test]
async fn chorley_tells_the_second_line_from_the_councils() {
    let town = Town::new("chorley");
    let check = async |to: &str, line: &str, expected: &[&str]| {
        let (_, clauses, entry) = town.judge(&bill("447700900001", to, line)).await;
        assert_eq!(clauses, expected, "{to} on {line}");
        assert_eq!(entry["person"], "ann");
        assert_eq!(entry["extension"], "447700900001");
    };
    check("01632960111", "1", &["chorley-4.5.g"]).await;
    check("01632960111", "2", &[]).await;
    check("01632960222*", "1", &["chorley-4.5.g"]).await;
    check("01632960222*", "2", &[]).await;
    check("01632960222", "1", &[]).await;
    // The bill does not say whether there is a second line.
    check("01632960222*", "", &[]).await;
}

#[tokio::test]
async fn walsall_refuses_internet_access_numbers_and_speaks_of_those_called() {
    let town = Town::new("walsall");
    let (_, clauses, _) = town.judge(&exchange("2001", "908450801000", ON)).await;
    assert_eq!(clauses, ["walsall-7.1.4"]);
    let at = "2026-03-02T11:00:00Z";
    let (outcome, entry) = town.set_up("2001", "908450801000", Says::Nothing, at).await;
    assert_eq!(outcome, Outcome::Refuse);
    assert_eq!(entry["kind"], "call-set-up");
    let (outcome, _) = town.set_up("2001", "908450801001", Says::Nothing, at).await;
    assert_eq!(outcome, Outcome::Permit);
}

#[tokio::test]
async fn a_private_call_waits_for_leave_unless_it_cannot() {
    let town = Town::new("halton");
    let check = async |says, at: &str, expected| {
        let (outcome, _) = town.set_up("2001", "907700900999", says, at).await;
        assert_eq!(outcome, expected, "{says:?} at {at}");
    };
    let on = "2026-03-02T11:00:00Z";
    check(Says::Nothing, on, Outcome::Permit).await;
    check(Says::Private, on, Outcome::Refuse).await;
    check(Says::Emergency, on, Outcome::Warn).await;
    check(Says::Private, "2026-03-03T11:00:00Z", Outcome::Permit).await;
}

#[tokio::test]
async fn what_counts_is_taken_once_for_the_call() {
    let counted = REGISTER.replace(
        "until = \"2026-03-04T00:00:00Z\"",
        "until = \"2026-03-04T00:00:00Z\"\ncounted = true",
    );
    let town = Town::new("halton");
    town.point
        .information()
        .publish(register::snapshot::Snapshot::parse(&counted).unwrap());
    let call = exchange("2001", "901632960111", "2026-03-03 12:00:00");
    let (outcome, _, _) = town.judge(&call).await;
    assert_eq!(outcome, Outcome::Permit);
    let id = CallId::of(&call.identity("test"));
    let asked = std::mem::take(&mut *town.desk.asked.lock().unwrap());
    assert_eq!(asked, ["ann".to_owned(), format!("per-1 for {id}")]);
    let known: BTreeSet<String> = BTreeSet::new();
    let verdict = town
        .point
        .information()
        .consider_call(&event(&call, &numbers()), &[], &known);
    assert_eq!(verdict.uses.len(), 1);
}
