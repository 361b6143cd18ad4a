//! From a folder of lists to one published file.
//!
//! The file is written beside its place, made durable, opened and read as a
//! gate would, and only then renamed into place. Whoever has the old one
//! mapped keeps it; whoever opens the path gets the old one or the new one,
//! never half of either.

use crate::categories::{Categories, OpenError};
use crate::format::{Category, HEADER_BYTES, Header, ListVersion, Sets, write_names};
use crate::lists::{self, ReadListsError, Reading};
use crate::replace::{Refusal, check_reading, check_successor};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Seek as _, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// How to build, and what to put up with.
pub struct Options<'a> {
    /// When the lists were compiled, in seconds since 1970 UTC; only noted down.
    pub created_at: i64,
    /// How much smaller than the file in use the new one may be, in percent of
    /// entries: all together, and each category of 100 entries or more.
    pub max_shrink_percent: u8,
    /// How many rows may be unreadable, in percent: all together, and in each list.
    pub max_bad_percent: u8,
    /// Publish even if categories are lost or shrink. Never publishes an empty
    /// file, and never replaces a file of another kind.
    pub force: bool,
    /// Told the number of rows read so far, every 65,536 rows and after each list.
    pub progress: Option<&'a mut dyn FnMut(u64)>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            created_at: 0,
            max_shrink_percent: 30,
            max_bad_percent: 10,
            force: false,
            progress: None,
        }
    }
}

/// What was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildReport {
    /// What was found in the lists, with the rows that gave no entry.
    pub reading: Reading,
    /// Distinct entries.
    pub entries: u64,
    /// The categories and their entries, by name.
    pub categories: Vec<Category>,
    /// Distinct combinations of categories.
    pub sets: u32,
    /// Size of the published file in bytes; 0 when none was published.
    pub file_bytes: u64,
    /// Which lists the published file holds; all zero when none was published.
    pub version: ListVersion,
    /// What was in its place before.
    pub replaced: Replaced,
}

/// What was in the new file's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// Nothing: the first build.
    Nothing,
    /// A file with these lists.
    Lists(ListVersion),
    /// A file that could not be opened any more, so nothing could be compared.
    Unusable,
}

/// Why nothing was published. What was in place stays in place.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The lists cannot be read.
    #[error(transparent)]
    Lists(#[from] ReadListsError),
    /// The lists can be read and look broken.
    #[error("the site categories in use are kept")]
    Refused {
        /// Why, and what to do.
        #[source]
        refusal: Refusal,
        /// What was found, as far as it got.
        report: Box<BuildReport>,
    },
    /// Usually a full disk or a folder this user may not write to. If only the
    /// folder cannot be made durable, the new file is in place already.
    #[error("cannot write site categories to `{path}`; check space and permission of its folder")]
    Write {
        /// Where the file was to go.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// What was written does not read back as it should: failing memory or disk.
    #[error(
        "the new site categories do not read back as written; check this machine's disk and memory"
    )]
    ReadBack {
        /// What opening it said; none when only the contents differ.
        #[source]
        source: Option<OpenError>,
    },
}

/// Compiles the lists in `folder` into the file `out`.
///
/// Holds all entries in memory meanwhile: about 45 bytes each, twice that for
/// moments. The same lists give the same file but for the date.
pub fn build(
    folder: &Path,
    out: &Path,
    mut options: Options<'_>,
) -> Result<BuildReport, BuildError> {
    let mut report = BuildReport {
        reading: Reading::default(),
        entries: 0,
        categories: Vec::new(),
        sets: 0,
        file_bytes: 0,
        version: ListVersion([0; 32]),
        replaced: Replaced::Nothing,
    };
    let refused = |refusal, report| {
        Err(BuildError::Refused {
            refusal,
            report: Box::new(report),
        })
    };

    let old = match Categories::open(out) {
        Ok(old) => Some(old),
        Err(OpenError::NotOurs { path }) => {
            return refused(Refusal::SomethingElse { path }, report);
        }
        Err(OpenError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            None
        }
        Err(OpenError::Unreadable { path, source }) => {
            return Err(BuildError::Write { path, source });
        }
        Err(OpenError::Version { .. } | OpenError::Damaged { .. }) => {
            report.replaced = Replaced::Unusable;
            None
        }
    };

    let mut silent = |_| ();
    let progress = options.progress.take().unwrap_or(&mut silent);
    let mut rows = Rows::default();
    for (n, lists) in lists::find(folder, &mut report.reading)?.iter().enumerate() {
        lists::read(lists, &mut report.reading, progress, |key| {
            rows.push(key, n as u16)
        })?;
        report.categories.push(Category {
            name: lists.name.clone(),
            entries: 0,
        });
    }
    if let Err(refusal) = check_reading(&report.reading, &options) {
        return refused(refusal, report);
    }
    rows.sort();
    let entries = Entries::of(&rows, &mut report.categories);
    report.entries = entries.n;
    report.sets = entries.sets.len() as u32;
    if entries.n == 0 {
        return refused(Refusal::NoEntries, report);
    }
    if let Some(old) = &old {
        report.replaced = Replaced::Lists(old.version());
        let successor = check_successor(
            (old.entries(), old.categories()),
            (report.entries, &report.categories),
            &options,
        );
        if let (Err(refusal), false) = (successor, options.force) {
            return refused(refusal, report);
        }
    }
    publish(&rows, &entries, out, options.created_at, report)
}

fn publish(
    rows: &Rows,
    entries: &Entries,
    out: &Path,
    created_at: i64,
    mut report: BuildReport,
) -> Result<BuildReport, BuildError> {
    let failed = |source| BuildError::Write {
        path: out.to_owned(),
        source,
    };
    let folder = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Readable by all, as far as the umask allows: gates run as other users
    // than the one who fetches lists, and the lists are no secret.
    let mut file = tempfile::Builder::new()
        .prefix(".site-categories-")
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)
        .map_err(failed)?;
    let header = write(
        file.as_file_mut(),
        rows,
        entries,
        created_at,
        &report.categories,
    )
    .map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;

    let written = Categories::open(file.path()).map_err(|source| BuildError::ReadBack {
        source: Some(source),
    })?;
    if written.version() != header.version
        || written.entries() != report.entries
        || !written.is_index_whole()
    {
        return Err(BuildError::ReadBack { source: None });
    }
    report.file_bytes = file.as_file().metadata().map_err(failed)?.len();
    report.version = header.version;
    file.persist(out).map_err(|error| failed(error.error))?;
    // The new name is durable only with the folder.
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)?;
    Ok(report)
}

fn write(
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

/// All rows read: their keys one after the other, and where each is.
#[derive(Default)]
struct Rows {
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
    fn push(&mut self, key: &[u8], category: u16) -> Result<(), ReadListsError> {
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
    fn sort(&mut self) {
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
struct Entries {
    n: u64,
    sets: Sets,
    set_of_each: Vec<u32>,
}

impl Entries {
    /// Also counts the entries of each category.
    fn of(rows: &Rows, categories: &mut [Category]) -> Entries {
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
