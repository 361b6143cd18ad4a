//! The file of a memory: replaced whole when it is opened, and appended to from then on.
//!
//! What is appended is on the disk before [`Log::append`] returns. A process that is killed leaves at
//! most the beginning of a note at the end, which the next to read it passes over.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::mark;
use crate::notes::{self, Note};

const NAME: &str = "memory";

/// Beyond this many bytes more than twice what is held, the file is written anew.
const SLACK: u64 = 1 << 20;

/// What stands in a file.
pub(crate) struct Reading {
    pub(crate) notes: Vec<Note>,
    /// More is wrong than an end that was being written.
    pub(crate) is_damaged: bool,
}

/// The file, open at its end.
#[derive(Debug)]
pub(crate) struct Log {
    path: PathBuf,
    file: File,
    bytes: u64,
    /// What it had when it was written whole.
    whole: u64,
    /// Held as long as this is.
    _lock: File,
}

impl Log {
    /// Reads the file of a folder; none if there is none.
    pub(crate) fn read(folder: &Path) -> io::Result<Option<Reading>> {
        match fs::read(folder.join(NAME)) {
            Ok(bytes) => {
                let (notes, is_damaged) = notes::decode(&bytes);
                Ok(Some(Reading { notes, is_damaged }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the file of a folder whole.
    pub(crate) fn begin(folder: &Path, whole: &[u8], lock: File) -> io::Result<Self> {
        let path = folder.join(NAME);
        let file = mark::replace(&path, whole)?;
        let bytes = whole.len() as u64;
        Ok(Self {
            path,
            file,
            bytes,
            whole: bytes,
            _lock: lock,
        })
    }

    /// Adds notes. False where the whole is to be written in their place: there are none, or the file
    /// has grown to much more than its memory.
    pub(crate) fn append(&mut self, new: &[u8]) -> io::Result<bool> {
        let bytes = self.bytes + new.len() as u64;
        if new.is_empty() || bytes > self.whole.saturating_mul(2).saturating_add(SLACK) {
            return Ok(false);
        }
        self.file.write_all(new)?;
        self.file.sync_data()?;
        self.bytes = bytes;
        Ok(true)
    }

    /// Writes the file whole.
    pub(crate) fn replace(&mut self, whole: &[u8]) -> io::Result<()> {
        self.file = mark::replace(&self.path, whole)?;
        self.whole = whole.len() as u64;
        self.bytes = self.whole;
        Ok(())
    }
}
