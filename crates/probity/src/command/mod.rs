//! One module for each command. They gather, call the crates, and print.

pub(crate) mod account;
pub(crate) mod calls;
pub(crate) mod categories;
pub(crate) mod check;
pub(crate) mod content;
pub(crate) mod decide;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod integrate;
pub(crate) mod known_files;
pub(crate) mod lake;
pub(crate) mod mailboxes;
pub(crate) mod man;
pub(crate) mod matter;
pub(crate) mod person;
pub(crate) mod policy;
pub(crate) mod post;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod retrain;
pub(crate) mod serve;
