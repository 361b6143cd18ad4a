//! Figures for teams, services and directorates, with the small ones suppressed.
//!
//! A unit of fewer than five people would tell of each of them. So it is not shown, and neither is so much
//! else that it could be worked out: whatever is left of a unit when those below it that are shown are
//! taken away is nobody, or five people and more. The smallest of the others goes first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use register::snapshot::Snapshot;

use super::Figures;
use super::told::Side;

/// Fewest people figures may be about.
pub(crate) const FEWEST: usize = 5;

/// The council as a whole, which every unit is in.
pub(crate) const ALL: &str = "";

/// Units in units that are followed, at most: a circle must not be.
const DEEPEST: usize = 16;

/// A team, service or directorate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unit {
    /// What it is called; empty for the council.
    pub(crate) name: String,
    /// The unit it lies in; none for the council.
    pub(crate) parent: Option<String>,
    /// People who are there at the end of the month.
    pub(crate) people: usize,
    /// The month's figures.
    pub(crate) figures: Figures,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Units {
    by_name: BTreeMap<String, Unit>,
}

/// A unit as it may be shown.
#[derive(Debug, Clone)]
pub(crate) struct Row<'a> {
    /// The unit.
    pub(crate) unit: &'a Unit,
    /// How deep it lies; the council is at 0.
    pub(crate) depth: usize,
    /// What may be shown.
    pub(crate) shown: Shown<'a>,
}

/// What may be shown of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown<'a> {
    /// Its figures.
    Figures(&'a Figures),
    /// Nothing: there are too few people in it, or others would show through.
    Suppressed,
}

impl Units {
    /// Those of the register, with the people who are there at a moment.
    pub(super) fn of(register: &Snapshot, at: Timestamp) -> Self {
        let mut units = Self::default();
        units.put(&[]);
        for person in register.people() {
            let has_come = person.starts.is_none_or(|starts| starts < at);
            let is_there = has_come && person.leaves.is_none_or(|leaves| at <= leaves);
            let names = register.units_of(person);
            units.put(&names);
            if is_there {
                for name in line(&names) {
                    if let Some(unit) = units.by_name.get_mut(name) {
                        unit.people += 1;
                    }
                }
            }
        }
        units
    }

    /// Makes the units of a line, the narrowest first. Who stands where is said by who said it first.
    fn put(&mut self, names: &[String]) {
        let above = names.iter().skip(1).map(String::as_str).chain([ALL]);
        for (name, parent) in names.iter().zip(above).take(DEEPEST) {
            self.by_name.entry(name.clone()).or_insert_with(|| Unit {
                name: name.clone(),
                parent: Some(parent.to_owned()),
                ..Unit::default()
            });
        }
        self.by_name.entry(ALL.to_owned()).or_default();
    }

    /// Adds a call of the month to all units of whose it was: as the record has them, or as they are now.
    pub(super) fn add(&mut self, side: &Side, register: &Snapshot) {
        let now = || {
            let person = register.person_by_extension(&side.extension);
            person.map_or_else(Vec::new, |person| register.units_of(person))
        };
        let names = side.units.clone().unwrap_or_else(now);
        self.put(&names);
        for name in line(&names) {
            if let Some(unit) = self.by_name.get_mut(name) {
                unit.figures.add(side);
            }
        }
    }

    /// The unit of this name.
    pub(crate) fn unit(&self, name: &str) -> Option<&Unit> {
        self.by_name.get(name)
    }

    /// What may be shown, units below those they lie in.
    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let hidden = self.hidden();
        let mut rows = Vec::new();
        self.push_rows(ALL, 0, &hidden, &mut rows);
        rows
    }

    fn push_rows<'a>(
        &'a self,
        name: &str,
        depth: usize,
        hidden: &BTreeSet<&str>,
        rows: &mut Vec<Row<'a>>,
    ) {
        let Some(unit) = self.by_name.get(name) else {
            return;
        };
        let shown = match hidden.contains(name) {
            true => Shown::Suppressed,
            false => Shown::Figures(&unit.figures),
        };
        rows.push(Row { unit, depth, shown });
        if depth < DEEPEST {
            for below in self.below(name) {
                self.push_rows(&below.name, depth + 1, hidden, rows);
            }
        }
    }

    fn below<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Unit> {
        let is_below = move |unit: &&Unit| unit.parent.as_deref() == Some(name);
        let names = self.by_name.values();
        names.filter(is_below).collect::<Vec<_>>().into_iter()
    }

    /// Units that may not be shown.
    fn hidden(&self) -> BTreeSet<&str> {
        let few = |unit: &&Unit| unit.people < FEWEST;
        let mut hidden: BTreeSet<&str> = self
            .by_name
            .values()
            .filter(few)
            .map(|unit| unit.name.as_str())
            .collect();
        // Hiding one unit may let another show through, so until nothing changes. Each round hides one.
        while let Some(more) = self.shows_through(&hidden) {
            hidden.insert(more);
        }
        hidden
    }

    /// A unit that has to be hidden as well, if there is one.
    fn shows_through(&self, hidden: &BTreeSet<&str>) -> Option<&str> {
        for unit in self.by_name.values() {
            if hidden.contains(unit.name.as_str()) {
                continue;
            }
            // What is seen of the unit's parts: those that are shown, or the shown parts of those that are not.
            let seen = self.seen_below(&unit.name, hidden, 0);
            let in_them: usize = seen.iter().map(|unit| unit.people).sum();
            let left = unit.people.saturating_sub(in_them);
            let has_left = left > 0 || self.has_calls_left(unit, &seen);
            if has_left && left < FEWEST {
                let smallest = seen
                    .into_iter()
                    .min_by_key(|unit| (unit.people, &unit.name));
                return smallest.map(|unit| unit.name.as_str());
            }
        }
        None
    }

    fn seen_below<'a>(
        &'a self,
        name: &str,
        hidden: &BTreeSet<&str>,
        depth: usize,
    ) -> Vec<&'a Unit> {
        let mut seen = Vec::new();
        if depth >= DEEPEST {
            return seen;
        }
        for unit in self.below(name) {
            match hidden.contains(unit.name.as_str()) {
                true => seen.extend(self.seen_below(&unit.name, hidden, depth + 1)),
                false => seen.push(unit),
            }
        }
        seen
    }

    /// Whether calls are left of a unit that are in none of these: of people who left meanwhile, say.
    fn has_calls_left(&self, unit: &Unit, seen: &[&Unit]) -> bool {
        let count = |figures: &Figures| figures.calls_in + figures.calls_out;
        let in_them: u64 = seen.iter().map(|unit| count(&unit.figures)).sum();
        // At the council's level telephones that nobody has are left, which tell of nobody.
        unit.name != ALL && count(&unit.figures) > in_them
    }
}

/// Units of a line, and the council.
fn line(names: &[String]) -> impl Iterator<Item = &str> {
    let mut known = BTreeSet::new();
    let names = names.iter().map(String::as_str).take(DEEPEST);
    names.chain([ALL]).filter(move |name| known.insert(*name))
}

#[cfg(test)]
mod tests;
