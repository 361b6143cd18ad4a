//! Failures of sign-in, counted for the name tried and for the address it was tried from.

use jiff::{SignedDuration, Timestamp};
use sign_in::throttle::{CountedFor, FORGOTTEN, Failures};
use sqlx::{AnyConnection, Row as _};

use crate::change::instant;
use crate::error::StoreError;
use crate::seal::Key;

/// Most rows kept. Beyond that the oldest go: to make room for a further try at one name, somebody
/// would have to fail ten thousand times at others.
const MOST: i64 = 10_000;

/// What is counted for one try: a mark for the name and one for the address.
#[derive(Debug, Clone)]
pub(crate) struct Counted([(CountedFor, String); 2]);

impl Counted {
    /// `name` is folded.
    pub(crate) fn of(name: &str, address: &str, key: &Key) -> Self {
        Self([
            (CountedFor::Account, key.mark("name", name)),
            (CountedFor::Address, key.mark("address", address)),
        ])
    }

    /// How long to wait before the next try.
    pub(crate) async fn wait(
        &self,
        at: Timestamp,
        sql: &mut AnyConnection,
    ) -> Result<SignedDuration, StoreError> {
        let mut longest = SignedDuration::ZERO;
        for (counted_for, mark) in &self.0 {
            let failures = read(mark, sql).await?;
            let wait = failures.map(|failures| failures.wait(*counted_for, at));
            longest = longest.max(wait.unwrap_or_default());
        }
        Ok(longest)
    }

    /// Counts one more failure, and forgets what no longer counts.
    pub(crate) async fn fail(
        &self,
        at: Timestamp,
        sql: &mut AnyConnection,
    ) -> Result<(), StoreError> {
        let forgotten = at.saturating_sub(FORGOTTEN).unwrap_or(at);
        sqlx::query(
            "DELETE FROM sign_in_failures WHERE last_at < $1 OR last_at < COALESCE((\
             SELECT last_at FROM sign_in_failures ORDER BY last_at DESC LIMIT 1 OFFSET $2), 0)",
        )
        .bind(forgotten.as_microsecond())
        .bind(MOST)
        .execute(&mut *sql)
        .await?;
        for (_, mark) in &self.0 {
            let failures = Failures::and_one(read(mark, sql).await?, at);
            sqlx::query(
                "INSERT INTO sign_in_failures (counted_for, n, last_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (counted_for) DO UPDATE SET n = excluded.n, last_at = excluded.last_at",
            )
            .bind(mark.as_str())
            .bind(i64::from(failures.count))
            .bind(failures.last.as_microsecond())
            .execute(&mut *sql)
            .await?;
        }
        Ok(())
    }

    /// The name's failures no longer count. Those of the address do: one good account would
    /// otherwise buy any number of tries at others.
    pub(crate) async fn succeed(&self, sql: &mut AnyConnection) -> Result<(), StoreError> {
        let [(_, name), _] = &self.0;
        sqlx::query("DELETE FROM sign_in_failures WHERE counted_for = $1")
            .bind(name.as_str())
            .execute(sql)
            .await?;
        Ok(())
    }
}

async fn read(mark: &str, sql: &mut AnyConnection) -> Result<Option<Failures>, StoreError> {
    let row = sqlx::query("SELECT n, last_at FROM sign_in_failures WHERE counted_for = $1")
        .bind(mark)
        .fetch_optional(sql)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Failures {
        count: u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(u32::MAX),
        last: instant(row.try_get(1)?)?,
    }))
}
