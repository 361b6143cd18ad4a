//! The compound file itself: a small file system of sectors, storages and streams.
//!
//! Own reader, because a stranger draws the chains: every chain ends after as many sectors as the
//! file has, and the caller pays for each stream, so that streams sharing sectors cost no more
//! than the budget.

use crate::document::bytes::{available, slice, u16_le, u32_le, utf16_le};

/// Sector numbers from here on are marks: free, end of chain and so on.
const MARKS: usize = 0xffff_fffa;

/// Entries read; an Outlook message with hundreds of recipients has some thousands.
const MOST_ENTRIES: usize = 20_000;

/// Storages inside one another.
const DEEPEST: usize = 32;

pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<usize>,
    mini_fat: Vec<usize>,
    mini_stream: Vec<u8>,
    cutoff: usize,
    /// In the order of the directory.
    pub(super) streams: Vec<Stream>,
}

#[derive(Debug, Clone)]
pub(super) struct Stream {
    /// Names of the storages it is in, with `/` between; empty at the root.
    pub(super) storage: String,
    pub(super) name: String,
    start: usize,
    size: usize,
}

impl Stream {
    pub(super) fn path(&self) -> String {
        match self.storage.as_str() {
            "" => self.name.clone(),
            storage => format!("{storage}/{}", self.name),
        }
    }

    /// Whether the storage it is directly in has this name.
    pub(super) fn in_storage(&self, name: &str) -> bool {
        self.storage.rsplit('/').next() == Some(name)
    }
}

const MINI_SECTOR: usize = 64;

impl<'a> Compound<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Option<Compound<'a>> {
        let shift = u16_le(bytes, 30)?;
        if !(7..=16).contains(&shift) {
            return None;
        }
        let sector = 1 << shift;
        let mut compound = Compound {
            bytes,
            sector,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini_stream: Vec::new(),
            cutoff: u32_le(bytes, 56)?,
            streams: Vec::new(),
        };
        for number in compound.fat_sectors() {
            let table = compound.sector_bytes(number);
            compound.fat.extend(numbers(table));
        }
        let mini_fat = compound.chain(u32_le(bytes, 60)?, bytes.len());
        compound.mini_fat = numbers(&mini_fat).collect();
        let most = MOST_ENTRIES * 128;
        let directory = compound.chain(u32_le(bytes, 48)?, most);
        let root = Entry::of(&directory, 0)?;
        compound.mini_stream = compound.chain(root.start, root.size);
        compound.streams = tree(&directory, root.child);
        Some(compound)
    }

    fn n_sectors(&self) -> usize {
        self.bytes.len() / self.sector + 1
    }

    fn sector_bytes(&self, number: usize) -> &'a [u8] {
        let at = number.saturating_add(1).saturating_mul(self.sector);
        available(self.bytes, at, self.sector)
    }

    /// Numbers of the sectors that hold the allocation table: 109 in the header, more in a chain.
    fn fat_sectors(&self) -> Vec<usize> {
        let most = self.n_sectors();
        let header = slice(self.bytes, 76, 109 * 4).unwrap_or_default();
        let mut sectors: Vec<_> = numbers(header).filter(|n| *n < MARKS).collect();
        let mut next = u32_le(self.bytes, 68).unwrap_or(MARKS);
        for _ in 0..most {
            if next >= MARKS || sectors.len() > most {
                break;
            }
            let table = self.sector_bytes(next);
            let Some(last) = table.len().checked_sub(4) else {
                break;
            };
            let listed = table.get(..last).unwrap_or_default();
            sectors.extend(numbers(listed).filter(|n| *n < MARKS));
            next = u32_le(table, last).unwrap_or(MARKS);
        }
        // A table as long as the file is: more would repeat sectors.
        sectors.truncate(most * 4 / self.sector + 1);
        sectors
    }

    /// At most `size` bytes along a chain of sectors.
    fn chain(&self, start: usize, size: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut next = start;
        for _ in 0..self.n_sectors() {
            let sector = self.sector_bytes(next);
            if next >= MARKS || sector.is_empty() || bytes.len() >= size {
                break;
            }
            bytes.extend_from_slice(sector);
            next = self.fat.get(next).copied().unwrap_or(MARKS);
        }
        bytes.truncate(size);
        bytes
    }

    pub(super) fn read(&self, stream: &Stream) -> Vec<u8> {
        if stream.size >= self.cutoff {
            return self.chain(stream.start, stream.size);
        }
        let mut bytes = Vec::new();
        let mut next = stream.start;
        for _ in 0..=self.mini_stream.len() / MINI_SECTOR {
            let at = next.saturating_mul(MINI_SECTOR);
            let sector = available(&self.mini_stream, at, MINI_SECTOR);
            if next >= MARKS || sector.is_empty() || bytes.len() >= stream.size {
                break;
            }
            bytes.extend_from_slice(sector);
            next = self.mini_fat.get(next).copied().unwrap_or(MARKS);
        }
        bytes.truncate(stream.size);
        bytes
    }

    pub(super) fn find(&self, storage: &str, name: &str) -> Option<&Stream> {
        let mut streams = self.streams.iter();
        streams.find(|stream| stream.storage == storage && stream.name == name)
    }
}

fn numbers(table: &[u8]) -> impl Iterator<Item = usize> {
    table
        .chunks_exact(4)
        .map(|number| u32_le(number, 0).unwrap_or(MARKS))
}

struct Entry {
    name: String,
    kind: u8,
    left: usize,
    right: usize,
    child: usize,
    start: usize,
    size: usize,
}

impl Entry {
    fn of(directory: &[u8], number: usize) -> Option<Entry> {
        let entry = slice(directory, number.checked_mul(128)?, 128)?;
        let name_bytes = u16_le(entry, 64)?.saturating_sub(2).min(62);
        Some(Entry {
            name: utf16_le(available(entry, 0, name_bytes)),
            kind: *entry.get(66)?,
            left: u32_le(entry, 68)?,
            right: u32_le(entry, 72)?,
            child: u32_le(entry, 76)?,
            start: u32_le(entry, 116)?,
            size: u32_le(entry, 120)?,
        })
    }
}

/// Every stream below the entry `first`, in the order of the directory. Entries met before are
/// passed over, so that a ring of them ends.
fn tree(directory: &[u8], first: usize) -> Vec<Stream> {
    let n_entries = directory.len() / 128;
    let mut met = vec![false; n_entries];
    let mut found = Vec::new();
    let mut to_visit = vec![(first, String::new(), 0)];
    while let Some((number, storage, depth)) = to_visit.pop() {
        match met.get_mut(number) {
            Some(met) if !*met => *met = true,
            _ => continue,
        }
        let Some(entry) = Entry::of(directory, number) else {
            continue;
        };
        to_visit.push((entry.left, storage.clone(), depth));
        to_visit.push((entry.right, storage.clone(), depth));
        if entry.kind == 1 && depth < DEEPEST {
            let inner = match storage.as_str() {
                "" => entry.name,
                outer => format!("{outer}/{}", entry.name),
            };
            to_visit.push((entry.child, inner, depth + 1));
        } else if entry.kind == 2 {
            let stream = Stream {
                storage,
                name: entry.name,
                start: entry.start,
                size: entry.size,
            };
            found.push((number, stream));
        }
    }
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, stream)| stream).collect()
}
