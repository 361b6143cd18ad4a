//! What is set aside from a feed, and why.
//!
//! A row that cannot be taken never stops the others: it waits, with its position, what is wrong in
//! which field, and what whoever looks after the feed can do about it.

use serde::{Deserialize, Serialize};

/// Something a feed said that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Line of the file the row begins on, the header being line 1; for other feeds, its place from 1.
    pub row: u64,
    /// The column, or what stands in for one.
    pub field: String,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: String,
    /// Whom the row is about, as the feed says it, where that much could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// How much was set aside.
    pub set_aside: SetAside,
}

/// How much was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetAside {
    /// The whole row: nothing of it was taken.
    Row,
    /// One field: the rest of the row was taken.
    Field,
}

impl Quarantined {
    /// A row of which nothing is taken.
    pub fn row(
        row: u64,
        field: impl Into<String>,
        reason: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            row,
            field: field.into(),
            reason: reason.into(),
            hint: hint.into(),
            about: None,
            set_aside: SetAside::Row,
        }
    }

    /// A field that is not taken, of a row that otherwise is.
    pub fn field(
        row: u64,
        field: impl Into<String>,
        reason: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            set_aside: SetAside::Field,
            ..Self::row(row, field, reason, hint)
        }
    }

    /// The same, naming whom it is about.
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = Some(about.into());
        self
    }
}

impl std::fmt::Display for Quarantined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}, {}: {}", self.row, self.field, self.reason)?;
        match self.hint.as_str() {
            "" => Ok(()),
            hint => write!(f, "; {hint}"),
        }
    }
}
