//! A month, as the council's clocks have it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Month {
    /// `2026-03`.
    pub(crate) name: String,
    /// First moment.
    pub(crate) from: Timestamp,
    /// First moment after.
    pub(crate) until: Timestamp,
}

impl Month {
    /// Of `2026-03`, in a zone; nothing of anything else.
    pub(crate) fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
        let next = first.last_of_month().tomorrow().ok()?;
        let midnight = |day: Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp());
        Some(Self {
            name: text.to_owned(),
            from: midnight(first)?,
            until: midnight(next)?,
        })
    }

    /// Whether a moment lies in it.
    pub(crate) fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_month_begins_and_ends_by_the_councils_clocks() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let month = Month::parse("2026-03", &zone).unwrap();
        assert_eq!(month.from.to_string(), "2026-03-01T00:00:00Z");
        // The clocks have gone forward by then.
        assert_eq!(month.until.to_string(), "2026-03-31T23:00:00Z");
        assert!(month.holds(month.from) && !month.holds(month.until));
        for wrong in ["2026", "2026-13", "26-03", "2026-3", "march", ""] {
            assert!(Month::parse(wrong, &zone).is_none(), "{wrong}");
        }
    }
}
