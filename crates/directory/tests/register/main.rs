//! Feeds into a register.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

mod clocks;
mod hr;
mod scim;
mod setting;
