//! What no report may say, looked for once more before one is given to anybody: figures that were not told,
//! units set beside one another, and anything that reads like an address.
//!
//! A report is made so that it says none of it. This is the second look, of the report as it stands.

use std::collections::BTreeSet;

use crate::closed::ClosedMonth;
use crate::entry::Volume;
use crate::report::{Report, Table, Value};
use crate::usage::pence;

/// Longest name of a row, in characters: labels are a few words.
const LONGEST: usize = 120;

/// What is wrong with a report of one unit, made of these months, in words. Nothing where it is fit.
pub fn faults(report: &Report, months: &[&ClosedMonth]) -> Vec<String> {
    let told: BTreeSet<Number> = months
        .iter()
        .flat_map(|month| month.figures(report.unit.as_deref()))
        .flat_map(|(_, volume)| numbers(volume))
        .collect();
    let names: BTreeSet<&str> = months
        .iter()
        .flat_map(|month| month.units().all())
        .map(|unit| unit.name.as_str())
        .collect();
    let mut faults = Vec::new();
    for table in &report.tables {
        let caption = &table.caption;
        if sets_units_side_by_side(table, &names) {
            faults.push(format!("`{caption}` sets units beside one another"));
        }
        for row in &table.rows {
            if row.name.contains(['@', '\\']) || row.name.chars().count() > LONGEST {
                faults.push(format!("`{caption}` has a row that reads like content"));
            }
            let mut values = row.values.iter().filter_map(number);
            if values.any(|value| value.1 != 0 && !told.contains(&value)) {
                faults.push(format!("`{caption}` has a figure that was not told"));
            }
        }
    }
    faults
}

/// What is measured, and how much.
type Number = (&'static str, u64);

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Count(number) => Some(("count", *number)),
        Value::Bytes(number) => Some(("bytes", *number)),
        Value::Seconds(number) => Some(("seconds", *number)),
        Value::Pages(number) => Some(("pages", *number)),
        Value::Pence(number) => Some(("pence", *number)),
        // Worked out of two that are told; words and gaps are no figures.
        Value::Percent(_) | Value::Words(_) | Value::NotTold | Value::Nothing => None,
    }
}

fn numbers(volume: Volume) -> [Number; 5] {
    [
        ("count", volume.count),
        ("bytes", volume.bytes),
        ("seconds", volume.seconds),
        ("pages", volume.pages),
        ("pence", pence(volume)),
    ]
}

/// Two of one table, as one name may be a category's as well.
fn sets_units_side_by_side(table: &Table, names: &BTreeSet<&str>) -> bool {
    let rows = table.rows.iter().map(|row| row.name.as_str());
    let all = rows.chain(table.columns.iter().map(String::as_str));
    all.filter(|name| names.contains(name)).count() > 1
}

#[cfg(test)]
mod tests;
