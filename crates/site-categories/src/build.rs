//! From a folder of lists to one published file.
//!
//! The file is written beside its place, made durable, opened and read as a
//! gate would, and only then renamed into place. Whoever has the old one
//! mapped keeps it; whoever opens the path gets the old one or the new one,
//! never half of either.

use crate::categories::{Categories, OpenError};
use crate::compile::{Entries, Rows, write};
use crate::format::{Category, ListVersion};
use crate::lists::{self, ReadListsError, Reading};
use crate::replace::{Refusal, check_reading, check_successor};
use std::fs::{File, Permissions};
use std::io;
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
    /// Public suffixes that may be entries, each with the one category it may be
    /// in: a list of authorities may name `gov.uk` as a whole, and a feed of
    /// games that does so is broken. Both occur.
    pub permitted_suffixes: &'a [(&'a str, &'a str)],
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
            permitted_suffixes: &[],
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
        lists::read(
            lists,
            options.permitted_suffixes,
            &mut report.reading,
            progress,
            |key| rows.push(key, n as u16),
        )?;
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
