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

#[derive(Debug, Clone, Copy)]
struct Day {
    day: i32,
    used: [u64; WORDS],
}

/// Minutes used, by person. Kept in memory only.
#[derive(Debug, Default)]
pub struct Minutes {
    days: Mutex<HashMap<String, Day>>,
}

/// A person's day with one more minute in it.
#[derive(Debug)]
pub struct Used<'a> {
    person: &'a str,
    today: Day,
}

impl Used<'_> {
    /// Minutes used today, that one included.
    pub fn total(&self) -> u32 {
        self.today.used.iter().map(|word| word.count_ones()).sum()
    }
}

impl Minutes {
    /// What today would be with this minute in it.
    pub fn with<'a>(&self, person: &'a str, day: i32, minute: u16) -> Used<'a> {
        let days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let mut used = [0; WORDS];
        if let Some(today) = days.get(person).filter(|today| today.day == day) {
            used = today.used;
        }
        if let Some(word) = used.get_mut(usize::from(minute / 64)) {
            *word |= 1 << (minute % 64);
        }
        Used {
            person,
            today: Day { day, used },
        }
    }

    /// Counts it. Two at once lose nothing: the bits of both are kept.
    pub fn count(&self, used: &Used<'_>) {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        if days.len() >= PEOPLE && !days.contains_key(used.person) {
            days.clear();
        }
        match days.get_mut(used.person) {
            Some(today) if today.day == used.today.day => {
                for (word, new) in today.used.iter_mut().zip(used.today.used) {
                    *word |= new;
                }
            }
            Some(today) => *today = used.today,
            None => drop(days.insert(used.person.to_owned(), used.today)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_counts_once_and_a_new_day_starts_at_nothing() {
        let minutes = Minutes::default();
        let count = |person, day, minute| {
            let used = minutes.with(person, day, minute);
            minutes.count(&used);
            used.total()
        };
        assert_eq!(count("a", 1, 600), 1);
        assert_eq!(count("a", 1, 600), 1);
        assert_eq!(count("a", 1, 1439), 2);
        assert_eq!(count("b", 1, 1439), 1);
        assert_eq!(minutes.with("b", 1, 7).total(), 2);
        assert_eq!(count("b", 1, 1439), 1, "looking counts nothing");
        assert_eq!(count("a", 2, 0), 1);
    }
}
