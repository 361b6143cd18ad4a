//! Telephones that calls do not reach: reminded of, told to a manager, reached again, and forgotten.
#![allow(clippy::unwrap_used)]

mod support;

use jiff::civil::date;
use matters::machine::{Machine, Refused};
use matters::people::Employment;
use matters::unreached::{Opening, Step, Unreached};
use policy::people::UnreachedRules;
use support::{Council, at, because, rule};

fn council() -> Council {
    let mut council = Council::new();
    council.settings.unreached = Some(UnreachedRules {
        fewest_calls: 3,
        reminded_after_working_days: 2,
        escalated_after_working_days: 4,
        proper_diverts: Vec::new(),
        clauses: vec!["t-1".to_owned()],
    });
    council
}

fn opening(diverted: bool) -> Opening {
    Opening {
        person: "ada".into(),
        extension: "2002".to_owned(),
        missed_at: at(0),
        diverted,
    }
}

/// The first at noon on Monday, 5 January.
fn missed(council: &Council, diverted: bool) -> Unreached {
    let calls = rule("call-records", 0);
    let opened = Unreached::open(opening(diverted), &calls, &council.world());
    opened.unwrap().matter
}

fn miss(day: i64) -> Step {
    Step::Miss {
        missed_at: at(day),
        diverted: false,
    }
}

fn reach(day: i64) -> Step {
    Step::Reach {
        reached_at: at(day),
    }
}

fn call_from_there(day: i64) -> Step {
    Step::Use { used_at: at(day) }
}

#[test]
fn the_person_is_reminded_the_manager_told_and_what_is_long_ago_forgotten() {
    let council = council();
    let (time, calls) = (|day| rule("time", day), |day| rule("call-records", day));
    council.run(
        missed(&council, true),
        [
            (calls(1), miss(1), "watched"),
            // Two calls may be chance.
            (time(3), Step::Remind, "!rule"),
            (calls(2), miss(2), "watched"),
            (because("ada", 3), Step::Remind, "!rule"),
            (time(3), Step::Remind, "reminded"),
            // Nobody knows how it was after Wednesday.
            (time(5), Step::Escalate, "!rule"),
            (calls(4), miss(4), "reminded"),
            (time(5), Step::Escalate, "escalated"),
            (time(33), Step::Forget, "!rule"),
            (time(34), Step::Forget, "forgotten"),
            (calls(35), miss(35), "!state"),
        ],
    );
}

#[test]
fn three_calls_of_one_hour_remind_nobody_a_week_later() {
    let council = council();
    let calls = |day| rule("call-records", day);
    let watched = council.run(
        missed(&council, false),
        [
            (calls(0), miss(0), "watched"),
            (calls(0), miss(0), "watched"),
            (rule("time", 8), Step::Remind, "!rule"),
        ],
    );
    assert_eq!(watched.calls, 3);
}

#[test]
fn a_call_that_is_answered_ends_it_and_one_from_there_unless_it_is_diverted() {
    let council = council();
    let calls = |day| rule("call-records", day);
    council.run(
        missed(&council, false),
        [
            (calls(1), call_from_there(1), "reached"),
            (calls(2), miss(2), "!state"),
        ],
    );
    council.run(
        missed(&council, true),
        [
            (calls(1), call_from_there(1), "watched"),
            (calls(2), reach(2), "reached"),
        ],
    );
    // Records come in any order.
    let anew = council.run(
        missed(&council, false),
        [
            (calls(3), miss(3), "watched"),
            (calls(3), reach(-1), "watched"),
            (calls(3), reach(2), "watched"),
        ],
    );
    assert_eq!((anew.since, anew.calls), (at(3), 1));
}

#[test]
fn nobody_is_reminded_while_away() {
    #[track_caller]
    fn check(until: Option<i8>, expected: Option<(&str, Step)>) {
        let mut council = council();
        council.change("ada", |ada| {
            let until = until.map(|until| date(2026, 1, until));
            ada.absent = Some(Employment {
                from: date(2026, 1, 1),
                until,
            });
        });
        let calls = rule("call-records", 3);
        let steps = [
            (calls.clone(), miss(1), "watched"),
            (calls, miss(3), "watched"),
        ];
        let due = council
            .run(missed(&council, true), steps)
            .due(&council.world());
        let expected = expected.map(|(at, step)| (at.parse().unwrap(), step));
        assert_eq!(due, expected, "{until:?}");
    }
    // Back on Thursday the 15th: two working days from then on.
    check(Some(14), Some(("2026-01-17T00:00:00Z", Step::Remind)));
    check(Some(2), Some(("2026-01-08T00:00:00Z", Step::Remind)));
    check(None, Some(("2026-02-07T12:00:00Z", Step::Forget)));
}

#[test]
fn a_council_that_says_nothing_of_it_reminds_nobody() {
    let mut council = council();
    let watched = missed(&council, true);
    council.settings.unreached = None;
    assert_eq!(watched.due(&council.world()), None);
    let opened = Unreached::open(opening(true), &rule("call-records", 0), &council.world());
    assert!(matches!(opened, Err(Refused::Rule { .. })));
}
