//! What stays of a month: figures that may be told.
//!
//! A month is closed once, when it is over for so long that what comes late has come. It is then decided
//! which figures may be told, for all units and all facets together; the cells, the hashes and their key
//! go. A figure that may not be told is no longer there, so no later report, however it is asked for, can
//! tell more than the first.
//!
//! Months are cut so that each entry is in exactly one. Figures of two months are sums over different
//! entries, and the difference of two of them is about the people of both, never about somebody who
//! joined or left.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::entry::Volume;
use crate::facet::Facet;
use crate::month::Month;
use crate::partition::{Partition, Somebody};
use crate::rollup::{Cell, OpenMonth};
use crate::unit::Units;

/// Version of the form a closed month is kept in.
const VERSION: u8 = 1;

/// One figure that may be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    /// Of which unit with those below it; none for the whole council.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    facet: Facet,
    volume: Volume,
}

/// A closed month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct ClosedMonth {
    month: Month,
    units: Units,
    told: BTreeMap<Option<String>, BTreeMap<Facet, Volume>>,
    few: BTreeSet<Facet>,
    minutes: (u32, u32),
}

#[derive(Serialize, Deserialize)]
struct Kept {
    v: u8,
    month: Month,
    units: Units,
    told: Vec<Told>,
    few: BTreeSet<Facet>,
    minutes_up: u32,
    minutes_seen: u32,
}

impl From<Kept> for ClosedMonth {
    fn from(kept: Kept) -> Self {
        let mut told: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for figure in kept.told {
            let of_unit = told.entry(figure.unit).or_default();
            of_unit.insert(figure.facet, figure.volume);
        }
        Self {
            month: kept.month,
            units: kept.units,
            told,
            few: kept.few,
            minutes: (kept.minutes_up, kept.minutes_seen),
        }
    }
}

impl From<ClosedMonth> for Kept {
    fn from(closed: ClosedMonth) -> Self {
        let figures = closed.told.into_iter().flat_map(|(unit, figures)| {
            figures.into_iter().map(move |(facet, volume)| Told {
                unit: unit.clone(),
                facet,
                volume,
            })
        });
        Self {
            v: VERSION,
            month: closed.month,
            units: closed.units,
            told: figures.collect(),
            few: closed.few,
            minutes_up: closed.minutes.0,
            minutes_seen: closed.minutes.1,
        }
    }
}

/// What can be said of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// So much.
    Told(Volume),
    /// Nobody did. Said of the council as a whole only.
    Nobody,
    /// Fewer than five people, or it would tell of fewer than five; of a unit also nobody.
    NotTold,
}

impl Figure {
    /// The volume, if it may be told.
    pub fn told(self) -> Option<Volume> {
        match self {
            Self::Told(volume) => Some(volume),
            Self::Nobody | Self::NotTold => None,
        }
    }
}

impl ClosedMonth {
    /// Decides what may be told of a month. Units are those of the register now; use by people of a unit
    /// that is gone counts for the council.
    pub fn of(open: OpenMonth, units: &Units) -> Self {
        let minutes = open.minutes();
        let month = open.month();
        let cells = open.into_cells();
        let people: Vec<&BTreeSet<Somebody>> = cells.iter().map(|cell| &cell.people).collect();
        let mut partition = Partition::new(&people);
        let mut told: BTreeMap<Option<String>, BTreeMap<Facet, Volume>> = BTreeMap::new();
        let mut few = BTreeSet::new();
        for (question, of_cells) in questions(&cells, units) {
            let Question { unit, facet, .. } = question;
            if partition.tell(&of_cells) {
                let mut volume = Volume::default();
                of_cells
                    .iter()
                    .for_each(|&cell| volume += cells[cell].volume);
                told.entry(unit).or_default().insert(facet, volume);
            } else if unit.is_none() {
                few.insert(facet);
            }
        }
        Self {
            month,
            units: units.clone(),
            told,
            few,
            minutes,
        }
    }

    /// Reads a month that was kept. Nothing if a later version of this program kept it.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        let kept: Kept = serde_json::from_slice(bytes)?;
        Ok((kept.v == VERSION).then(|| kept.into()))
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Which month.
    pub fn month(&self) -> Month {
        self.month
    }

    /// Units as they stood when it was closed.
    pub fn units(&self) -> &Units {
        &self.units
    }

    /// Minutes in which the gates ran, of those in which somebody looked.
    pub fn minutes(&self) -> (u32, u32) {
        self.minutes
    }

    /// One figure of a unit, or of the council.
    pub fn figure(&self, unit: Option<&str>, facet: &Facet) -> Figure {
        let of_unit = self.told.get(&unit.map(str::to_owned));
        match of_unit.and_then(|figures| figures.get(facet)) {
            Some(volume) => Figure::Told(*volume),
            None if unit.is_none() && !self.few.contains(facet) => Figure::Nobody,
            None => Figure::NotTold,
        }
    }

    /// Everything that may be told of a unit, or of the council, in order.
    pub fn figures(&self, unit: Option<&str>) -> impl Iterator<Item = (&Facet, Volume)> {
        let of_unit = self.told.get(&unit.map(str::to_owned));
        let figures = of_unit.into_iter().flatten();
        figures.map(|(facet, volume)| (facet, *volume))
    }

    /// What is not told of the council as a whole although it happened.
    pub fn few(&self) -> impl Iterator<Item = &Facet> {
        self.few.iter()
    }
}

/// One figure that might be told. Their order is that in which they are decided: what is coarse and of
/// large units first, and then by names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    depth: usize,
    facet_depth: usize,
    facet: Facet,
    unit: Option<String>,
}

/// Every figure that has somebody behind it, with its cells.
fn questions(cells: &[Cell], units: &Units) -> BTreeMap<Question, Vec<usize>> {
    let mut questions: BTreeMap<Question, Vec<usize>> = BTreeMap::new();
    for (place, cell) in cells.iter().enumerate() {
        let above: Vec<_> = cell
            .unit
            .iter()
            .flat_map(|unit| units.upwards(unit))
            .map(|unit| unit.id.as_str())
            .collect();
        for facet in Facet::of(&cell.kind) {
            let levels = above.iter().rev().copied().map(Some);
            for (depth, unit) in std::iter::once(None).chain(levels).enumerate() {
                if unit.is_some() && !facet.is_of_units() {
                    continue;
                }
                let question = Question {
                    depth: depth + facet.depth(),
                    facet_depth: facet.depth(),
                    facet: facet.clone(),
                    unit: unit.map(str::to_owned),
                };
                questions.entry(question).or_default().push(place);
            }
        }
    }
    questions
}

#[cfg(test)]
mod tests;
