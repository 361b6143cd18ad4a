//! Clause 7.2.2: a councillor's misuse is raised, heard and decided by different people.
#![allow(clippy::unwrap_used)]

mod support;

use matters::event::Act;
use matters::id::PersonId;
use matters::machine::{Machine, Refused};
use matters::member_misuse::{MemberMisuse, Opening, Outcome, Stage, Step};
use matters::withdrawal::{Kind, Withdrawal};
use proptest::prelude::*;
use support::{Council, at, because, by, rule, why};

fn open(council: &Council, councillor: &str, act: &Act) -> Result<MemberMisuse, Refused> {
    let opening = Opening {
        councillor: councillor.into(),
        about: "sites that seem improper, on three evenings".to_owned(),
        incident: Some("IN-7F3K-29QD".into()),
        raised_with_at: at(0),
    };
    MemberMisuse::open(opening, act, &council.world()).map(|taken| taken.matter)
}

fn view(of: &str) -> Step {
    Step::View {
        of: of.into(),
        words: "a word of warning is enough".to_owned(),
    }
}

fn consult() -> Step {
    Step::Consult { instead: None }
}

fn decide(outcome: Outcome) -> Step {
    Step::Decide { outcome }
}

fn papers() -> Step {
    Step::RecordPapers {
        how: "by post, and at the front desk".to_owned(),
    }
}

fn from_letter(who: &str, day: i64) -> Act {
    let mut act = by(who, day);
    act.evidence.push("LETTER-1".to_owned());
    act
}

fn asked(matter: &MemberMisuse) -> Vec<&str> {
    matter
        .asked
        .iter()
        .map(|asked| asked.person.as_str())
        .collect()
}

#[test]
fn only_the_monitoring_officer_raises_it_and_with_the_councillor_first() {
    let council = Council::new();
    for (councillor, who, day, expected) in [
        ("cora", "milo", 0, "raised"),
        ("cora", "carl", 0, "!authority"),
        ("cora", "inga", 0, "!authority"),
        ("cora", "cora", 0, "!own-matter"),
        ("cora", "milo", -1, "!field"), // before the councillor heard of it
        ("ada", "milo", 0, "!rule"),    // officers go another way
    ] {
        let outcome = open(&council, councillor, &by(who, day));
        let outcome = outcome.map_or_else(|refused| why(&refused), |matter| matter.state());
        assert_eq!(outcome, expected, "{councillor} by {who}");
    }
}

#[test]
fn every_view_is_heard_before_the_decision() {
    let council = Council::new();
    let matter = open(&council, "cora", &by("milo", 0)).unwrap();
    let answer = || Step::Answer {
        words: "it was my nephew".to_owned(),
    };
    let matter = council.run(
        matter,
        [
            (by("gwen", 1), answer(), "!authority"),
            (by("milo", 1), answer(), "!field"), // without the letter
            (by("cora", 1), answer(), "raised"),
            (because("carl", 1), decide(Outcome::Withdraw), "!state"),
            (by("carl", 2), consult(), "!authority"),
            (by("milo", 2), consult(), "consulting"),
        ],
    );
    assert_eq!(asked(&matter), ["milo", "gwen", "glyn"]);
    let matter = council.run(
        matter,
        [
            (by("milo", 3), view("milo"), "consulting"),
            (by("gwen", 3), view("gwen"), "consulting"),
            (by("gwen", 3), view("glyn"), "!authority"), // not in another's name
            (by("cora", 3), view("cora"), "!authority"),
            (because("carl", 3), decide(Outcome::NoAction), "!state"),
            (by("milo", 3), view("glyn"), "!field"),
            (from_letter("milo", 3), view("glyn"), "awaiting-decision"),
            (because("milo", 4), decide(Outcome::Withdraw), "!named"),
            (because("fin", 4), decide(Outcome::Withdraw), "!authority"),
            (by("carl", 4), decide(Outcome::Withdraw), "!field"), // no reason
            (because("carl", 4), decide(Outcome::Withdraw), "!rule"), // papers?
            (by("carl", 4), papers(), "!authority"),
            (by("milo", 4), papers(), "awaiting-decision"),
            (
                because("carl", 4),
                decide(Outcome::Limit {
                    services: [].into(),
                }),
                "!field",
            ),
            (because("carl", 4), decide(Outcome::Withdraw), "withdrawn"),
        ],
    );
    let opening = matter.withdrawal(at(4)).unwrap();
    assert_eq!(opening.kind, Kind::Temporary);
    let act = rule("member-misuse:MM-7F3K-29QD", 4);
    Withdrawal::open(opening, &act, &council.world()).unwrap();
    let lifted = council.run(
        matter,
        [
            (because("milo", 30), Step::Lift, "!named"),
            (because("carl", 30), Step::Lift, "lifted"),
        ],
    );
    assert_eq!(lifted.withdrawal(at(30)), None);
}

/// A view that does not come keeps nobody waiting for good; it may still come late.
#[test]
fn a_view_that_does_not_come_is_not_waited_for() {
    let council = Council::new();
    let matter = open(&council, "cora", &by("milo", 0)).unwrap();
    let mut matter = council.run(matter, [(by("milo", 0), consult(), "consulting")]);
    for (day, step, state) in [
        (5, Step::Remind, "consulting"),
        (10, Step::CloseConsultation, "awaiting-decision"),
        (20, Step::Remind, "awaiting-decision"),
        (30, Step::Escalate, "awaiting-decision"),
        (100, Step::Expire, "expired"),
    ] {
        assert_eq!(matter.due(&council.world()), Some((at(day), step.clone())));
        if day == 20 {
            matter = council.run(
                matter,
                [(by("gwen", 15), view("gwen"), "awaiting-decision")],
            );
        }
        let early = (rule("time", day - 1), step.clone(), "!rule");
        matter = council.run(matter, [early, (rule("time", day), step, state)]);
    }
    assert!(matter.is_over() && matter.withdrawal(at(100)).is_none()); // silence limits nobody
}

/// A group leader is not asked about themselves: the deputy is, or whoever is named.
#[test]
fn nobody_is_asked_about_themselves() {
    let council = Council::new();
    let matter = open(&council, "gwen", &by("milo", 0)).unwrap();
    let matter = council.run(matter, [(by("milo", 0), consult(), "consulting")]);
    assert_eq!(asked(&matter), ["milo", "della", "glyn"]);

    let matter = open(&council, "glyn", &by("milo", 0)).unwrap(); // no deputy on the right
    let named = |who: &str| Step::Consult {
        instead: Some(who.into()),
    };
    let matter = council.run(
        matter,
        [
            (by("milo", 0), consult(), "!field"),
            (by("milo", 0), named("glyn"), "!field"),
            (by("milo", 0), named("nobody"), "!nobody-known"),
            (by("milo", 0), named("cora"), "consulting"),
        ],
    );
    assert_eq!(asked(&matter), ["milo", "gwen", "cora"]);
}

#[test]
fn it_may_be_settled_at_once() {
    let council = Council::new();
    let matter = open(&council, "cora", &by("milo", 0)).unwrap();
    let matter = council.run(
        matter,
        [
            (by("milo", 1), Step::Settle, "!field"),
            (because("cora", 1), Step::Settle, "!own-matter"),
            (because("milo", 1), Step::Settle, "settled"),
            (by("milo", 1), consult(), "!state"),
        ],
    );
    assert!(matter.is_over());
}

/// States stand on the record for ever: a change here is a change of the stored format.
#[test]
fn states_are_spelled_as_they_always_were() {
    let names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name()).collect();
    assert_eq!(
        names.join(" "),
        "raised settled consulting awaiting-decision no-action limited withdrawn lifted expired"
    );
}

proptest! {
    /// Whatever anybody tries, services go only by the chief executive, with every view on record or
    /// its time over, and with a way for papers.
    #[test]
    fn no_councillor_is_cut_off_unheard(
        tries in proptest::collection::vec((0..9_usize, 0..8_usize, any::<bool>()), 1..60),
    ) {
        let council = Council::new();
        let world = council.world();
        let mut matter = open(&council, "gwen", &by("milo", 0)).unwrap();
        let mut closed = false;
        for (day, (who, what, own_time)) in tries.into_iter().enumerate() {
            let day = day as i64;
            let who = ["gwen", "milo", "mina", "glyn", "della", "carl", "fin", "ida", "cora"][who];
            let of = PersonId::from(who);
            let step = match what {
                0 => consult(),
                1 | 2 => Step::View { of, words: "not proven".to_owned() },
                3 => papers(),
                4 => decide(Outcome::Withdraw),
                5 => decide(Outcome::Limit { services: ["internet".to_owned()].into() }),
                6 => Step::Lift,
                _ => Step::Answer { words: "no".to_owned() },
            };
            let (step, act) = match matter.due(&world) {
                Some((_, next)) if own_time => (next, rule("time", day)),
                _ => (step, because(who, day)),
            };
            let Ok(taken) = matter.take(step, &act, &world) else { continue };
            closed |= taken.step == "close-consultation";
            matter = taken.matter;
            if taken.step == "decide" {
                prop_assert_eq!(who, "carl");
                prop_assert!(matter.papers.is_some());
                prop_assert!(closed || matter.asked.iter().all(|asked| asked.view.is_some()));
                prop_assert!(matter.asked.len() == 3);
            }
        }
    }
}
