//! How many outside recipients a sender has had lately, so that a mass mailing sent in batches is
//! seen as one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// Senders remembered at once; the whole is forgotten beyond that, which can only make a mailing
/// look smaller than it is for one window.
const SENDERS: usize = 50_000;

/// Messages remembered for one sender.
const MESSAGES: usize = 1_000;

/// Outside recipients per sender over a sliding window. Kept in memory only.
#[derive(Debug, Default)]
pub struct Recent {
    sent: Mutex<HashMap<String, VecDeque<(Timestamp, u64)>>>,
}

impl Recent {
    /// Counts a message and gives the sum within the window, this message included.
    pub fn count(&self, sender: &str, at: Timestamp, recipients: u64, window_seconds: u64) -> u64 {
        let window = i64::try_from(window_seconds).unwrap_or(i64::MAX);
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() >= SENDERS && !sent.contains_key(sender) {
            sent.clear();
        }
        let messages = sent.entry(sender.to_owned()).or_default();
        let age = |then: Timestamp| at.as_second().saturating_sub(then.as_second());
        messages.retain(|(then, _)| age(*then) < window);
        if messages.len() >= MESSAGES {
            messages.pop_front();
        }
        messages.push_back((at, recipients));
        messages
            .iter()
            .fold(0, |sum, (_, n)| sum.saturating_add(*n))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn batches_add_up_within_the_window_and_only_for_their_sender() {
        let recent = Recent::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(recent.count("a", at(0), 40, 3600), 40);
        assert_eq!(recent.count("a", at(10), 60, 3600), 100);
        assert_eq!(recent.count("b", at(10), 1, 3600), 1);
        assert_eq!(recent.count("a", at(3600), 1, 3600), 61);
        assert_eq!(recent.count("a", at(9000), 1, 3600), 1);
    }
}
