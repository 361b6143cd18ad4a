//! Answers given so far, where a form asks one question a page.
//!
//! They are kept for the person who gave them, so that neither a restart nor another console loses
//! them. A draft is not yet anything that happened: it has no event, and it goes once it was sent, once
//! nobody answered for as long as the longest sign-in lasts, or when the person ceases to be a user.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use matters::id::PersonId;
use sqlx::{AnyConnection, Row as _};

use crate::error::StoreError;
use crate::load;
use crate::store::Store;

/// Drafts one person may have at a time; beyond that the oldest goes.
pub const MOST_EACH: i64 = 10;

/// Longest answers of one draft, in bytes as they are kept: four of the largest forms.
pub const LONGEST: usize = 1024 * 1024;

/// Values by field.
pub type Answers = BTreeMap<String, Vec<String>>;

/// Which draft, and whose. Of another person or another kind of form there is none of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftKey<'a> {
    /// Its name, as drawn by whoever began it: letters, digits, `-` and `_`.
    pub id: &'a str,
    /// Who fills it in.
    pub person: &'a PersonId,
    /// What kind of form it is.
    pub flow: &'a str,
}

/// Why answers were not kept.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// It was sent, is too old, or was never theirs.
    #[error("there is no such unfinished form")]
    Gone,
    /// More than a person types.
    #[error("the answers are longer than {LONGEST} bytes")]
    TooLong,
    /// As everywhere.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for DraftError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Begins a draft with its first answers.
    pub async fn begin_draft(
        &self,
        key: DraftKey<'_>,
        answers: &Answers,
        at: Timestamp,
    ) -> Result<(), DraftError> {
        let text = written(answers)?;
        let mut tx = self.inner.db.begin().await?;
        sqlx::query(
            "DELETE FROM drafts WHERE at <= $1 OR (person = $2 AND id IN (\
             SELECT id FROM drafts WHERE person = $2 ORDER BY at DESC, id LIMIT 1000 OFFSET $3))",
        )
        .bind(self.drafts_too_old(at))
        .bind(key.person.as_str())
        .bind(MOST_EACH - 1)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO drafts (id, person, flow, answers, at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(key.id)
        .bind(key.person.as_str())
        .bind(key.flow)
        .bind(text)
        .bind(at.as_microsecond())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// The answers so far.
    pub async fn draft(&self, key: DraftKey<'_>, at: Timestamp) -> Result<Answers, DraftError> {
        if !key.is_name() {
            return Err(DraftError::Gone);
        }
        let row = sqlx::query(
            "SELECT answers FROM drafts WHERE id = $1 AND person = $2 AND flow = $3 AND at > $4",
        )
        .bind(key.id)
        .bind(key.person.as_str())
        .bind(key.flow)
        .bind(self.drafts_too_old(at))
        .fetch_optional(self.inner.db.readers())
        .await?;
        let row = row.ok_or(DraftError::Gone)?;
        Ok(load::parse("draft", &row.try_get::<String, _>(0)?)?)
    }

    /// Keeps further answers over those there were, and gives all of them.
    pub async fn answer_draft(
        &self,
        key: DraftKey<'_>,
        further: Answers,
        at: Timestamp,
    ) -> Result<Answers, DraftError> {
        if !key.is_name() {
            return Err(DraftError::Gone);
        }
        let mut tx = self.inner.db.begin().await?;
        // The change before the reading: two answers at once wait for each other here.
        let row = sqlx::query(
            "UPDATE drafts SET at = $1 WHERE id = $2 AND person = $3 AND flow = $4 AND at > $5 \
             RETURNING answers",
        )
        .bind(at.as_microsecond())
        .bind(key.id)
        .bind(key.person.as_str())
        .bind(key.flow)
        .bind(self.drafts_too_old(at))
        .fetch_optional(&mut *tx)
        .await?;
        let row = row.ok_or(DraftError::Gone)?;
        let mut answers: Answers = load::parse("draft", &row.try_get::<String, _>(0)?)?;
        answers.extend(further);
        sqlx::query("UPDATE drafts SET answers = $1 WHERE id = $2")
            .bind(written(&answers)?)
            .bind(key.id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(answers)
    }

    /// Forgets a draft that was sent.
    pub async fn finish_draft(&self, key: DraftKey<'_>) -> Result<(), DraftError> {
        if !key.is_name() {
            return Ok(());
        }
        let mut tx = self.inner.db.begin().await?;
        sqlx::query("DELETE FROM drafts WHERE id = $1 AND person = $2 AND flow = $3")
            .bind(key.id)
            .bind(key.person.as_str())
            .bind(key.flow)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Drops drafts nobody goes on with, and gives the names of those there are: what was kept
    /// elsewhere for any other goes with it.
    pub async fn drafts_left(&self, at: Timestamp) -> Result<Vec<String>, StoreError> {
        let mut tx = self.inner.db.begin().await?;
        sqlx::query("DELETE FROM drafts WHERE at <= $1")
            .bind(self.drafts_too_old(at))
            .execute(&mut *tx)
            .await?;
        let rows = sqlx::query("SELECT id FROM drafts")
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        let names = rows.iter().map(|row| row.try_get(0));
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// The last moment of drafts that are no longer kept, in microseconds.
    fn drafts_too_old(&self, at: Timestamp) -> i64 {
        let hours = self.image().pack().people().sessions.longest_hours;
        let kept = SignedDuration::from_hours(i64::from(hours));
        at.saturating_sub(kept).unwrap_or(at).as_microsecond()
    }
}

impl DraftKey<'_> {
    /// Anything else comes from an address somebody typed, and not every database takes any text.
    fn is_name(&self) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !self.id.is_empty() && self.id.len() <= 64 && self.id.bytes().all(is_plain)
    }
}

/// Ends all of a person's: they are no user any more.
pub(crate) async fn end_all(person: &PersonId, sql: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM drafts WHERE person = $1")
        .bind(person.as_str())
        .execute(sql)
        .await?;
    Ok(())
}

fn written(answers: &Answers) -> Result<String, DraftError> {
    let text = serde_json::to_string(answers).map_err(StoreError::unreadable("draft"))?;
    if text.len() > LONGEST {
        return Err(DraftError::TooLong);
    }
    Ok(text)
}
