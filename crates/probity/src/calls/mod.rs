//! Telephone calls as feeds tell of them: put into folders, added to a file, or
//! handed over by a command or by HTTP, each recorded once.

pub(crate) mod config;
mod files;
mod follow;
mod growing;
mod handed;
pub(crate) mod intake;
mod seen;
pub(crate) mod spool;
pub(crate) mod statistics;
mod unfinished;

pub(crate) use config::CallsConfig;
pub(crate) use files::How;
pub(crate) use follow::follow;
pub(crate) use handed::Handed;
