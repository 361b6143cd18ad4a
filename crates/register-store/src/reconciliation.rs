//! What the last comparison of accounts with requests found. It is kept as a run of a feed of its
//! own, its differences as what the run set aside; so it is one transaction or none, and bounded.

use jiff::Timestamp;
use matters::event::{Act, Actor};
use serde_json::Value;

use crate::error::StoreError;
use crate::feeds::{Batch, Counts, FeedRun, RunStatus};
use crate::store::Store;

/// The feed comparisons go by.
pub const FEED: &str = "reconciliation";

/// Version of the way to compare, kept with each.
const READER: u32 = 1;

/// Differences of one part.
const PART: usize = 500;

impl Store {
    /// Keeps what a comparison found. `sha256` is of what the directory said; `compared` counts its
    /// accounts.
    pub async fn keep_comparison(
        &self,
        differences: &[Value],
        compared: u64,
        sha256: &str,
        at: Timestamp,
    ) -> Result<i64, StoreError> {
        let run = self.begin_run(FEED, sha256, READER, at).await?;
        let act = Act::of(Actor::Feed(FEED.to_owned()), at);
        let found = differences.len() as u64;
        let batch = Batch {
            quarantined: differences.to_vec(),
            counts: Counts {
                unchanged: compared,
                quarantined: found,
                ..Counts::default()
            },
            ..Batch::default()
        };
        self.keep_batch(run, batch, &act).await?;
        self.finish_run(run, RunStatus::Done, at).await?;
        Ok(run)
    }

    /// The last comparison that came to its end.
    pub async fn last_comparison(&self) -> Result<Option<FeedRun>, StoreError> {
        let runs = self.runs(Some(FEED), 50).await?;
        let mut runs = runs.into_iter();
        Ok(runs.find(|run| run.status == RunStatus::Done))
    }

    /// Every difference of a comparison, in the order they were found, at most 10,000.
    pub async fn differences(&self, run: i64) -> Result<Vec<Value>, StoreError> {
        let mut all = Vec::new();
        loop {
            let part = self.quarantined(run, all.len() as u64, PART).await?;
            let is_last = part.len() < PART;
            all.extend(part);
            if is_last {
                return Ok(all);
            }
        }
    }
}
