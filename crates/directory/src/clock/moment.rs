//! Moments as clocks write them: with an offset, or in local time that may not exist or exist twice.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::cell::{self, Wrong};

/// When something happened; two moments where local time does not tell which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The earlier.
    pub earliest: Timestamp,
    /// The later; usually the same.
    pub latest: Timestamp,
}

const HINT: &str = "write times as 2026-03-29T09:00:00Z, or 29/03/2026 09:00 in local time";

/// Reads a time, local times in the council's zone.
///
/// `earlier` is what the same person's row before said, where rows come in order: of the hour that
/// occurs twice, whatever would go back in time is meant the second time round.
pub fn read(text: &str, zone: &TimeZone, earlier: Option<Timestamp>) -> Result<Moment, Wrong> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Moment {
            earliest: at,
            latest: at,
        });
    }
    let local = local(text)?;
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let wrong = |reason: String| Wrong { reason, hint: HINT };
    let unclear = |_| wrong(format!("`{}` is out of range", cell::clipped(text)));
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => {
            let at = ambiguous.compatible().map_err(unclear)?;
            Ok(Moment {
                earliest: at,
                latest: at,
            })
        }
        AmbiguousOffset::Gap { .. } => {
            let reason = format!(
                "`{}` never was: the clocks went forward",
                cell::clipped(text)
            );
            Err(wrong(reason))
        }
        AmbiguousOffset::Fold { .. } => {
            let first = zone
                .to_ambiguous_timestamp(local)
                .earlier()
                .map_err(unclear)?;
            let second = ambiguous.later().map_err(unclear)?;
            let earliest = match earlier {
                Some(earlier) if earlier > first => second,
                _ => first,
            };
            Ok(Moment {
                earliest,
                latest: second,
            })
        }
    }
}

fn local(text: &str) -> Result<DateTime, Wrong> {
    let unclear = || Wrong {
        reason: format!("`{}` is not a time", cell::clipped(text)),
        hint: HINT,
    };
    let (day, time) = text.split_once(['T', ' ']).ok_or_else(unclear)?;
    let day = cell::day(day).map_err(|wrong| Wrong {
        hint: HINT,
        ..wrong
    })?;
    let mut parts = time.trim().splitn(3, ':');
    let mut part = |longest: usize| -> Option<i8> {
        let part = parts.next()?;
        let plain = (1..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse().ok()).flatten()
    };
    let (hour, minute) = (part(2), part(2));
    let (Some(hour), Some(minute)) = (hour, minute) else {
        return Err(unclear());
    };
    let second = match time.matches(':').count() {
        1 => 0,
        _ => part(2).ok_or_else(unclear)?,
    };
    let time = Time::new(hour, minute, second, 0).map_err(|_| unclear())?;
    Ok(day.to_datetime(time))
}
