//! Voicemail that waits: heard, reminded of, told to a manager, and forgotten.
#![allow(clippy::unwrap_used)]

mod support;

use jiff::civil::date;
use matters::machine::{Machine, Refused};
use matters::people::Employment;
use matters::voicemail::{Opening, Step, Voicemail};
use policy::people::VoicemailRules;
use support::{Council, at, because, rule};

fn council() -> Council {
    let mut council = Council::new();
    council.settings.voicemail = Some(VoicemailRules {
        reminded_after_working_days: 1,
        escalated_after_working_days: 3,
        clauses: vec!["t-1".to_owned()],
    });
    council
}

/// Left at noon on Monday, 5 January.
fn left(council: &Council) -> Voicemail {
    let opening = Opening {
        person: "ada".into(),
        extension: "2002".to_owned(),
        left_at: at(0),
    };
    Voicemail::open(opening, &rule("call-records", 0), &council.world())
        .unwrap()
        .matter
}

fn leave(day: i64) -> Step {
    Step::Leave { left_at: at(day) }
}

fn listen(day: i64) -> Step {
    Step::Listen {
        listened_at: at(day),
    }
}

#[test]
fn the_person_is_reminded_the_manager_told_and_what_is_old_forgotten() {
    let council = council();
    let time = |day| rule("time", day);
    council.run(
        left(&council),
        [
            (time(1), Step::Remind, "!rule"),
            (time(2), Step::Escalate, "!rule"),
            (time(2), Step::Remind, "reminded"),
            (time(3), Step::Escalate, "!rule"),
            (time(4), Step::Escalate, "escalated"),
            (time(89), Step::Forget, "!rule"),
            (time(90), Step::Forget, "forgotten"),
            (time(91), leave(91), "!state"),
        ],
    );
}

#[test]
fn what_was_left_after_somebody_listened_waits_anew() {
    let council = council();
    let calls = |day| rule("call-records", day);
    let heard = council.run(
        left(&council),
        [
            (calls(1), leave(1), "waiting"),
            // A record that comes late: it was before anything was left.
            (calls(1), listen(-1), "waiting"),
            (rule("time", 2), Step::Remind, "reminded"),
            (because("ada", 2), listen(2), "!rule"),
            (calls(3), leave(3), "reminded"),
            (calls(3), listen(2), "waiting"),
            (rule("time", 4), Step::Remind, "!rule"),
            (calls(4), listen(4), "heard"),
            (calls(5), listen(5), "!state"),
        ],
    );
    assert_eq!(heard.since, at(3));
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
        let due = left(&council).due(&council.world());
        let expected = expected.map(|(at, step)| (at.parse().unwrap(), step));
        assert_eq!(due, expected, "{until:?}");
    }
    // Back on Thursday the 15th: reminded once that day is over.
    check(Some(14), Some(("2026-01-16T00:00:00Z", Step::Remind)));
    check(Some(2), Some(("2026-01-07T00:00:00Z", Step::Remind)));
    check(None, Some(("2026-04-05T12:00:00Z", Step::Forget)));
}

#[test]
fn a_council_that_says_nothing_of_voicemail_reminds_nobody() {
    let mut council = council();
    let waiting = left(&council);
    council.settings.voicemail = None;
    assert_eq!(waiting.due(&council.world()), None);
    let opening = Opening {
        person: "ada".into(),
        extension: "2002".to_owned(),
        left_at: at(0),
    };
    let opened = Voicemail::open(opening, &rule("call-records", 0), &council.world());
    assert!(matches!(opened, Err(Refused::Rule { .. })));
}
