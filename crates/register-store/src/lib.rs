//! The register in SQL: people, posts and matters, kept so that no change is without its event.
//!
//! Whatever changes does so in one transaction: the thing itself, the numbered [`Event`] that says
//! who did it on whose authority, the notices and tasks that follow, and what it means for other
//! matters of the same person. SQLite or PostgreSQL hold it, through one SQL text.
//!
//! Beside the database stands an [`image::Image`] in memory, as of the last commit: machines are
//! judged by it, the gates' facts are built from it, and it can still be read while the database is
//! away. Several processes may share one database; each follows the others' events.
//!
//! Nothing here judges a step: `matters` does. Nothing here has a clock: time comes with each act.
//!
//! [`Event`]: matters::event::Event

mod accounts;
mod cascade;
mod change;
mod db;
mod document;
mod due;
mod error;
mod facts;
mod kind;
mod leavers;
mod load;
mod migrations;
mod random;
mod reference;
mod restate;
mod steps;
mod throttle;

pub mod answers;
pub mod backlog;
pub mod clockings;
pub mod deliveries;
pub mod drafts;
pub mod enquiries;
pub mod feeds;
pub mod feeds_health;
pub mod image;
pub mod looks;
pub mod matters_kept;
pub mod notice_mail;
pub mod notices;
pub mod outbox;
pub mod overview;
pub mod own_use;
pub mod people;
pub mod permission_register;
pub mod reconciliation;
pub mod seal;
pub mod sessions;
pub mod sign_ins_seen;
pub mod signatures;
pub mod signing_in;
pub mod store;
pub mod tasks;
pub mod together;
pub mod tokens;
pub mod tries;
pub mod unreached;
pub mod uses;
pub mod voicemail;
pub mod waiting;
pub mod work_list;

pub use error::{OpenError, StoreError};
pub use kind::{Fact, Mailbox, Stored};
pub use store::Store;
