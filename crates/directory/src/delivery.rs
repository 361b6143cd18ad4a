//! One thing a connector has to bring about for one person and service, until it is done.
//!
//! Pure: a delivery is told what came of an attempt, and says when the next is due.

use jiff::{SignedDuration, Timestamp};
use matters::id::PersonId;
use serde::{Deserialize, Serialize};

/// Wait before the second attempt; each further wait is twice as long.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(15);
/// Longest wait.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);
/// Attempts after which people have to look: about eight hours.
const MOST_ATTEMPTS: u32 = 24;
/// Longest reason kept, in characters.
const LONGEST_REASON: usize = 200;

/// What is to be so at the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Wanted {
    /// The account is in the group.
    Member {
        /// Name of the group's entry.
        group: String,
    },
    /// The account is not in the group.
    NotMember {
        /// Name of the group's entry.
        group: String,
    },
    /// The account can be used.
    Enabled,
    /// The account cannot be used.
    Disabled,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is so, or was already.
    Done,
    /// Not now: the directory is away or busy.
    Later(String),
    /// Not by trying again: somebody has to put something right.
    Never(String),
}

/// Where a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Status {
    /// To be tried.
    Due {
        /// Not before.
        at: Timestamp,
    },
    /// Brought about.
    Done {
        /// When.
        at: Timestamp,
    },
    /// Given up; somebody has to look.
    Failed {
        /// When.
        at: Timestamp,
    },
}

/// One thing to be brought about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// For whom.
    pub person: PersonId,
    /// Which service.
    pub service: String,
    /// The account's key at the directory.
    pub key: String,
    /// What is wanted.
    pub wanted: Wanted,
    /// Where it stands.
    pub status: Status,
    /// Attempts so far.
    pub attempts: u32,
    /// Why the last attempt came to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Delivery {
    /// Due at once.
    pub fn new(
        person: PersonId,
        service: impl Into<String>,
        key: impl Into<String>,
        wanted: Wanted,
        at: Timestamp,
    ) -> Self {
        Self {
            person,
            service: service.into(),
            key: key.into(),
            wanted,
            status: Status::Due { at },
            attempts: 0,
            reason: None,
        }
    }

    /// The delivery after an attempt.
    pub fn after(mut self, outcome: Outcome, now: Timestamp) -> Self {
        self.attempts = self.attempts.saturating_add(1);
        let (status, reason) = match outcome {
            Outcome::Done => (Status::Done { at: now }, None),
            Outcome::Never(reason) => (Status::Failed { at: now }, Some(reason)),
            Outcome::Later(reason) if self.attempts >= MOST_ATTEMPTS => {
                (Status::Failed { at: now }, Some(reason))
            }
            Outcome::Later(reason) => {
                // The number of attempts is small, so the shift is too.
                let wait = FIRST_WAIT.saturating_mul(1 << self.attempts.min(16).saturating_sub(1));
                let at = now.saturating_add(wait.min(LONGEST_WAIT)).unwrap_or(now);
                (Status::Due { at }, Some(reason))
            }
        };
        self.status = status;
        self.reason = reason.map(|reason| reason.chars().take(LONGEST_REASON).collect());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_grow_rarer_and_end() {
        let mut now = Timestamp::UNIX_EPOCH;
        let mut delivery = Delivery::new("p".into(), "email", "k", Wanted::Disabled, now);
        let mut waits = Vec::new();
        while let Status::Due { at } = delivery.status {
            waits.push(at.duration_since(now).as_secs());
            now = at;
            delivery = delivery.after(Outcome::Later("away".to_owned()), now);
        }
        assert_eq!(waits[..5], [0, 15, 30, 60, 120]);
        assert_eq!((waits.len(), waits.iter().max()), (24, Some(&1800)));
        assert!(matches!(delivery.status, Status::Failed { .. }));
        assert_eq!(delivery.reason.as_deref(), Some("away"));
    }

    #[test]
    fn what_cannot_be_is_not_tried_again() {
        let now = Timestamp::UNIX_EPOCH;
        let delivery = Delivery::new("p".into(), "email", "k", Wanted::Enabled, now);
        let failed = delivery.after(Outcome::Never("x".repeat(500)), now);
        assert_eq!(failed.status, Status::Failed { at: now });
        assert_eq!(
            failed.reason.map(|reason| reason.len()),
            Some(LONGEST_REASON)
        );
    }
}
