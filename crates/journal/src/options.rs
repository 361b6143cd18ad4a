//! What can be set about a journal.

use std::time::Duration;

use crate::format::MAX_ENTRY_BYTES;

/// Sizes and times of a journal. The defaults suit a gate.
#[derive(Clone, Debug)]
pub struct Options {
    /// A segment is closed before it would outgrow this many bytes. 64 MiB: read through in a
    /// tenth of a second, and a year of a council's mail makes a few hundred files.
    pub segment_bytes: u64,
    /// Longest entry accepted, in bytes; at most [`MAX_ENTRY_BYTES`]. 1 MiB: an entry tells of a
    /// message, it does not hold it.
    pub max_entry_bytes: usize,
    /// No entry stays in the kernel's memory only for longer than this. 50 ms: what a power cut
    /// may take from entries that did not wait for the disk.
    pub sync_within: Duration,
    /// Appending is refused while the file system has less than this free, in bytes. 256 MiB:
    /// enough for seals and for whoever comes to make room.
    pub min_free_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 64 * 1024 * 1024,
            max_entry_bytes: 1024 * 1024,
            sync_within: Duration::from_millis(50),
            min_free_bytes: 256 * 1024 * 1024,
        }
    }
}

impl Options {
    pub(crate) fn longest_entry(&self) -> usize {
        self.max_entry_bytes.min(MAX_ENTRY_BYTES)
    }
}
