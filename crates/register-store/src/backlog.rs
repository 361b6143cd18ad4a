//! How much waits for somebody, in numbers: for whoever looks after the server.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::error::StoreError;
use crate::store::Store;

/// What waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Tasks on all work lists that nobody has finished.
    pub tasks: u64,
    /// Since when the oldest of them waits.
    pub oldest_task: Option<Timestamp>,
    /// Notices that are to go out by mail and have not.
    pub notices: u64,
    /// Messages held for somebody to decide about.
    pub held: u64,
    /// Events the record has not heard of yet.
    pub unshipped: u64,
}

impl Store {
    /// What waits now.
    pub async fn backlog(&self) -> Result<Backlog, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM tasks WHERE finished_at IS NULL), \
             (SELECT MIN(opened_at) FROM tasks WHERE finished_at IS NULL), \
             (SELECT COUNT(*) FROM notices WHERE mail_due_at IS NOT NULL), \
             (SELECT COUNT(*) FROM matters WHERE kind = 'held-mail' AND is_over = 0), \
             (SELECT seq - shipped FROM register_head WHERE id = 1)",
        )
        .fetch_one(self.inner.db.readers())
        .await?;
        let count = |column: usize| -> Result<u64, StoreError> {
            Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default())
        };
        let oldest: Option<i64> = row.try_get(1)?;
        Ok(Backlog {
            tasks: count(0)?,
            oldest_task: oldest.map(crate::change::instant).transpose()?,
            notices: count(2)?,
            held: count(3)?,
            unshipped: count(4)?,
        })
    }
}
