//! Seals the journal: signs, from time to time, the Merkle root of all entries on the disk.
//!
//! Beside the segments stand two files. `leaves` holds the hash of every sealed entry, 32 bytes
//! each. `checkpoints` holds the signed notes, each followed by two blank lines; besides origin,
//! size and root a note says its sequence number and when it was sealed. Leaves are on the disk
//! before the checkpoint over them is written, so a crash leaves at most unsealed leaves and half a
//! checkpoint; both are cut off when the sealer is opened again.
//!
//! A third file, `tree`, only saves hashing all leaves anew: it is believed only when it gives the
//! root of the last checkpoint.

mod key;
mod notes;
mod sealer;

pub use key::{SealKey, SealKeyError};
pub use notes::Seal;
pub(crate) use notes::{Notes, Record};
pub use sealer::{SealError, SealEvery, SealRecovery, Sealer};

/// Bytes of a leaf hash.
pub(crate) const LEAF_BYTES: u64 = 32;
pub(crate) const LEAVES: &str = "leaves";
pub(crate) const CHECKPOINTS: &str = "checkpoints";
