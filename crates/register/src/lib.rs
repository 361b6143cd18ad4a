//! Who the people are, and what was known about them at a moment.
//!
//! The gates read a [`snapshot::Snapshot`]: immutable, in memory, swapped whole. Today it is built
//! from one file; the processes that grant permissions and end accounts will publish it from the
//! register's database. Nobody reads a database while a message waits.

pub mod assets;
pub mod devices;
pub mod document;
pub mod hardware_address;
pub mod network;
pub mod snapshot;
pub mod telephone;
pub mod workstations;
