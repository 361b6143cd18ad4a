//! What a verification says.

use std::fmt;
use std::path::PathBuf;

use ledger::{CheckpointError, EntryIndex, TreeSize};

use crate::damage::Damage;

/// Findings listed; more are only counted. So many say that the journal must be restored anyway.
pub const MAX_FINDINGS: usize = 1000;

/// The result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Whole entries read.
    pub entries: u64,
    /// Entries that a signed root confirms.
    pub verified: u64,
    /// Size covered by the last checkpoint that is genuine.
    pub sealed: TreeSize,
    /// Entries read that come after it. Nothing can be said about these yet.
    pub unsealed: u64,
    /// Genuine checkpoints.
    pub checkpoints: u64,
    /// Leaf hashes after the last checkpoint. More than none means that a seal is under way, was
    /// broken off by a crash, or that its checkpoint was taken away.
    pub unsealed_leaves: u64,
    /// Unsealed bytes at the end that are no whole entry, and what stands behind: a crash, or the
    /// writer at work.
    pub torn_end: Option<Damage>,
    /// What is not as it was written.
    pub findings: Vec<Finding>,
    /// Findings that were not listed.
    pub more_findings: u64,
}

impl VerifyReport {
    /// Whether everything sealed is there, unchanged.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    pub(crate) fn find(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more_findings += 1;
        }
    }
}

/// Something that is not as it was written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A segment does not read as the journal writes it.
    Damaged(Damage),
    /// Entries were changed: the signed root confirms the other leaf hashes.
    EntriesChanged {
        /// First of them.
        first: EntryIndex,
        /// Last of them.
        last: EntryIndex,
        /// File of the first.
        segment: PathBuf,
        /// Its place in the file, in bytes.
        offset: u64,
    },
    /// Leaf hashes were changed: the signed root confirms the entries.
    LeavesChanged {
        /// First of them.
        first: EntryIndex,
        /// Last of them.
        last: EntryIndex,
        /// Place of the first in the file of leaf hashes, in bytes.
        offset: u64,
    },
    /// Entries and leaf hashes differ, and no signed root confirms either.
    Differing {
        /// First of them.
        first: EntryIndex,
        /// Last of them.
        last: EntryIndex,
        /// File of the first entry.
        segment: PathBuf,
        /// Its place in the file, in bytes.
        offset: u64,
    },
    /// The root over these entries is not the signed one: something between was changed.
    Unconfirmed {
        /// Everything before is confirmed.
        from: TreeSize,
        /// Size of the checkpoint that does not come out.
        to: TreeSize,
        /// Its number.
        sequence: u64,
    },
    /// Sealed entries are missing at the end of the journal.
    EntriesMissing {
        /// First missing entry.
        from: EntryIndex,
        /// Entries that there must be.
        sealed: TreeSize,
    },
    /// Leaf hashes are missing at the end of their file.
    LeavesMissing {
        /// First missing one.
        from: EntryIndex,
        /// Leaf hashes that there must be.
        sealed: TreeSize,
    },
    /// A checkpoint was changed, or signed by another key.
    Checkpoint {
        /// Its place in the file of checkpoints, in bytes.
        offset: u64,
        /// Size of the genuine checkpoint before.
        after: TreeSize,
        /// What is wrong with it.
        source: CheckpointError,
    },
    /// Checkpoints were removed, inserted or reordered.
    CheckpointOrder {
        /// Place in the file of checkpoints, in bytes.
        offset: u64,
        /// Size of the genuine checkpoint before.
        after: TreeSize,
        /// The number that should follow.
        expected: u64,
        /// The number found.
        found: u64,
    },
    /// The last checkpoint is incomplete: a crash, or changed bytes. Opening the sealer removes it
    /// if it was a crash.
    CheckpointTorn {
        /// Its place in the file of checkpoints, in bytes.
        offset: u64,
        /// Size of the genuine checkpoint before.
        after: TreeSize,
    },
    /// The journal does not go on from the checkpoint kept elsewhere.
    NotAsExpected {
        /// Size of that checkpoint.
        size: TreeSize,
        /// Size up to which the journal could be read.
        found: TreeSize,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(damage) => damage.fmt(f),
            Self::EntriesChanged {
                first,
                last,
                segment,
                offset,
            } => {
                let segment = segment.display();
                write!(
                    f,
                    "entries {first} to {last} were changed, from byte {offset} of `{segment}` on"
                )
            }
            Self::LeavesChanged {
                first,
                last,
                offset,
            } => {
                write!(
                    f,
                    "leaf hashes {first} to {last} were changed, from byte {offset} of `leaves` on"
                )
            }
            Self::Differing {
                first,
                last,
                segment,
                offset,
            } => {
                let segment = segment.display();
                write!(
                    f,
                    "entries {first} to {last}, from byte {offset} of `{segment}` on, differ from \
                     their leaf hashes, and no signed root says which were changed"
                )
            }
            Self::Unconfirmed { from, to, sequence } => write!(
                f,
                "entries {from} to {} do not give the root of checkpoint {sequence}: one or more \
                 of them were changed",
                to.0.saturating_sub(1)
            ),
            Self::EntriesMissing { from, sealed } => {
                write!(
                    f,
                    "entries {from} to {} are missing at the end",
                    sealed.0.saturating_sub(1)
                )
            }
            Self::LeavesMissing { from, sealed } => {
                let last = sealed.0.saturating_sub(1);
                write!(
                    f,
                    "leaf hashes {from} to {last} are missing at the end of `leaves`"
                )
            }
            Self::Checkpoint {
                offset,
                after,
                source,
            } => write!(
                f,
                "the checkpoint after size {after}, at byte {offset} of `checkpoints`, is not \
                 genuine: {source}"
            ),
            Self::CheckpointOrder {
                offset,
                after,
                expected,
                found,
            } => write!(
                f,
                "checkpoint {found} stands where checkpoint {expected} belongs, after size \
                 {after}, at byte {offset} of `checkpoints`"
            ),
            Self::CheckpointTorn { offset, after } => write!(
                f,
                "the last checkpoint, after size {after}, at byte {offset} of `checkpoints`, is \
                 incomplete: a crash or a change"
            ),
            Self::NotAsExpected { size, found } if found < size => {
                write!(
                    f,
                    "the checkpoint kept elsewhere covers {size} entries, and {found} are left"
                )
            }
            Self::NotAsExpected { size, .. } => write!(
                f,
                "the first {size} entries do not give the root of the checkpoint kept elsewhere"
            ),
        }
    }
}
