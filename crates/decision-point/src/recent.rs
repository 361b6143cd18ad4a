//! How many outside recipients a sender has had lately, so that a mass mailing sent in batches is
//! seen as one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// Senders remembered at once: twice a large council's people. Beyond that the whole is forgotten,
/// which can only make a mailing look smaller than it is for one window.
const SENDERS: usize = 10_000;

/// Messages remembered apart for one sender; the oldest are then taken together.
const MESSAGES: usize = 64;

/// When messages were sent, and to how many outside.
type Sent = VecDeque<(Timestamp, u64)>;

/// Outside recipients per sender over a sliding window. Kept in memory only.
#[derive(Debug, Default)]
pub struct Recent {
    senders: Mutex<HashMap<String, Sent>>,
}

impl Recent {
    /// The sum within the window, this message included. Counts nothing.
    pub fn with(&self, sender: &str, at: Timestamp, recipients: u64, window_seconds: u64) -> u64 {
        let senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = senders.get(sender).into_iter().flatten();
        sent.filter(|(then, _)| is_within(*then, at, window_seconds))
            .fold(recipients, |sum, (_, n)| sum.saturating_add(*n))
    }

    /// The same of what came no later: feeds tell of some things long afterwards, in any order.
    pub fn up_to(&self, who: &str, at: Timestamp, n: u64, window_seconds: u64) -> u64 {
        let senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = senders.get(who).into_iter().flatten();
        sent.filter(|(then, _)| *then <= at && is_within(*then, at, window_seconds))
            .fold(n, |sum, (_, n)| sum.saturating_add(*n))
    }

    /// Counts a message that went out.
    pub fn count(&self, sender: &str, at: Timestamp, recipients: u64, window_seconds: u64) {
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        if senders.len() >= SENDERS && !senders.contains_key(sender) {
            senders.clear();
        }
        let sent = senders.entry(sender.to_owned()).or_default();
        sent.retain(|(then, _)| is_within(*then, at, window_seconds));
        if sent.len() >= MESSAGES
            && let (Some((oldest, n)), Some((_, more))) = (sent.pop_front(), sent.pop_front())
        {
            // Under the older time: they leave the window early, in the sender's favour.
            sent.push_front((oldest, n.saturating_add(more)));
        }
        sent.push_back((at, recipients));
    }
}

fn is_within(then: Timestamp, at: Timestamp, window_seconds: u64) -> bool {
    let age = at.as_second().saturating_sub(then.as_second());
    age < i64::try_from(window_seconds).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn batches_add_up_within_the_window_and_only_for_their_sender() {
        let recent = Recent::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        let count = |sender, second, n| {
            let sum = recent.with(sender, at(second), n, 3600);
            recent.count(sender, at(second), n, 3600);
            sum
        };
        assert_eq!(count("a", 0, 40), 40);
        assert_eq!(recent.with("a", at(1), 60, 3600), 100);
        assert_eq!(count("a", 10, 60), 100, "looking counts nothing");
        assert_eq!(count("b", 10, 1), 1);
        assert_eq!(count("a", 3600, 1), 61);
        assert_eq!(count("a", 9000, 1), 1);
    }

    #[test]
    fn what_came_later_does_not_count_for_what_is_told_afterwards() {
        let recent = Recent::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        recent.count("a", at(1000), 1, 3600);
        recent.count("a", at(2000), 1, 3600);
        assert_eq!(recent.up_to("a", at(500), 1, 3600), 1);
        assert_eq!(recent.up_to("a", at(1500), 1, 3600), 2);
        assert_eq!(recent.up_to("a", at(2500), 1, 3600), 3);
    }

    #[test]
    fn many_small_messages_are_one_large_one_and_take_little_room() {
        let recent = Recent::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        for second in 0..500 {
            recent.count("a", at(second), 1, 3600);
        }
        assert_eq!(recent.with("a", at(500), 1, 3600), 501);
        assert!(recent.senders.lock().unwrap()["a"].len() <= MESSAGES);
    }
}
