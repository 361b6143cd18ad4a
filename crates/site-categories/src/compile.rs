//! Rows into a file: sorted, each key once, written in one pass.

use crate::format::{Category, HEADER_BYTES, Header, ListVersion, Sets, write_names};
use crate::lists::ReadListsError;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write};

/// All rows read: their keys one after the other, and where each is.
#[derive(Default)]
pub(crate) struct Rows {
    keys: Vec<u8>,
    rows: Vec<Row>,
}

/// 16 bytes; the first eight of the key are copied here because most
/// comparisons end within them, without a visit to distant memory.
#[derive(Clone, Copy)]
struct Row {
    begins: [u8; 8],
    at: u32,
    len: u16,
    category: u16,
}

impl Rows {
    pub(crate) fn push(&mut self, key: &[u8], category: u16) -> Result<(), ReadListsError> {
        let at = u32::try_from(self.keys.len()).map_err(|_| ReadListsError::TooManyEntries)?;
        let len = u16::try_from(key.len()).map_err(|_| ReadListsError::TooManyEntries)?;
        let mut begins = [0; 8];
        let known = key.len().min(8);
        begins[..known].copy_from_slice(&key[..known]);
        self.keys.extend_from_slice(key);
        self.rows.push(Row {
            begins,
            at,
            len,
            category,
        });
        Ok(())
    }

    fn key(&self, row: &Row) -> &[u8] {
        let at = row.at as usize;
        &self.keys[at..at + usize::from(row.len)]
    }

    /// By key, then category, each pair once.
    pub(crate) fn sort(&mut self) {
        let keys = std::mem::take(&mut self.keys);
        let key = |row: &Row| &keys[row.at as usize..row.at as usize + usize::from(row.len)];
        self.rows.sort_unstable_by(|a, b| {
            (a.begins.cmp(&b.begins))
                .then_with(|| key(a).cmp(key(b)))
                .then(a.category.cmp(&b.category))
        });
        self.rows
            .dedup_by(|a, b| a.category == b.category && key(a) == key(b));
        self.keys = keys;
    }

    /// The rows of each key.
    fn by_key(&self) -> impl Iterator<Item = &[Row]> {
        self.rows
            .chunk_by(|a, b| a.begins == b.begins && self.key(a) == self.key(b))
    }
}

/// What each key stands for, in key order.
pub(crate) struct Entries {
    pub(crate) n: u64,
    pub(crate) sets: Sets,
    set_of_each: Vec<u32>,
}

impl Entries {
    /// Also counts the entries of each category.
    pub(crate) fn of(rows: &Rows, categories: &mut [Category]) -> Entries {
        let mut entries = Entries {
            n: 0,
            sets: Sets::default(),
            set_of_each: Vec::new(),
        };
        let mut known: HashMap<Vec<u16>, u32> = HashMap::new();
        let mut set = Vec::new();
        for group in rows.by_key() {
            set.clear();
            set.extend(group.iter().map(|row| row.category));
            for &category in &set {
                categories[usize::from(category)].entries += 1;
            }
            let number = known.get(&set).copied().unwrap_or_else(|| {
                let number = entries.sets.len() as u32;
                entries.sets.push(&set);
                known.insert(set.clone(), number);
                number
            });
            entries.set_of_each.push(number);
            entries.n += 1;
        }
        entries
    }
}

/// Writes a whole file of site categories, and the header last.
pub(crate) fn write(
    file: &mut File,
    rows: &Rows,
    entries: &Entries,
    created_at: i64,
    categories: &[Category],
) -> io::Result<Header> {
    let mut out = Summed {
        to: BufWriter::with_capacity(1 << 20, file),
        sum: Sha256::new(),
        written: 0,
    };
    out.to.write_all(&[0; HEADER_BYTES])?;
    out.write_all(&write_names(categories))?;
    let names_len = out.written;

    // A key in order and once each is all the index asks for, and both hold here.
    let mut index = fst::MapBuilder::new(&mut out).map_err(io::Error::other)?;
    let mut sets = entries.set_of_each.iter();
    for group in rows.by_key() {
        let set = sets.next().copied().unwrap_or_default();
        index
            .insert(rows.key(&group[0]), u64::from(set))
            .map_err(io::Error::other)?;
    }
    index.finish().map_err(io::Error::other)?;
    let index_len = out.written - names_len;

    let sets = entries.sets.write();
    out.write_all(&sets)?;
    let file = out
        .to
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    let header = Header {
        n_categories: categories.len() as u32,
        n_sets: entries.sets.len() as u32,
        n_entries: entries.n,
        created_at,
        names_len,
        index_len,
        sets_len: sets.len() as u64,
        version: ListVersion(out.sum.finalize().into()),
    };
    file.rewind()?;
    file.write_all(&header.write())?;
    Ok(header)
}

/// Sums what passes through.
struct Summed<W> {
    to: W,
    sum: Sha256,
    written: u64,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.to.write(bytes)?;
        self.sum.update(&bytes[..n]);
        self.written += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
