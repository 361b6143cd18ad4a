#![allow(clippy::unwrap_used)]

use super::*;
use crate::closed::{ClosedMonth, Figure};
use crate::entry::{Channel, Detail, Outcome, Reported};
use crate::facet::Facet;
use crate::unit::{Unit, Units};

const LATE: SignedDuration = SignedDuration::from_hours(72);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn visit(person: &str, when: &str, outcome: Outcome) -> Act {
    Act {
        at: at(when),
        whose: Whose::Person(person.to_owned()),
        kind: Kind::Use {
            channel: Channel::Web,
            detail: Some(Detail {
                action: "page".to_owned(),
                outcome,
                ..Detail::default()
            }),
        },
        volume: Volume {
            count: 1,
            ..Volume::default()
        },
    }
}

struct Adding {
    rollup: Rollup,
    keys: u8,
}

impl Adding {
    fn new() -> Self {
        let rollup = Rollup::default();
        Self { rollup, keys: 0 }
    }

    fn add(&mut self, counted: Counted) {
        let keys = &mut self.keys;
        let mut make = || {
            *keys += 1;
            MonthKey::new([*keys; 16])
        };
        let unit = |_: &str| Some("parks".to_owned());
        let mut moment = Moment {
            now: at("2026-07-01T00:00:00Z"),
            zone: &TimeZone::UTC,
            make_key: &mut make,
        };
        self.rollup.add(counted, unit, &mut moment);
    }

    fn act(&mut self, act: Act) {
        self.add(Counted {
            acts: vec![act],
            ..Counted::default()
        });
    }

    fn six(&mut self, when: &str, outcome: Outcome) {
        for person in ["a", "b", "c", "d", "e", "f"] {
            self.act(visit(person, when, outcome));
        }
    }

    fn close(&mut self, now: &str) -> Option<ClosedMonth> {
        let mut moment = Moment {
            now: at(now),
            zone: &TimeZone::UTC,
            make_key: &mut || MonthKey::new([0; 16]),
        };
        let open = self.rollup.ready(LATE, &mut moment)?;
        let units = Units::new([Unit {
            id: "parks".to_owned(),
            name: "Parks".to_owned(),
            parent: None,
        }]);
        let closed = ClosedMonth::of(open, &units);
        self.rollup.forget(closed.month());
        Some(closed)
    }
}

fn count(month: &ClosedMonth, unit: Option<&str>, outcome: Outcome) -> Option<u64> {
    let facet = Facet::Outcome {
        channel: Channel::Web,
        action: "page".to_owned(),
        outcome,
    };
    Some(month.figure(unit, &facet).told()?.count)
}

#[test]
fn a_month_is_closed_once_when_what_comes_late_has_come() {
    let mut adding = Adding::new();
    adding.six("2026-03-31T23:59:00Z", Outcome::Permit);
    assert_eq!(adding.close("2026-04-03T23:59:59Z"), None);
    adding.six("2026-03-30T12:00:00Z", Outcome::Permit);
    let march = adding.close("2026-04-04T00:00:00Z").unwrap();
    assert_eq!(count(&march, Some("parks"), Outcome::Permit), Some(12));
    assert_eq!(adding.close("2026-06-01T00:00:00Z"), None, "closed once");
    // What comes later still counts, for the council and in the month it came in.
    adding.six("2026-04-05T00:00:00Z", Outcome::Permit);
    adding.six("2026-03-01T00:00:00Z", Outcome::Permit);
    let april = adding.close("2026-06-01T00:00:00Z").unwrap();
    assert_eq!(count(&april, Some("parks"), Outcome::Permit), Some(6));
    let web = Facet::Channel {
        channel: Channel::Web,
    };
    let all = april.figure(None, &web).told().unwrap();
    assert_eq!(all.count, 12);
}

#[test]
fn what_somebody_reports_themselves_within_a_day_counts_against_nobody() {
    let mut adding = Adding::new();
    adding.six("2026-03-10T12:00:00Z", Outcome::Refuse);
    adding.add(Counted {
        acts: Vec::new(),
        reported: Some(Reported {
            by: "a".to_owned(),
            at: at("2026-03-11T12:00:00Z"),
        }),
        declared: None,
    });
    adding.six("2026-03-20T12:00:00Z", Outcome::Permit);
    let march = adding.close("2026-05-01T00:00:00Z").unwrap();
    let refused = count(&march, None, Outcome::Refuse);
    assert_eq!(
        refused, None,
        "five others, and the sum would tell of the sixth"
    );
    let everything = march.figure(None, &Facet::Everything).told().unwrap();
    assert_eq!(everything.count, 12, "it is still part of the volume");
}

#[test]
fn a_report_after_a_day_explains_nothing() {
    let mut adding = Adding::new();
    adding.six("2026-03-10T12:00:00Z", Outcome::Refuse);
    adding.add(Counted {
        acts: Vec::new(),
        reported: Some(Reported {
            by: "a".to_owned(),
            at: at("2026-03-11T12:00:01Z"),
        }),
        declared: None,
    });
    let march = adding.close("2026-05-01T00:00:00Z").unwrap();
    assert_eq!(count(&march, None, Outcome::Refuse), Some(6));
}

#[test]
fn nobody_can_be_followed_from_one_month_to_the_next() {
    let mut adding = Adding::new();
    adding.six("2026-03-10T12:00:00Z", Outcome::Permit);
    adding.six("2026-04-10T12:00:00Z", Outcome::Permit);
    let [march, april] = &adding.rollup.months[..] else {
        unreachable!()
    };
    let people = |month: &OpenMonth| -> BTreeSet<_> {
        let cells = month.cells.values();
        cells.flat_map(|(_, people)| people.clone()).collect()
    };
    assert_eq!(people(march).len(), 6);
    assert!(people(march).is_disjoint(&people(april)));
    assert_eq!(format!("{:?}", march.key), "MonthKey(..)");
}

#[test]
fn a_rollup_that_was_kept_goes_on_as_if_nothing_had_happened() {
    let mut adding = Adding::new();
    adding.six("2026-03-10T12:00:00Z", Outcome::Refuse);
    adding.rollup.next = 6;
    let bytes = adding.rollup.to_bytes().unwrap();
    let again = Rollup::read(&bytes).unwrap();
    assert_eq!(again.as_ref(), Some(&adding.rollup));
    let later = String::from_utf8(bytes)
        .unwrap()
        .replacen("\"v\":1", "\"v\":2", 1);
    assert_eq!(Rollup::read(later.as_bytes()).unwrap(), None);
}

#[test]
fn use_by_whoever_cannot_be_bound_counts_for_the_council_only() {
    let mut adding = Adding::new();
    adding.six("2026-03-10T12:00:00Z", Outcome::Permit);
    for client in ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"] {
        let whose = Whose::Unnamed(client.to_owned());
        let act = visit("", "2026-03-10T12:00:00Z", Outcome::Permit);
        adding.act(Act { whose, ..act });
    }
    let march = adding.close("2026-05-01T00:00:00Z").unwrap();
    assert_eq!(count(&march, None, Outcome::Permit), Some(11));
    assert_eq!(count(&march, Some("parks"), Outcome::Permit), Some(6));
}

#[test]
fn a_clock_far_ahead_makes_no_months_of_the_far_future() {
    let mut adding = Adding::new();
    adding.six("2026-03-10T12:00:00Z", Outcome::Permit);
    adding.six("9999-03-10T12:00:00Z", Outcome::Permit);
    let months = adding.rollup.months.iter();
    let months: Vec<_> = months.map(|open| open.month.to_string()).collect();
    assert_eq!(months, ["2026-03", "2026-07"]);
}

#[test]
fn minutes_in_which_nobody_looked_are_not_minutes_of_running() {
    let mut rollup = Rollup::default();
    let mut look = |when: &str| {
        let within = SignedDuration::from_mins(2);
        let mut moment = Moment {
            now: at(when),
            zone: &TimeZone::UTC,
            make_key: &mut || MonthKey::new([0; 16]),
        };
        rollup.look(within, &mut moment);
    };
    for when in ["10:00:00", "10:01:00", "10:02:30", "10:12:30", "10:13:30"] {
        look(&format!("2026-03-10T{when}Z"));
    }
    assert_eq!(rollup.oldest().unwrap().minutes(), (3, 13));
}

#[test]
fn a_month_without_anybody_tells_nobody() {
    let mut adding = Adding::new();
    adding.act(visit("a", "2026-03-10T12:00:00Z", Outcome::Permit));
    let march = adding.close("2026-05-01T00:00:00Z").unwrap();
    assert_eq!(march.figure(None, &Facet::Everything), Figure::NotTold);
}

fn pages(month: &ClosedMonth, unit: Option<&str>) -> Figure {
    let facet = Facet::Action {
        channel: Channel::Web,
        action: "page".to_owned(),
    };
    month.figure(unit, &facet)
}

#[test]
fn what_is_declared_to_be_personal_is_in_the_councils_volume_alone() {
    let when = "2026-05-10T09:00:00Z";
    let personal = visit("a", when, Outcome::Permit);
    let mut adding = Adding::new();
    adding.six(when, Outcome::Permit);
    // Without these the sum less what is told would be about one person.
    for person in ["g", "h", "i", "j", "k"] {
        let mut act = visit(person, when, Outcome::Permit);
        act.kind = Kind::Use {
            channel: Channel::Web,
            detail: None,
        };
        adding.act(act);
    }
    // They moved since.
    adding
        .rollup
        .declare(vec![personal], Some("gardens"), &TimeZone::UTC);
    let month = adding.close("2026-06-04T00:00:00Z").unwrap();
    let all = month.figure(None, &Facet::Everything).told().unwrap();
    assert_eq!(all.count, 11);
    assert_eq!(pages(&month, Some("parks")).told().unwrap().count, 5);
}

#[test]
fn a_declaration_leaves_a_group_of_four_untold() {
    let mut adding = Adding::new();
    for person in ["a", "b", "c", "d", "e"] {
        adding.act(visit(person, "2026-05-10T09:00:00Z", Outcome::Permit));
    }
    let personal = visit("a", "2026-05-10T09:00:00Z", Outcome::Permit);
    adding
        .rollup
        .declare(vec![personal], Some("parks"), &TimeZone::UTC);
    let month = adding.close("2026-06-04T00:00:00Z").unwrap();
    assert_eq!(pages(&month, Some("parks")), Figure::NotTold);
    assert_eq!(pages(&month, None), Figure::NotTold);
}

#[test]
fn what_a_clause_spoke_against_stays_and_so_does_a_closed_month() {
    let stopped = visit("a", "2026-05-10T09:00:00Z", Outcome::Warn);
    let mut adding = Adding::new();
    adding.six("2026-05-10T08:00:00Z", Outcome::Warn);
    adding.act(stopped.clone());
    adding
        .rollup
        .declare(vec![stopped], Some("parks"), &TimeZone::UTC);
    let month = adding.close("2026-06-04T00:00:00Z").unwrap();
    assert_eq!(pages(&month, Some("parks")).told().unwrap().count, 7);
    adding.rollup.forget(month.month());
    let before = adding.rollup.clone();
    let permitted = visit("a", "2026-05-10T09:00:00Z", Outcome::Permit);
    adding
        .rollup
        .declare(vec![permitted], Some("parks"), &TimeZone::UTC);
    assert_eq!(adding.rollup, before);
}
