//! Months of the calendar, in the council's time zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// One month, written `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

/// Not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written as year and month, such as 2026-03")]
pub struct NotAMonth;

impl Month {
    /// The month a moment falls in.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        Self::of_day(zone.to_datetime(at).date())
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        // Both were taken from a date, or read by `from_str`, which asked the calendar.
        Date::new(self.year, self.month, 1).unwrap_or(Date::ZERO)
    }

    /// The month of a day.
    pub fn of_day(day: Date) -> Self {
        Self {
            year: day.year(),
            month: day.month(),
        }
    }

    /// The month after it; the last one the calendar has is followed by itself.
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// The month so many months later, or earlier if negative.
    pub fn plus(self, months: i32) -> Self {
        let day = self.first_day();
        Self::of_day(day.checked_add(months.months()).unwrap_or(day))
    }

    /// The first moment of it.
    pub fn begins(self, zone: &TimeZone) -> Timestamp {
        let midnight = self.first_day().to_zoned(zone.clone());
        midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
    }

    /// For people to read: `March 2026`.
    pub fn in_words(self) -> String {
        const NAMES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let place = usize::try_from(self.month - 1).unwrap_or_default();
        format!("{} {}", NAMES.get(place).unwrap_or(&""), self.year)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let day: Date = match text.len() {
            7 => format!("{text}-01").parse().map_err(|_| NotAMonth)?,
            _ => return Err(NotAMonth),
        };
        Ok(Self {
            year: day.year(),
            month: day.month(),
        })
    }
}

impl TryFrom<String> for Month {
    type Error = NotAMonth;

    fn try_from(text: String) -> Result<Self, NotAMonth> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn months_are_those_of_the_councils_clock() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let of = |at: &str| Month::of(at.parse().unwrap(), &zone).to_string();
        assert_eq!(of("2026-02-28T23:59:59Z"), "2026-02");
        assert_eq!(of("2026-03-31T22:59:59Z"), "2026-03");
        assert_eq!(of("2026-03-31T23:00:00Z"), "2026-04");
        let april: Month = "2026-04".parse().unwrap();
        assert_eq!(april.begins(&zone).to_string(), "2026-03-31T23:00:00Z");
        assert_eq!(april.plus(-4).to_string(), "2025-12");
        assert_eq!(april.in_words(), "April 2026");
        for text in ["2026-13", "2026", "2026-4", "", "2026-04-01", "2026-0é"] {
            assert_eq!(text.parse::<Month>(), Err(NotAMonth), "{text}");
        }
    }
}
