//! Opening: takes the lock, finds the end, and cuts off what a crash left unfinished.
//!
//! Only the end of the last segment may be torn (the one before is synced before the next begins).
//! From the first entry there that is not whole, all is cut off and reported, whole entries behind
//! it too if none of them shows that it was on the disk: then a power cut came before the sync.
//! Other damage is not a crash's doing and is never touched.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use ledger::{EntryIndex, TreeSize};

use crate::commit::Shared;
use crate::damage::{Damage, DamageKind};
use crate::disk::Disk;
use crate::format::{HeaderFault, SEGMENT_HEADER, VERSION};
use crate::frames::{Frames, Step};
use crate::options::Options;
use crate::seal::hashed_entries;
use crate::segments::{list, segment_path, sync_dir};
use crate::writer::{Mark, Writer, create_segment};

/// What opening found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Entries in the journal, all on the disk.
    pub entries: TreeSize,
    /// The unfinished end that was cut off, if there was one.
    pub cut: Option<Cut>,
}

/// Bytes taken off the end of the last segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The file.
    pub segment: PathBuf,
    /// Its length now, in bytes.
    pub offset: u64,
    /// How many bytes were behind, zeros written ahead among them.
    pub bytes: u64,
    /// The entry that was not finished.
    pub entry: EntryIndex,
    /// Whole entries behind it that were cut off too. Nobody was told that they were on the disk.
    pub whole: u64,
}

/// Why a journal was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file or directory cannot be read or written.
    #[error("cannot use `{path}`: check who owns it and whether the disk is well")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process, or this one, has the journal open.
    #[error("the journal in `{dir}` is open already")]
    InUse {
        /// Its directory.
        dir: PathBuf,
    },
    /// Not the torn end of a crash. Nothing was changed; verify the journal and restore it.
    #[error("{0}: entries follow, so no crash did this")]
    Damaged(Damage),
}

pub(crate) struct Opened {
    pub(crate) shared: Shared,
    pub(crate) only_writer: File,
}

pub(crate) fn open(dir: &Path, options: &Options) -> Result<(Opened, Recovery), OpenError> {
    let unusable = |path: &Path| {
        let path = path.to_owned();
        move |source| OpenError::Unusable { path, source }
    };
    fs::create_dir_all(dir).map_err(unusable(dir))?;
    let only_writer = lock_file(&dir.join("journal.lock"))
        .map_err(unusable(dir))?
        .ok_or_else(|| OpenError::InUse {
            dir: dir.to_owned(),
        })?;
    let disk = Disk::default();
    let segments = list(dir).map_err(unusable(dir))?;
    let first = segments.last().copied().unwrap_or(0);
    let LastSegment {
        file,
        first,
        end,
        cut,
    } = match segments.is_empty() {
        true => begin(dir, first, &disk)?,
        false => last_segment(dir, first, &disk)?,
    };
    let writer = Writer::new(dir.to_owned(), options.clone(), &disk, (file, first), end)
        .map_err(unusable(dir))?;
    if let Some(cut) = &cut {
        tracing::warn!(?cut, "cut off the unfinished end of the journal");
    }
    let shared = Shared::new(disk, writer, options.sync_within);
    let recovery = Recovery {
        entries: TreeSize(end.entries),
        cut,
    };
    Ok((
        Opened {
            shared,
            only_writer,
        },
        recovery,
    ))
}

/// Takes a lock for as long as the file stays open; `None` if somebody has it.
pub(crate) fn lock_file(path: &Path) -> io::Result<Option<File>> {
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

/// The segment that the journal goes on in, all of it on the disk.
struct LastSegment {
    file: File,
    first: u64,
    end: Mark,
    cut: Option<Cut>,
}

fn begin(dir: &Path, first: u64, disk: &Disk) -> Result<LastSegment, OpenError> {
    let file = create_segment(dir, first, disk).map_err(|source| OpenError::Unusable {
        path: segment_path(dir, first),
        source,
    })?;
    let end = Mark {
        bytes: SEGMENT_HEADER as u64,
        entries: first,
    };
    Ok(LastSegment {
        file,
        first,
        end,
        cut: None,
    })
}

fn last_segment(dir: &Path, first: u64, disk: &Disk) -> Result<LastSegment, OpenError> {
    let path = segment_path(dir, first);
    let unusable = |source| OpenError::Unusable {
        path: path.clone(),
        source,
    };
    let damaged = |offset, entry, kind| {
        let entry = EntryIndex(entry);
        OpenError::Damaged(Damage {
            segment: path.clone(),
            offset,
            entry,
            kind,
        })
    };
    let mut frames = match Frames::open(&path, first).map_err(unusable)? {
        Ok(frames) => frames,
        Err(HeaderFault::Unfinished) if unfinished(&path).map_err(unusable)? => {
            return begin(dir, first, disk);
        }
        Err(HeaderFault::Version(version)) => {
            return Err(damaged(0, first, DamageKind::LaterVersion(version)));
        }
        Err(_) => return Err(damaged(0, first, DamageKind::NotASegment)),
    };
    let mut entries = first;
    let (end, kind) = loop {
        let at = frames.offset();
        match frames.step().map_err(unusable)? {
            Step::Frame { index, .. } if index == entries => entries += 1,
            Step::Frame { index, .. } => {
                return Err(damaged(
                    at,
                    entries,
                    DamageKind::OtherEntry(EntryIndex(index)),
                ));
            }
            Step::End => break (at, None),
            Step::Torn => break (at, Some(DamageKind::CutShort)),
            Step::Damaged => break (at, Some(DamageKind::Checksum)),
        }
    };
    let lost = match kind {
        None => None,
        Some(kind) => {
            let hashed = hashed_entries(dir).map_err(unusable)?;
            let explained = frames.crash_explains(entries, hashed).map_err(unusable)?;
            Some(explained.ok_or_else(|| damaged(end, entries, kind))?)
        }
    };
    let file = File::options()
        .read(true)
        .write(true)
        .open(&path)
        .map_err(unusable)?;
    let bytes = file.metadata().map_err(unusable)?.len().saturating_sub(end);
    let cut = lost.map(|whole| Cut {
        segment: path.clone(),
        offset: end,
        bytes,
        entry: EntryIndex(entries),
        whole,
    });
    // Also zeros written ahead: whether they were really written is not known.
    if bytes > 0 {
        disk.set_len(&file, end).map_err(unusable)?;
    }
    // Also without a cut: what the last process appended may be in the kernel only.
    disk.sync(&file).map_err(unusable)?;
    sync_dir(dir).map_err(unusable)?;
    // A segment of an older version stays as it is, and the next begins in the present one.
    if frames.version() < VERSION {
        let begun = begin(dir, entries, disk)?;
        return Ok(LastSegment { cut, ..begun });
    }
    let end = Mark {
        bytes: end,
        entries,
    };
    Ok(LastSegment {
        file,
        first,
        end,
        cut,
    })
}

/// Whether a segment was given up before its header was whole, so that it cannot hold an entry.
fn unfinished(path: &Path) -> io::Result<bool> {
    Ok(fs::metadata(path)?.len() <= SEGMENT_HEADER as u64)
}
