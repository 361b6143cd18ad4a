//! Somebody who has all figures and solves the linear system they make.
//!
//! What is behind a figure are unknowns, one for each cell. A sum or difference of figures is a
//! combination of rows; it tells of a group of people if no unknown of anybody else has weight in it. So a
//! group is found exactly if the rows are of a higher rank than the same rows without the group's
//! unknowns. Ranks are worked out with whole numbers, without rounding.

use std::collections::{BTreeMap, BTreeSet};

use super::{ClosedMonth, Facet, Kind, UNITS, Volume, units, volume_of};

/// What somebody of one unit did of one kind in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unknown {
    pub(super) month: usize,
    pub(super) cell: usize,
}

#[derive(Debug, Default)]
pub(super) struct Attack {
    people: BTreeMap<Unknown, BTreeSet<u64>>,
    rows: Vec<BTreeSet<Unknown>>,
}

impl Attack {
    pub(super) fn behind(&mut self, unknown: Unknown, person: u64) {
        self.people.entry(unknown).or_default().insert(person);
    }

    pub(super) fn told(&mut self, row: impl IntoIterator<Item = Unknown>) {
        self.rows.push(row.into_iter().collect());
    }

    /// Everything told of a month, with what is behind it as it really was.
    pub(super) fn add_month(
        &mut self,
        month: usize,
        acts: &[(u64, Kind, usize)],
        closed: &ClosedMonth,
    ) {
        // As fine as what happened: unit, and the kind of use. What is left out is of no unit.
        let mut cells: BTreeMap<(Option<&str>, Kind), usize> = BTreeMap::new();
        for (person, kind, unit) in acts {
            let is_left_out = matches!(kind, Kind::Use { detail: None, .. });
            let unit = UNITS[*unit].filter(|_| !is_left_out);
            let next = cells.len();
            let cell = *cells.entry((unit, kind.clone())).or_insert(next);
            self.behind(Unknown { month, cell }, *person);
        }
        let tree = units();
        for about in UNITS {
            for (facet, volume) in closed.figures(about) {
                let is_in = |unit: &Option<&str>, kind: &Kind| {
                    let within = match (about, unit) {
                        (None, _) => true,
                        (Some(about), Some(unit)) => tree.is_within(unit, about),
                        (Some(_), None) => false,
                    };
                    within && is_of(kind, facet)
                };
                let row: Vec<_> = cells
                    .iter()
                    .filter(|((unit, kind), _)| is_in(unit, kind))
                    .map(|(_, &cell)| Unknown { month, cell })
                    .collect();
                let mut sum = Volume::default();
                for (_, kind, unit) in acts {
                    let is_left_out = matches!(kind, Kind::Use { detail: None, .. });
                    if is_in(&UNITS[*unit].filter(|_| !is_left_out), kind) {
                        sum += volume_of(kind);
                    }
                }
                assert_eq!(volume, sum, "what is told is true");
                self.told(row);
            }
        }
    }

    /// A group of fewer than so many about whom something can be worked out.
    pub(super) fn group_below(&self, fewest: usize) -> Option<BTreeSet<u64>> {
        let everybody: BTreeSet<u64> = self.people.values().flatten().copied().collect();
        let everybody: Vec<_> = everybody.into_iter().collect();
        let unknowns: Vec<_> = self.people.keys().copied().collect();
        let rank_all = self.rank(&unknowns);
        subsets(&everybody, fewest - 1).find(|group| {
            let others: Vec<_> = self
                .people
                .iter()
                .filter(|(_, people)| !people.is_subset(group))
                .map(|(unknown, _)| *unknown)
                .collect();
            others.len() < unknowns.len() && self.rank(&others) < rank_all
        })
    }

    /// The rank of the rows over some unknowns, by elimination without fractions (Bareiss).
    fn rank(&self, unknowns: &[Unknown]) -> usize {
        let mut rows: Vec<Vec<i128>> = self
            .rows
            .iter()
            .map(|row| {
                let weight = |unknown| i128::from(row.contains(unknown));
                unknowns.iter().map(weight).collect()
            })
            .collect();
        rows.sort_unstable();
        rows.dedup();
        let mut rank = 0;
        let mut divisor = 1;
        for column in 0..unknowns.len() {
            let Some(pivot) = (rank..rows.len()).find(|&row| rows[row][column] != 0) else {
                continue;
            };
            rows.swap(rank, pivot);
            let top = rows[rank].clone();
            for row in &mut rows[rank + 1..] {
                let factor = row[column];
                for (value, above) in row.iter_mut().zip(&top) {
                    *value = (*value * top[column] - above * factor) / divisor;
                }
            }
            divisor = top[column];
            rank += 1;
        }
        rank
    }
}

/// Groups of exactly so many: what tells of a smaller group tells of each group it is in.
fn subsets(all: &[u64], size: usize) -> impl Iterator<Item = BTreeSet<u64>> {
    let n = all.len();
    (0_u32..1 << n)
        .filter(move |bits| bits.count_ones() as usize == size.min(n))
        .map(move |bits| {
            let chosen = all
                .iter()
                .enumerate()
                .filter(|(place, _)| bits >> place & 1 == 1);
            chosen.map(|(_, person)| *person).collect()
        })
}

/// Whether use of a kind is part of what a figure is about, written down anew.
fn is_of(kind: &Kind, facet: &Facet) -> bool {
    let Kind::Use { channel, detail } = kind else {
        return false;
    };
    let detail = detail.as_ref();
    match facet {
        Facet::Everything => true,
        Facet::Channel { channel: of } => of == channel,
        Facet::Action {
            channel: of,
            action,
        } => of == channel && detail.is_some_and(|detail| detail.action == *action),
        Facet::Outcome {
            channel: of,
            action,
            outcome,
        } => {
            of == channel
                && detail
                    .is_some_and(|detail| detail.action == *action && detail.outcome == *outcome)
        }
        Facet::Label { channel: of, label } => {
            of == channel && detail.is_some_and(|detail| detail.labels.contains(label))
        }
        Facet::Clause { clause, outcome } => detail.is_some_and(|detail| {
            detail.clause.as_ref() == Some(clause) && detail.outcome == *outcome
        }),
        Facet::Case { .. } => false,
    }
}
