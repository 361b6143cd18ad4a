//! Files somebody has registered, recognised when they come by again: the very file, or its text
//! however it was saved, wrapped, quoted or lightly edited since.
//!
//! A file is known by its size and SHA-256. A text is known by fingerprints of runs of its letters:
//! of all runs a few are selected by winnowing (Schleimer, Wilkerson and Aiken, 2003), which selects
//! the same ones wherever the same text stands. Decision 0020 says why, and what the thresholds are.
//!
//! What is kept of a file are its size and hashes under a [`Key`], never words: a [`Register`] alone tells
//! nothing of a text but its reference. Whoever has the key too can ask whether a text they hold is in it,
//! as the gates do.
//!
//! - [`take`] makes [`Prints`] of a file; [`FilePrinter`] does so of one too large to be read whole.
//! - [`Register`] keeps them by reference, with what they were registered as, and is what the file holds.
//! - [`Index`] is a register made ready to be asked.

mod format;
mod index;
mod key;
mod letters;
mod prints;
mod register;
mod winnow;

use std::fmt;
use std::str::FromStr;

pub use format::{LONGEST_FILE, ReadRegisterError};
pub use index::{Extent, Found, How, Index, OtherKey};
pub use key::Key;
pub(crate) use prints::is_said;
pub use prints::{FilePrinter, Prints, Taken, take};
pub use register::{Item, MOST_ITEMS, MOST_PRINTS, PutItemError, Register};

use crate::finding::Label;

/// What something is registered as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A confidential document.
    RegisteredDocument,
    /// Something that was sent to somebody here in error.
    MisdirectedDocument,
    /// Somebody else's protected work.
    CopyrightWork,
    /// A game.
    Game,
    /// Text that says nothing wherever it stands, such as a standard letter: it is taken out of
    /// everything else that is registered.
    OrdinaryText,
}

impl Class {
    /// All of them.
    pub const ALL: [Class; 5] = [
        Class::RegisteredDocument,
        Class::MisdirectedDocument,
        Class::CopyrightWork,
        Class::Game,
        Class::OrdinaryText,
    ];

    /// As people and machines read it.
    pub fn name(self) -> &'static str {
        match self {
            Class::RegisteredDocument => "registered-document",
            Class::MisdirectedDocument => "misdirected-document",
            Class::CopyrightWork => "copyright-work",
            Class::Game => "game",
            Class::OrdinaryText => "ordinary-text",
        }
    }

    /// What a text or a file of this class is found to hold. A game is a kind of file and no finding.
    pub fn label(self) -> Option<Label> {
        match self {
            Class::RegisteredDocument => Some(Label::RegisteredDocument),
            Class::MisdirectedDocument => Some(Label::MisdirectedDocument),
            Class::CopyrightWork => Some(Label::CopyrightWork),
            Class::Game | Class::OrdinaryText => None,
        }
    }

    /// Whether a part of the text says as much as the whole.
    fn is_document(self) -> bool {
        matches!(self, Class::RegisteredDocument | Class::MisdirectedDocument)
    }

    /// Whether the text of the file is kept, and not only the file.
    fn has_text(self) -> bool {
        self != Class::Game
    }

    /// Whether the file itself is kept, and not only its text.
    fn has_file(self) -> bool {
        self != Class::OrdinaryText
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no class.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of {names}", names = Class::ALL.map(Class::name).join(", "))]
pub struct UnknownClass(String);

impl FromStr for Class {
    type Err = UnknownClass;

    fn from_str(name: &str) -> Result<Self, UnknownClass> {
        let known = Class::ALL.into_iter().find(|class| class.name() == name);
        known.ok_or_else(|| UnknownClass(name.to_owned()))
    }
}

#[cfg(test)]
pub(crate) mod tests;
