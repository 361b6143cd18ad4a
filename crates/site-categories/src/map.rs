//! A file mapped into memory: the one place in this crate with unsafe code.

use memmap2::Mmap;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// A part of a mapped file.
#[derive(Clone)]
pub(crate) struct Section {
    map: Arc<Mmap>,
    start: usize,
    end: usize,
}

impl Section {
    /// Maps a whole file.
    pub(crate) fn map_file(file: &File) -> io::Result<Section> {
        // SAFETY: a mapping is sound as long as nobody changes or shortens the
        // file under it. Files of this kind are never edited in place: `build`
        // writes a new one beside the old and renames it over, which leaves the
        // old file, and so this mapping, as it was until the last user lets go.
        // Someone who edits the file by hand can end the process (SIGBUS) or
        // garble answers; they could equally put a wrong list in its place.
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(file)? };
        let end = map.len();
        Ok(Section {
            map: Arc::new(map),
            start: 0,
            end,
        })
    }

    /// A part of this one; `None` when it would reach outside.
    pub(crate) fn part(&self, start: usize, len: usize) -> Option<Section> {
        let start = self.start.checked_add(start)?;
        let end = start.checked_add(len)?;
        (end <= self.end).then(|| Section {
            map: Arc::clone(&self.map),
            start,
            end,
        })
    }
}

impl AsRef<[u8]> for Section {
    fn as_ref(&self) -> &[u8] {
        // Invariant: `start <= end <= map.len()`, kept by the two constructors.
        &self.map[self.start..self.end]
    }
}
