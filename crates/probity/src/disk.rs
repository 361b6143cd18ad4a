//! How much room a disk has.

use std::path::Path;

/// Room on the disk a folder is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// What this program may still write, in bytes.
    pub(crate) free_bytes: u64,
    /// What the disk holds altogether, in bytes.
    pub(crate) total_bytes: u64,
}

impl Room {
    /// Nothing where the disk does not say.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let volume = rustix::fs::statvfs(folder).ok()?;
        Some(Self {
            free_bytes: volume.f_bavail.saturating_mul(volume.f_frsize),
            total_bytes: volume.f_blocks.saturating_mul(volume.f_frsize),
        })
    }
}
