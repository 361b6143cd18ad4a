//! Call detail records: the bytes telephone systems and mobile operators write, to calls.
//!
//! [`reading::Reading`] turns a feed into legs, one a row, and sets aside what cannot be read;
//! [`joining::Joiner`] makes calls of legs, as a ring group or a transfer writes several rows about
//! one call; [`number::Numbers`] says what kind of number each party has.
//!
//! Nothing here opens a file or a socket, asks the time, or judges: a number nobody can class is
//! [`number::Class::Unknown`], and a time that happened twice says so.

pub mod call;
mod cells;
mod field;
pub mod format;
mod header;
pub mod joining;
pub mod leg;
pub mod money;
pub mod number;
pub mod reading;
mod rows;
pub mod set_aside;
pub mod tariff;
pub mod when;

#[cfg(test)]
mod tests;
