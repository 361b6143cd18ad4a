//! Feeds about people: runs, what they set aside, and whom a feed's own keys mean.
//!
//! A run is taken in batches, each one transaction: people, units, withdrawals of those who leave,
//! links and rows set aside stand together or not at all. A run that was cut short is begun again
//! from its start; what stands already changes nothing.

use jiff::Timestamp;
use matters::event::Act;
use matters::id::PersonId;
use matters::people::{Person, Unit};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::change::{Change, instant};
use crate::error::StoreError;
use crate::load::number;
use crate::store::Store;

/// Rows set aside that are kept of one run; beyond them they are only counted. A feed with more is
/// broken as a whole.
const MOST_QUARANTINED: u64 = 10_000;
/// Most rows of one answer.
const MOST: usize = 500;

/// One run of one feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedRun {
    /// Its number.
    pub id: i64,
    /// Which feed: `hr`, `directory`, `clock` …
    pub feed: String,
    /// Of the file as received, hexadecimal.
    pub sha256: String,
    /// Version of the reader.
    pub parser: u32,
    /// When it was received.
    pub received_at: Timestamp,
    /// When it was taken in whole, or given up.
    pub finished_at: Option<Timestamp>,
    /// Where it stands.
    pub status: RunStatus,
    /// What came of it.
    pub counts: Counts,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// Being taken in.
    Running,
    /// Taken in, but for what was set aside.
    Done,
    /// The file cannot be read.
    Failed,
    /// The process ended before the run did.
    Interrupted,
}

impl RunStatus {
    fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    fn read(name: &str) -> Self {
        match name {
            "done" => Self::Done,
            "failed" => Self::Failed,
            "interrupted" => Self::Interrupted,
            _ => Self::Running,
        }
    }
}

/// What came of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// People, or clock events, that are new.
    pub added: u64,
    /// People of whom something changed.
    pub changed: u64,
    /// People who leave.
    pub leaving: u64,
    /// People, or clock events, of whom nothing is new.
    pub unchanged: u64,
    /// Rows that repeat another.
    pub repeated: u64,
    /// Rows and fields set aside.
    pub quarantined: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.added += more.added;
        self.changed += more.changed;
        self.leaving += more.leaving;
        self.unchanged += more.unchanged;
        self.repeated += more.repeated;
        self.quarantined += more.quarantined;
    }
}

/// Whom a key of a feed's own means.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Which feed.
    pub feed: String,
    /// Its key, which survives a change of name.
    pub key: String,
    /// Who it is.
    pub person: PersonId,
    /// Sign-in name there; empty if there is none.
    pub account: String,
    /// Whether the account there can be used.
    pub enabled: bool,
    /// What the feed said last, as it said it.
    pub body: Value,
}

/// A link as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptLink {
    /// The link.
    pub link: Link,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was first heard of.
    pub first_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// A part of a run, kept whole or not at all.
#[derive(Debug, Default)]
pub struct Batch {
    /// Units nobody knew.
    pub units: Vec<Unit>,
    /// People as they are from now on.
    pub people: Vec<Person>,
    /// Who leaves, and their first moment without services.
    pub leaving: Vec<(PersonId, Timestamp)>,
    /// Whom keys mean.
    pub links: Vec<Link>,
    /// What was set aside, as the reader describes it.
    pub quarantined: Vec<Value>,
    /// What came of the batch's rows.
    pub counts: Counts,
}

impl Store {
    /// Begins a run; earlier ones of the feed that never finished are known as interrupted.
    pub async fn begin_run(
        &self,
        feed: &str,
        sha256: &str,
        parser: u32,
        at: Timestamp,
    ) -> Result<i64, StoreError> {
        let mut change = self.change().await?;
        sqlx::query(
            "UPDATE feed_runs SET status = 'interrupted' WHERE feed = $1 AND status = 'running'",
        )
        .bind(feed)
        .execute(change.sql())
        .await?;
        // The turn is ours, so nobody else draws this number.
        let row = sqlx::query(
            "INSERT INTO feed_runs (id, feed, sha256, parser, received_at, status, added, changed, \
             leaving, unchanged, repeated, quarantined) \
             SELECT CAST(COALESCE(MAX(id), 0) + 1 AS BIGINT), $1, $2, $3, $4, 'running', \
             0, 0, 0, 0, 0, 0 FROM feed_runs RETURNING id",
        )
        .bind(feed)
        .bind(sha256)
        .bind(i64::from(parser))
        .bind(at.as_microsecond())
        .fetch_one(change.sql())
        .await?;
        let id = row.try_get("id")?;
        change.commit().await?;
        Ok(id)
    }

    /// Keeps a part of a run in one transaction.
    pub async fn keep_batch(&self, run: i64, batch: Batch, act: &Act) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        for unit in batch.units {
            change.put_unit(unit, act).await?;
        }
        for person in batch.people {
            change.put_person(person, act).await?;
        }
        for (person, from) in batch.leaving {
            change.leaves(&person, from, act).await?;
        }
        for link in &batch.links {
            change.put_link(link, act.at).await?;
        }
        change
            .add_to_run(run, &batch.quarantined, batch.counts)
            .await?;
        change.commit().await
    }

    /// Keeps what a feed says of one key, if it is still at this version; 0 for a new one.
    pub async fn keep_link(
        &self,
        link: &Link,
        expected: i64,
        people: impl IntoIterator<Item = Person>,
        units: impl IntoIterator<Item = Unit>,
        act: &Act,
    ) -> Result<bool, StoreError> {
        let mut change = self.change().await?;
        let known = sqlx::query("SELECT version FROM feed_links WHERE feed = $1 AND feed_key = $2")
            .bind(link.feed.as_str())
            .bind(link.key.as_str())
            .fetch_optional(change.sql())
            .await?;
        let version: i64 = known.map_or(Ok(0), |row| row.try_get("version"))?;
        if version != expected {
            return Ok(false);
        }
        for unit in units {
            change.put_unit(unit, act).await?;
        }
        for person in people {
            change.put_person(person, act).await?;
        }
        change.put_link(link, act.at).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Ends a run.
    pub async fn finish_run(
        &self,
        run: i64,
        status: RunStatus,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        sqlx::query("UPDATE feed_runs SET status = $2, finished_at = $3 WHERE id = $1")
            .bind(run)
            .bind(status.name())
            .bind(at.as_microsecond())
            .execute(change.sql())
            .await?;
        change.commit().await
    }

    /// Runs, newest first; of one feed or of all.
    pub async fn runs(&self, feed: Option<&str>, limit: usize) -> Result<Vec<FeedRun>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, feed, sha256, parser, received_at, finished_at, status, added, changed, \
             leaving, unchanged, repeated, quarantined FROM feed_runs \
             WHERE $1 = '' OR feed = $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(feed.unwrap_or_default())
        .bind(limit.min(MOST) as i64)
        .fetch_all(self.inner.db.readers())
        .await?;
        Ok(rows.iter().map(run_of).collect::<Result<_, _>>()?)
    }

    /// What a run set aside, in order, after the first `skip`.
    pub async fn quarantined(
        &self,
        run: i64,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<Value>, StoreError> {
        let rows = sqlx::query(
            "SELECT body FROM feed_quarantine WHERE run = $1 AND n > $2 ORDER BY n LIMIT $3",
        )
        .bind(run)
        .bind(skip.min(MOST_QUARANTINED).cast_signed())
        .bind(limit.min(MOST) as i64)
        .fetch_all(self.inner.db.readers())
        .await?;
        rows.iter()
            .map(|row| parsed(row.try_get("body")?))
            .collect()
    }

    /// Every link of a feed, by key.
    pub async fn links(&self, feed: &str) -> Result<Vec<KeptLink>, StoreError> {
        let rows = sqlx::query(
            "SELECT feed, feed_key, person, account, enabled, version, first_at, changed_at, body \
             FROM feed_links WHERE feed = $1 ORDER BY feed_key",
        )
        .bind(feed)
        .fetch_all(self.inner.db.readers())
        .await?;
        rows.iter().map(link_of).collect()
    }

    /// A person's links of a feed, by key.
    pub async fn links_of(
        &self,
        feed: &str,
        person: &PersonId,
    ) -> Result<Vec<KeptLink>, StoreError> {
        let rows = sqlx::query(
            "SELECT feed, feed_key, person, account, enabled, version, first_at, changed_at, body \
             FROM feed_links WHERE person = $1 AND feed = $2 ORDER BY feed_key",
        )
        .bind(person.as_str())
        .bind(feed)
        .fetch_all(self.inner.db.readers())
        .await?;
        rows.iter().map(link_of).collect()
    }
}

impl Change<'_> {
    async fn put_link(&mut self, link: &Link, at: Timestamp) -> Result<(), StoreError> {
        // Nothing new is not a change, so the same directory read again leaves no trace here.
        sqlx::query(
            "INSERT INTO feed_links (feed, feed_key, person, account, enabled, version, first_at, \
             changed_at, body) VALUES ($1, $2, $3, $4, $5, 1, $6, $6, $7) \
             ON CONFLICT (feed, feed_key) DO UPDATE SET person = excluded.person, \
             account = excluded.account, enabled = excluded.enabled, body = excluded.body, \
             version = feed_links.version + 1, changed_at = excluded.changed_at \
             WHERE feed_links.person <> excluded.person OR feed_links.account <> excluded.account \
             OR feed_links.enabled <> excluded.enabled OR feed_links.body <> excluded.body",
        )
        .bind(link.feed.as_str())
        .bind(link.key.as_str())
        .bind(link.person.as_str())
        .bind(link.account.as_str())
        .bind(i64::from(link.enabled))
        .bind(at.as_microsecond())
        .bind(link.body.to_string())
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Adds to a run's counts and to what it set aside.
    pub(crate) async fn add_to_run(
        &mut self,
        run: i64,
        quarantined: &[Value],
        counts: Counts,
    ) -> Result<(), StoreError> {
        let row = sqlx::query(
            "SELECT CAST(COALESCE(MAX(n), 0) AS BIGINT) AS n FROM feed_quarantine WHERE run = $1",
        )
        .bind(run)
        .fetch_one(self.sql())
        .await?;
        let kept = number(row.try_get("n")?);
        let room = MOST_QUARANTINED.saturating_sub(kept);
        for (n, body) in (kept + 1..=kept + room).zip(quarantined) {
            sqlx::query("INSERT INTO feed_quarantine (run, n, body) VALUES ($1, $2, $3)")
                .bind(run)
                .bind(n.cast_signed())
                .bind(body.to_string())
                .execute(self.sql())
                .await?;
        }
        sqlx::query(
            "UPDATE feed_runs SET added = added + $2, changed = changed + $3, \
             leaving = leaving + $4, unchanged = unchanged + $5, repeated = repeated + $6, \
             quarantined = quarantined + $7 WHERE id = $1",
        )
        .bind(run)
        .bind(counts.added.cast_signed())
        .bind(counts.changed.cast_signed())
        .bind(counts.leaving.cast_signed())
        .bind(counts.unchanged.cast_signed())
        .bind(counts.repeated.cast_signed())
        .bind(counts.quarantined.cast_signed())
        .execute(self.sql())
        .await?;
        Ok(())
    }
}

pub(crate) fn run_of(row: &AnyRow) -> Result<FeedRun, sqlx::Error> {
    let count = |name: &str| row.try_get(name).map(number);
    let finished: Option<i64> = row.try_get("finished_at")?;
    Ok(FeedRun {
        id: row.try_get("id")?,
        feed: row.try_get("feed")?,
        sha256: row.try_get("sha256")?,
        parser: u32::try_from(row.try_get::<i64, _>("parser")?).unwrap_or(u32::MAX),
        received_at: instant(row.try_get("received_at")?)?,
        finished_at: finished.map(instant).transpose()?,
        status: RunStatus::read(row.try_get::<String, _>("status")?.as_str()),
        counts: Counts {
            added: count("added")?,
            changed: count("changed")?,
            leaving: count("leaving")?,
            unchanged: count("unchanged")?,
            repeated: count("repeated")?,
            quarantined: count("quarantined")?,
        },
    })
}

fn link_of(row: &AnyRow) -> Result<KeptLink, StoreError> {
    Ok(KeptLink {
        link: Link {
            feed: row.try_get("feed")?,
            key: row.try_get("feed_key")?,
            person: PersonId::new(row.try_get::<String, _>("person")?),
            account: row.try_get("account")?,
            enabled: row.try_get::<i64, _>("enabled")? == 1,
            body: parsed(row.try_get("body")?)?,
        },
        version: row.try_get("version")?,
        first_at: instant(row.try_get("first_at")?)?,
        changed_at: instant(row.try_get("changed_at")?)?,
    })
}

fn parsed(body: String) -> Result<Value, StoreError> {
    serde_json::from_str(&body).map_err(StoreError::unreadable("a feed's row"))
}
