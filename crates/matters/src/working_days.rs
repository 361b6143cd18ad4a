//! Deadlines in working days.
//!
//! Monday to Friday count; no bank holidays are known here yet, so a deadline that spans one falls a
//! working day earlier than it should. At the edges of a day the error is in the person's favour: what
//! happens in the last hour of a day counts from the next, and in summer a day ends an hour late.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Longest span counted, about ten years. Settings beyond it are taken as it.
const LONGEST: u32 = 2_610;

/// The first moment after the last of so many working days that follow the day of `from`.
pub(crate) fn after(from: Timestamp, working_days: u32) -> Timestamp {
    last(from, working_days)
        .and_then(|day| day.tomorrow().ok())
        .and_then(|day| day.to_zoned(TimeZone::UTC).ok())
        .map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

/// So many days of 24 hours after a moment.
pub(crate) fn days_after(from: Timestamp, days: u32) -> Timestamp {
    from.checked_add(SignedDuration::from_hours(24 * i64::from(days)))
        .unwrap_or(Timestamp::MAX)
}

/// Noon of a day: then it is that day in UTC and wherever the council is.
pub(crate) fn noon_of(day: Date) -> Option<Timestamp> {
    let midnight = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    midnight.checked_add(SignedDuration::from_hours(12)).ok()
}

fn last(from: Timestamp, working_days: u32) -> Option<Date> {
    // The local day in the United Kingdom is never behind this one.
    let ahead = from.checked_add(SignedDuration::from_hours(1)).ok()?;
    let mut day = ahead.to_zoned(TimeZone::UTC).date();
    for _ in 0..working_days.min(LONGEST) {
        day = day.tomorrow().ok()?;
        while day.weekday().to_monday_one_offset() > 5 {
            day = day.tomorrow().ok()?;
        }
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn check(from: &str, working_days: u32, until: &str) {
        let until: Timestamp = until.parse().unwrap();
        assert_eq!(after(from.parse().unwrap(), working_days), until, "{from}");
    }

    #[test]
    fn weekends_do_not_count() {
        check("2026-03-02T09:00:00Z", 1, "2026-03-04T00:00:00Z"); // Monday → end of Tuesday
        check("2026-03-06T09:00:00Z", 1, "2026-03-10T00:00:00Z"); // Friday → end of Monday
        check("2026-03-07T09:00:00Z", 1, "2026-03-10T00:00:00Z"); // Saturday → end of Monday
        check("2026-03-02T09:00:00Z", 5, "2026-03-10T00:00:00Z");
        check("2026-03-02T09:00:00Z", 0, "2026-03-03T00:00:00Z"); // until the day is over
        check("2026-03-02T23:30:00Z", 1, "2026-03-05T00:00:00Z"); // the last hour counts from the next day
    }

    #[test]
    fn the_end_of_time_is_no_accident() {
        assert_eq!(after(Timestamp::MAX, u32::MAX), Timestamp::MAX);
        assert_eq!(days_after(Timestamp::MAX, u32::MAX), Timestamp::MAX);
    }
}
