//! The outbox: every event, by number, for the journal to hear exactly once.
//!
//! The journal's entry holds the event's number. Whoever ships asks the journal for the last number
//! it holds, says so with [`Store::mark_shipped`], and ships what comes after. If the process dies
//! between the journal's write and our mark, the journal knows better, and is asked.

use matters::event::Event;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row as _;

use crate::error::StoreError;
use crate::load;
use crate::store::Store;

/// Events read at once: a few hundred kilobytes.
const BATCH: i64 = 500;

/// An event and its place in the order of all changes. Numbers start at 1 and have no gaps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberedEvent {
    /// Its number.
    pub seq: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// For people, units and posts what was changed; nothing for matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Value>,
}

/// Why shipping stopped.
#[derive(Debug, thiserror::Error)]
pub enum ShipError<E: std::error::Error + 'static> {
    /// The register could not be asked.
    #[error("events cannot be read from the register")]
    Store(#[source] StoreError),
    /// The journal did not take events. They are offered again next time.
    #[error("events are not taken")]
    Journal(#[source] E),
}

impl Store {
    /// Up to `most` events after a number, in order.
    pub async fn events_after(
        &self,
        seq: u64,
        most: usize,
    ) -> Result<Vec<NumberedEvent>, StoreError> {
        let most = i64::try_from(most).unwrap_or(BATCH).min(BATCH);
        let rows = sqlx::query(
            "SELECT body, seq, detail FROM events WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(seq.cast_signed())
        .bind(most)
        .fetch_all(self.inner.db.readers())
        .await?;
        let numbered = |row: &sqlx::any::AnyRow| {
            let seq = load::number(row.try_get(1)?);
            let detail: Option<&str> = row.try_get(2)?;
            let id = format!("event {seq}");
            Ok(NumberedEvent {
                seq,
                event: load::parse(&id, row.try_get(0)?)?,
                detail: detail.map(|detail| load::parse(&id, detail)).transpose()?,
            })
        };
        rows.iter().map(numbered).collect()
    }

    /// Number of the last event known to be in the journal.
    pub async fn shipped(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT shipped FROM register_head WHERE id = 1")
            .fetch_one(self.inner.db.readers())
            .await?;
        Ok(load::number(row.try_get(0)?))
    }

    /// Says that the journal holds every event up to this number. Never moves backwards.
    pub async fn mark_shipped(&self, seq: u64) -> Result<(), StoreError> {
        let _turn = self.inner.turn.lock().await;
        let mut tx = self.inner.db.begin().await?;
        sqlx::query(
            "UPDATE register_head SET shipped = $1 WHERE id = 1 AND shipped < $1 AND $1 <= seq",
        )
        .bind(seq.cast_signed())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Offers every event after `held` to `journal`, in order, and gives the number of the last it
    /// holds.
    ///
    /// `held` is asked of the journal itself, also after an error, as it may then hold more than is
    /// marked. So each event is there once, whenever a process is killed. One process at a time may
    /// do this.
    pub async fn ship<J: Holds>(
        &self,
        held: u64,
        journal: &mut J,
    ) -> Result<u64, ShipError<J::Error>> {
        let mut last = held;
        loop {
            let events = self
                .events_after(last, usize::try_from(BATCH).unwrap_or_default())
                .await
                .map_err(ShipError::Store)?;
            let Some(end) = events.last().map(|event| event.seq) else {
                return Ok(last);
            };
            journal.take(&events).await.map_err(ShipError::Journal)?;
            last = end;
            self.mark_shipped(last).await.map_err(ShipError::Store)?;
        }
    }
}

/// What events are shipped to.
pub trait Holds {
    /// Why it does not take them.
    type Error: std::error::Error + 'static;

    /// Takes events in order. Ends once it holds all; after an error it may hold the first of them.
    fn take(
        &mut self,
        events: &[NumberedEvent],
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}
