//! Everything that is registered, by reference.

use super::{Class, Key, Prints};

/// Most references in one register. 10,000: a council's confidential files of some years.
pub const MOST_ITEMS: usize = 10_000;

/// Most runs of letters and files in one register. 8 million: some 40,000 pages, 64 MB on the disk and
/// 110 MB in memory.
pub const MOST_PRINTS: usize = 8_000_000;

/// Longest reference and longest name of an owner, in bytes.
pub(super) const LONGEST_NAME: usize = 200;

/// What is registered under one reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What people call it; it stands on the record and in notices.
    pub reference: String,
    /// What it is registered as.
    pub class: Class,
    /// The person or the post to ask about it.
    pub owner: Option<String>,
    /// When it was registered, in seconds since 1970.
    pub registered_at: i64,
    /// When it ends, likewise.
    pub until: Option<i64>,
    /// What is kept of it.
    pub prints: Prints,
}

impl Item {
    /// Whether it is still to be recognised.
    pub fn is_in_force(&self, at: i64) -> bool {
        self.until.is_none_or(|until| at < until)
    }
}

/// Why something is not registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PutItemError {
    /// Nobody could tell it from others.
    #[error("`{0}` is no name; use 1 to {LONGEST_NAME} bytes without line breaks")]
    NoName(String),
    /// Neither the file nor the text tells anything.
    #[error(
        "nothing in it could be recognised again: its files are tiny, and its text is shorter than \
         some fifty words"
    )]
    Nothing,
    /// The same reference for something else.
    #[error(
        "`{reference}` is registered as {class}; choose another reference, or remove that first with \
         `probity content registered remove {reference}`"
    )]
    OtherClass {
        /// Which.
        reference: String,
        /// As what.
        class: Class,
    },
    /// The register is full.
    #[error(
        "the register would have more than {MOST_ITEMS} references or {MOST_PRINTS} prints; remove what \
         is no longer confidential with `probity content registered remove`"
    )]
    Full,
}

/// Everything that is registered, in the order of its references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    pub(super) key_check: u64,
    pub(super) items: Vec<Item>,
}

impl Register {
    /// One without anything in it.
    pub fn new(key: &Key) -> Self {
        Self {
            key_check: key.check(),
            items: Vec::new(),
        }
    }

    /// Whether it was made under this key.
    pub fn is_under(&self, key: &Key) -> bool {
        self.key_check == key.check()
    }

    /// What is in it, in the order of the references.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Registers something, in place of what was under this reference, which is given back.
    ///
    /// # Errors
    /// The register stays as it was.
    pub fn put(&mut self, item: Item) -> Result<Option<Item>, PutItemError> {
        for name in std::iter::once(&item.reference).chain(&item.owner) {
            if !is_name(name) {
                return Err(PutItemError::NoName(name.clone()));
            }
        }
        if item.prints.is_empty() {
            return Err(PutItemError::Nothing);
        }
        let place = self.place(&item.reference);
        let before = place.ok().and_then(|place| self.items.get(place));
        if let Some(before) = before.filter(|before| before.class != item.class) {
            return Err(PutItemError::OtherClass {
                reference: item.reference,
                class: before.class,
            });
        }
        let freed = before.map_or(0, n_prints);
        let n_items = self.items.len() + usize::from(place.is_err());
        let n_prints = self.n_prints() - freed + n_prints(&item);
        if n_items > MOST_ITEMS || n_prints > MOST_PRINTS {
            return Err(PutItemError::Full);
        }
        match place {
            Ok(place) => Ok(Some(std::mem::replace(&mut self.items[place], item))),
            Err(place) => {
                self.items.insert(place, item);
                Ok(None)
            }
        }
    }

    /// Takes something out; nothing if it is not there.
    pub fn remove(&mut self, reference: &str) -> Option<Item> {
        let place = self.place(reference).ok()?;
        Some(self.items.remove(place))
    }

    /// When the next of those that are in force ends.
    pub fn next_end(&self, at: i64) -> Option<i64> {
        let in_force = self.items.iter().filter(|item| item.is_in_force(at));
        in_force.filter_map(|item| item.until).min()
    }

    fn place(&self, reference: &str) -> Result<usize, usize> {
        let by_reference = |item: &Item| item.reference.as_str().cmp(reference);
        self.items.binary_search_by(by_reference)
    }

    fn n_prints(&self) -> usize {
        self.items.iter().map(n_prints).sum()
    }
}

fn n_prints(item: &Item) -> usize {
    item.prints.n_files() + item.prints.n_runs()
}

pub(super) fn is_name(name: &str) -> bool {
    let fits = (1..=LONGEST_NAME).contains(&name.len());
    fits && name.trim() == name && !name.chars().any(char::is_control)
}
