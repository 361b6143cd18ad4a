//! Who has read which clause on a coach page and chosen to go on, and until when.

use jiff::Timestamp;
use policy::clause::ClauseId;
use policy::decision::{Decision, Outcome};
use quick_cache::sync::Cache;

/// Acknowledgements remembered; a forgotten one only means that the page is shown again.
const REMEMBERED: usize = 65_536;

/// Acknowledgements by person and clause. Kept in memory; each is also on the record.
#[derive(Debug)]
pub struct Acknowledged {
    until: Cache<(String, ClauseId), Timestamp>,
}

impl Default for Acknowledged {
    fn default() -> Self {
        Self {
            until: Cache::new(REMEMBERED),
        }
    }
}

impl Acknowledged {
    /// Remembers that this person has read this clause.
    pub fn note(&self, who: &str, clause: &ClauseId, until: Timestamp) {
        // One nameless person's word must not count for every other.
        if who.is_empty() {
            return;
        }
        self.until.insert((who.to_owned(), clause.clone()), until);
    }

    /// Whether every warning of the decision has been read and may still be relied on.
    pub fn covers(&self, who: &str, decision: &Decision, at: Timestamp) -> bool {
        decision.outcome == Outcome::Warn
            && decision
                .standing()
                .filter(|reason| reason.outcome == Outcome::Warn)
                .all(|reason| {
                    self.until
                        .get(&(who.to_owned(), reason.clause.clone()))
                        .is_some_and(|until| at < until)
                })
    }
}
