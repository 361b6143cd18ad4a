//! Time sheets of cases: who books, at which rate, what counts.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use matters::case_time::{CaseTime, Opening, Stage, Step};
use matters::machine::{Machine, Refused};
use policy::people::CaseTimeRules;
use support::{Council, because, by};

fn council() -> Council {
    let mut council = Council::new();
    council.settings.case_time = Some(CaseTimeRules {
        kept_by: vec!["chief-internal-auditor".to_owned(), "hr".to_owned()],
        pence_per_hour: BTreeMap::from([("Grade 8".to_owned(), 2_100)]),
        outcomes: vec!["Warning".to_owned()],
        year_begins_in: 4,
        earlier: BTreeMap::new(),
        clauses: vec!["t-1".to_owned()],
    });
    council
}

fn opening() -> Opening {
    Opening {
        case: "WD-1".to_owned(),
        began_on: date(2025, 1, 1),
        clauses: BTreeSet::from(["t-7".to_owned()]),
    }
}

fn book(minutes: u32) -> Step {
    Step::Book {
        on: date(2025, 1, 2),
        grade: "Grade 8".to_owned(),
        stage: Stage::Investigation,
        minutes,
    }
}

fn close(outcome: &str) -> Step {
    Step::Close {
        outcome: outcome.to_owned(),
    }
}

#[test]
fn audit_and_hr_book_time_and_others_do_not() {
    let council = council();
    let refused = CaseTime::open(opening(), &by("mara", 0), &council.world());
    assert!(matches!(refused, Err(Refused::Authority { .. })));
    let taken = CaseTime::open(opening(), &by("inga", 0), &council.world()).unwrap();
    assert_eq!(taken.clauses, ["t-1"]);
    let closed = council.run(
        taken.matter,
        [
            (by("mara", 1), book(60), "!authority"),
            (by("hana", 1), book(90), "open"),
            (by("inga", 1), book(30), "open"),
            (by("inga", 1), book(0), "!field"),
            (by("inga", 1), book(24 * 60 + 1), "!field"),
            (because("inga", 1), Step::Reopen, "!state"),
            (by("inga", 2), close("Knighthood"), "!field"),
            (by("hana", 2), close("Warning"), "closed"),
            (by("hana", 3), book(1), "!state"),
        ],
    );
    assert!(closed.is_over());
    assert_eq!(closed.entries.len(), 2);
}

#[test]
fn an_entry_is_struck_out_once_with_a_reason_and_stays() {
    let council = council();
    let taken = CaseTime::open(opening(), &by("inga", 0), &council.world()).unwrap();
    let strike = || Step::Strike { number: 1 };
    let sheet = council.run(
        taken.matter,
        [
            (because("inga", 1), strike(), "!field"),
            (by("inga", 1), book(90), "open"),
            (by("inga", 1), strike(), "!field"),
            (because("inga", 1), strike(), "open"),
            (because("inga", 1), strike(), "!field"),
            (because("inga", 1), Step::Strike { number: 0 }, "!field"),
        ],
    );
    assert_eq!((sheet.entries.len(), sheet.counted().count()), (1, 0));
}

#[test]
fn a_rate_that_changes_changes_nothing_that_was_booked() {
    let mut council = council();
    let taken = CaseTime::open(opening(), &by("inga", 0), &council.world()).unwrap();
    let sheet = council.run(taken.matter, [(by("inga", 1), book(60), "open")]);
    let rules = council.settings.case_time.as_mut().unwrap();
    rules.pence_per_hour.insert("Grade 8".to_owned(), 5_000);
    let sheet = council.run(sheet, [(by("inga", 2), book(60), "open")]);
    let rates: Vec<u32> = sheet.counted().map(|entry| entry.pence_per_hour).collect();
    assert_eq!(rates, [2_100, 5_000]);
}

#[test]
fn what_has_not_come_yet_is_refused_and_so_is_a_council_without_rules() {
    let council = council();
    let mut late = opening();
    late.began_on = date(2100, 1, 1);
    let refused = CaseTime::open(late, &by("inga", 0), &council.world());
    assert!(matches!(refused, Err(Refused::Field { .. })));
    let mut plain = Council::new();
    plain.settings.case_time = None;
    let refused = CaseTime::open(opening(), &by("inga", 0), &plain.world());
    assert!(matches!(refused, Err(Refused::Rule { .. })));
}
