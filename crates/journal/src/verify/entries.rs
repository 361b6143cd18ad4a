//! Walks all entries of a journal and goes on behind damage.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use ledger::{EntryIndex, NodeHash, leaf_hash};

use crate::damage::{Damage, DamageKind};
use crate::format::{FRAME_HEADER, HeaderFault, SEGMENT_HEADER};
use crate::frames::{Frames, Step};
use crate::segments::{list, segment_path};

/// Where an entry begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// First entry of the segment, which names the file.
    pub(super) segment: u64,
    /// Bytes from its beginning.
    pub(super) offset: u64,
}

/// What comes next.
pub(super) enum Found {
    /// A whole entry. Indexes only grow.
    Entry {
        index: u64,
        leaf: NodeHash,
        place: Place,
    },
    /// Something else.
    Damage(Damage),
    /// The journal ends with something that is no entry, or that a crash left with gaps.
    TornEnd(Damage),
}

pub(super) struct Walk {
    dir: PathBuf,
    /// Segments not begun yet.
    left: VecDeque<u64>,
    open: Option<(u64, Frames)>,
    expected: u64,
    /// Entries that there should be, as far as is known.
    hashed: u64,
    /// The entry expected was found damaged; that it is missing need not be said again.
    told: bool,
}

impl Walk {
    /// Of a journal of which so many entries were hashed.
    pub(super) fn new(dir: &Path, hashed: u64) -> io::Result<Self> {
        let left = list(dir)?.into();
        Ok(Self {
            dir: dir.to_owned(),
            left,
            open: None,
            expected: 0,
            hashed,
            told: false,
        })
    }

    /// Index of the entry that would come next.
    pub(super) fn expected(&self) -> u64 {
        self.expected
    }

    pub(super) fn next_found(&mut self) -> io::Result<Option<Found>> {
        loop {
            let found = match self.open.take() {
                Some((segment, frames)) => self.next_in(segment, frames)?,
                None => match self.left.pop_front() {
                    None => return Ok(None),
                    Some(segment) => self.begin(segment)?,
                },
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn begin(&mut self, segment: u64) -> io::Result<Option<Found>> {
        let path = segment_path(&self.dir, segment);
        let place = Place { segment, offset: 0 };
        let (frames, fault) = Frames::open_anyhow(&path, segment)?;
        let bytes = frames.file_bytes()?;
        let kind = match fault {
            Some(HeaderFault::Version(version)) => {
                return Ok(Some(self.damage(place, DamageKind::LaterVersion(version))));
            }
            // A segment just begun has no entries, and none behind it.
            Some(HeaderFault::Unfinished)
                if self.left.is_empty() && bytes <= SEGMENT_HEADER as u64 =>
            {
                return Ok(None);
            }
            Some(_) => Some(DamageKind::NotASegment),
            None => self.gap(segment, u64::MAX),
        };
        self.open = Some((segment, frames));
        Ok(kind.map(|kind| self.damage(place, kind)))
    }

    /// What to say when `index` comes next, which cannot honestly be later than `latest`.
    fn gap(&mut self, index: u64, latest: u64) -> Option<DamageKind> {
        if index < self.expected || index > latest {
            return Some(DamageKind::OtherEntry(EntryIndex(index)));
        }
        let missing = index - self.expected;
        let told = std::mem::take(&mut self.told);
        match missing {
            0 => None,
            1 if told => {
                self.expected = index;
                None
            }
            _ => Some(DamageKind::Missing {
                until: EntryIndex(index),
            }),
        }
    }

    /// The latest index that may come next where a segment has so many bytes left.
    fn latest(&self, bytes: u64) -> u64 {
        let room = self.expected.saturating_add(bytes / FRAME_HEADER as u64);
        let next = self.left.front().map(|next| next.saturating_sub(1));
        next.unwrap_or_else(|| self.hashed.max(room))
    }

    fn damage(&mut self, place: Place, kind: DamageKind) -> Found {
        let segment = segment_path(&self.dir, place.segment);
        let entry = EntryIndex(self.expected);
        if let DamageKind::Missing { until } = kind {
            self.expected = until.0;
        }
        Found::Damage(Damage {
            segment,
            offset: place.offset,
            entry,
            kind,
        })
    }

    fn next_in(&mut self, segment: u64, mut frames: Frames) -> io::Result<Option<Found>> {
        let place = Place {
            segment,
            offset: frames.offset(),
        };
        let kind = match frames.step()? {
            Step::End => return Ok(None),
            Step::Frame { index, payload, .. } => {
                let leaf = leaf_hash(payload);
                let latest = match index == self.expected {
                    true => index,
                    false => self.latest(frames.file_bytes()?.saturating_sub(place.offset)),
                };
                let Some(kind) = self.gap(index, latest) else {
                    self.open = Some((segment, frames));
                    self.expected = index.saturating_add(1);
                    return Ok(Some(Found::Entry { index, leaf, place }));
                };
                // Behind a gap the entry itself is looked at again, as the one now expected.
                if matches!(kind, DamageKind::Missing { .. }) {
                    frames.seek(place.offset);
                }
                self.open = Some((segment, frames));
                return Ok(Some(self.damage(place, kind)));
            }
            Step::Torn => DamageKind::CutShort,
            Step::Damaged => DamageKind::Checksum,
        };
        let crash = frames.crash_explains(self.expected, self.hashed)?;
        // Beside a writer: if it was at this frame only now, the frame has become whole before
        // anything seen behind it.
        let faulty = frames.step()?.is_faulty();
        frames.seek(place.offset);
        if !faulty {
            self.open = Some((segment, frames));
            return Ok(None);
        }
        self.told = true;
        if crash.is_some() && self.left.is_empty() {
            let Found::Damage(damage) = self.damage(place, kind) else {
                return Ok(None);
            };
            return Ok(Some(Found::TornEnd(damage)));
        }
        if frames.resume_after_damage(self.expected)? {
            self.open = Some((segment, frames));
        }
        Ok(Some(self.damage(place, kind)))
    }
}
