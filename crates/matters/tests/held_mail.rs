//! Held messages: who decides, who may not, and what follows.
#![allow(clippy::unwrap_used)]

mod council;

use council::{Council, act, council, hour, person, told};
use matters::allowed_words::{self, AllowedWords};
use matters::event::{Act, Actor};
use matters::held_mail::{Found, GATE, HeldMail, Opening, Step, Verdict};
use matters::id::MatterId;
use matters::machine::{Machine, Refused, Taken};

const DAY: i64 = 24;

fn found(label: &str) -> Found {
    Found {
        label: label.to_owned(),
        confidence: "high".to_owned(),
        words: "you old goat".to_owned(),
    }
}

/// Sent by `mia` to `ned` and to somebody outside, held for one finding.
fn opening(label: &str) -> Opening {
    Opening {
        copy: "gate/4711-0".to_owned(),
        entry: 4711,
        at: hour(0),
        sent: true,
        person: Some(person("mia")),
        others: vec![person("ned")],
        mail_from: "mia@example.org".to_owned(),
        recipients: vec!["ned@example.org".to_owned(), "x@example.com".to_owned()],
        subject: "Lunch".to_owned(),
        clauses: vec!["t-1".to_owned()],
        findings: vec![found(label)],
        sha256: "ab".repeat(32),
    }
}

fn by_the_gate(at: i64) -> Act {
    Act::of(Actor::Rule(GATE.to_owned()), hour(at))
}

fn held(council: &Council, opening: Opening) -> Taken<HeldMail> {
    HeldMail::open(opening, &by_the_gate(0), &council.world()).unwrap()
}

fn release(verdict: Verdict) -> Step {
    Step::Release {
        verdicts: vec![verdict],
    }
}

fn reject() -> Step {
    Step::Reject {
        verdicts: vec![Verdict::Right],
    }
}

/// Who is told of a message held for something, and the states after each tries to release it, `-`
/// where they may not.
#[track_caller]
fn check_released(opening: Opening, tells: &[&str], by: &[&str], states: &str) {
    let council = council();
    let taken = held(&council, opening);
    assert_eq!(told(&taken), tells);
    let mut mail = taken.matter;
    let mut after = Vec::new();
    for (n, actor) in by.iter().enumerate() {
        let at = i64::try_from(n).unwrap() + 1;
        after.push(
            match council.take(&mail, release(Verdict::Right), actor, at) {
                Ok(taken) => {
                    mail = taken.matter;
                    mail.state()
                }
                Err(_) => "-",
            },
        );
    }
    assert_eq!(after.join(" "), states, "{by:?}");
}

#[test]
fn the_posts_of_its_class_decide_and_neither_sender_nor_recipient() {
    let desk = ["+service-desk"];
    check_released(
        opening("order"),
        &desk,
        &["adit", "mia", "ned", "desk"],
        "- - - released",
    );
    let from_the_desk = Opening {
        person: Some(person("desk")),
        others: vec![person("dora")],
        ..opening("order")
    };
    // Both who hold the post wrote it or get it: the alternate acts.
    check_released(
        from_the_desk,
        &["+assistant-director-it"],
        &["desk", "dora", "adit"],
        "- - released",
    );
    let under_clause = Opening {
        clauses: vec!["t-4".to_owned()],
        ..opening("order")
    };
    check_released(
        under_clause,
        &["+head-of-service", "+line-manager"],
        &["desk", "bo", "lou"],
        "- - released",
    );
    check_released(
        opening("malware"),
        &[],
        &["desk", "adit", "cia", "mo"],
        "- - - -",
    );
    let from_nobody = Opening {
        person: Some(person("stranger")),
        others: Vec::new(),
        ..opening("order")
    };
    check_released(from_nobody, &desk, &["adit", "desk"], "- released");
}

#[test]
fn it_is_shown_to_those_who_decide_and_where_nobody_does_to_those_who_decide_otherwise() {
    let council = council();
    let check = |label: &str, shown: &[&str]| {
        let mail = held(&council, opening(label)).matter;
        let all = ["mia", "ned", "desk", "adit", "mo", "cia", "lou"];
        let to = |who: &&&str| mail.is_shown_to(&person(who), hour(1), &council.world());
        assert_eq!(
            all.iter().filter(to).copied().collect::<Vec<_>>(),
            shown,
            "{label}"
        );
    };
    check("order", &["desk"]);
    check("insult", &["desk", "adit", "mo"]);
    check("malware", &["desk"]);
}

#[test]
fn two_different_people_release_what_is_judged_by_its_words() {
    let desk = ["+assistant-director-it", "+service-desk"];
    check_released(
        opening("insult"),
        &desk,
        &["desk", "desk", "dora", "mo"],
        "second-needed - - released",
    );
    check_released(
        opening("insult"),
        &desk,
        &["adit", "adit", "mo"],
        "second-needed - released",
    );
    // One is enough to keep it back.
    let council = council();
    let mail = held(&council, opening("insult")).matter;
    let kept_back = council.take(&mail, reject(), "desk", 1).unwrap();
    assert_eq!(kept_back.matter.state(), "rejected");
    assert_eq!(told(&kept_back), ["mia", "ned"]);
    assert_eq!(kept_back.clauses, ["t-1", "t-9"]);
}

#[test]
fn a_decision_says_of_each_finding_whether_it_was_right() {
    let council = council();
    let mail = held(&council, opening("order")).matter;
    let none = Step::Release {
        verdicts: Vec::new(),
    };
    let refused = council.take(&mail, none, "desk", 1).unwrap_err();
    assert!(matches!(
        refused,
        Refused::Field {
            field: "verdicts",
            ..
        }
    ));
    let mistaken = |verdict| {
        let taken = council.take(&mail, release(verdict), "desk", 1).unwrap();
        let mistaken: Vec<String> = taken.matter.mistaken().map(|f| f.label.clone()).collect();
        mistaken
    };
    assert_eq!(mistaken(Verdict::Wrong), ["order"]);
    assert!(mistaken(Verdict::Right).is_empty());
    assert!(mistaken(Verdict::RightButAllowed).is_empty());
}

#[test]
fn those_it_concerns_ask_for_it_once_and_say_why() {
    let council = council();
    let mail = held(&council, opening("order")).matter;
    for stranger in ["lou", "desk"] {
        assert!(council.take(&mail, Step::Ask, stranger, 1).is_err());
    }
    let without_why = Act::by(&person("mia"), hour(1));
    assert!(
        mail.take(Step::Ask, &without_why, &council.world())
            .is_err()
    );
    let asked = council.take(&mail, Step::Ask, "ned", 1).unwrap();
    assert_eq!(told(&asked), ["+service-desk"]);
    assert!(council.take(&asked.matter, Step::Ask, "mia", 2).is_err());
}

#[test]
fn reading_the_message_is_for_those_who_decide_and_leaves_a_trace() {
    let council = council();
    let mail = held(&council, opening("order")).matter;
    for other in ["mia", "ned", "lou", "cia"] {
        assert!(
            council.take(&mail, Step::Read, other, 1).is_err(),
            "{other}"
        );
    }
    let read = council.take(&mail, Step::Read, "dora", 1).unwrap();
    assert_eq!(read.matter.read[0].by, person("dora"));
    let without_why = Act::by(&person("dora"), hour(1));
    assert!(
        mail.take(Step::Read, &without_why, &council.world())
            .is_err()
    );
}

#[test]
fn it_is_handed_over_by_the_gate_alone_and_only_once_released() {
    let council = council();
    let mail = held(&council, opening("order")).matter;
    let hand_over = |refused: &[&str]| Step::HandOver {
        refused: refused.iter().map(|to| (*to).to_owned()).collect(),
    };
    assert!(
        mail.take(hand_over(&[]), &by_the_gate(1), &council.world())
            .is_err()
    );
    let released = council
        .take(&mail, release(Verdict::Right), "desk", 1)
        .unwrap();
    assert_eq!(told(&released), ["mia", "ned"]);
    let mail = released.matter;
    assert!(mail.keeps_message() && !mail.is_over());
    assert!(council.take(&mail, hand_over(&[]), "desk", 2).is_err());
    let done = mail
        .take(hand_over(&[]), &by_the_gate(2), &council.world())
        .unwrap();
    assert!(done.matter.is_over() && !done.matter.keeps_message());
    assert!(told(&done).is_empty());
    let partly = hand_over(&["x@example.com"]);
    let partly = mail
        .take(partly, &by_the_gate(2), &council.world())
        .unwrap();
    assert_eq!(told(&partly), ["mia", "ned"]);
}

/// What time does until a day, and where it then stands.
#[track_caller]
fn check_time(label: &str, until: i64, steps: &[&str], state: &str) {
    let council = council();
    let mut mail = held(&council, opening(label)).matter;
    assert_eq!(council.wait(&mut mail, until * DAY), steps, "{label}");
    assert_eq!(mail.state(), state, "{label}");
}

#[test]
fn time_reminds_and_ends_but_keeps_evidence() {
    check_time("order", 1, &[], "held");
    check_time("order", 29, &["remind"], "held");
    check_time("order", 31, &["remind", "expire"], "expired");
    check_time("malware", 31, &["expire"], "expired");
    let council = council();
    let mail = held(&council, opening("order")).matter;
    let mut sealed = council.take(&mail, Step::Seal, "desk", 1).unwrap().matter;
    assert!(council.wait(&mut sealed, 900 * DAY).is_empty());
    assert!(sealed.keeps_message());
    let mut released = council
        .take(&mail, release(Verdict::Right), "desk", 1)
        .unwrap()
        .matter;
    assert!(council.wait(&mut released, 900 * DAY).is_empty()); // never lost on its way
}

#[test]
fn whatever_a_message_says_of_itself_it_can_be_held() {
    let council = council();
    let odd = Opening {
        subject: "\u{0}\r\nBcc: x".repeat(10_000),
        mail_from: String::new(),
        recipients: vec!["a\nb".to_owned(); 10_000],
        findings: vec![found("order"); 10_000],
        ..opening("order")
    };
    let mail = held(&council, odd).matter;
    assert!(!mail.subject.contains(char::is_control) && mail.subject.chars().count() <= 300);
    assert_eq!((mail.findings.len(), mail.recipients.len()), (200, 200));
    let by_hand = HeldMail::open(opening("order"), &act("desk", 0), &council.world());
    assert!(by_hand.is_err());
}

#[test]
fn words_are_allowed_until_somebody_who_decides_ends_it_or_for_a_year() {
    let council = council();
    let opening = || allowed_words::Opening {
        label: "insult".to_owned(),
        words: "you old goat".to_owned(),
        from: MatterId::from("HM-0000-0001"),
    };
    let by_itself = act("rule", 0);
    let words = AllowedWords::open(opening(), &by_itself, &council.world()).unwrap();
    let words = words.matter;
    assert!(AllowedWords::open(opening(), &act("desk", 0), &council.world()).is_err());
    let end = || allowed_words::Step::End;
    for other in ["mia", "cia", "rule"] {
        assert!(council.take(&words, end(), other, 1).is_err(), "{other}");
    }
    let ended = council.take(&words, end(), "adit", 1).unwrap().matter;
    assert!(ended.is_over());
    let mut words = words;
    assert_eq!(council.wait(&mut words, 364 * DAY), [""; 0]);
    assert_eq!(council.wait(&mut words, 365 * DAY), ["expire"]);
}
