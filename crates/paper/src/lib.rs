//! What people print, sign in ink, keep or post: a [`Document`] of headings, paragraphs, questions
//! and answers becomes a PDF file.
//!
//! Pure: the same document gives the same bytes. The file has a title, a language, headings and
//! tables that a screen reader finds (PDF/UA-1), text that can be selected, and its typefaces
//! within. What to say is the caller's; this crate knows pages, lines and letters.
//!
//! Text may be anything. A character the typeface does not have, or that would not be seen or would
//! turn the text around, stands as `�`, and a line at the end says so if there is room for one.

mod clean;
mod content;
mod draw;
mod flow;
mod typeface;
mod wrap;

pub use content::{Block, Column, Document, Size};

use flow::Flow;
use typeface::Typefaces;

/// Most pages of one file. What does not fit is left out, and the last page says so.
pub const MOST_PAGES: usize = 100;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// One of the two that come with this crate.
    #[error("a typeface cannot be read")]
    Typeface,
    /// The library found that it would break a promise of PDF/UA.
    #[error("the document cannot be written as an accessible PDF: {0}")]
    Unfit(String),
}

/// Writes a document as a PDF file.
///
/// A page takes about a millisecond; whoever serves others meanwhile asks from a thread of its own.
pub fn pdf(document: &Document) -> Result<Vec<u8>, PaperError> {
    let typefaces = Typefaces::load()?;
    let flow = Flow::of(document, &typefaces);
    draw::file(document, flow, &typefaces)
}

#[cfg(test)]
mod tests;
