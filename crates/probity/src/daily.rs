//! What is done once a day, from an hour on.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// The last moment at which it was this hour.
pub(crate) fn came_last(hour: Time, zone: &TimeZone, now: Timestamp) -> Timestamp {
    let today = now.to_zoned(zone.clone()).date();
    let at = |date: Date| {
        Some(
            date.to_datetime(hour)
                .to_zoned(zone.clone())
                .ok()?
                .timestamp(),
        )
    };
    let today_at = at(today).filter(|at| *at <= now);
    let yesterday_at = || at(today.checked_sub(1.day()).ok()?);
    today_at.or_else(yesterday_at).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_hour_comes_once_a_day_also_when_clocks_change() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let check = |hour: &str, now: &str, expected: &str| {
            let (hour, now) = (hour.parse().unwrap(), now.parse().unwrap());
            let expected: Timestamp = expected.parse().unwrap();
            assert_eq!(came_last(hour, &zone, now), expected, "{hour} {now}");
        };
        check("02:00", "2026-07-01T00:59:59Z", "2026-06-30T01:00:00Z");
        check("02:00", "2026-07-01T01:00:00Z", "2026-07-01T01:00:00Z");
        check("02:00", "2026-12-01T23:00:00Z", "2026-12-01T02:00:00Z");
        // 01:30 does not exist on this day.
        check("01:30", "2026-03-29T12:00:00Z", "2026-03-29T01:30:00Z");
        check("01:30", "2026-10-25T12:00:00Z", "2026-10-25T00:30:00Z");
    }
}
