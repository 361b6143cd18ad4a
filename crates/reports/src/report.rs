//! A report: tables, some with a chart, for one month, with what it is for.
//!
//! One value is shown as a page, as text, as CSV and as JSON, so that all four say the same.

use serde::Serialize;

use crate::chart::Chart;
use crate::month::Month;

/// What a report is for. Each has one purpose, and says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Managers see how much their unit uses and what the policy stopped.
    Usage,
    /// The council sees whether its policy is followed.
    Compliance,
    /// The council plans what it will need.
    Capacity,
    /// The council sees whether services are sound.
    Service,
    /// The council sees what looking into misuse costs.
    MisuseCost,
}

impl Purpose {
    /// Its code: stands on the report and wherever one is given to somebody.
    pub fn code(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Compliance => "compliance",
            Self::Capacity => "capacity",
            Self::Service => "service",
            Self::MisuseCost => "misuse-cost",
        }
    }

    /// In words.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Usage => {
                "so that whoever manages a unit sees how much it uses and what the policy stopped"
            }
            Self::Compliance => "so that the council sees whether its policy is followed",
            Self::Capacity => "so that the council can plan what it will need",
            Self::Service => "so that the council sees whether its services are sound",
            Self::MisuseCost => "so that the council sees what looking into misuse costs it",
        }
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The unit it is about; none for the whole council.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The month, or the last one where it is about several.
    pub month: Month,
    /// What has to be known to read it.
    pub notes: Vec<String>,
    /// Its tables.
    pub tables: Vec<Table>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// What its columns are, that of the rows' names first.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// The same as a picture.
    #[serde(skip)]
    pub chart: Option<Chart>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What it is about.
    pub name: String,
    /// One value for each further column.
    pub values: Vec<Value>,
}

/// What stands in a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "is", content = "value", rename_all = "kebab-case")]
pub enum Value {
    /// A number of things.
    Count(u64),
    /// Bytes.
    Bytes(u64),
    /// Seconds.
    Seconds(u64),
    /// Sides of paper.
    Pages(u64),
    /// Money, in pence.
    Pence(u64),
    /// Percent, with one decimal.
    Percent(f64),
    /// Words.
    Words(String),
    /// Fewer than five people, or it would tell of fewer than five.
    NotTold,
    /// There is nothing to say.
    Nothing,
}

/// What stands where a figure may not be told.
pub const NOT_TOLD: &str = "not told";

impl Value {
    /// For people.
    pub fn in_words(&self) -> String {
        match self {
            Self::Count(number) | Self::Pages(number) => grouped(*number),
            Self::Bytes(bytes) => bytes_in_words(*bytes),
            Self::Seconds(seconds) => {
                format!(
                    "{}:{:02}:{:02}",
                    seconds / 3600,
                    seconds / 60 % 60,
                    seconds % 60
                )
            }
            Self::Pence(pence) => format!("£{}.{:02}", grouped(pence / 100), pence % 100),
            Self::Percent(percent) => format!("{percent:.1} %"),
            Self::Words(words) => words.clone(),
            Self::NotTold => NOT_TOLD.to_owned(),
            Self::Nothing => "–".to_owned(),
        }
    }

    /// For spreadsheets: numbers as they are.
    pub fn plain(&self) -> String {
        match self {
            Self::Count(number)
            | Self::Bytes(number)
            | Self::Seconds(number)
            | Self::Pages(number)
            | Self::Pence(number) => number.to_string(),
            Self::Percent(percent) => format!("{percent:.1}"),
            Self::Words(words) => words.clone(),
            Self::NotTold => NOT_TOLD.to_owned(),
            Self::Nothing => String::new(),
        }
    }

    /// Whether it is lined up as numbers are.
    pub fn is_number(&self) -> bool {
        !matches!(self, Self::Words(_))
    }
}

/// A number with its thousands set apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in the largest unit of which there is at least one.
fn bytes_in_words(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut tenths = u128::from(bytes) / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_well() {
        for (value, words) in [
            (Value::Count(1_234_567), "1,234,567"),
            (Value::Count(999), "999"),
            (Value::Bytes(999), "999 B"),
            (Value::Bytes(1_500), "1.5 kB"),
            (Value::Bytes(u64::MAX), "18446.7 PB"),
            (Value::Seconds(3_725), "1:02:05"),
            (Value::Pence(123_456), "£1,234.56"),
            (Value::Percent(12.34), "12.3 %"),
            (Value::NotTold, "not told"),
        ] {
            assert_eq!(value.in_words(), words);
        }
    }
}
