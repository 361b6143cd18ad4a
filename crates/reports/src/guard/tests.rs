#![allow(clippy::unwrap_used)]

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::*;
use crate::entry::{Act, Channel, Counted, Detail, Kind, Whose};
use crate::report::Row;
use crate::rollup::{Moment, MonthKey, Rollup};
use crate::unit::{Unit, Units};
use crate::usage;

/// Six calls of each of two services.
fn month() -> ClosedMonth {
    let mut rollup = Rollup::default();
    let mut moment = Moment {
        now: "2026-04-20T00:00:00Z".parse().unwrap(),
        zone: &TimeZone::UTC,
        make_key: &mut || MonthKey::new([7; 16]),
    };
    for person in 0..12 {
        let act = Act {
            at: "2026-03-10T09:00:00Z".parse().unwrap(),
            whose: Whose::Person(person.to_string()),
            kind: Kind::Use {
                channel: Channel::Call,
                detail: Some(Detail {
                    action: "call-out".to_owned(),
                    labels: ["mobile".to_owned()].into(),
                    ..Detail::default()
                }),
            },
            volume: Volume {
                count: 1,
                seconds: 60,
                millionths: 170_000,
                ..Volume::default()
            },
        };
        let counted = Counted {
            acts: vec![act],
            ..Counted::default()
        };
        let unit = if person < 6 { "parks" } else { "housing" };
        rollup.add(counted, |_| Some(unit.to_owned()), &mut moment);
    }
    let open = rollup.ready(SignedDuration::ZERO, &mut moment).unwrap();
    let unit = |id: &str| Unit {
        id: id.to_owned(),
        name: format!("The {id}"),
        parent: None,
    };
    ClosedMonth::of(open, &Units::new(["parks", "housing"].map(unit)))
}

fn report(month: &ClosedMonth) -> Report {
    usage::report(Some("parks"), month, &[]).unwrap()
}

#[test]
fn a_report_as_it_is_made_is_fit() {
    let month = month();
    assert_eq!(faults(&report(&month), &[&month]), [""; 0]);
    let council = usage::report(None, &month, std::slice::from_ref(&month)).unwrap();
    assert_eq!(faults(&council, &[&month]), [""; 0]);
}

#[test]
fn what_no_report_may_say_is_found() {
    let month = month();
    let row = |name: &str, value: Value| Row {
        name: name.to_owned(),
        values: vec![value],
    };
    let with = |rows: Vec<Row>| {
        let mut report = report(&month);
        report.tables[0].rows.extend(rows);
        faults(&report, &[&month])
    };
    let found = with(vec![row("Mobile", Value::Count(3))]);
    assert!(found[0].contains("was not told"), "{found:?}");
    // Of the other unit, or of all: 12 calls.
    let found = with(vec![row("Mobile", Value::Count(12))]);
    assert!(found[0].contains("was not told"), "{found:?}");
    let league = vec![
        row("The parks", Value::Count(6)),
        row("The housing", Value::Count(6)),
    ];
    let found = with(league);
    assert!(found[0].contains("beside one another"), "{found:?}");
    let found = with(vec![row("ann@council.example", Value::Count(6))]);
    assert!(found[0].contains("reads like content"), "{found:?}");
    assert_eq!(with(vec![row("The parks", Value::Count(6))]), [""; 0]);
}
