//! How many requests one token may send: so many a second in the long run, and some at once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Tokens remembered before those that rest are forgotten.
const MANY: usize = 10_000;

/// How fast one token may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Requests a second in the long run.
    pub a_second: u32,
    /// Requests at once after a rest.
    pub at_once: u32,
}

impl Default for Pace {
    /// 10 a second, 100 at once: a list of 10,000 matters is read in ten seconds, and a hundred
    /// tokens at full speed still leave pages half of what two cores answer.
    fn default() -> Self {
        Self {
            a_second: 10,
            at_once: 100,
        }
    }
}

/// What each token has used up.
#[derive(Debug)]
pub(super) struct Limits {
    pace: Pace,
    /// When the token will have rested enough to send everything at once again.
    rested: Mutex<HashMap<String, Timestamp>>,
}

impl Limits {
    pub(super) fn new(pace: Pace) -> Self {
        let rested = Mutex::default();
        Self { pace, rested }
    }

    /// Counts one request; or says after how many seconds to come back.
    pub(super) fn take(&self, token: &str, at: Timestamp) -> Result<(), i64> {
        let each = SignedDuration::from_secs(1) / self.pace.a_second.max(1).cast_signed();
        let most = each * self.pace.at_once.max(1).cast_signed();
        let mut rested = self.rested.lock().unwrap_or_else(PoisonError::into_inner);
        if rested.len() >= MANY {
            rested.retain(|_, until| *until > at);
        }
        let until = rested.get(token).map_or(at, |until| (*until).max(at));
        let until = until.saturating_add(each).unwrap_or(until);
        let over = until.duration_since(at) - most;
        if over > SignedDuration::ZERO {
            return Err(over.as_secs() + 1);
        }
        rested.insert(token.to_owned(), until);
        Ok(())
    }
}
