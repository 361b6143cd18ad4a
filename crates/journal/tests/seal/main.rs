//! Sealing a journal, and verifying it after all that may be done to it.
#![allow(clippy::unwrap_used)]

mod sealed;
mod sealing;
mod verifying;
