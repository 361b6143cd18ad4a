//! Minutes of private browsing a person has used today.
//!
//! A minute counts once, however many requests fall into it: a page with forty assets is not forty
//! times as much use as a page with one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// People remembered at once; beyond that the day starts again for everybody, in their favour.
const PEOPLE: usize = 50_000;

/// Words of a bitmap with one bit for each minute of a day.
const WORDS: usize = 1440 / 64 + 1;

#[derive(Debug)]
struct Day {
    day: i32,
    used: [u64; WORDS],
}

/// Minutes used, by person. Kept in memory only.
#[derive(Debug, Default)]
pub struct Minutes {
    days: Mutex<HashMap<String, Day>>,
}

impl Minutes {
    /// Counts this minute as used and gives the number of minutes used today.
    pub fn count(&self, person: &str, day: i32, minute: u16) -> u32 {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        if days.len() >= PEOPLE && !days.contains_key(person) {
            days.clear();
        }
        let today = days.entry(person.to_owned()).or_insert(Day {
            day,
            used: [0; WORDS],
        });
        if today.day != day {
            *today = Day {
                day,
                used: [0; WORDS],
            };
        }
        if let Some(word) = today.used.get_mut(usize::from(minute / 64)) {
            *word |= 1 << (minute % 64);
        }
        today.used.iter().map(|word| word.count_ones()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_counts_once_and_a_new_day_starts_at_nothing() {
        let minutes = Minutes::default();
        assert_eq!(minutes.count("a", 1, 600), 1);
        assert_eq!(minutes.count("a", 1, 600), 1);
        assert_eq!(minutes.count("a", 1, 1439), 2);
        assert_eq!(minutes.count("b", 1, 1439), 1);
        assert_eq!(minutes.count("a", 2, 0), 1);
    }
}
