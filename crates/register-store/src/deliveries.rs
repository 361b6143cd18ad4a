//! What connectors have to bring about, as the crate `directory` describes it.

use jiff::Timestamp;
use matters::id::PersonId;
use serde_json::Value;
use sqlx::Row as _;

use crate::error::StoreError;
use crate::store::Store;

/// Most deliveries of one answer.
const MOST: usize = 500;

/// A delivery as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryRow {
    /// Names it: person, service, account and kind of thing, so that wanting it otherwise is the same row.
    pub id: String,
    /// For whom.
    pub person: PersonId,
    /// Which service.
    pub service: String,
    /// When it is to be tried; never once it is done or given up.
    pub due_at: Option<Timestamp>,
    /// `due`, `done` or `failed`.
    pub status: String,
    /// The delivery.
    pub body: Value,
}

impl Store {
    /// Keeps deliveries as they stand now, all or none.
    pub async fn put_deliveries(&self, rows: &[DeliveryRow]) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        for row in rows {
            sqlx::query(
                "INSERT INTO deliveries (id, person, service, due_at, status, body) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET \
                 due_at = excluded.due_at, status = excluded.status, body = excluded.body",
            )
            .bind(row.id.as_str())
            .bind(row.person.as_str())
            .bind(row.service.as_str())
            .bind(row.due_at.map(Timestamp::as_microsecond))
            .bind(row.status.as_str())
            .bind(row.body.to_string())
            .execute(change.sql())
            .await?;
        }
        change.commit().await
    }

    /// Deliveries to be tried by now, the longest waiting first.
    pub async fn due_deliveries(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Value>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, body FROM deliveries WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2",
        )
        .bind(now.as_microsecond())
        .bind(limit.min(MOST) as i64)
        .fetch_all(self.inner.db.readers())
        .await?;
        rows.iter().map(body).collect()
    }

    /// Deliveries of a person, or with a status, or all; by id.
    pub async fn deliveries(
        &self,
        person: Option<&PersonId>,
        status: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Value>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, body FROM deliveries WHERE ($1 = '' OR person = $1) \
             AND ($2 = '' OR status = $2) ORDER BY id LIMIT $3",
        )
        .bind(person.map_or("", PersonId::as_str))
        .bind(status.unwrap_or_default())
        .bind(limit.min(MOST) as i64)
        .fetch_all(self.inner.db.readers())
        .await?;
        rows.iter().map(body).collect()
    }
}

fn body(row: &sqlx::any::AnyRow) -> Result<Value, StoreError> {
    let (id, body): (String, String) = (row.try_get("id")?, row.try_get("body")?);
    serde_json::from_str(&body).map_err(StoreError::unreadable(id))
}
