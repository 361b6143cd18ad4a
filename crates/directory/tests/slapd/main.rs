//! Reading and writing a real OpenLDAP.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

mod connecting;
mod provisioning;
mod reading;
#[path = "../register/setting.rs"]
#[allow(dead_code, reason = "the register's own tests use the rest")]
mod register;
mod setting;
mod writing;
