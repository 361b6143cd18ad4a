#![allow(clippy::unwrap_used)]

mod attacker;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::entry::{Act, Channel, Counted, Detail, Kind, Outcome, Whose};
use crate::rollup::{Moment, MonthKey, OpenMonth, Rollup};
use crate::unit::Unit;

/// Two directorates, one with two services, one of these with a team.
fn units() -> Units {
    let unit = |id: &str, parent: Option<&str>| Unit {
        id: id.to_owned(),
        name: format!("Unit {id}"),
        parent: parent.map(str::to_owned),
    };
    Units::new([
        unit("d1", None),
        unit("d2", None),
        unit("s1", Some("d1")),
        unit("s2", Some("d1")),
        unit("t1", Some("s1")),
    ])
}

const UNITS: [Option<&str>; 6] = [
    None,
    Some("d1"),
    Some("d2"),
    Some("s1"),
    Some("s2"),
    Some("t1"),
];

fn visit(label: &str, outcome: Outcome) -> Kind {
    let clause = outcome.is_adverse().then(|| "walsall-7.2.3".to_owned());
    Kind::Use {
        channel: Channel::Web,
        detail: Some(Detail {
            action: "page".to_owned(),
            outcome,
            clause,
            labels: [label.to_owned()].into(),
        }),
    }
}

/// Something else that was done: a call to a kind of number, a line of chat, a job.
fn other(channel: Channel, action: &str, label: &str, outcome: Outcome) -> Kind {
    let clause = outcome.is_adverse().then(|| "halton-3.3.1".to_owned());
    Kind::Use {
        channel,
        detail: Some(Detail {
            action: action.to_owned(),
            outcome,
            clause,
            labels: [label.to_owned()].into(),
        }),
    }
}

/// How much one act of a kind is.
fn volume_of(kind: &Kind) -> Volume {
    let Kind::Use { channel, .. } = kind else {
        return Volume::default();
    };
    let (bytes, seconds, pages, millionths) = match channel {
        Channel::Call => (0, 61, 0, 1_234),
        Channel::Print => (0, 0, 3, 0),
        _ => (100, 0, 0, 0),
    };
    Volume {
        count: 1,
        bytes,
        seconds,
        pages,
        millionths,
    }
}

/// Adds acts up, each with where its person was then and whether they declared it to be personal.
fn added(acts: impl IntoIterator<Item = (u64, Kind, Option<&'static str>, bool)>) -> OpenMonth {
    let mut rollup = Rollup::default();
    let mut moment = Moment {
        now: "2026-04-20T00:00:00Z".parse().unwrap(),
        zone: &TimeZone::UTC,
        make_key: &mut || MonthKey::new([7; 16]),
    };
    let mut declared = Vec::new();
    for (person, kind, unit, is_personal) in acts {
        let act = Act {
            at: "2026-03-10T09:00:00Z".parse().unwrap(),
            whose: Whose::Person(person.to_string()),
            volume: volume_of(&kind),
            kind,
        };
        let counted = Counted {
            acts: vec![act.clone()],
            ..Counted::default()
        };
        rollup.add(counted, |_| unit.map(str::to_owned), &mut moment);
        declared.extend(is_personal.then_some((act, unit)));
    }
    for (act, unit) in declared {
        rollup.declare(vec![act], unit, &TimeZone::UTC);
    }
    let late = SignedDuration::from_hours(24);
    rollup.ready(late, &mut moment).unwrap()
}

/// What so many people did, each once; people are told apart by number.
fn month(
    acts: impl IntoIterator<Item = (u64, Kind)>,
    unit_of: impl Fn(u64) -> Option<&'static str>,
) -> ClosedMonth {
    let acts = acts.into_iter();
    let acts = acts.map(|(person, kind)| (person, kind, unit_of(person), false));
    ClosedMonth::of(added(acts), &units())
}

fn web() -> Facet {
    Facet::Channel {
        channel: Channel::Web,
    }
}

fn told(month: &ClosedMonth, unit: Option<&str>) -> Option<u64> {
    Some(month.figure(unit, &web()).told()?.count)
}

#[test]
fn a_directorate_is_told_and_the_service_that_would_tell_of_two_is_not() {
    // s1 has six people, s2 two: the directorate without s1 would be these two.
    let acts = (0..8).map(|person| (person, visit("news", Outcome::Permit)));
    let of = |person| Some(if person < 6 { "s1" } else { "s2" });
    let month = month(acts, of);
    assert_eq!(told(&month, None), Some(8));
    assert_eq!(told(&month, Some("d1")), Some(8));
    assert_eq!(told(&month, Some("s1")), None);
    assert_eq!(told(&month, Some("s2")), None);
    // Of a unit nobody sees whether it was nobody or few.
    assert_eq!(month.figure(Some("d2"), &web()), Figure::NotTold);
}

#[test]
fn a_clause_touched_by_few_says_no_more_than_that() {
    let calm = (0..9).map(|person| (person, visit("news", Outcome::Permit)));
    let stopped = (0..4).map(|person| (person, visit("gambling", Outcome::Refuse)));
    let month = month(calm.chain(stopped), |_| None);
    let clause = |clause: &str, outcome| Facet::Clause {
        clause: clause.to_owned(),
        outcome,
    };
    let refused = clause("walsall-7.2.3", Outcome::Refuse);
    assert_eq!(month.figure(None, &refused), Figure::NotTold);
    let other = clause("walsall-7.2.4", Outcome::Refuse);
    assert_eq!(month.figure(None, &other), Figure::Nobody);
    assert_eq!(told(&month, None), Some(13));
}

#[test]
fn a_month_that_was_kept_is_read_again_and_holds_neither_people_nor_keys() {
    let acts = (0..7).map(|person| (person, visit("news", Outcome::Permit)));
    let month = month(acts, |_| Some("s1"));
    let bytes = month.to_bytes().unwrap();
    assert_eq!(ClosedMonth::read(&bytes).unwrap(), Some(month));
    let text = String::from_utf8(bytes).unwrap();
    for word in ["people", "key", "cells"] {
        assert!(!text.contains(word), "{text}");
    }
    let later = text.replacen("\"v\":1", "\"v\":2", 1);
    assert_eq!(ClosedMonth::read(later.as_bytes()).unwrap(), None);
}

/// Calls to two kinds of number, chat, and two kinds of job.
const OTHERS: [(Channel, &str, &str); 5] = [
    (Channel::Call, "call-out", "premium"),
    (Channel::Call, "call-out", "local"),
    (Channel::Chat, "line-inside", "profane"),
    (Channel::Print, "print", "colour"),
    (Channel::Print, "copy", "colour"),
];

fn is_adverse(kind: &Kind) -> bool {
    matches!(kind, Kind::Use { detail: Some(detail), .. } if detail.outcome.is_adverse())
}

/// Use of the same channel, without what it was.
fn left_out(kind: &Kind) -> Kind {
    match kind {
        Kind::Use { channel, .. } => Kind::Use {
            channel: *channel,
            detail: None,
        },
        other => other.clone(),
    }
}

/// Somebody did something in some unit.
fn acts() -> impl Strategy<Value = Vec<(u64, Kind, usize, bool)>> {
    let page = (0..3_usize, 0..2_usize).prop_map(|(label, outcome)| {
        let outcome = [Outcome::Permit, Outcome::Refuse][outcome];
        visit(["news", "gambling", "shopping"][label], outcome)
    });
    let others = (0..OTHERS.len(), 0..2_usize).prop_map(|(which, outcome)| {
        let outcome = [Outcome::Permit, Outcome::Warn][outcome];
        let (channel, action, label) = OTHERS[which];
        other(channel, action, label, outcome)
    });
    let channel = [Channel::Web, Channel::Call, Channel::Print];
    let left_out = (0..channel.len()).prop_map(move |which| Kind::Use {
        channel: channel[which],
        detail: None,
    });
    let kind = prop_oneof![6 => page, 6 => others, 1 => left_out];
    let is_personal = prop::bool::weighted(0.1);
    prop::collection::vec((0..12_u64, kind, 0..UNITS.len(), is_personal), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    /// Whoever has every figure of two months for every unit, and solves for what is behind them, learns
    /// nothing about any group of fewer than five.
    #[test]
    fn nobody_works_out_anything_about_fewer_than_five(first in acts(), second in acts()) {
        let mut attack = attacker::Attack::default();
        for (number, acts) in [&first, &second].into_iter().enumerate() {
            // People move between units, also within a month: each act says where they were.
            let acts_in = acts.iter().map(|(person, kind, unit, is_personal)| {
                (*person, kind.clone(), UNITS[*unit], *is_personal)
            });
            let month = ClosedMonth::of(added(acts_in), &units());
            // As it happened: what was declared is like what was left out from the beginning.
            let happened: Vec<_> = acts
                .iter()
                .map(|(person, kind, unit, is_personal)| {
                    let kind = match *is_personal && !is_adverse(kind) {
                        true => left_out(kind),
                        false => kind.clone(),
                    };
                    (*person, kind, *unit)
                })
                .collect();
            attack.add_month(number, &happened, &month);
        }
        let found = attack.group_below(5);
        prop_assert_eq!(found, None);
    }
}

/// The attacker is one: told everything without a thought, they find the group.
#[test]
fn an_attacker_finds_what_is_told_without_a_thought() {
    let mut attack = attacker::Attack::default();
    let cell = |cell: usize| attacker::Unknown { month: 0, cell };
    for person in 0..6 {
        attack.behind(cell(0), person);
    }
    for person in 4..8 {
        attack.behind(cell(1), person);
    }
    attack.told([cell(0), cell(1)]);
    assert_eq!(attack.group_below(5), None);
    attack.told([cell(0)]);
    assert!(attack.group_below(5).is_some_and(|group| group.len() == 4));
}
