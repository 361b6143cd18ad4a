//! Waiting for somebody: a reminder, then an escalation, and after that nothing more is said.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Since when a matter has waited where it stands, and what was said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Waiting {
    /// When it came to stand there.
    pub since: Timestamp,
    /// What was said since.
    #[serde(default)]
    pub said: Said,
}

/// What was said about a wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// Nothing yet.
    #[default]
    Nothing,
    /// Whoever has to act was reminded.
    Reminded,
    /// Somebody above them was told.
    Escalated,
}

/// The next word about a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Remind,
    Escalate,
}

impl Waiting {
    /// Begins to wait.
    pub(crate) fn from(since: Timestamp) -> Self {
        let said = Said::Nothing;
        Self { since, said }
    }

    /// What is said next, and when, if one word follows another after so long.
    pub(crate) fn next(&self, every: SignedDuration) -> Option<(Timestamp, Word)> {
        let after = |times: i32| {
            let wait = every.checked_mul(times).unwrap_or(SignedDuration::MAX);
            self.since.checked_add(wait).unwrap_or(Timestamp::MAX)
        };
        match self.said {
            Said::Nothing => Some((after(1), Word::Remind)),
            Said::Reminded => Some((after(2), Word::Escalate)),
            Said::Escalated => None,
        }
    }

    /// Keeps that a word was said.
    pub(crate) fn say(&mut self, word: Word) {
        self.said = match word {
            Word::Remind => Said::Reminded,
            Word::Escalate => Said::Escalated,
        };
    }
}

/// Days of 24 hours: waits are counted in weeks, so the hour of summer time does not matter.
pub(crate) fn days(days: u32) -> SignedDuration {
    SignedDuration::from_hours(i64::from(days) * 24)
}
