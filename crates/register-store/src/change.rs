//! One transaction: what changes, its events, and what follows from them.
//!
//! Changes stand in one order. Within a process they wait for a turn; between processes they wait
//! for the one row of `register_head`, which each takes first. So event numbers have no gaps, a
//! number that can be read is a change that can be read, and a step is judged by the register as it
//! stands after the change before it.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use matters::event::{Act, Event};
use matters::id::{MatterId, PersonId};
use register::workstations::Workstations;
use serde_json::Value;
use sqlx::{Any, AnyConnection, Row as _, Transaction};
use tokio::sync::MutexGuard;

use crate::db::WAIT;
use crate::error::StoreError;
use crate::image::Image;
use crate::kind::Outcome;
use crate::matters_kept::Version;
use crate::store::Inner;
use crate::{load, notices, reference, tasks};

/// References drawn before a matter's: a clash is one in a million, so the second is new.
const DRAWS: usize = 8;

/// A change on its way. Dropped without [`Change::commit`], nothing of it happened.
pub(crate) struct Change<'s> {
    inner: &'s Inner,
    _turn: MutexGuard<'s, ()>,
    tx: Transaction<'static, Any>,
    /// The register as it will stand after this change.
    pub(crate) image: Image,
    /// Events whose consequences for other matters are still to be drawn.
    pub(crate) to_follow: VecDeque<(Event, Option<Value>)>,
}

/// A matter's row.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: MatterId,
    pub(crate) state: String,
    pub(crate) version: Version,
    pub(crate) opened_at: Timestamp,
    pub(crate) changed_at: Timestamp,
    pub(crate) body: String,
}

impl Row {
    pub(crate) fn of(row: &sqlx::any::AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: MatterId::new(row.try_get::<String, _>("id")?),
            state: row.try_get("state")?,
            version: Version(row.try_get("version")?),
            opened_at: instant(row.try_get("opened_at")?)?,
            changed_at: instant(row.try_get("changed_at")?)?,
            body: row.try_get("body")?,
        })
    }
}

/// A moment as tables hold it.
pub(crate) fn instant(micros: i64) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_microsecond(micros).map_err(|error| sqlx::Error::Decode(error.into()))
}

impl<'s> Change<'s> {
    /// Waits for the turn, and brings the image up to the last commit of any process.
    pub(crate) async fn begin(inner: &'s Inner) -> Result<Self, StoreError> {
        let turn = tokio::time::timeout(WAIT, inner.turn.lock())
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?;
        let mut tx = inner.db.begin().await?;
        let head = sqlx::query("UPDATE register_head SET seq = seq WHERE id = 1 RETURNING seq")
            .fetch_one(&mut *tx)
            .await?;
        let mut image = inner.image.load().as_ref().clone();
        load::catch_up(&mut image, &mut tx, load::number(head.try_get(0)?)).await?;
        Ok(Self {
            inner,
            _turn: turn,
            tx,
            image,
            to_follow: VecDeque::new(),
        })
    }

    /// The policy steps are taken under.
    pub(crate) fn policy_version(&self) -> String {
        self.image.pack.settings().version.clone()
    }

    /// The transaction's connection.
    pub(crate) fn sql(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    /// Which computer is whose.
    pub(crate) fn workstations(&self) -> Arc<Workstations> {
        self.inner.workstations.load_full()
    }

    /// Makes all of it last, and lets it be seen.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.follow().await?;
        sqlx::query("UPDATE register_head SET seq = $1 WHERE id = 1")
            .bind(self.image.seq.cast_signed())
            .execute(&mut *self.tx)
            .await?;
        self.tx.commit().await?;
        self.inner.publish(self.image);
        Ok(())
    }

    /// Puts an event on the record and gives its number.
    pub(crate) async fn record(
        &mut self,
        event: Event,
        detail: Option<Value>,
    ) -> Result<u64, StoreError> {
        let seq = self.image.seq + 1;
        let id = || event.matter.as_str().to_owned();
        let body = serde_json::to_string(&event).map_err(StoreError::unreadable(id()))?;
        sqlx::query(
            "INSERT INTO events (seq, at, kind, matter, subject, body, detail) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(seq.cast_signed())
        .bind(event.act.at.as_microsecond())
        .bind(event.kind.as_str())
        .bind(event.matter.as_str())
        .bind(event.subject.as_str())
        .bind(body)
        .bind(detail.as_ref().map(Value::to_string))
        .execute(&mut *self.tx)
        .await?;
        self.image.seq = seq;
        self.to_follow.push_back((event, detail));
        Ok(seq)
    }

    /// The row of a matter of this kind.
    pub(crate) async fn row(&mut self, id: &MatterId, kind: &str) -> Result<Row, StoreError> {
        let row = sqlx::query(
            "SELECT id, state, version, opened_at, changed_at, body \
             FROM matters WHERE id = $1 AND kind = $2",
        )
        .bind(id.as_str())
        .bind(kind)
        .fetch_optional(&mut *self.tx)
        .await?;
        match row {
            Some(row) => Ok(Row::of(&row)?),
            None => Err(StoreError::Missing(id.clone())),
        }
    }

    /// Keeps a matter that begins, under a new reference.
    pub(crate) async fn open(
        &mut self,
        prefix: &str,
        outcome: Outcome,
        act: &Act,
    ) -> Result<MatterId, StoreError> {
        let id = MatterId::new(self.new_reference(prefix, Numbered::Matters).await?);
        sqlx::query(
            "INSERT INTO matters (id, kind, subject, state, is_over, remembered, about, version, \
             due_at, opened_at, changed_at, body, fact) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $9, $10, $11)",
        )
        .bind(id.as_str())
        .bind(outcome.kind)
        .bind(outcome.subject.as_str())
        .bind(outcome.state)
        .bind(i64::from(outcome.is_over))
        .bind(i64::from(outcome.said.is_remembered))
        .bind(outcome.about.as_str())
        .bind(outcome.due.map(Timestamp::as_microsecond))
        .bind(act.at.as_microsecond())
        .bind(outcome.body.as_str())
        .bind(outcome.said.fact_json(outcome.kind)?)
        .execute(&mut *self.tx)
        .await?;
        self.record_outcome(&id, None, outcome, act).await?;
        Ok(id)
    }

    /// Keeps a step of a matter, if nobody else changed it since `row` was read.
    pub(crate) async fn step(
        &mut self,
        row: &Row,
        outcome: Outcome,
        act: &Act,
    ) -> Result<(), StoreError> {
        let next = Version(row.version.0 + 1);
        let done = sqlx::query(
            "UPDATE matters SET subject = $3, state = $4, is_over = $5, remembered = $6, \
             about = $7, version = $8, due_at = $9, changed_at = $10, body = $11, fact = $12 \
             WHERE id = $1 AND version = $2",
        )
        .bind(row.id.as_str())
        .bind(row.version.0)
        .bind(outcome.subject.as_str())
        .bind(outcome.state)
        .bind(i64::from(outcome.is_over))
        .bind(i64::from(outcome.said.is_remembered))
        .bind(outcome.about.as_str())
        .bind(next.0)
        .bind(outcome.due.map(Timestamp::as_microsecond))
        .bind(act.at.as_microsecond())
        .bind(outcome.body.as_str())
        .bind(outcome.said.fact_json(outcome.kind)?)
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() != 1 {
            return Err(StoreError::Stale {
                expected: row.version,
                now: next,
            });
        }
        self.record_outcome(&row.id, Some(&row.state), outcome, act)
            .await
    }

    /// The event of a step, what it means for the image, and whom it tells.
    async fn record_outcome(
        &mut self,
        id: &MatterId,
        from: Option<&str>,
        outcome: Outcome,
        act: &Act,
    ) -> Result<(), StoreError> {
        let event = Event {
            matter: id.clone(),
            kind: outcome.kind.to_owned(),
            subject: outcome.subject.clone(),
            step: outcome.step.to_owned(),
            from: from.map(str::to_owned),
            to: outcome.state.to_owned(),
            act: act.clone(),
            authority: outcome.authority,
            policy_version: self.policy_version(),
            clauses: outcome.clauses,
        };
        let seq = self.record(event.clone(), None).await?;
        load::put_matter(
            &mut self.image,
            outcome.kind,
            id,
            &event.subject,
            outcome.said,
        );
        self.name(id, &outcome.named).await?;
        notices::send(self, seq, &event, &outcome.effects).await?;
        tasks::set(self, seq, &event, &outcome.effects).await
    }

    /// Whose leaving or moving a matter now depends on, beside its subject's.
    async fn name(&mut self, id: &MatterId, people: &[PersonId]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM matter_people WHERE matter = $1")
            .bind(id.as_str())
            .execute(&mut *self.tx)
            .await?;
        for person in people {
            sqlx::query(
                "INSERT INTO matter_people (matter, person) VALUES ($1, $2) \
                 ON CONFLICT (matter, person) DO NOTHING",
            )
            .bind(id.as_str())
            .bind(person.as_str())
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }

    /// A reference nothing in this table has.
    pub(crate) async fn new_reference(
        &mut self,
        prefix: &str,
        table: Numbered,
    ) -> Result<String, StoreError> {
        let mut reference = String::new();
        for _ in 0..DRAWS {
            reference = reference::draw(prefix).map_err(sqlx::Error::Io)?;
            let taken = sqlx::query(table.has())
                .bind(reference.as_str())
                .fetch_optional(&mut *self.tx)
                .await?;
            if taken.is_none() {
                break;
            }
        }
        Ok(reference)
    }
}

/// A table whose rows have references.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Numbered {
    Matters,
    Tasks,
}

impl Numbered {
    fn has(self) -> &'static str {
        match self {
            Self::Matters => "SELECT id FROM matters WHERE id = $1",
            Self::Tasks => "SELECT id FROM tasks WHERE id = $1",
        }
    }
}
