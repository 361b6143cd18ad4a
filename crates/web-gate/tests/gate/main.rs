//! The gate over real sockets, asked as Squid asks it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod answers;
mod client;
mod coaching;
mod failing;
mod protocol;
mod town;
