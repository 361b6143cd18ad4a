//! One module for each command. They gather, call the crates, and print.

pub(crate) mod categories;
pub(crate) mod check;
pub(crate) mod decide;
pub(crate) mod init;
pub(crate) mod integrate;
pub(crate) mod man;
pub(crate) mod policy;
pub(crate) mod record;
pub(crate) mod serve;
