//! Local accounts, as their rows hold them. Who may use one is judged in [`crate::sign_in`].

use jiff::Timestamp;
use matters::id::PersonId;
use sign_in::totp::Step;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use crate::change::instant;
use crate::error::StoreError;
use crate::load;

/// A local account.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) person: PersonId,
    /// Folded.
    pub(crate) name: String,
    pub(crate) hash: String,
    /// Hashes of earlier passwords, the newest first.
    pub(crate) earlier: Vec<String>,
    /// When the password was set.
    pub(crate) set_at: Timestamp,
    /// Somebody else knows the password.
    pub(crate) must_change: bool,
    pub(crate) disabled: bool,
    /// The secret of one-time codes, sealed.
    pub(crate) code: Option<String>,
    /// The same, of an app that has not shown it works.
    pub(crate) code_new: Option<String>,
    /// The last code used.
    pub(crate) code_step: Option<Step>,
}

impl Account {
    /// The account with a folded name.
    pub(crate) async fn named(
        name: &str,
        sql: &mut AnyConnection,
    ) -> Result<Option<Self>, StoreError> {
        let row = sqlx::query(
            "SELECT person, name, hash, earlier, set_at, must_change, disabled, code, code_new, \
             code_step FROM accounts WHERE name = $1",
        )
        .bind(name)
        .fetch_optional(sql)
        .await?;
        row.as_ref().map(Self::read).transpose()
    }

    /// A person's account.
    pub(crate) async fn of(
        person: &PersonId,
        sql: &mut AnyConnection,
    ) -> Result<Option<Self>, StoreError> {
        let row = sqlx::query(
            "SELECT person, name, hash, earlier, set_at, must_change, disabled, code, code_new, \
             code_step FROM accounts WHERE person = $1",
        )
        .bind(person.as_str())
        .fetch_optional(sql)
        .await?;
        row.as_ref().map(Self::read).transpose()
    }

    /// Keeps it as it is now.
    pub(crate) async fn put(&self, sql: &mut AnyConnection) -> Result<(), StoreError> {
        let earlier = serde_json::to_string(&self.earlier)
            .map_err(StoreError::unreadable(self.person.as_str()))?;
        sqlx::query(
            "INSERT INTO accounts (person, name, hash, earlier, set_at, must_change, disabled, \
             code, code_new, code_step) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (person) DO UPDATE SET name = excluded.name, hash = excluded.hash, \
             earlier = excluded.earlier, set_at = excluded.set_at, \
             must_change = excluded.must_change, disabled = excluded.disabled, \
             code = excluded.code, code_new = excluded.code_new, code_step = excluded.code_step",
        )
        .bind(self.person.as_str())
        .bind(self.name.as_str())
        .bind(self.hash.as_str())
        .bind(earlier)
        .bind(self.set_at.as_microsecond())
        .bind(i64::from(self.must_change))
        .bind(i64::from(self.disabled))
        .bind(self.code.as_deref())
        .bind(self.code_new.as_deref())
        .bind(self.code_step.map(|step| step.0))
        .execute(sql)
        .await?;
        Ok(())
    }

    fn read(row: &AnyRow) -> Result<Self, StoreError> {
        let person: String = row.try_get("person")?;
        Ok(Self {
            earlier: load::parse(&person, row.try_get("earlier")?)?,
            person: PersonId::new(person),
            name: row.try_get("name")?,
            hash: row.try_get("hash")?,
            set_at: instant(row.try_get("set_at")?)?,
            must_change: row.try_get::<i64, _>("must_change")? != 0,
            disabled: row.try_get::<i64, _>("disabled")? != 0,
            code: row.try_get("code")?,
            code_new: row.try_get("code_new")?,
            code_step: row.try_get::<Option<i64>, _>("code_step")?.map(Step),
        })
    }
}
