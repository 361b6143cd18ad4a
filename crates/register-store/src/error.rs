//! Why something could not be kept or read.

use matters::id::MatterId;
use matters::machine::Refused;

use crate::matters_kept::Version;

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `sqlite:` nor `postgres:`, or not an address at all.
    #[error("`{url}` is no database address; write sqlite:///folder/file or postgres://host/name")]
    Address {
        /// What was given, without a password.
        url: String,
        /// What is wrong with it.
        #[source]
        source: Option<sqlx::Error>,
    },
    /// The database does not answer.
    #[error("the register's database cannot be opened; check that it runs and may be written to")]
    Unavailable(#[source] sqlx::Error),
    /// Its tables are of a later release, or a step towards this one failed.
    #[error("the register's tables cannot be brought to this release; do not run an older one")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// What is in it cannot be read.
    #[error("the register's database cannot be read")]
    Read(#[source] StoreError),
}

/// Why a change was not made or an answer not given.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The machine says no. Nothing changed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Somebody else changed the matter since it was read. Nothing changed.
    #[error("this was changed meanwhile (version {now}, not {expected}); look at it afresh")]
    Stale {
        /// The version the caller had seen.
        expected: Version,
        /// The version there is.
        now: Version,
    },
    /// There is no such matter of this kind.
    #[error("there is no `{0}`; check the reference")]
    Missing(MatterId),
    /// The database did not take or give what was asked, in time or at all. What is in memory can
    /// still be read.
    #[error("the register's database is not available; try again in a moment")]
    Unavailable(#[from] sqlx::Error),
    /// What is stored is not what this release writes.
    #[error("`{id}` in the register cannot be read; it may be of a later release")]
    Unreadable {
        /// The row.
        id: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

impl StoreError {
    /// For `map_err` where a row's JSON is read or written.
    pub(crate) fn unreadable(id: impl Into<String>) -> impl FnOnce(serde_json::Error) -> Self {
        let id = id.into();
        move |source| Self::Unreadable { id, source }
    }
}
