//! Reading and writing a real OpenLDAP.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

mod reading;
mod setting;
mod writing;
