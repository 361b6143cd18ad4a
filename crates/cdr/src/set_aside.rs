//! Rows that are not taken: each with its place, what is wrong, and what to do about it.

/// A row that was set aside; those after it were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Line the row begins on, from 1; of JSON, the row's place from 1.
    pub row: u64,
    /// Why.
    pub reason: Reason,
}

impl std::fmt::Display for SetAside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}: {}", self.row, self.reason)
    }
}

/// Why a row was set aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A line longer than any exchange writes.
    #[error("longer than {0} bytes; look for a quotation mark that is never closed")]
    TooLong(usize),
    /// The end of the input, inside a row.
    #[error("the file ends inside this row; read it again when the exchange has written it")]
    CutOff,
    /// A quotation mark without its partner.
    #[error("a quotation mark is never closed")]
    Unclosed,
    /// Text between a closing quotation mark and the next cell.
    #[error("text follows a closing quotation mark; a quotation mark in a cell is written twice")]
    AfterQuote,
    /// More cells than any feed has.
    #[error("more than {0} cells")]
    TooManyCells(usize),
    /// A cell longer than any feed needs.
    #[error("a cell is longer than {0} bytes")]
    LongCell(usize),
    /// Not as many cells as there should be.
    #[error("{found} cells where there should be {expected}")]
    Cells {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: &'static str,
    },
    /// Not as many cells as the header has.
    #[error("{found} cells where the header has {expected}")]
    Width {
        /// How many there are.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
    /// A line that is not as the template would write it.
    #[error("the line is not as the template writes it")]
    NotOfTemplate,
    /// A line the template could have written in two ways.
    #[error("a value holds the text that separates values, so that nobody can tell which is which")]
    TwoWays,
    /// A value that is not what its field holds.
    #[error("`{value}` is no {what} (field `{field}`)")]
    Field {
        /// The field, as the feed calls it.
        field: &'static str,
        /// What it should hold.
        what: &'static str,
        /// The beginning of what it holds.
        value: String,
    },
    /// Something a row must have.
    #[error("no `{0}`")]
    Missing(&'static str),
    /// A call whose first events are in no file.
    #[error("nothing tells how this call began; bring in the file before this one first")]
    NoBeginning,
    /// Not JSON.
    #[error("not JSON from here on: {0}")]
    Json(String),
    /// A JSON value where a row should be.
    #[error("not an object")]
    NotARow,
    /// A JSON document longer than a page of rows ever is.
    #[error("a document is longer than {0} bytes; ask for smaller pages")]
    LongDocument(u64),
}

impl Reason {
    /// A value that is not what its field holds.
    pub(crate) fn field(field: &'static str, what: &'static str, value: &[u8]) -> Self {
        let value = String::from_utf8_lossy(&value[..value.len().min(160)]);
        let value = value
            .chars()
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .take(40)
            .collect();
        Self::Field { field, what, value }
    }
}
