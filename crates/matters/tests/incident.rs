//! Reports of what went wrong: who is told, who is not, and how they are answered.
#![allow(clippy::unwrap_used)]

mod council;

use council::{Council, act, council, hour, person, told};
use matters::event::{Act, Actor};
use matters::incident::{ANONYMOUS, Incident, Kind, Opening, Step};
use matters::machine::{Effect, Machine, Refused, Taken};

const DAY: i64 = 24;

fn opening(kind: Kind, implicated: Option<&str>) -> Opening {
    Opening {
        kind,
        words: "it just opened".to_owned(),
        happened_at: hour(-1),
        url: None,
        message_id: None,
        implicated: implicated.map(person),
        key_sha256: None,
    }
}

/// Who is told of a report, apart from the reporter.
fn check_told(kind: Kind, who: &str, implicated: Option<&str>, expected: &[&str]) {
    let council = council();
    let taken = council
        .open::<Incident>(opening(kind, implicated), who, 0)
        .unwrap();
    let mut told = told(&taken);
    told.retain(|to| to != who);
    assert_eq!(told, expected, "{kind:?} by {who} about {implicated:?}");
}

#[test]
fn manager_and_desk_are_told_at_once_and_nobody_implicated() {
    use Kind::{Accident, ReportSomeone, Spam};
    check_told(Accident, "mia", None, &["+line-manager", "+service-desk"]);
    check_told(
        Spam,
        "mia",
        Some("ned"),
        &["+line-manager", "+service-desk"],
    );
    check_told(Accident, "mia", Some("lou"), &["+service-desk"]);
    check_told(Accident, "mia", Some("desk"), &["+line-manager", "dora"]);
    check_told(Accident, "cllr", None, &["+service-desk"]);
    check_told(Accident, "solo", None, &["+service-desk"]);
    check_told(Accident, "desk", None, &["+line-manager", "dora"]);
    check_told(
        ReportSomeone,
        "mia",
        Some("lou"),
        &["+chief-internal-auditor"],
    );
    check_told(ReportSomeone, "mia", Some("cia"), &["+monitoring-officer"]);
    check_told(ReportSomeone, "cia", Some("mia"), &["+monitoring-officer"]);
}

/// Each acknowledges in turn; the states, `-` where it was refused.
fn check_acknowledged(who: &str, implicated: Option<&str>, by: &[&str], states: &str) {
    let council = council();
    let opening = opening(Kind::Accident, implicated);
    let mut incident: Incident = council.open(opening, who, 0).unwrap().matter;
    let mut after = Vec::new();
    for actor in by {
        after.push(match council.take(&incident, Step::Acknowledge, actor, 1) {
            Ok(taken) => {
                incident = taken.matter;
                incident.state()
            }
            Err(_) => "-",
        });
    }
    assert_eq!(
        after.join(" "),
        states,
        "{who}, about {implicated:?}, by {by:?}"
    );
}

#[test]
fn both_have_to_read_it() {
    check_acknowledged("mia", None, &["lou", "desk"], "reported acknowledged");
    check_acknowledged(
        "mia",
        None,
        &["desk", "dora", "lou"],
        "reported - acknowledged",
    );
    check_acknowledged("mia", None, &["mia", "dan", "rule"], "- - -");
    check_acknowledged("mia", Some("lou"), &["lou", "desk"], "- acknowledged");
    check_acknowledged(
        "mia",
        Some("desk"),
        &["desk", "lou", "dora"],
        "- reported acknowledged",
    );
    check_acknowledged(
        "desk",
        None,
        &["desk", "dora", "adit"],
        "- reported acknowledged",
    );
    check_acknowledged("cllr", None, &["dora"], "acknowledged");
}

fn close() -> Step {
    Step::Close {
        feedback: "the site is blocked now".to_owned(),
    }
}

#[test]
fn it_is_answered_by_those_who_read_it() {
    let mut council = council();
    let opening = opening(Kind::Accident, None);
    let incident: Incident = council.open(opening, "mia", 0).unwrap().matter;
    assert!(council.take(&incident, close(), "desk", 1).is_err()); // nobody has read it
    let read = council
        .take(&incident, Step::Acknowledge, "desk", 1)
        .unwrap()
        .matter;
    assert!(council.take(&read, close(), "desk", 1).is_err()); // the manager has not
    let both = council
        .take(&read, Step::Acknowledge, "lou", 1)
        .unwrap()
        .matter;
    assert!(council.take(&both, close(), "mia", 1).is_err());
    let closed = council.take(&both, close(), "lou", 2).unwrap();
    assert_eq!(
        (closed.matter.state(), told(&closed)),
        ("closed", vec!["mia".to_owned()])
    );
    assert!(closed.matter.is_over());
    // A manager who left and was not replaced keeps nobody waiting.
    council.manager("mia", None);
    assert!(council.take(&read, close(), "desk", 1).is_ok());
}

#[test]
fn nobody_is_left_without_an_answer() {
    let council = council();
    let opening = opening(Kind::Accident, None);
    let mut incident: Incident = council.open(opening, "mia", 0).unwrap().matter;
    assert_eq!(
        council.wait(&mut incident, 365 * DAY),
        ["remind", "escalate"]
    );
    assert_eq!(incident.state(), "reported"); // it does not lapse
}

#[test]
fn a_report_about_somebody_is_for_internal_audit_alone() {
    let council = council();
    let taken = council.open::<Incident>(opening(Kind::ReportSomeone, Some("lou")), "mia", 0);
    let report = taken.unwrap().matter;
    let readers = |report: &Incident| -> Vec<&str> {
        let everybody = ["mia", "ned", "lou", "dan", "desk", "adit", "cia", "mo"];
        let reads = |who: &&str| report.may_be_read_by(&person(who), hour(1), &council.world());
        everybody.into_iter().filter(reads).collect()
    };
    assert!(report.is_confidential() && !report.in_good_faith);
    assert_eq!(readers(&report), ["mia", "cia"]);
    let taken = council.open::<Incident>(opening(Kind::ReportSomeone, Some("cia")), "mia", 0);
    assert_eq!(readers(&taken.unwrap().matter), ["mia", "mo"]);
    let taken = council.open::<Incident>(opening(Kind::Accident, Some("lou")), "mia", 0);
    assert_eq!(readers(&taken.unwrap().matter), ["mia", "desk"]);
}

fn without_name(council: &Council, opening: Opening) -> Result<Taken<Incident>, Refused> {
    let act = Act::of(Actor::Rule(ANONYMOUS.to_owned()), hour(0));
    Incident::open(opening, &act, &council.world())
}

#[test]
fn a_report_without_a_name_has_none_anywhere() {
    let council = council();
    for implicated in [None, Some("lou"), Some("cia")] {
        let mut opening = opening(Kind::ReportSomeone, implicated);
        assert!(without_name(&council, opening.clone()).is_err()); // no key
        opening.key_sha256 = Some("AB".repeat(32));
        assert!(council.open::<Incident>(opening.clone(), "mia", 0).is_err());
        let taken = without_name(&council, opening).unwrap();
        assert_eq!(taken.matter.reporter.as_str(), ANONYMOUS);
        let auditor = if implicated == Some("cia") {
            "mo"
        } else {
            "cia"
        };
        assert_eq!(told(&taken).len(), 1, "{implicated:?}");
        let read = council
            .take(&taken.matter, Step::Acknowledge, auditor, 1)
            .unwrap()
            .matter;
        assert!(council.take(&read, close(), "lou", 1).is_err());
        let closed = council.take(&read, close(), auditor, 1).unwrap();
        assert!(told(&closed).is_empty());
    }
    let mut opening = opening(Kind::Spam, None);
    opening.key_sha256 = Some("ab".repeat(32));
    assert!(without_name(&council, opening).is_err());
}

fn check_opening(change: impl Fn(&mut Opening), allowed: bool) {
    let mut opening = opening(Kind::Accident, None);
    change(&mut opening);
    let taken = council().open::<Incident>(opening, "mia", 0);
    assert_eq!(taken.is_ok(), allowed, "{taken:?}");
}

#[test]
fn a_report_is_checked_when_it_comes() {
    check_opening(|_| (), true);
    check_opening(|to| to.words = String::new(), false);
    check_opening(|to| to.words = "x".repeat(2_001), false);
    check_opening(|to| to.happened_at = hour(1), false);
    check_opening(|to| to.implicated = Some(person("mia")), false);
    check_opening(|to| to.implicated = Some(person("who")), false);
    check_opening(
        |to| to.message_id = Some("<a@example.net>".to_owned()),
        true,
    );
    check_opening(|to| to.message_id = Some("a\nb".to_owned()), false);
    check_opening(|to| to.url = Some("x".repeat(2_001)), false);
}

#[test]
fn no_query_and_no_credential_is_kept() {
    let kept = |url: &str| {
        let mut opening = opening(Kind::Accident, None);
        opening.url = Some(url.to_owned());
        let taken = council().open::<Incident>(opening, "mia", 0);
        taken.unwrap().matter.url.unwrap()
    };
    assert_eq!(
        kept("https://me:pw@example.org/a@b?q=1#x"),
        "https://example.org/a@b"
    );
    assert_eq!(kept("example.org"), "example.org");
    assert_eq!(kept("me@example.org?x"), "example.org");
}

#[test]
fn what_is_reported_at_once_is_in_good_faith() {
    let reported = |at: i64| {
        let taken = council().open::<Incident>(opening(Kind::Accident, None), "mia", at);
        taken.unwrap().matter.in_good_faith
    };
    assert!(reported(0) && reported(23));
    assert!(!reported(24));
}

#[test]
fn some_kinds_are_acted_on_at_once() {
    let task = |kind: Kind| {
        let taken = council()
            .open::<Incident>(opening(kind, None), "mia", 0)
            .unwrap();
        taken.effects.into_iter().find_map(|effect| match effect {
            Effect::Task { task, .. } => Some(task),
            Effect::Notify { .. } => None,
        })
    };
    assert_eq!(task(Kind::PasswordDisclosed), Some("change-password"));
    assert_eq!(task(Kind::TooMuchAccess), Some("correct-access"));
    assert_eq!(task(Kind::Virus), Some("clean-device"));
    assert_eq!(task(Kind::Spam), None);
}

#[test]
fn each_kind_names_its_clauses() {
    let mut council = council();
    let clauses = &mut council.settings.incidents.clauses;
    clauses.insert("spam".to_owned(), vec!["test-20".to_owned()]);
    let taken = Incident::open(opening(Kind::Spam, None), &act("mia", 0), &council.world());
    assert_eq!(taken.unwrap().clauses, ["test-20"]);
}
