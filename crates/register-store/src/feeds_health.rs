//! How feeds are doing: runs a page at a time, and the last of each.

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row as _};

use crate::error::StoreError;
use crate::feeds::{FeedRun, run_of};
use crate::matters_kept::Page;
use crate::store::Store;

/// Most runs on one page.
const MOST: usize = 500;

/// What every query here reads.
const COLUMNS: &str = "id, feed, sha256, parser, received_at, finished_at, status, added, changed, \
                       leaving, unchanged, repeated, quarantined";

impl Store {
    /// One run.
    pub async fn run(&self, id: i64) -> Result<Option<FeedRun>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM feed_runs WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .fetch_optional(self.inner.db.readers())
            .await?;
        Ok(row.as_ref().map(run_of).transpose()?)
    }

    /// Runs before one, the newest first; of one feed, or of all where it is empty.
    pub async fn runs_before(
        &self,
        feed: &str,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Page<FeedRun>, StoreError> {
        let limit = limit.min(MOST);
        let sql = format!(
            "SELECT {COLUMNS} FROM feed_runs WHERE ($1 = '' OR feed = $1) AND id < $2 \
             ORDER BY id DESC LIMIT {}",
            limit + 1
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(feed)
            .bind(before.unwrap_or(i64::MAX))
            .fetch_all(self.inner.db.readers())
            .await?;
        let items = rows.iter().take(limit).map(run_of);
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            more: rows.len() > limit,
        })
    }

    /// The last run of each feed, by name, and when one of the feed was last taken in whole.
    pub async fn last_runs(&self) -> Result<Vec<(FeedRun, Option<Timestamp>)>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS}, (SELECT MAX(done.finished_at) FROM feed_runs done \
             WHERE done.feed = run.feed AND done.status = 'done') AS whole_at \
             FROM feed_runs run WHERE id IN (SELECT MAX(id) FROM feed_runs GROUP BY feed) \
             ORDER BY feed LIMIT {MOST}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(self.inner.db.readers())
            .await?;
        let mut all = Vec::new();
        for row in &rows {
            let whole: Option<i64> = row.try_get("whole_at")?;
            let whole = whole.map(crate::change::instant).transpose()?;
            all.push((run_of(row)?, whole));
        }
        Ok(all)
    }
}
