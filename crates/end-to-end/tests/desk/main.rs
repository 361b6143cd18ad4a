//! The desk gate beside the real servers that ask it: one test for each numbered folder of
//! `integrations/freeradius`, `integrations/prosody` and `integrations/cups`.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

mod chat;
mod gate;
mod printing;
mod radius;
