//! An opened file of site categories, and the lookup in it.

use crate::format::{Category, HEADER_BYTES, Header, HeaderFault, ListVersion, Sets};
use crate::key::{Host, PathBytes};
use crate::map::Section;
use crate::search::Search;
use fst::raw::Fst;
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Why a file of site categories could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Missing, not a plain file, or not permitted.
    #[error("cannot open the site categories `{path}`")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// It does not begin as such a file does.
    #[error("`{path}` is not a file of compiled site categories; build it from a folder of lists")]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// Made by another version of this program.
    #[error("`{path}` has format version {found}, this program reads 1; build it again")]
    Version {
        /// The file.
        path: PathBuf,
        /// The version it says it has.
        found: u32,
    },
    /// Cut short, or changed since it was written.
    #[error("`{path}` is damaged: {what}; build it again")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        what: &'static str,
    },
}

/// What tells one file from its successor without reading it.
///
/// As long as a file is mapped its inode is not given to another, so a
/// successor always differs, even one made within the clock's grain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    modified: (i64, i64),
    size: u64,
    inode: (u64, u64),
}

impl Stamp {
    pub(crate) fn of(metadata: &std::fs::Metadata) -> Stamp {
        Stamp {
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            size: metadata.size(),
            inode: (metadata.dev(), metadata.ino()),
        }
    }
}

/// Site lists, compiled and mapped into memory.
///
/// Shared between threads as it is. The mapping is of one file as it was when
/// opened; a newer file of the same name does not disturb it.
pub struct Categories {
    header: Header,
    categories: Vec<Category>,
    sets: Sets,
    index: Fst<Section>,
    stamp: Stamp,
}

/// The number of a combination of categories. Has a meaning only together with
/// the [`ListVersion`] it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(pub u32);

/// What the lists say of one page.
#[derive(Debug, Clone, Copy)]
pub enum Match<'a> {
    /// No entry covers it. Not known is not the same as harmless.
    Unknown,
    /// The narrowest entry that covers it.
    Found(Found<'a>),
}

/// An entry that covers a page.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    of: &'a Categories,
    set: SetId,
    entry: Entry<'a>,
}

/// The entry that matched, in the words of the question.
///
/// `Display` gives its text as lists have it: lower case, and the path in the
/// spelling that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The entry's host: the end of the host asked for.
    pub host: &'a str,
    /// The entry's path: the beginning of the path asked for; empty for a whole host.
    pub path: &'a str,
}

impl Categories {
    /// Maps a file and checks all of it: about 50 ms for 5 million entries, once.
    ///
    /// The whole file is summed because the index library trusts its bytes: on
    /// damaged ones a lookup could panic. The sum finds damage, not malice: who
    /// may write the file may say what they like with it.
    pub fn open(path: &Path) -> Result<Categories, OpenError> {
        let unreadable = |source| OpenError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let damaged = |what| OpenError::Damaged {
            path: path.to_owned(),
            what,
        };
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            // Opening a pipe would wait for a writer.
            return Err(unreadable(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a plain file",
            )));
        }
        let file = File::open(path).map_err(unreadable)?;
        let stamp = Stamp::of(&file.metadata().map_err(unreadable)?);
        let whole = Section::map_file(&file).map_err(unreadable)?;

        let header = Header::read(whole.as_ref()).map_err(|fault| match fault {
            HeaderFault::NotOurs => OpenError::NotOurs {
                path: path.to_owned(),
            },
            HeaderFault::Version(found) => OpenError::Version {
                path: path.to_owned(),
                found,
            },
            HeaderFault::Damaged(what) => damaged(what),
        })?;
        let [names, index, sets] =
            parts(&whole, &header).ok_or_else(|| damaged("its length does not fit"))?;
        if Sha256::digest(&whole.as_ref()[HEADER_BYTES..])[..] != header.version.0 {
            return Err(damaged("its contents do not match their check sum"));
        }
        let categories = crate::format::read_names(names.as_ref(), header.n_categories)
            .ok_or_else(|| damaged("its category names"))?;
        let sets = Sets::read(sets.as_ref(), header.n_sets, categories.len())
            .ok_or_else(|| damaged("its category sets"))?;
        let index = Fst::new(index).map_err(|_| damaged("its index"))?;
        if index.len() as u64 != header.n_entries {
            return Err(damaged("its number of entries"));
        }
        Ok(Categories {
            header,
            categories,
            sets,
            index,
            stamp,
        })
    }

    /// The narrowest entry that covers a page.
    ///
    /// `host` as in the request: any case, with or without final dot or port;
    /// Unicode names are unknown. `path` with its query, or empty when only the
    /// host is known (CONNECT). Does not allocate; the work is bounded by the
    /// longest entry, whatever is asked.
    pub fn lookup<'a>(&'a self, host: &'a str, path: &'a str) -> Match<'a> {
        let mut search = Search::new(&self.index, path);
        let host = Host::of(host);
        let name = match host {
            Host::Name(name) => {
                search.name(name);
                name
            }
            Host::Address(text, ref address) => {
                search.address(address.as_bytes());
                text
            }
        };
        let found = match (search.of_path, search.of_host) {
            (Some((set, start, taken)), _) => Some((set, start, taken)),
            (None, Some((set, start))) => Some((set, start, 0)),
            (None, None) => None,
        };
        let Some((set, start, taken)) = found else {
            return Match::Unknown;
        };
        // Labels begin after an ASCII dot and paths are cut after ASCII or whole
        // characters, so the slices exist; an empty entry would still be an answer.
        let entry = Entry {
            host: name.get(start..).unwrap_or_default(),
            path: path.get(..taken).unwrap_or_default(),
        };
        Match::Found(Found {
            of: self,
            set: SetId(set.value() as u32),
            entry,
        })
    }

    /// All categories, by name.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The names in a set of this file; none when the number is not of this file.
    pub fn names(&self, set: SetId) -> impl Iterator<Item = &str> {
        let members = self.sets.members(set.0 as usize).unwrap_or_default();
        members
            .iter()
            .filter_map(|&category| Some(self.categories.get(usize::from(category))?.name.as_str()))
    }

    /// Number of distinct entries.
    pub fn entries(&self) -> u64 {
        self.header.n_entries
    }

    /// Which lists these are.
    pub fn version(&self) -> ListVersion {
        self.header.version
    }

    /// When the file was made, in seconds since 1970 UTC, as its maker said.
    pub fn created_at(&self) -> i64 {
        self.header.created_at
    }

    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Reads the index from end to end: seconds, for the one who has just written it.
    pub(crate) fn is_index_whole(&self) -> bool {
        use fst::Streamer as _;
        let mut keys = self.index.stream();
        let mut n = 0;
        while let Some((_, set)) = keys.next() {
            if self
                .sets
                .members(set.value() as usize)
                .is_none_or(<[u16]>::is_empty)
            {
                return false;
            }
            n += 1;
        }
        n == self.header.n_entries && self.index.verify().is_ok()
    }
}

impl fmt::Debug for Categories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Categories")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// The three parts, when together they are exactly the file.
fn parts(whole: &Section, header: &Header) -> Option<[Section; 3]> {
    let mut start = HEADER_BYTES;
    let mut next = |len: u64| {
        let len = usize::try_from(len).ok()?;
        let part = whole.part(start, len)?;
        start += len;
        Some(part)
    };
    let parts = [
        next(header.names_len)?,
        next(header.index_len)?,
        next(header.sets_len)?,
    ];
    (start == whole.as_ref().len()).then_some(parts)
}

impl<'a> Found<'a> {
    /// The names of the categories, in order.
    pub fn categories(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.of.names(self.set)
    }

    /// The combination of categories, for a table worked out once per list version.
    pub fn set(&self) -> SetId {
        self.set
    }

    /// The entry itself, for the decision record.
    pub fn entry(&self) -> Entry<'a> {
        self.entry
    }

    /// Which lists said so, for the decision record.
    pub fn version(&self) -> ListVersion {
        self.of.version()
    }
}

impl fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found")
            .field("set", &self.set)
            .field("entry", &self.entry)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.bytes().map(|b| b.to_ascii_lowercase());
        host.chain(PathBytes::of(self.path))
            .try_for_each(|byte| fmt::Write::write_char(f, byte as char))
    }
}
