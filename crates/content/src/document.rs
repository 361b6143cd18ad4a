//! The texts in a file: documents, archives, messages, and the files inside those.
//!
//! [`open`] goes by what the bytes are, never by the name. It gives every text as a [`Piece`]
//! with the path to where it stands, every file it met as a [`Member`], and says of each file it
//! could not look into why not ([`Opaque`]). Where [`Limits`] end the reading, the whole file is
//! [`Unscannable`]: the facts then cover only what was read.
//!
//! Words of one text come in reading order, without their layout. Not done: text in pictures,
//! formulas, guessing passwords, running anything. A name with `../` in it is only a name, as
//! nothing is written anywhere.

mod bytes;
mod deflate;
mod format;
mod gzip;
mod iso;
mod limits;
mod mail;
mod number_format;
mod office;
mod ole;
mod page_header;
mod pdf;
mod plain;
mod rar;
mod rtf;
mod seven_zip;
mod tar;
mod text;
mod tnef;
mod walk;
mod xml;
mod zip;

use crate::media::PartKind;

pub use limits::Limits;

/// What a text is within its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PieceKind {
    /// What a reader sees: the text, a sheet, the slides.
    Body,
    /// A message's subject.
    Subject,
    /// Repeated above or below every page.
    HeaderOrFooter,
    /// A footnote or endnote.
    Note,
    /// A reviewer's comment or a speaker's notes.
    Comment,
    /// Deleted or moved away with changes tracked: gone from the page, not from the file.
    TrackedChange,
    /// A sheet or slide that is not shown.
    HiddenSheet,
    /// Title, author, keywords and the like.
    Properties,
    /// Addresses that links and templates point to, one a line.
    Links,
    /// A macro's source.
    Macro,
}

/// One text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands: `report.zip/minutes.docx`, or `minutes.docx#comments` when it is not the
    /// body.
    pub path: String,
    /// What it is there.
    pub kind: PieceKind,
    /// At most what is left of [`Limits::text_bytes`]; never blank.
    pub text: String,
}

/// A file that was met, the outermost included, whether or not there is text in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Names from the outermost file inwards, with `/` between.
    pub path: String,
    /// What it is, by its bytes first.
    pub kind: PartKind,
    /// Its bytes are of a plainly different kind than its name says.
    pub disguised: bool,
    /// Its size once unpacked; where it could not be unpacked, the size its archive states.
    pub bytes: u64,
}

/// Why the inside of one file was not read, or not in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Opaque {
    /// It needs a password.
    Encrypted,
    /// An archive or document of a format, or packed by a method, that is not read here.
    UnknownFormat,
    /// Cut short or contradictory. What could be read of it was read.
    Damaged,
}

/// Why reading ended early. The greatest that applies is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unscannable {
    /// More text than [`Limits::text_bytes`]; every file was still met.
    TooMuchText,
    /// Nested deeper than [`Limits::depth`]; what lies less deep was read.
    TooDeep,
    /// More files than [`Limits::members`].
    TooManyMembers,
    /// Unpacks to more than [`Limits::total_bytes`].
    TooLarge,
    /// A file grew by more than [`Limits::expansion`], or an archive uses the same bytes twice:
    /// built to exhaust whoever opens it.
    ExpandsTooMuch,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opened {
    /// Texts, in reading order within each file.
    pub pieces: Vec<Piece>,
    /// Every file met; the first is the file itself.
    pub members: Vec<Member>,
    /// Paths of files that were not read in full, and why.
    pub opaque: Vec<(String, Opaque)>,
    /// Set when a limit was reached.
    pub unscannable: Option<Unscannable>,
}

/// Opens a file. `declared` is the media type its sender states, `name` what it is called; both
/// only help where the bytes leave a doubt.
pub fn open(bytes: &[u8], declared: Option<&str>, name: Option<&str>, limits: &Limits) -> Opened {
    open_with(bytes, declared, name, limits, &mut |_, _| ())
}

/// As [`open`], and shows `each` every file with its path as it is met, unpacked: for signatures
/// of malware. The parts that make up an office document are shown too, though they are no
/// [`Member`]s of their own.
pub fn open_with(
    bytes: &[u8],
    declared: Option<&str>,
    name: Option<&str>,
    limits: &Limits,
    each: &mut dyn FnMut(&str, &[u8]),
) -> Opened {
    walk::Walk::new(limits, each).start(bytes, declared, name)
}

#[cfg(test)]
mod tests;
