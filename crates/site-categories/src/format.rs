//! The compiled file, byte by byte. All numbers are little-endian.
//!
//! | from | what |
//! |---|---|
//! | 0 | `PROBCATS` |
//! | 8 | format version, u32, now 1 |
//! | 12 | number of categories, u32 |
//! | 16 | number of sets, u32 |
//! | 20 | 0, u32 |
//! | 24 | number of entries, u64 |
//! | 32 | made at, i64, seconds since 1970 UTC |
//! | 40 | lengths of the three parts below, 3 x u64 |
//! | 64 | SHA-256 of the three parts |
//! | 96 | first 8 bytes of the SHA-256 of bytes 0 to 95 |
//! | 104 | **names**: for each category length u8, name, entries u64 |
//! | | **index**: an `fst` map from key to set number |
//! | | **sets**: for each set a count u16 and that many category numbers u16 |
//!
//! The SHA-256 leaves out the date, so that the same lists give the same
//! version: gates then need not forget what they have cached.

use crate::lists::{MAX_CATEGORIES, is_category_name};
use sha2::{Digest, Sha256};

pub(crate) const MAGIC: [u8; 8] = *b"PROBCATS";
pub(crate) const FORMAT_VERSION: u32 = 1;
pub(crate) const HEADER_BYTES: usize = 104;

/// Which lists a file holds: the SHA-256 of its contents without the date.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListVersion(pub [u8; 32]);

impl ListVersion {
    /// The first 16 hexadecimal digits: short enough for an ICAP ISTag (32 bytes).
    pub fn short(&self) -> String {
        self.0[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl std::fmt::Display for ListVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for ListVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ListVersion({})", self.short())
    }
}

/// A category and how many entries it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// 1-64 of `a-z`, `0-9`, `-` and `_`.
    pub name: String,
    /// Entries filed under it; one entry may count in several categories.
    pub entries: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) n_categories: u32,
    pub(crate) n_sets: u32,
    pub(crate) n_entries: u64,
    pub(crate) created_at: i64,
    pub(crate) names_len: u64,
    pub(crate) index_len: u64,
    pub(crate) sets_len: u64,
    pub(crate) version: ListVersion,
}

/// Why the first bytes of a file are not a header to go by.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    NotOurs,
    Version(u32),
    Damaged(&'static str),
}

impl Header {
    pub(crate) fn write(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(&MAGIC);
        for number in [FORMAT_VERSION, self.n_categories, self.n_sets, 0] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.n_entries.to_le_bytes());
        bytes.extend_from_slice(&self.created_at.to_le_bytes());
        for length in [self.names_len, self.index_len, self.sets_len] {
            bytes.extend_from_slice(&length.to_le_bytes());
        }
        bytes.extend_from_slice(&self.version.0);
        let check = Sha256::digest(&bytes);
        bytes.extend_from_slice(&check[..8]);
        let mut header = [0; HEADER_BYTES];
        header.copy_from_slice(&bytes);
        header
    }

    pub(crate) fn read(file: &[u8]) -> Result<Header, HeaderFault> {
        if file.len() < MAGIC.len() || file[..MAGIC.len()] != MAGIC {
            return Err(HeaderFault::NotOurs);
        }
        let Some(bytes) = file.get(..HEADER_BYTES) else {
            return Err(HeaderFault::Damaged("it ends within its header"));
        };
        if Sha256::digest(&bytes[..96])[..8] != bytes[96..] {
            return Err(HeaderFault::Damaged(
                "its header does not match its check sum",
            ));
        }
        // A later version may mean something else by the rest, but not by this.
        match u32_at(bytes, 8) {
            FORMAT_VERSION => (),
            other => return Err(HeaderFault::Version(other)),
        }
        let mut version = [0; 32];
        version.copy_from_slice(&bytes[64..96]);
        Ok(Header {
            n_categories: u32_at(bytes, 12),
            n_sets: u32_at(bytes, 16),
            n_entries: u64_at(bytes, 24),
            created_at: u64_at(bytes, 32).cast_signed(),
            names_len: u64_at(bytes, 40),
            index_len: u64_at(bytes, 48),
            sets_len: u64_at(bytes, 56),
            version: ListVersion(version),
        })
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}

pub(crate) fn write_names(categories: &[Category]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for category in categories {
        // Invariant: names were checked when the folder was read, so 64 bytes at most.
        bytes.push(category.name.len() as u8);
        bytes.extend_from_slice(category.name.as_bytes());
        bytes.extend_from_slice(&category.entries.to_le_bytes());
    }
    bytes
}

/// `None` unless exactly `n` valid names, in order.
pub(crate) fn read_names(mut bytes: &[u8], n: u32) -> Option<Vec<Category>> {
    if n as usize > MAX_CATEGORIES {
        return None;
    }
    let mut categories: Vec<Category> = Vec::new();
    for _ in 0..n {
        let (&len, rest) = bytes.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(len))?;
        let (entries, rest) = rest.split_at_checked(8)?;
        let name = std::str::from_utf8(name)
            .ok()
            .filter(|name| is_category_name(name))?;
        if categories
            .last()
            .is_some_and(|last| last.name.as_str() >= name)
        {
            return None;
        }
        categories.push(Category {
            name: name.to_owned(),
            entries: u64_at(entries, 0),
        });
        bytes = rest;
    }
    bytes.is_empty().then_some(categories)
}

/// The combinations of categories in use, each a sorted run of category numbers.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    members: Vec<u16>,
    /// Where each set ends in `members`.
    ends: Vec<usize>,
}

impl Sets {
    pub(crate) fn push(&mut self, set: &[u16]) {
        self.members.extend_from_slice(set);
        self.ends.push(self.members.len());
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn members(&self, set: usize) -> Option<&[u16]> {
        let end = *self.ends.get(set)?;
        let start = if set == 0 { 0 } else { self.ends[set - 1] };
        Some(&self.members[start..end])
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for set in (0..self.len()).filter_map(|set| self.members(set)) {
            // Invariant: a set has each category at most once, so 1,000 at most.
            bytes.extend_from_slice(&(set.len() as u16).to_le_bytes());
            bytes.extend(set.iter().flat_map(|category| category.to_le_bytes()));
        }
        bytes
    }

    /// `None` unless exactly `n` sets of existing categories.
    pub(crate) fn read(mut bytes: &[u8], n: u32, n_categories: usize) -> Option<Sets> {
        let mut sets = Sets::default();
        for _ in 0..n {
            let (count, rest) = bytes.split_at_checked(2)?;
            let count = usize::from(u16::from_le_bytes([count[0], count[1]]));
            let (members, rest) = rest.split_at_checked(count * 2)?;
            for pair in members.chunks_exact(2) {
                let category = u16::from_le_bytes([pair[0], pair[1]]);
                if usize::from(category) >= n_categories {
                    return None;
                }
                sets.members.push(category);
            }
            sets.ends.push(sets.members.len());
            bytes = rest;
        }
        bytes.is_empty().then_some(sets)
    }
}
