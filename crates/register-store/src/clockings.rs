//! What clocks said, as received: rows are added and never changed.

use jiff::Timestamp;
use matters::id::PersonId;
use serde_json::Value;
use sqlx::Row as _;

use crate::error::StoreError;
use crate::feeds::Counts;
use crate::load;
use crate::store::Store;

/// Most clockings of one answer: a year of a person who clocks eight times a day.
const MOST: i64 = 3000;

/// One event of a clock, ready to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockingRow {
    /// A hash of what was said; said again, it is known.
    pub id: String,
    /// Who it is.
    pub person: PersonId,
    /// When it happened.
    pub at: Timestamp,
    /// The event as received.
    pub body: Value,
}

impl Store {
    /// Keeps a part of a run of a clock feed in one transaction, and says how many events are new.
    pub async fn keep_clockings(
        &self,
        run: i64,
        rows: &[ClockingRow],
        quarantined: &[Value],
    ) -> Result<Counts, StoreError> {
        let mut change = self.change().await?;
        let mut counts = Counts {
            quarantined: quarantined.len() as u64,
            ..Counts::default()
        };
        for row in rows {
            let kept = sqlx::query(
                "INSERT INTO clockings (seq, id, person, at, run, body) \
                 SELECT CAST(COALESCE(MAX(seq), 0) + 1 AS BIGINT), $1, $2, $3, $4, $5 \
                 FROM clockings WHERE 1 = 1 ON CONFLICT (id) DO NOTHING",
            )
            .bind(row.id.as_str())
            .bind(row.person.as_str())
            .bind(row.at.as_microsecond())
            .bind(run)
            .bind(row.body.to_string())
            .execute(change.sql())
            .await?;
            match kept.rows_affected() {
                0 => counts.unchanged += 1,
                _ => counts.added += 1,
            }
        }
        change.add_to_run(run, quarantined, counts).await?;
        change.commit().await?;
        Ok(counts)
    }

    /// Everything clocks said that was received after a place in the order of receiving and happened at
    /// or after a moment, with its own place; at most 3,000. The first place is 1.
    pub async fn clockings_after(
        &self,
        seq: u64,
        from: Timestamp,
    ) -> Result<Vec<(u64, PersonId, Value)>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, id, person, body FROM clockings WHERE seq > $1 AND at >= $2 \
             ORDER BY seq LIMIT $3",
        )
        .bind(seq.cast_signed())
        .bind(from.as_microsecond())
        .bind(MOST)
        .fetch_all(self.inner.db.readers())
        .await?;
        let read = rows.iter().map(|row| {
            let (id, body): (String, String) = (row.try_get("id")?, row.try_get("body")?);
            let body = serde_json::from_str(&body).map_err(StoreError::unreadable(id))?;
            let person = PersonId::new(row.try_get::<String, _>("person")?);
            Ok((load::number(row.try_get("seq")?), person, body))
        });
        read.collect()
    }

    /// What clocks said of a person between two moments, in the order of receiving.
    pub async fn clockings(
        &self,
        person: &PersonId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Value>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, body FROM clockings WHERE person = $1 AND at >= $2 AND at < $3 \
             ORDER BY seq LIMIT $4",
        )
        .bind(person.as_str())
        .bind(from.as_microsecond())
        .bind(until.as_microsecond())
        .bind(MOST)
        .fetch_all(self.inner.db.readers())
        .await?;
        let bodies = rows.iter().map(|row| {
            let (id, body): (String, String) = (row.try_get("id")?, row.try_get("body")?);
            serde_json::from_str(&body).map_err(StoreError::unreadable(id))
        });
        bodies.collect()
    }
}
