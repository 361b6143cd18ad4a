#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use register::document::{Document, Person};
use register::snapshot::Snapshot;

use super::*;

/// A register of people, each in a line of units.
fn register(lines: &[Vec<String>]) -> Snapshot {
    let people = lines.iter().enumerate().map(|(n, units)| {
        let text = format!("id = \"p{n}\"\nname = \"P\"\naudience = \"officer\"");
        let mut person: Person = toml::from_str(&text).unwrap();
        person.unit = units.first().cloned();
        person
    });
    let mut units = BTreeMap::new();
    for line in lines {
        for (n, id) in line.iter().enumerate() {
            units.entry(id).or_insert_with(|| register::document::Unit {
                id: id.clone(),
                name: id.clone(),
                parent: line.get(n + 1).cloned(),
            });
        }
    }
    let document = Document {
        people: people.collect(),
        units: units.into_values().collect(),
        ..Document::default()
    };
    Snapshot::of(document).unwrap()
}

fn units(lines: &[Vec<String>]) -> Units {
    Units::of(&register(lines), Timestamp::UNIX_EPOCH)
}

/// So many people in the unit at the end of a line, the widest first.
fn people(line: &str, n: usize) -> Vec<Vec<String>> {
    let names = line.split('/').rev().map(str::to_owned).collect();
    vec![names; n]
}

fn shown(lines: &[Vec<String>]) -> Vec<String> {
    let units = units(lines);
    let rows = units.rows();
    let seen = rows.iter().filter(|row| row.shown != Shown::Suppressed);
    seen.map(|row| row.unit.name.clone()).collect()
}

#[test]
fn small_units_are_hidden_and_so_is_what_would_give_them_away() {
    let check = |lines: &[Vec<Vec<String>>], expected: &[&str]| {
        assert_eq!(shown(&lines.concat()), expected);
    };
    check(&[people("a", 5), people("b", 6)], &["", "a", "b"]);
    // Four people alone are nobody's to know about; with five more they are.
    check(&[people("a", 4)], &[]);
    check(&[people("a", 4), people("b", 5)], &[""]);
    check(
        &[people("a", 4), people("b", 5), people("c", 6)],
        &["", "c"],
    );
    check(
        &[people("a", 3), people("b", 4), people("c", 6)],
        &["", "c"],
    );
    // People of the directorate itself, beside those of its team.
    check(&[people("a", 2), people("a/x", 6)], &["", "a"]);
    check(&[people("a", 5), people("a/x", 6)], &["", "a", "x"]);
    check(
        &[
            people("a/x", 4),
            people("a/y", 7),
            people("a/z", 8),
            people("b", 9),
        ],
        &["", "a", "z", "b"],
    );
}

proptest! {
    /// Whatever is added and taken away, what is left is nobody or five people and more: everybody belongs
    /// to the smallest shown unit they are in, and no other groups can be told apart.
    #[test]
    fn nothing_that_is_shown_tells_of_fewer_than_five(
        teams in prop::collection::vec((0usize..4, 0usize..4, 0usize..4, 0usize..9), 1..14)
    ) {
        let mut lines = Vec::new();
        for (directorate, service, team, n) in teams {
            let line: Vec<String> = match (service, team) {
                (0, _) => vec![format!("d{directorate}")],
                (service, 0) => vec![format!("s{directorate}{service}"), format!("d{directorate}")],
                (service, team) => vec![
                    format!("t{directorate}{service}{team}"),
                    format!("s{directorate}{service}"),
                    format!("d{directorate}"),
                ],
            };
            lines.extend(std::iter::repeat_n(line, n));
        }
        let all = units(&lines);
        let seen: BTreeSet<String> = shown(&lines).into_iter().collect();
        let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
        for line in &lines {
            let smallest = line.iter().map(String::as_str).chain([ALL]).find(|name| seen.contains(*name));
            if let Some(name) = smallest {
                *groups.entry(name).or_default() += 1;
            }
        }
        for (name, n) in groups {
            prop_assert!(n >= FEWEST, "{n} people are left of `{name}`");
        }
        // Nothing is hidden without need: where no unit is small, all are shown.
        if all.by_name.values().all(|unit| unit.people == 0 || unit.people >= 2 * FEWEST)
            && lines.iter().all(|line| line.len() == 1)
        {
            prop_assert!(all.by_name.values().all(|unit| unit.people == 0 || seen.contains(&unit.name)));
        }
    }
}
