//! Hashes with the day each was seen last, at most so many.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::mark::Mark;

const SECONDS_A_DAY: i64 = 86_400;

/// Days between two notes of something that is seen all the time: a correspondent of every day is
/// written down once a week.
const AGAIN_AFTER: u32 = 7;

/// A day, counted from 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) u32);

impl Day {
    pub(crate) fn of(at: Timestamp) -> Self {
        Self(u32::try_from(at.as_second().div_euclid(SECONDS_A_DAY)).unwrap_or(0))
    }

    /// Its first moment.
    pub(crate) fn start(self) -> Timestamp {
        Timestamp::from_second(i64::from(self.0) * SECONDS_A_DAY).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn plus(self, days: u32) -> Self {
        Self(self.0.saturating_add(days))
    }
}

/// When something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) last: Day,
    /// On how many days, as far as they are counted.
    pub(crate) days: u8,
}

/// Hashes with the day each was seen last. The longest unseen are forgotten first.
#[derive(Debug)]
pub(crate) struct Table {
    seen: HashMap<Mark, Seen>,
    most: usize,
    /// Days after which something counts as forgotten.
    kept_days: u32,
    /// Days that are counted.
    counted_days: u8,
}

impl Table {
    pub(crate) fn new(most: usize, kept_days: u32, counted_days: u8) -> Self {
        Self {
            seen: HashMap::new(),
            most,
            kept_days,
            counted_days,
        }
    }

    /// On how many days it was seen; none if never, or too long ago.
    pub(crate) fn days(&self, mark: Mark, today: Day) -> u8 {
        let seen = self.seen.get(&mark);
        let seen = seen.filter(|seen| self.is_kept(seen, today));
        seen.map_or(0, |seen| seen.days)
    }

    /// It is seen today. Gives what is to be written down, if that is worth it.
    pub(crate) fn see(&mut self, mark: Mark, today: Day) -> Option<Seen> {
        let before = self.days(mark, today);
        if before > 0
            && let Some(seen) = self.seen.get(&mark)
        {
            let again = if before < self.counted_days {
                1
            } else {
                AGAIN_AFTER
            };
            if today < seen.last.plus(again) {
                return None;
            }
        }
        let seen = Seen {
            last: today,
            days: before.saturating_add(1).min(self.counted_days),
        };
        self.put(mark, seen);
        Some(seen)
    }

    /// Takes over what was written down.
    pub(crate) fn put(&mut self, mark: Mark, seen: Seen) {
        if self.seen.len() >= self.most && !self.seen.contains_key(&mark) {
            self.forget();
        }
        self.seen.insert(mark, seen);
    }

    /// Forgets the longest unseen eighth, so that this happens seldom.
    fn forget(&mut self) {
        let mut n = (self.most / 8).max(1).min(self.seen.len());
        let mut days: Vec<Day> = self.seen.values().map(|seen| seen.last).collect();
        let Some(last) = n.checked_sub(1) else {
            return;
        };
        let oldest = *days.select_nth_unstable(last).1;
        self.seen.retain(|_, seen| {
            let goes = n > 0 && seen.last <= oldest;
            n -= usize::from(goes);
            !goes
        });
    }

    /// Whatever is not too old.
    pub(crate) fn iter(&self, today: Day) -> impl Iterator<Item = (Mark, Seen)> {
        let seen = self.seen.iter().map(|(mark, seen)| (*mark, *seen));
        seen.filter(move |(_, seen)| self.is_kept(seen, today))
    }

    fn is_kept(&self, seen: &Seen, today: Day) -> bool {
        seen.last.plus(self.kept_days) >= today
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unseen_are_forgotten_and_the_table_stays_as_large_as_it_is() {
        let mut table = Table::new(16, 700, 1);
        for n in 0..100 {
            assert!(table.see(Mark(n), Day(n as u32)).is_some());
            assert!(table.seen.len() <= 16);
        }
        let today = Day(100);
        assert_eq!(table.days(Mark(99), today), 1);
        assert_eq!(table.days(Mark(90), today), 1);
        assert_eq!(table.days(Mark(80), today), 0);
        // All of one day: some go and not all.
        let mut table = Table::new(16, 700, 1);
        for n in 0..17 {
            table.see(Mark(n), today);
        }
        assert_eq!(table.seen.len(), 15);
    }

    #[test]
    fn what_is_too_old_counts_as_forgotten() {
        let mut table = Table::new(16, 90, 1);
        table.see(Mark(1), Day(10));
        assert_eq!(table.days(Mark(1), Day(100)), 1);
        assert_eq!(table.days(Mark(1), Day(101)), 0);
        assert_eq!(table.days(Mark(2), Day(10)), 0);
    }

    #[test]
    fn days_are_counted_once_each_and_no_further_than_needed() {
        let mut table = Table::new(16, 700, 3);
        let mut see = |day| table.see(Mark(1), Day(day)).map(|seen| seen.days);
        assert_eq!(see(1), Some(1));
        assert_eq!(see(1), None);
        assert_eq!(see(2), Some(2));
        assert_eq!(see(9), Some(3));
        assert_eq!(see(15), None);
        assert_eq!(see(16), Some(3));
    }
}
