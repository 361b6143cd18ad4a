//! The two ways into the database: one connection that writes, a few that read.
//!
//! One writer, so that changes wait for one another here rather than run into locks there. Readers
//! never wait for it: both engines show them the last commit.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyPool, Executor as _, Transaction};

use crate::error::OpenError;
use crate::migrations;

/// How long anything waits for a connection: long enough for a checkpoint or a restart of the
/// database to pass, shorter than a person waits for a page.
pub(crate) const WAIT: Duration = Duration::from_secs(5);

/// Connections that read. Pages mostly read one row; more would only queue on two cores.
const READERS: u32 = 8;

/// Every SQLite connection, before anything else. WAL lets readers go on beside the writer; FULL
/// makes a commit outlive the power.
const SQLITE: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

/// Every PostgreSQL connection: nothing waits for ever for a lock or a server that hangs.
const POSTGRES: &str = "SET synchronous_commit = on; SET lock_timeout = '5s'; \
     SET statement_timeout = '30s';";

/// An open database.
#[derive(Debug)]
pub(crate) struct Db {
    writer: AnyPool,
    readers: AnyPool,
}

impl Db {
    /// Opens it and brings its tables to this release.
    pub(crate) async fn open(url: &str) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let setup = match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => SQLITE,
            Some("postgres" | "postgresql") => POSTGRES,
            _ => return Err(address(url, None)),
        };
        let options =
            AnyConnectOptions::from_str(url).map_err(|source| address(url, Some(source)))?;
        let pool = |most: u32| {
            AnyPoolOptions::new()
                .max_connections(most)
                .acquire_timeout(WAIT)
                // A server that was restarted is found again; a file does not go away.
                .test_before_acquire(setup == POSTGRES)
                .after_connect(move |connection, _| {
                    Box::pin(async move { connection.execute(setup).await.map(drop) })
                })
        };
        let writer = pool(1)
            .connect_with(options.clone())
            .await
            .map_err(OpenError::Unavailable)?;
        migrations::all()
            .run(&writer)
            .await
            .map_err(OpenError::Migrate)?;
        let readers = pool(READERS).connect_lazy_with(options);
        Ok(Self { writer, readers })
    }

    /// Begins a transaction on the connection that writes. Only one caller has it at a time.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.writer.begin().await
    }

    /// For everything that only reads.
    pub(crate) fn readers(&self) -> &AnyPool {
        &self.readers
    }

    /// Ends all connections, so that the file can be moved or the server stopped.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Without what stands before `@`: it may hold a password.
fn address(url: &str, source: Option<sqlx::Error>) -> OpenError {
    let shown = match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
        _ => url.to_owned(),
    };
    OpenError::Address { url: shown, source }
}
