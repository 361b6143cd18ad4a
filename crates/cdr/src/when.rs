//! When a call began.
//!
//! Exchanges write local time without an offset. One hour a year happens twice, and another never:
//! both are said, and neither is guessed in silence.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use serde::{Serialize, Serializer};

/// A moment, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct When {
    /// The instant.
    pub at: Timestamp,
    /// What local clocks were ahead of UTC.
    #[serde(serialize_with = "offset_text")]
    pub offset: Offset,
    /// Where the instant comes from.
    #[serde(flatten)]
    pub basis: Basis,
}

/// Where an instant comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "basis", rename_all = "kebab-case")]
pub enum Basis {
    /// The feed says it, with its offset or in UTC.
    Given,
    /// Local time of the zone, which happened once.
    Zone,
    /// Local time that happened twice, as clocks went back: `at` is the first time.
    Ambiguous {
        /// The second time.
        or_at: Timestamp,
    },
    /// Local time that never was, as clocks went forward: `at` is by the offset before.
    Skipped,
}

impl When {
    /// An instant the feed gives in UTC.
    pub fn utc(at: Timestamp) -> Self {
        Self {
            at,
            offset: Offset::UTC,
            basis: Basis::Given,
        }
    }

    /// Local time of a zone. Nothing, far outside the calendar.
    pub fn local(civil: DateTime, zone: &TimeZone) -> Option<Self> {
        let (offset, other) = match zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, None),
            AmbiguousOffset::Fold { before, after } => (before, Some(after)),
            AmbiguousOffset::Gap { before, .. } => {
                let at = before.to_timestamp(civil).ok()?;
                let basis = Basis::Skipped;
                return Some(Self {
                    at,
                    offset: before,
                    basis,
                });
            }
        };
        let at = offset.to_timestamp(civil).ok()?;
        let basis = match other {
            None => Basis::Zone,
            Some(after) => Basis::Ambiguous {
                or_at: after.to_timestamp(civil).ok()?,
            },
        };
        Some(Self { at, offset, basis })
    }

    /// The same, where the feed also knows roughly which instant it was (seconds since 1970): of an
    /// hour that happened twice, the one that fits is taken.
    pub(crate) fn beside(self, epoch: i64, zone: &TimeZone) -> Self {
        /// Seconds between a channel's beginning and its row's, at most.
        const NEAR: i64 = 900;
        let Basis::Ambiguous { or_at } = self.basis else {
            return self;
        };
        let near = |at: Timestamp| (at.as_second() - epoch).abs() <= NEAR;
        match (near(self.at), near(or_at)) {
            (true, false) => Self {
                basis: Basis::Zone,
                ..self
            },
            (false, true) => Self {
                at: or_at,
                offset: zone.to_offset(or_at),
                basis: Basis::Zone,
            },
            _ => self,
        }
    }

    /// A moment as feeds write it, in `zone` unless it has an offset of its own:
    /// `2026-03-02 11:00:00`, `2026-03-02T11:00:00.000Z`, `2026-03-02 11:00:00 +00:00`.
    pub(crate) fn read(text: &[u8], zone: &TimeZone) -> Option<Self> {
        let (civil, rest) = civil(text)?;
        if rest.is_empty() {
            return Self::local(civil, zone);
        }
        let offset = offset(rest)?;
        let at = offset.to_timestamp(civil).ok()?;
        let basis = Basis::Given;
        Some(Self { at, offset, basis })
    }

    /// Seconds since 1970; nothing for 0, which is how exchanges say "never".
    pub(crate) fn epoch(seconds: i64) -> Option<Self> {
        let at = Timestamp::from_second(seconds).ok()?;
        (seconds > 0).then(|| Self::utc(at))
    }
}

/// Day and time, and what follows them.
fn civil(text: &[u8]) -> Option<(DateTime, &[u8])> {
    let (head, mut rest) = text.split_at_checked(19)?;
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    let well_formed = separators.iter().all(|(at, byte)| head[*at] == *byte);
    if !well_formed || !matches!(head[10], b' ' | b'T') {
        return None;
    }
    let two = |at: usize| digits(&head[at..at + 2]).and_then(|n| i8::try_from(n).ok());
    let year = i16::try_from(digits(&head[..4])?).ok()?;
    let civil = DateTime::new(year, two(5)?, two(8)?, two(11)?, two(14)?, two(17)?, 0).ok()?;
    // Parts of a second are more than anybody asks of a telephone.
    if let [b'.', fraction @ ..] = rest {
        let end = fraction.iter().position(|b| !b.is_ascii_digit());
        rest = &fraction[end.unwrap_or(fraction.len())..];
    }
    Some((civil, rest.trim_ascii_start()))
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0_u32, |n, byte| {
        byte.is_ascii_digit()
            .then(|| n * 10 + u32::from(byte - b'0'))
    })
}

/// `Z`, `+01:00`, `+0100`.
fn offset(text: &[u8]) -> Option<Offset> {
    let (sign, rest) = match text {
        b"Z" | b"z" | b"UTC" => return Some(Offset::UTC),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [a, b, b':', c, d] | [a, b, c, d] => (digits(&[*a, *b])?, digits(&[*c, *d])?),
        _ => return None,
    };
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    Offset::from_seconds(sign * seconds).ok()
}

fn offset_text<S: Serializer>(offset: &Offset, to: S) -> Result<S::Ok, S::Error> {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    to.collect_str(&format_args!(
        "{sign}{:02}:{:02}",
        minutes / 60,
        minutes % 60
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    #[test]
    fn an_hour_that_happens_twice_says_so_and_one_that_never_was_too() {
        let check = |text: &str, at: &str, basis: Basis| {
            let when = When::read(text.as_bytes(), &london()).unwrap();
            assert_eq!(
                (when.at, when.basis),
                (at.parse().unwrap(), basis),
                "{text}"
            );
        };
        let second = "2026-10-25T01:30:00Z".parse().unwrap();
        check("2026-10-25 00:59:59", "2026-10-24T23:59:59Z", Basis::Zone);
        check(
            "2026-10-25 01:30:00",
            "2026-10-25T00:30:00Z",
            Basis::Ambiguous { or_at: second },
        );
        check("2026-10-25 02:00:00", "2026-10-25T02:00:00Z", Basis::Zone);
        check(
            "2026-03-29 01:30:00",
            "2026-03-29T01:30:00Z",
            Basis::Skipped,
        );
        check("2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z", Basis::Given);
        check(
            "2026-10-25 01:30:00.0000000 +01:00",
            "2026-10-25T00:30:00Z",
            Basis::Given,
        );
    }

    #[test]
    fn what_knows_the_instant_settles_which_hour_it_was() {
        let when = When::read(b"2026-10-25 01:30:00", &london()).unwrap();
        let second: Timestamp = "2026-10-25T01:30:00Z".parse().unwrap();
        let settled = when.beside(second.as_second() - 3, &london());
        assert_eq!((settled.at, settled.basis), (second, Basis::Zone));
        assert_eq!(settled.offset, Offset::UTC);
        assert_eq!(
            when.beside(second.as_second() - 3600, &london()).at,
            when.at
        );
        assert_eq!(
            when.beside(0, &london()),
            when,
            "an id that is no time settles nothing"
        );
    }

    #[test]
    fn what_is_no_time_is_none() {
        for bad in [
            "",
            "2026-02-30 10:00:00",
            "2026-03-02",
            "02/03/2026 10:00:00",
            "2026-03-02 10:00:00 GMT+1",
            "2026-03-02 24:00:00",
        ] {
            assert_eq!(When::read(bad.as_bytes(), &london()), None, "{bad}");
        }
    }
}
