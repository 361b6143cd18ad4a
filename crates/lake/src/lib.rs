//! The event lake: what stands on the record, as Parquet files that answer questions over years.
//!
//! Entries of the record become rows of *tables*, one for each kind of event, in a *partition* for
//! each day on which something happened: `kind=web/month=2026-11/day=03/`. A kind this program does
//! not know yet has a table too, so nothing is lost. The record stays the truth; the lake can be made
//! again from it.
//!
//! - **Pseudonyms.** Person-level columns hold keyed pseudonyms, which are the same within one month
//!   and cannot be joined across two. What stands behind them (ids, addresses, paths, the facts) lies
//!   in a *sealed* file beside each table's, encrypted under the month's key.
//! - **Exactly once.** How far the record was taken (the *watermark*) and which files count are one
//!   object, the manifest, replaced in one step. A file that no manifest names does not exist.
//! - **Disposal** drops whole partitions, and the key of a month with its last one. What was dropped
//!   stands on the record.
//!
//! Only [`unseal`] opens what is sealed, for an [`unseal::Authorisation`], which nothing outside this
//! crate can make yet.
//!
//! It runs in any executor; work on columns is done in the calling thread, so give it one of its own.

mod batch;
mod columns;
pub mod compact;
pub mod dispose;
mod encode;
mod entry;
mod error;
pub mod export;
mod follow;
mod keys;
mod lock;
pub mod manifest;
mod partition;
mod pseudonym;
mod seal;
mod state;
mod store;
pub mod tables;
#[cfg(test)]
mod tests;
pub mod unseal;
pub mod verify;

pub use error::LakeError;
pub use follow::{Follower, Taken};
pub use keys::Keys;
pub use lock::WriterLock;
pub use partition::{Day, Kind, Month};
pub use state::{Lake, Status};
pub use store::Store;
