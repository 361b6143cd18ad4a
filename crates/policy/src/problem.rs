//! What is wrong with a pack: every problem at once, each with its place.

use std::fmt;

use serde::Serialize;

/// One thing wrong in one file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Path inside the pack.
    pub file: String,
    /// What is wrong and what to do about it: lower case, no full stop.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.message)
    }
}

/// Why a pack could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pack has {} problem(s); first: {}", .problems.len(), first(.problems))]
pub struct LoadPackError {
    /// All of them, in the order of the files.
    pub problems: Vec<Problem>,
}

fn first(problems: &[Problem]) -> String {
    problems
        .first()
        .map_or_else(|| "none".to_owned(), Problem::to_string)
}
