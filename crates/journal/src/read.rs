//! Reads entries in order, in bounded memory, also while the writer goes on.

use std::io;
use std::path::{Path, PathBuf};

use ledger::{EntryIndex, TreeSize};

use crate::damage::{Damage, DamageKind};
use crate::format::HeaderFault;
use crate::frames::{Frames, Step};
use crate::segments::{list, segment_path};

/// One entry as it was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its position.
    pub index: EntryIndex,
    /// Its bytes.
    pub payload: &'a [u8],
}

/// Why no further entry can be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file or directory cannot be read.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The journal is not as it was written.
    #[error("{0}: verify the journal")]
    Damaged(Damage),
}

/// A place in a journal directory from which entries are read one after the other.
///
/// At the end of the journal it gives nothing, and more when asked again after the writer went on.
/// Entries it gives are with the kernel, not necessarily on the disk.
pub struct Reader {
    dir: PathBuf,
    frames: Option<(u64, Frames)>,
    /// Index of the entry at the present place.
    next: u64,
    /// Entries before this one are passed over.
    from: u64,
    failed: bool,
}

/// What was found at the end of a segment.
enum Ending {
    /// The journal ends here, for now.
    Journal,
    /// Another segment follows and was opened.
    Segment,
}

impl Reader {
    /// Begins with an entry, which need not be there yet, or with the first that is kept.
    pub fn from(dir: impl AsRef<Path>, first: EntryIndex) -> Result<Self, ReadError> {
        let dir = dir.as_ref().to_owned();
        let mut reader = Self {
            dir,
            frames: None,
            next: 0,
            from: first.0,
            failed: false,
        };
        let segments = reader.segments()?;
        let segment = segments.iter().rev().find(|start| **start <= first.0);
        if let Some(start) = segment.or(segments.first()) {
            reader.next = *start;
            reader.open_segment(*start)?;
        }
        Ok(reader)
    }

    /// Begins so that `n` entries are left, or all if there are fewer. Reads at most two segments.
    pub fn tail(dir: impl AsRef<Path>, n: u64) -> Result<Self, ReadError> {
        let dir = dir.as_ref();
        let mut end = Self::from(dir, EntryIndex(u64::MAX))?;
        while end.next_entry()?.is_some() {}
        let (first, reached) = (end.segments()?.first().copied().unwrap_or(0), end.next);
        Self::from(dir, EntryIndex(reached.saturating_sub(n).max(first)))
    }

    /// Reads one entry, if it is there.
    pub fn entry(dir: impl AsRef<Path>, index: EntryIndex) -> Result<Option<Vec<u8>>, ReadError> {
        let mut reader = Self::from(dir, index)?;
        let entry = reader.next_entry()?;
        Ok(entry
            .filter(|e| e.index == index)
            .map(|e| e.payload.to_vec()))
    }

    /// Entries before the present place.
    pub fn position(&self) -> TreeSize {
        TreeSize(self.next)
    }

    /// The next entry, or nothing at the present end of the journal.
    pub fn next_entry(&mut self) -> Result<Option<Entry<'_>>, ReadError> {
        let (at, bytes) = loop {
            if let Some((at, bytes)) = self.advance()? {
                if self.next > self.from {
                    break (at, bytes);
                }
                continue;
            }
            match self.ending()? {
                Ending::Journal => return Ok(None),
                Ending::Segment => (),
            }
        };
        let index = EntryIndex(self.next - 1);
        let payload = self
            .frames
            .as_ref()
            .map_or(&[][..], |(_, f)| f.payload_at(at, bytes));
        Ok(Some(Entry { index, payload }))
    }

    /// Passes one frame of the open segment: where its payload begins and how long it is.
    fn advance(&mut self) -> Result<Option<(u64, usize)>, ReadError> {
        let Some((first, frames)) = &mut self.frames else {
            return Ok(None);
        };
        match frames.step() {
            Err(source) => Err(ReadError::Unreadable {
                path: segment_path(&self.dir, *first),
                source,
            }),
            Ok(Step::Frame {
                index,
                offset,
                payload,
                ..
            }) if index == self.next => {
                self.next += 1;
                Ok(Some((offset, payload.len())))
            }
            Ok(Step::Frame { index, offset, .. }) => {
                let kind = DamageKind::OtherEntry(EntryIndex(index));
                Err(self.damaged(offset, kind))
            }
            Ok(Step::End | Step::Torn | Step::Damaged) => Ok(None),
        }
    }

    /// Decides what it means that no whole entry follows in the open segment.
    fn ending(&mut self) -> Result<Ending, ReadError> {
        let segments = self.segments()?;
        let open = self.frames.as_ref().map(|(first, _)| *first);
        let Some(&later) = segments
            .iter()
            .find(|first| open.is_none_or(|open| **first > open))
        else {
            return self.end_of_journal();
        };
        // The writer finishes a segment before it begins the next: look once more.
        let Some((_, frames)) = &mut self.frames else {
            (self.next, self.from) = (later, self.from.max(later));
            return self.open_segment(later);
        };
        let offset = frames.offset();
        let kind = match frames.step() {
            Err(source) => {
                return Err(ReadError::Unreadable {
                    path: self.segment(),
                    source,
                });
            }
            Ok(Step::Frame { .. }) => {
                frames.seek(offset);
                return Ok(Ending::Segment);
            }
            Ok(Step::Torn) => DamageKind::CutShort,
            Ok(Step::Damaged) => DamageKind::Checksum,
            Ok(Step::End) if later == self.next => return self.open_segment(later),
            Ok(Step::End) if later > self.next => DamageKind::Missing {
                until: EntryIndex(later),
            },
            Ok(Step::End) => DamageKind::OtherEntry(EntryIndex(later)),
        };
        Err(self.damaged(offset, kind))
    }

    /// At the end of the last segment anything unfinished is the writer's present business, or
    /// will be cut off when it comes back, unless it was on the disk already.
    fn end_of_journal(&mut self) -> Result<Ending, ReadError> {
        let path = self.segment();
        let Some((_, frames)) = &mut self.frames else {
            return Ok(Ending::Journal);
        };
        let offset = frames.offset();
        match is_damaged(frames, self.next) {
            Ok(false) => Ok(Ending::Journal),
            Ok(true) => Err(self.damaged(offset, DamageKind::Checksum)),
            Err(source) => Err(ReadError::Unreadable { path, source }),
        }
    }

    fn open_segment(&mut self, first: u64) -> Result<Ending, ReadError> {
        let path = segment_path(&self.dir, first);
        match Frames::open(&path, first) {
            Err(source) => Err(ReadError::Unreadable { path, source }),
            Ok(Ok(frames)) => {
                self.frames = Some((first, frames));
                Ok(Ending::Segment)
            }
            // Just begun: there is no entry in it yet.
            Ok(Err(HeaderFault::Unfinished)) if self.segments()?.last() == Some(&first) => {
                Ok(Ending::Journal)
            }
            Ok(Err(fault)) => {
                let kind = match fault {
                    HeaderFault::Version(version) => DamageKind::LaterVersion(version),
                    _ => DamageKind::NotASegment,
                };
                let entry = EntryIndex(first);
                self.failed = true;
                Err(ReadError::Damaged(Damage {
                    segment: path,
                    offset: 0,
                    entry,
                    kind,
                }))
            }
        }
    }

    fn segments(&self) -> Result<Vec<u64>, ReadError> {
        list(&self.dir).map_err(|source| ReadError::Unreadable {
            path: self.dir.clone(),
            source,
        })
    }

    fn segment(&self) -> PathBuf {
        segment_path(
            &self.dir,
            self.frames.as_ref().map_or(self.next, |(first, _)| *first),
        )
    }

    fn damaged(&mut self, offset: u64, kind: DamageKind) -> ReadError {
        self.failed = true;
        let entry = EntryIndex(self.next);
        ReadError::Damaged(Damage {
            segment: self.segment(),
            offset,
            entry,
            kind,
        })
    }
}

/// Whether the present place is damaged, rather than left by a crash or just being written.
fn is_damaged(frames: &mut Frames, entry: u64) -> io::Result<bool> {
    let offset = frames.offset();
    // Once more at last: the writer goes in order, so beside a writer what comes before a frame
    // seen just now can be seen now, even if it was only half there at first.
    let damaged = frames.step()?.is_faulty()
        && frames.crash_explains(entry, 0)?.is_none()
        && frames.step()?.is_faulty();
    frames.seek(offset);
    Ok(damaged)
}

/// Gives owned entries up to the present end; after an error, nothing more.
impl Iterator for Reader {
    type Item = Result<(EntryIndex, Vec<u8>), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self
            .next_entry()
            .map(|e| e.map(|e| (e.index, e.payload.to_vec())));
        self.failed |= next.is_err();
        next.transpose()
    }
}
