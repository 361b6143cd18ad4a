//! Sign-ins half done: waiting for a code, a new password, or a provider's answer.
//!
//! Each is good for ten minutes and once. What the browser keeps for it is a token, of which only the
//! digest is here.

use jiff::{SignedDuration, Timestamp};
use matters::id::PersonId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sign_in::session::Token;
use sqlx::{AnyConnection, Row as _};

use crate::error::StoreError;
use crate::load;
use crate::sessions::Client;

/// How long one waits: long enough to find the telephone with the codes.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Most from one address at a time, so that a stranger does not push out others'. An office shares
/// one address.
const MOST_FROM_ADDRESS: i64 = 500;

/// Most in all; beyond that the oldest go.
const MOST: i64 = 10_000;

/// Wrong codes before the password is asked for again.
const TRIES: i64 = 5;

/// What a sign-in waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    Code,
    NewPassword,
    Provider,
}

impl Waiting {
    fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::NewPassword => "new-password",
            Self::Provider => "provider",
        }
    }
}

/// One that was found.
#[derive(Debug)]
pub(crate) struct Found<T> {
    pub(crate) person: PersonId,
    pub(crate) body: T,
}

/// Keeps one. `person` is empty while nobody knows whose it will be.
pub(crate) async fn keep(
    token: &Token,
    waiting: Waiting,
    person: &str,
    body: &impl Serialize,
    (client, at): (&Client, Timestamp),
    sql: &mut AnyConnection,
) -> Result<(), StoreError> {
    let over = at.saturating_sub(GOOD_FOR).unwrap_or(at).as_microsecond();
    let prune = "DELETE FROM sign_in_steps WHERE made_at <= $1 OR digest IN (\
                 SELECT digest FROM sign_in_steps ORDER BY made_at DESC LIMIT 1000 OFFSET $2) \
                 OR digest IN (SELECT digest FROM sign_in_steps WHERE address = $3 \
                 ORDER BY made_at DESC LIMIT 1000 OFFSET $4)";
    sqlx::query(prune)
        .bind(over)
        .bind(MOST - 1)
        .bind(client.network())
        .bind(MOST_FROM_ADDRESS - 1)
        .execute(&mut *sql)
        .await?;
    let body = serde_json::to_string(body).map_err(StoreError::unreadable(waiting.as_str()))?;
    sqlx::query(
        "INSERT INTO sign_in_steps (digest, step, person, address, body, made_at, tries) \
         VALUES ($1, $2, $3, $4, $5, $6, 0)",
    )
    .bind(token.digest())
    .bind(waiting.as_str())
    .bind(person)
    .bind(client.network())
    .bind(body)
    .bind(at.as_microsecond())
    .execute(sql)
    .await?;
    Ok(())
}

/// Looks one up that is still good.
pub(crate) async fn find<T: DeserializeOwned>(
    token: &Token,
    waiting: Waiting,
    at: Timestamp,
    sql: &mut AnyConnection,
) -> Result<Option<Found<T>>, StoreError> {
    let over = at.saturating_sub(GOOD_FOR).unwrap_or(at);
    let row = sqlx::query(
        "SELECT person, body FROM sign_in_steps \
         WHERE digest = $1 AND step = $2 AND made_at > $3 AND tries < $4",
    )
    .bind(token.digest())
    .bind(waiting.as_str())
    .bind(over.as_microsecond())
    .bind(TRIES)
    .fetch_optional(sql)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Found {
        person: PersonId::new(row.try_get::<String, _>(0)?),
        body: load::parse(waiting.as_str(), row.try_get(1)?)?,
    }))
}

/// Counts a wrong code.
pub(crate) async fn tried(token: &Token, sql: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE sign_in_steps SET tries = tries + 1 WHERE digest = $1")
        .bind(token.digest())
        .execute(sql)
        .await?;
    Ok(())
}

/// Takes one away. Whether it was there: of two who try, one is told so.
pub(crate) async fn take(token: &Token, sql: &mut AnyConnection) -> Result<bool, StoreError> {
    let taken = sqlx::query("DELETE FROM sign_in_steps WHERE digest = $1")
        .bind(token.digest())
        .execute(sql)
        .await?;
    Ok(taken.rows_affected() == 1)
}
