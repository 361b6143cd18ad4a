//! The store, on both of its databases.
//!
//! Every behaviour runs on SQLite and on a private PostgreSQL. Where PostgreSQL is not installed
//! those tests say so and are skipped, except under CI.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test stops here"
)]

mod council;
mod engines;

mod access;
mod answers;
mod away;
mod backlog;
mod drafts;
mod enquiries;
mod feeds;
mod keeping;
mod killed;
mod lists;
mod notice_mail;
mod own_use;
mod schools;
mod shipping;
mod sign_in;
mod sign_ins_seen;
mod signing;
mod tokens;
mod tries;
mod upgrade;
mod uses;
