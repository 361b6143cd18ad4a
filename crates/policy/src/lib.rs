//! A council's acceptable-use policy as data, and the one function that decides by it.
//!
//! A *pack* holds what one council adopted: its clauses, its parameters, its editions for
//! different audiences, and Cedar rules that cite the clauses. [`pack::Pack::decide`] takes the
//! facts of one activity and gives one plain [`decision::Decision`]: outcome, the clauses that led
//! there, obligations, and the rules that could not be evaluated.
//!
//! Nothing here knows the time, opens a file or asks a network: facts come in as arguments, so a
//! recorded decision can be worked out again years later from the record alone.

pub mod clause;
mod compile;
pub mod coverage;
pub mod decision;
mod digest;
pub mod edition_text;
mod evaluate;
pub mod memo;
pub mod obligation;
pub mod pack;
pub mod people;
pub mod problem;
pub mod request;
pub mod rule;
pub mod scenario;
pub mod settings;
mod thresholds;
pub mod vocabulary;
