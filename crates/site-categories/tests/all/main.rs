//! The crate as its users see it: lists in a folder, a file, and answers.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod building;
mod folder;
mod live;
mod lookup;
mod opening;
