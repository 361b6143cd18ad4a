//! Lists of personal mail: how long there is time, and what can be removed then.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::date;
use matters::event::{Act, Actor};
use matters::machine::{Machine, Refused};
use matters::people::Employment;
use matters::personal_mail::{MOST, Opening, PersonalMail, State, Step};
use policy::people::PersonalMailRules;
use support::{Council, by};

fn council() -> Council {
    let mut council = Council::new();
    council.settings.personal_mail = Some(PersonalMailRules {
        listed_every_days: 7,
        grace_days: 14,
        clauses: vec!["t-1".to_owned()],
    });
    council
}

fn digest(n: usize) -> String {
    format!("{n:064x}")
}

fn digests(of: impl IntoIterator<Item = usize>) -> BTreeSet<String> {
    of.into_iter().map(digest).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn rule(when: &str) -> Act {
    Act::of(Actor::Rule("personal-mail".to_owned()), at(when))
}

fn open(council: &Council, messages: BTreeSet<String>, act: &Act) -> Result<PersonalMail, Refused> {
    let opening = Opening {
        person: "ada".into(),
        messages,
    };
    PersonalMail::open(opening, act, &council.world()).map(|taken| taken.matter)
}

fn begin(messages: BTreeSet<String>, kept: u32) -> Step {
    Step::Begin { messages, kept }
}

#[test]
fn what_was_listed_goes_when_grace_is_over_and_nothing_else() {
    let council = council();
    let list = open(&council, digests([1, 2, 3]), &rule("2026-06-01T12:00:00Z")).unwrap();
    let finish = Step::Finish {
        stayed: digests([2]),
    };
    let done = council.run(
        list,
        [
            (rule("2026-06-08T12:00:00Z"), Step::Remind, "listed"),
            (
                rule("2026-06-15T11:59:59Z"),
                begin(digests([1]), 0),
                "!rule",
            ),
            (
                rule("2026-06-15T12:00:00Z"),
                begin(digests([1, 9]), 0),
                "!field",
            ),
            (by("ida", 1_000), begin(digests([1]), 0), "!rule"),
            (
                rule("2026-06-15T12:00:00Z"),
                begin(digests([1, 2]), 1),
                "removing",
            ),
            (
                rule("2026-06-15T12:00:00Z"),
                begin(digests([1]), 1),
                "!state",
            ),
            (rule("2026-06-15T12:01:00Z"), finish.clone(), "done"),
            (rule("2026-06-15T12:01:00Z"), finish, "!state"),
        ],
    );
    assert_eq!((done.removed, done.kept), (digests([1]), 2));
}

#[test]
fn a_list_of_which_nothing_is_left_is_done_at_once() {
    let council = council();
    let list = open(&council, digests([1]), &rule("2026-06-01T12:00:00Z")).unwrap();
    let step = (
        rule("2026-06-15T12:00:00Z"),
        begin(BTreeSet::new(), 0),
        "done",
    );
    assert_eq!(council.run(list, [step]).state, State::Done);
}

#[test]
fn whoever_is_away_has_the_whole_time_once_back() {
    #[track_caller]
    fn check(absent: Option<(i8, Option<i8>)>, expected: Option<&str>) {
        let mut council = council();
        let list = open(&council, digests([1]), &rule("2026-06-01T12:00:00Z")).unwrap();
        council.change("ada", |ada| {
            ada.absent = absent.map(|(from, until)| Employment {
                from: date(2026, 6, from),
                until: until.map(|until| date(2026, 6, until)),
            });
        });
        assert_eq!(
            list.removed_from(&council.world()),
            expected.map(at),
            "{absent:?}"
        );
    }
    check(None, Some("2026-06-15T12:00:00Z"));
    check(Some((10, Some(20))), Some("2026-07-05T12:00:00Z"));
    check(Some((10, None)), None);
    // Back before the list came.
    check(Some((1, Some(1))), Some("2026-06-16T12:00:00Z"));
}

#[test]
fn lists_are_bounded_and_hold_digests_alone() {
    let council = council();
    let now = rule("2026-06-01T12:00:00Z");
    let field =
        |opened: Result<PersonalMail, Refused>| matches!(opened, Err(Refused::Field { .. }));
    assert!(field(open(&council, digests([]), &now)));
    assert!(field(open(&council, digests(0..=MOST), &now)));
    assert!(open(&council, digests(0..MOST), &now).is_ok());
    assert!(field(open(
        &council,
        BTreeSet::from(["Sunday lunch".to_owned()]),
        &now
    )));
    assert!(matches!(
        open(&council, digests([1]), &by("ada", 0)),
        Err(Refused::Rule { .. })
    ));
    let mut without = council;
    without.settings.personal_mail = None;
    assert!(matches!(
        open(&without, digests([1]), &now),
        Err(Refused::Rule { .. })
    ));
}
