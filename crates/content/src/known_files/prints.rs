//! What is kept of a file.

use sha2::{Digest, Sha256};

use super::{Class, Key, letters, winnow};
use crate::document::{self, Limits, Opaque, PieceKind, Unscannable};
use crate::media::{self, PartKind};
use crate::passages;

/// Least bytes of a file that is known as it is. 256: smaller ones, such as an empty document or a dot in
/// a picture, are made alike by chance and by programs.
const LEAST_BYTES: u64 = 256;

/// Least letters of a text that is known by its text. 240: some fifty words; what is shorter consists of
/// greetings and phrases that stand in ordinary mail too.
const LEAST_LETTERS: usize = 240;

/// Bytes of the beginning by which a file is known while only its beginning is here: a quarter of what
/// the web gate looks at. Installers and recordings of one maker begin alike for some tens of kilobytes.
pub(super) const HEAD_BYTES: usize = 256 << 10;

/// What is kept of one file as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FilePrint {
    pub(super) bytes: u64,
    pub(super) whole: [u8; 16],
    /// Of the first [`HEAD_BYTES`], where there are more.
    pub(super) head: Option<[u8; 16]>,
}

/// What is kept of everything that is registered under one reference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prints {
    /// In order, each once.
    pub(super) files: Vec<FilePrint>,
    /// In order, each once.
    pub(super) texts: Vec<u64>,
}

impl Prints {
    /// Whether nothing could ever be recognised by them.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.texts.is_empty()
    }

    /// How many files are known as they are.
    pub fn n_files(&self) -> usize {
        self.files.len()
    }

    /// How many runs of letters are known.
    pub fn n_runs(&self) -> usize {
        self.texts.len()
    }

    /// Adds those of one more file.
    pub fn add(&mut self, more: Prints) {
        self.files.extend(more.files);
        self.texts.extend(more.texts);
        self.put_in_order();
    }

    fn put_in_order(&mut self) {
        self.files.sort_unstable();
        self.files.dedup();
        self.texts.sort_unstable();
        self.texts.dedup();
    }

    /// How many of the runs stand among others' too.
    pub fn n_runs_shared_with(&self, other: &Prints) -> usize {
        let is_there = |run: &&u64| other.texts.binary_search(run).is_ok();
        self.texts.iter().filter(is_there).count()
    }
}

/// Makes the print of a file piece by piece, so that a film need not be held in memory.
pub struct FilePrinter {
    whole: Sha256,
    head: Sha256,
    bytes: u64,
}

impl FilePrinter {
    /// Starts with nothing.
    pub fn new() -> Self {
        Self {
            whole: Sha256::new(),
            head: Sha256::new(),
            bytes: 0,
        }
    }

    /// Takes the next bytes of the file.
    pub fn add(&mut self, bytes: &[u8]) {
        let before = usize::try_from(self.bytes).unwrap_or(usize::MAX);
        let of_head = HEAD_BYTES.saturating_sub(before).min(bytes.len());
        self.head.update(&bytes[..of_head]);
        self.whole.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// The print of it all; nothing where it is too small to tell anything.
    pub fn finish(self, key: &Key) -> Prints {
        let has_head = self.bytes > HEAD_BYTES as u64;
        let print = (self.bytes >= LEAST_BYTES).then(|| FilePrint {
            bytes: self.bytes,
            head: has_head.then(|| key.of_file(self.head)),
            whole: key.of_file(self.whole),
        });
        Prints {
            files: print.into_iter().collect(),
            texts: Vec::new(),
        }
    }
}

impl Default for FilePrinter {
    fn default() -> Self {
        Self::new()
    }
}

/// What came of taking the prints of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The prints.
    pub prints: Prints,
    /// Letters and digits of its text, without legal notices and signatures.
    pub letters: usize,
    /// Paths of files in it whose inside could not be read, and why.
    pub opaque: Vec<(String, Opaque)>,
    /// Set where not all of it was read.
    pub unscannable: Option<Unscannable>,
}

/// Takes the prints of a file. Legal notices and signatures are left out, as they stand in mail about
/// anything; so are headers, footers and properties of documents. Of a document in a document, such as an
/// attachment of a message, the file is known too.
pub fn take(bytes: &[u8], name: Option<&str>, class: Class, key: &Key, limits: &Limits) -> Taken {
    let mut prints = Prints::default();
    let mut is_outermost = true;
    let mut each = |path: &str, file: &[u8]| {
        let name = path.rsplit('/').next();
        let is_kept = std::mem::take(&mut is_outermost)
            || class.is_document() && is_document(media::kind_of(file, None, name));
        if class.has_file() && is_kept {
            let mut printer = FilePrinter::new();
            printer.add(file);
            prints.files.extend(printer.finish(key).files);
        }
    };
    let opened = document::open_with(bytes, None, name, limits, &mut each);
    let mut letters = Vec::new();
    let mut n_letters = 0;
    for piece in opened.pieces.iter().filter(|_| class.has_text()) {
        if !is_said(piece.kind) {
            continue;
        }
        letters.clear();
        for line in passages::telling_lines(&piece.text) {
            letters::add(line, &mut letters);
        }
        n_letters += letters.len();
        winnow::select(&letters, |_, run| prints.texts.push(key.of_run(run)));
    }
    // What is ordinary need not be long: one phrase that many letters end with is.
    if n_letters < LEAST_LETTERS && class != Class::OrdinaryText {
        prints.texts.clear();
    }
    prints.put_in_order();
    Taken {
        prints,
        letters: n_letters,
        opaque: opened.opaque,
        unscannable: opened.unscannable,
    }
}

/// Files that are somebody's work as a whole; a picture may be the logo in everybody's signature.
fn is_document(kind: PartKind) -> bool {
    matches!(
        kind,
        PartKind::Document | PartKind::MacroDocument | PartKind::EncryptedArchive
    )
}

/// Whether the words of a document tell which one it is.
pub(crate) fn is_said(kind: PieceKind) -> bool {
    match kind {
        PieceKind::Body
        | PieceKind::Note
        | PieceKind::Comment
        | PieceKind::TrackedChange
        | PieceKind::HiddenSheet => true,
        PieceKind::Subject
        | PieceKind::HeaderOrFooter
        | PieceKind::Properties
        | PieceKind::Links
        | PieceKind::Macro => false,
    }
}
