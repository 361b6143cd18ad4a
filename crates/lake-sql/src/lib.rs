//! Questions to the lake in SQL, through DataFusion.
//!
//! There is a *view* of each kind of event: the columns that lie open, and the month and day the rows are
//! kept under. What is sealed is in no view, so no question can reach it. A view reads the files the lake's
//! manifest names and no others, and of those only the ones that may hold what is asked for: a question about
//! a month opens that month's files, however many years there are.
//!
//! Nothing can be changed: what is not a question is refused before it is planned, and once more as a plan.
//! What the engine gathers in memory is bounded, nothing is written to a disk, and rows are handed over up
//! to a limit. How long a question may take is for the caller. A join that finds nothing does not let go of
//! its thread for minutes, so the clock has to be another thread's, and who gives up leaves the runtime as it
//! is (`shutdown_background`).

mod answer;
mod ask;
mod error;
mod prune;
#[cfg(test)]
mod tests;
mod view;
mod views;

pub use answer::{Form, Told};
pub use ask::{Bounds, Question, Questions, STACK_BYTES};
pub use error::AskError;
pub use views::Described;
