//! A register made ready to be asked, as of a moment.

mod runs;
mod text;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::prints::HEAD_BYTES;
use super::{Class, Key, Register};
use crate::finding::Confidence;

use runs::Runs;

/// How much of a file is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Its beginning.
    Beginning {
        /// How long it is said to be as a whole, in bytes.
        of: Option<u64>,
    },
}

/// How something was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It is the very file.
    TheFile,
    /// It begins as the file does.
    TheBeginning {
        /// And is as long; otherwise nobody said how long it is.
        as_long: bool,
    },
    /// Its text holds text of it.
    ItsText {
        /// Letters that are the same, where they stand closest.
        letters: usize,
        /// Hundredths of its text that are here.
        share: u8,
    },
}

/// Something registered that was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'i> {
    /// What it was registered as.
    pub class: Class,
    /// Under which reference.
    pub reference: &'i str,
    /// Whom to ask about it.
    pub owner: Option<&'i str>,
    /// How sure.
    pub confidence: Confidence,
    /// How it was recognised.
    pub how: How,
    /// Where in the text it stands; empty for a file.
    pub span: Range<usize>,
}

/// Something registered, without its prints.
#[derive(Debug)]
struct Known {
    class: Class,
    reference: String,
    owner: Option<String>,
    /// Runs by which it can be told from others.
    n_runs: u32,
}

impl Known {
    fn found(&self, confidence: Confidence, how: How, span: Range<usize>) -> Found<'_> {
        Found {
            class: self.class,
            reference: &self.reference,
            owner: self.owner.as_deref(),
            confidence,
            how,
            span,
        }
    }
}

/// A register, ready to be asked.
#[derive(Debug)]
pub struct Index {
    key: Key,
    version: String,
    items: Vec<Known>,
    /// Sizes of files: what is of another size need not be hashed.
    sizes: HashSet<u64>,
    files: HashMap<[u8; 16], u32>,
    /// By the hash of the beginning, with the size of the whole.
    heads: HashMap<([u8; 16], u64), u32>,
    /// One of the files that begin so.
    any_size: HashMap<[u8; 16], u32>,
    runs: Runs,
}

/// The register was made under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the register of known files was made under another key")]
pub struct OtherKey;

impl Index {
    /// Makes a register ready, as of `at` in seconds since 1970. Takes about a tenth of a second for each
    /// million runs.
    ///
    /// # Errors
    /// Under another key nothing would ever be recognised.
    pub fn new(register: &Register, key: &Key, at: i64) -> Result<Self, OtherKey> {
        if !register.is_under(key) {
            return Err(OtherKey);
        }
        let in_force = || {
            let items = register.items().iter();
            items.filter(move |item| item.is_in_force(at))
        };
        let mut index = Self {
            key: *key,
            version: register.version(),
            items: Vec::new(),
            sizes: HashSet::new(),
            files: HashMap::new(),
            heads: HashMap::new(),
            any_size: HashMap::new(),
            runs: Runs::default(),
        };
        let ordinary: HashSet<u64> = in_force()
            .filter(|item| item.class == Class::OrdinaryText)
            .flat_map(|item| item.prints.texts.iter().copied())
            .collect();
        let mut runs = Vec::new();
        for item in in_force().filter(|item| item.class != Class::OrdinaryText) {
            // Fewer items than 2³² are ever put in.
            let number = index.items.len() as u32;
            for file in &item.prints.files {
                index.sizes.insert(file.bytes);
                index.files.entry(file.whole).or_insert(number);
                if let Some(head) = file.head {
                    index.heads.entry((head, file.bytes)).or_insert(number);
                    index.any_size.entry(head).or_insert(number);
                }
            }
            let telling = item
                .prints
                .texts
                .iter()
                .filter(|run| !ordinary.contains(run));
            runs.extend(telling.map(|run| (*run, number)));
            index.items.push(Known {
                class: item.class,
                reference: item.reference.clone(),
                owner: item.owner.clone(),
                n_runs: 0,
            });
        }
        index.runs = Runs::new(runs);
        for number in index.runs.items() {
            if let Some(item) = index.items.get_mut(*number as usize) {
                item.n_runs += 1;
            }
        }
        Ok(index)
    }

    /// Tells the register it was made of from others.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether a file of this size is known: only such a one can be recognised as it is.
    pub fn knows_size(&self, bytes: u64) -> bool {
        self.sizes.contains(&bytes)
    }

    /// What a file is, by its bytes. Of a file of another size than any known nothing is read.
    pub fn of_file(&self, bytes: &[u8], extent: Extent) -> Option<Found<'_>> {
        let (number, confidence, how) = match extent {
            Extent::Whole => {
                let is_possible = self.knows_size(bytes.len() as u64);
                let hash = is_possible.then(|| self.hash(bytes))?;
                (self.files.get(&hash)?, Confidence::High, How::TheFile)
            }
            Extent::Beginning { of: Some(size) } => {
                let head = bytes.get(..HEAD_BYTES).filter(|_| self.knows_size(size))?;
                let number = self.heads.get(&(self.hash(head), size))?;
                (
                    number,
                    Confidence::High,
                    How::TheBeginning { as_long: true },
                )
            }
            // What begins alike need not go on alike.
            Extent::Beginning { of: None } => {
                let is_possible = !self.any_size.is_empty();
                let head = bytes.get(..HEAD_BYTES).filter(|_| is_possible)?;
                let number = self.any_size.get(&self.hash(head))?;
                (
                    number,
                    Confidence::Low,
                    How::TheBeginning { as_long: false },
                )
            }
        };
        let item = self.items.get(*number as usize)?;
        Some(item.found(confidence, how, 0..0))
    }

    /// Whose text stands in a text, the longest first; at most eight.
    pub fn in_text(&self, text: &str) -> Vec<Found<'_>> {
        text::find(self, text)
    }

    fn hash(&self, bytes: &[u8]) -> [u8; 16] {
        self.key.of_file(Sha256::new_with_prefix(bytes))
    }
}
