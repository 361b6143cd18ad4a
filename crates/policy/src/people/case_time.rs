//! What looking into misuse costs: who books time to a case, and at which rates.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Time booked to cases of misuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseTimeRules {
    /// Posts of which one opens a time sheet, books time and reads what it comes to.
    pub kept_by: Vec<String>,
    /// What an hour of each grade costs the council, in pence.
    pub pence_per_hour: BTreeMap<String, u32>,
    /// How a case can end, in words.
    pub outcomes: Vec<String>,
    /// The month the council's year begins in, 1 to 12.
    pub year_begins_in: u32,
    /// Years from before time was booked here, by their names (`2006/07`), and in each what was spent on cases
    /// by how they ended. The latest of them before a year is what that year is set beside.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub earlier: BTreeMap<String, BTreeMap<String, EarlierCases>>,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// Cases of a year from before time was booked, as older files have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierCases {
    /// How many.
    pub cases: u32,
    /// Hours spent on them.
    pub hours: u32,
    /// What that cost, in pounds.
    pub pounds: u32,
}
