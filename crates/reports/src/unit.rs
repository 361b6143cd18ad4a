//! The tree of directorates, services and teams.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Units above one another are followed at most this far, so that a loop in a feed ends.
const DEEPEST: usize = 16;

/// A directorate, service or team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Stable id.
    pub id: String,
    /// For people to read.
    pub name: String,
    /// The unit it belongs to; none for a directorate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// All units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Unit>", into = "Vec<Unit>")]
pub struct Units(BTreeMap<String, Unit>);

impl From<Vec<Unit>> for Units {
    fn from(units: Vec<Unit>) -> Self {
        Self::new(units)
    }
}

impl From<Units> for Vec<Unit> {
    fn from(units: Units) -> Self {
        units.0.into_values().collect()
    }
}

impl Units {
    /// Gathers them; of two with one id the later stands.
    pub fn new(units: impl IntoIterator<Item = Unit>) -> Self {
        Self(
            units
                .into_iter()
                .map(|unit| (unit.id.clone(), unit))
                .collect(),
        )
    }

    /// The unit with this id.
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.0.get(id)
    }

    /// All of them, by id.
    pub fn all(&self) -> impl Iterator<Item = &Unit> {
        self.0.values()
    }

    /// A unit and those above it, the highest last.
    pub fn upwards<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Unit> {
        let above = |unit: &&'a Unit| unit.parent.as_deref().and_then(|parent| self.0.get(parent));
        std::iter::successors(self.0.get(id), above).take(DEEPEST)
    }

    /// Whether a unit is another, or lies below it.
    pub fn is_within(&self, id: &str, above: &str) -> bool {
        self.upwards(id).any(|unit| unit.id == above)
    }
}
