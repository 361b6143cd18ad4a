//! Answers kept for requests that may be sent again.
//!
//! A program that does not hear the answer sends the request again, under the same key. What it
//! asked for is done once: the answer is kept in the transaction that did it, so whenever a process
//! is killed, both are there or neither. A request that was refused changed nothing and leaves no
//! answer: sent again, it is judged again.

use jiff::{SignedDuration, Timestamp};
use matters::event::Act;
use matters::id::MatterId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{AnyConnection, Row as _};

use crate::error::StoreError;
use crate::kind::Stored;
use crate::load;
use crate::matters_kept::{Kept, Version};
use crate::store::Store;

/// How long an answer is kept: programs give up long before.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Most answers kept for one holder; beyond that the oldest go. At a few kilobytes each that is
/// some tens of megabytes.
const MOST: i64 = 10_000;

/// Longest key, in bytes.
pub const LONGEST_KEY: usize = 128;

/// A request that may be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Whose it is; another's same key is another key.
    pub holder: String,
    /// The key it came with.
    pub key: String,
    /// SHA-256 of everything that makes it this request, hexadecimal.
    pub sha256: String,
}

/// Why a request that may be sent again was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The key came with another request before.
    #[error("this key came with another request; draw a new key for each request")]
    OtherRequest,
    /// As without a key.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// The answer given to a request before, if there is one.
    pub async fn answer<A: DeserializeOwned>(
        &self,
        request: &Request,
        at: Timestamp,
    ) -> Result<Option<A>, AnswerError> {
        let acquired = self.inner.db.readers().acquire().await;
        let mut sql = acquired.map_err(StoreError::from)?;
        find(request, at, &mut sql).await
    }

    /// Keeps the answer to what was done elsewhere. Of two answers to one request the first stands.
    pub async fn keep_answer(
        &self,
        request: &Request,
        at: Timestamp,
        answer: &impl Serialize,
    ) -> Result<(), AnswerError> {
        let mut change = self.change().await?;
        keep(request, at, answer, change.sql()).await?;
        Ok(change.commit().await?)
    }

    /// Begins a matter and keeps what is answered, unless that was answered before.
    pub async fn open_matter_once<M: Stored, A: Serialize + DeserializeOwned>(
        &self,
        opening: M::Opening,
        act: &Act,
        request: &Request,
        answer: impl FnOnce(&Kept<M>) -> A,
    ) -> Result<A, AnswerError> {
        let mut change = self.change().await?;
        if let Some(before) = find(request, act.at, change.sql()).await? {
            return Ok(before);
        }
        let kept = change.open_matter::<M>(opening, act).await?;
        let answer = answer(&kept);
        keep(request, act.at, &answer, change.sql()).await?;
        change.commit().await?;
        Ok(answer)
    }

    /// Takes a step and keeps what is answered, unless that was answered before.
    pub async fn take_once<M: Stored, A: Serialize + DeserializeOwned>(
        &self,
        (id, expected): (&MatterId, Option<Version>),
        step: M::Step,
        act: &Act,
        request: &Request,
        answer: impl FnOnce(&Kept<M>) -> A,
    ) -> Result<A, AnswerError> {
        let mut change = self.change().await?;
        if let Some(before) = find(request, act.at, change.sql()).await? {
            return Ok(before);
        }
        let kept = change.take::<M>(id, expected, step, act).await?;
        let answer = answer(&kept);
        keep(request, act.at, &answer, change.sql()).await?;
        change.commit().await?;
        Ok(answer)
    }
}

async fn find<A: DeserializeOwned>(
    request: &Request,
    at: Timestamp,
    sql: &mut AnyConnection,
) -> Result<Option<A>, AnswerError> {
    let row = sqlx::query(
        "SELECT request, answer FROM api_answers \
         WHERE holder = $1 AND sent_key = $2 AND at > $3",
    )
    .bind(request.holder.as_str())
    .bind(request.key.as_str())
    .bind(too_old(at))
    .fetch_optional(sql)
    .await
    .map_err(StoreError::from)?;
    let Some(row) = row else { return Ok(None) };
    let column = |column: usize| row.try_get::<String, _>(column).map_err(StoreError::from);
    if column(0)? != request.sha256 {
        return Err(AnswerError::OtherRequest);
    }
    Ok(Some(load::parse("answer", &column(1)?)?))
}

async fn keep(
    request: &Request,
    at: Timestamp,
    answer: &impl Serialize,
    sql: &mut AnyConnection,
) -> Result<(), StoreError> {
    let answer = serde_json::to_string(answer).map_err(StoreError::unreadable("answer"))?;
    sqlx::query(
        "DELETE FROM api_answers WHERE at <= $1 OR (holder = $2 AND sent_key IN (\
         SELECT sent_key FROM api_answers WHERE holder = $2 \
         ORDER BY at DESC LIMIT 1000 OFFSET $3))",
    )
    .bind(too_old(at))
    .bind(request.holder.as_str())
    .bind(MOST - 1)
    .execute(&mut *sql)
    .await?;
    sqlx::query(
        "INSERT INTO api_answers (holder, sent_key, request, at, answer) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (holder, sent_key) DO NOTHING",
    )
    .bind(request.holder.as_str())
    .bind(request.key.as_str())
    .bind(request.sha256.as_str())
    .bind(at.as_microsecond())
    .bind(answer)
    .execute(sql)
    .await?;
    Ok(())
}

/// The last moment of answers that are no longer kept, in microseconds.
fn too_old(at: Timestamp) -> i64 {
    at.saturating_sub(KEPT).unwrap_or(at).as_microsecond()
}
