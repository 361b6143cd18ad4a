//! Where a journal is damaged, and how.

use std::fmt;
use std::path::PathBuf;

use ledger::EntryIndex;

/// A place where the journal does not read as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub segment: PathBuf,
    /// Bytes from the beginning of the file.
    pub offset: u64,
    /// The entry expected there.
    pub entry: EntryIndex,
    /// What is wrong.
    pub kind: DamageKind,
}

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DamageKind {
    /// The file does not begin as a segment of that name does.
    NotASegment,
    /// Written by a later release, which can read it.
    LaterVersion(u32),
    /// The bytes are not those that were written.
    Checksum,
    /// The file ends in the middle of an entry.
    CutShort,
    /// Another entry stands there.
    OtherEntry(EntryIndex),
    /// The next entry kept is a later one.
    Missing {
        /// First entry that is there again.
        until: EntryIndex,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            segment,
            offset,
            entry,
            kind,
        } = self;
        match kind {
            DamageKind::NotASegment => write!(f, "not the beginning of a segment")?,
            DamageKind::LaterVersion(version) => {
                write!(
                    f,
                    "written in format version {version}, later than this release reads"
                )?;
            }
            DamageKind::Checksum => write!(f, "entry {entry} does not fit its checksum")?,
            DamageKind::CutShort => write!(f, "entry {entry} is cut short")?,
            DamageKind::OtherEntry(found) => {
                write!(f, "entry {found} stands where entry {entry} belongs")?;
            }
            DamageKind::Missing { until } if until.0 == entry.0 + 1 => {
                write!(f, "entry {entry} is missing")?;
            }
            DamageKind::Missing { until } => {
                write!(
                    f,
                    "entries {entry} to {} are missing",
                    until.0.saturating_sub(1)
                )?;
            }
        }
        write!(f, " at byte {offset} of `{}`", segment.display())
    }
}
