//! Call records that a tool hands over: a file, or rows as they come. The gate reads nothing of them; whoever
//! runs it says how calls come onto the record ([`TakesCalls`]).
//!
//! Answered once every call is on the record. A call that is there already is passed over, so whoever got no
//! answer sends the same again.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use schemars::JsonSchema;
use serde::Serialize;

/// Most bytes of call records at once: some 130,000 rows of Asterisk.
pub(crate) const LARGEST: usize = 32 * 1024 * 1024;

/// How long they may take, the sending of them included. What takes longer goes on without an answer.
pub(crate) const WITHIN: Duration = Duration::from_secs(60);

/// How many are taken at once; others wait, so that what waits is not in memory.
pub(crate) const AT_ONCE: usize = 2;

/// What came of call records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TakenCalls {
    /// SHA-256 of what was sent, hexadecimal: under this it is kept.
    pub sha256: String,
    /// The format it was read in.
    pub format: String,
    /// Rows read, headers apart.
    pub rows: u64,
    /// Calls that are on the record now and were not before.
    pub recorded: u64,
    /// Of these, those learned of late.
    pub late: u64,
    /// Calls that were on the record before.
    pub known: u64,
    /// Calls that had not ended: their rows wait for the next.
    pub unfinished: u64,
    /// Rows that cannot be read.
    pub n_set_aside: u64,
    /// The first of them.
    pub set_aside: Vec<RowSetAside>,
}

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RowSetAside {
    /// Its line; 0 for one that was left of what was sent before.
    pub row: u64,
    /// Why.
    pub reason: String,
}

/// Why call records are not taken.
#[derive(Debug)]
pub enum NotTaken {
    /// No feed of the configuration comes from this tool.
    NoFeed,
    /// They cannot be read at all, and never will: why.
    Unreadable(String),
    /// Not now.
    Later(Box<dyn Error + Send + Sync>),
}

/// What is on its way to being taken.
pub type Taking = Pin<Box<dyn Future<Output = Result<TakenCalls, NotTaken>> + Send>>;

/// Takes call records onto the record.
pub trait TakesCalls: Send + Sync {
    /// Takes what this tool sent. Once begun it is carried through, whether anybody waits or not.
    fn take_in(&self, tool: &str, records: Bytes) -> Taking;
}

impl fmt::Debug for dyn TakesCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TakesCalls")
    }
}
