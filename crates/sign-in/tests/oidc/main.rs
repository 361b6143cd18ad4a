//! The council's own sign-in: against a real provider, and against one that lies.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test stops here"
)]

mod liar;
mod lies;
mod real;
