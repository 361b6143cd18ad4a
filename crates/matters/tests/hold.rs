//! Holds: placed by one of some posts, ended when another agrees, and what they are over.
#![allow(clippy::unwrap_used)]

mod support;

use jiff::civil::Date;
use matters::hold::{Covers, Hold, Opening, Step};
use matters::id::PersonId;
use matters::machine::{Addressee, Effect, Machine, Refused};
use policy::people::HoldRules;
use support::{Council, because, by, why};

fn council() -> Council {
    let mut council = Council::new();
    council.settings.holds = Some(HoldRules {
        placed_by: ["monitoring-officer", "chief-internal-auditor"]
            .map(str::to_owned)
            .to_vec(),
        released_with: "chief-internal-auditor".to_owned(),
        clauses: vec!["t-1".to_owned()],
    });
    council
}

fn opening(who: &str) -> Opening {
    Opening {
        person: who.into(),
        covers: Covers::default(),
    }
}

fn placed(council: &Council, who: &str) -> Hold {
    let taken = Hold::open(opening("ada"), &because(who, 0), &council.world()).unwrap();
    assert_eq!(taken.clauses, ["t-1"]);
    taken.matter
}

#[test]
fn a_hold_stands_until_the_other_post_agrees_to_its_end() {
    let council = council();
    let hold = placed(&council, "milo");
    let done = council.run(
        hold,
        [
            (because("inga", 1), Step::Release, "!authority"),
            (because("inga", 1), Step::Keep, "!state"),
            (by("milo", 1), Step::Release, "!field"),
            (because("sid", 1), Step::Release, "!authority"),
            (because("milo", 1), Step::Release, "release-proposed"),
            (because("milo", 2), Step::Release, "!authority"),
            (because("milo", 2), Step::Keep, "!authority"),
            (because("inga", 2), Step::Keep, "in-effect"),
            (because("milo", 3), Step::Release, "release-proposed"),
            (because("inga", 4), Step::Release, "released"),
            (because("inga", 5), Step::Release, "!state"),
        ],
    );
    assert!(done.is_over() && done.release_proposed_by.is_none());
}

#[test]
fn the_post_that_agrees_ends_its_own_hold_alone() {
    let council = council();
    let hold = placed(&council, "inga");
    let step = (because("milo", 1), Step::Release, "!authority");
    let hold = council.run(hold, [step]);
    council.run(hold, [(because("inga", 1), Step::Release, "released")]);
}

#[test]
fn nobody_holds_their_own_mail_and_the_person_is_told_nothing() {
    let council = council();
    let own = Hold::open(opening("milo"), &because("milo", 0), &council.world());
    assert!(matches!(own, Err(Refused::OwnMatter)));
    let stranger = Hold::open(opening("nobody"), &because("milo", 0), &council.world());
    assert!(matches!(stranger, Err(Refused::NobodyKnown(_))));
    // The auditor's own mail: the alternate hears of it, not the auditor.
    let taken = Hold::open(opening("inga"), &because("milo", 0), &council.world()).unwrap();
    let inga = PersonId::from("inga");
    let tells = |effect: &Effect| match effect {
        Effect::Notify {
            to: Addressee::Person(who),
            ..
        } => *who == inga,
        Effect::Notify {
            to: Addressee::Post(post),
            ..
        } => post.as_str() == "chief-internal-auditor",
        Effect::Task { .. } => true,
    };
    assert!(
        !taken.effects.is_empty() && !taken.effects.iter().any(tells),
        "{:?}",
        taken.effects
    );
    let mut silent = council;
    silent.settings.holds = None;
    let none = Hold::open(opening("ada"), &because("milo", 0), &silent.world());
    assert!(matches!(none, Err(Refused::Rule { .. })));
}

#[test]
fn days_and_addresses_that_make_no_sense_are_refused() {
    let council = council();
    let day = |text: &str| -> Option<Date> { Some(text.parse().unwrap()) };
    let open = |covers: Covers| {
        let opening = Opening {
            person: "ada".into(),
            covers,
        };
        let opened = Hold::open(opening, &because("milo", 0), &council.world());
        opened.map_or_else(|refused| why(&refused).to_owned(), |_| "placed".to_owned())
    };
    let days = |from, until| {
        open(Covers {
            from: day(from),
            until: day(until),
            with: None,
        })
    };
    assert_eq!(days("2026-03-02", "2026-03-02"), "placed");
    assert_eq!(days("2026-03-02", "2026-03-01"), "!field");
    let with = |with: &str| {
        open(Covers {
            with: Some(with.to_owned()),
            ..Covers::default()
        })
    };
    assert_eq!(with("Court.Example.org"), "placed");
    assert_eq!(with("clerk@court.example.org"), "placed");
    for wrong in ["the court", "org", "@example.org", "a@b@c"] {
        assert_eq!(with(wrong), "!field", "{wrong}");
    }
}

#[test]
fn what_is_not_known_of_a_message_never_leaves_it_out() {
    #[track_caller]
    fn check(covers: &Covers, addresses: &[&str], day: Option<&str>, expected: bool) {
        let day = day.map(|day| day.parse().unwrap());
        let is_covered = covers.message(addresses.iter().copied(), day);
        assert_eq!(is_covered, expected, "{covers:?} {addresses:?} {day:?}");
    }
    let all = Covers::default();
    check(&all, &[], None, true);
    let court = Covers {
        with: Some("court.org".to_owned()),
        ..Covers::default()
    };
    check(&court, &["ada@council.test", "Clerk@Court.org"], None, true);
    check(&court, &["clerk@north.court.org"], None, true);
    check(&court, &["clerk@notcourt.org", "court.org"], None, false);
    let clerk = Covers {
        with: Some("clerk@court.org".to_owned()),
        ..Covers::default()
    };
    check(&clerk, &["clerk@court.org"], None, true);
    check(&clerk, &["other@court.org"], None, false);
    let march = Covers {
        from: Some("2026-03-01".parse().unwrap()),
        until: Some("2026-03-31".parse().unwrap()),
        with: None,
    };
    check(&march, &[], Some("2026-03-01"), true);
    check(&march, &[], Some("2026-03-31"), true);
    check(&march, &[], Some("2026-04-01"), false);
    check(&march, &[], Some("2026-02-28"), false);
    check(&march, &[], None, true);
}
