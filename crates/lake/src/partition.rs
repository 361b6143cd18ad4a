//! Where a row lies: by kind of event and by the day, in UTC, on which it happened.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Longest name of a kind, in bytes.
const LONGEST_KIND: usize = 32;

/// A kind of event as its partitions are named: lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Kind(String);

impl Kind {
    /// Entries that are not JSON, or say no kind or no time.
    pub const UNREADABLE: &'static str = "unreadable";

    /// The kind of this name; one that cannot be a folder's name counts as `other`, and the entry
    /// keeps its own word for it.
    pub fn of(name: &str) -> Self {
        match Self::from_str(name) {
            Ok(kind) => kind,
            Err(NotAKind) => Self("other".to_owned()),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// Not the name of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a kind has lower-case letters, digits and hyphens, 32 at the most")]
pub struct NotAKind;

impl FromStr for Kind {
    type Err = NotAKind;

    fn from_str(name: &str) -> Result<Self, NotAKind> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let fits = (1..=LONGEST_KIND).contains(&name.len()) && name.bytes().all(plain);
        fits.then(|| Self(name.to_owned())).ok_or(NotAKind)
    }
}

impl TryFrom<String> for Kind {
    type Error = NotAKind;

    fn try_from(name: String) -> Result<Self, NotAKind> {
        name.parse()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A day in UTC, from 1970 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(Date);

impl Day {
    /// What cannot be placed in time lies on this one.
    pub const UNKNOWN: Self = Self(Date::constant(1970, 1, 1));

    /// The day of a moment; nothing before 1970.
    pub fn of(at: Timestamp) -> Option<Self> {
        let date = at.to_zoned(TimeZone::UTC).date();
        (date.year() >= 1970).then_some(Self(date))
    }

    /// Its month.
    pub fn month(self) -> Month {
        Month(self.0.first_of_month())
    }

    /// The day this many days before; the first there is at the earliest.
    pub fn before(self, days: u32) -> Self {
        let span = jiff::Span::new().days(i64::from(days));
        Self(self.0.checked_sub(span).unwrap_or(Self::UNKNOWN.0)).max(Self::UNKNOWN)
    }

    /// Its date.
    pub fn date(self) -> Date {
        self.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let date: Date = text.parse()?;
        Ok(Self(date).max(Self::UNKNOWN))
    }
}

/// A month in UTC: the period of a key and its pseudonyms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    /// Its first date.
    pub fn first(self) -> Date {
        self.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// Not a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month such as 2026-11")]
pub struct NotAMonth(String);

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let first = format!("{text}-01").parse();
        let first = first.map_err(|_| NotAMonth(text.to_owned()))?;
        let month = Self(first);
        // Other spellings of the same month would be other keys.
        match month.to_string() == text {
            true => Ok(month),
            false => Err(NotAMonth(text.to_owned())),
        }
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A kind on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Partition {
    pub(crate) kind: Kind,
    pub(crate) day: Day,
}

impl Partition {
    /// The folder, in the way query engines call hive-partitioned.
    pub(crate) fn folder(&self) -> String {
        let (kind, month) = (&self.kind, self.day.month());
        format!("kind={kind}/month={month}/day={:02}", self.day.0.day())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_kind_is_always_the_name_of_a_folder() {
        for (given, kind) in [
            ("web", "web"),
            ("carried-out", "carried-out"),
            ("", "other"),
            ("../../etc", "other"),
            ("Web", "other"),
            (&"x".repeat(33), "other"),
        ] {
            assert_eq!(Kind::of(given).name(), kind, "{given}");
        }
    }

    #[test]
    fn a_day_lies_in_its_month() {
        let day = Day::of("2026-02-28T23:59:59.999Z".parse().unwrap()).unwrap();
        let partition = Partition {
            kind: Kind::of("web"),
            day,
        };
        assert_eq!(partition.folder(), "kind=web/month=2026-02/day=28");
        assert_eq!(day.before(28).to_string(), "2026-01-31");
        assert_eq!(Day::UNKNOWN.before(1), Day::UNKNOWN);
        assert_eq!(Day::of("1969-12-31T23:59:59Z".parse().unwrap()), None);
        assert!("2026-2".parse::<Month>().is_err());
        assert_eq!("2026-02".parse::<Month>().unwrap(), day.month());
    }
}
