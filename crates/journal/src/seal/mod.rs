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

use std::fs;
use std::io;
use std::path::Path;

pub use key::{SealKey, SealKeyError};
pub use notes::Seal;
pub(crate) use notes::{Notes, Record};
pub use sealer::{SealError, SealEvery, SealRecovery, Sealer};

/// Bytes of a leaf hash.
pub(crate) const LEAF_BYTES: u64 = 32;
pub(crate) const LEAVES: &str = "leaves";
pub(crate) const CHECKPOINTS: &str = "checkpoints";

/// Entries whose leaf hash was written, which is done only once they are on the disk.
pub(crate) fn hashed_entries(dir: &Path) -> io::Result<u64> {
    match fs::metadata(dir.join(LEAVES)) {
        Ok(file) => Ok(file.len() / LEAF_BYTES),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(e) => Err(e),
    }
}
