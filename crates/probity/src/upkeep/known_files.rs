//! The register of known files: taken up when it changes, and when something in it ends.

use std::io::ErrorKind;

use jiff::Timestamp;

use super::{Stamp, Work};
use crate::failure;
use crate::known_files::KnownFiles;

/// Versions of the register and of its key; nothing for one that is not there.
type Stamps = [Option<Stamp>; 2];

/// The register of known files, which may come and go.
pub(super) struct Watched {
    files: KnownFiles,
    /// What was looked at last, whether or not it could be used: it may be large.
    seen: Option<Stamps>,
    /// Whether anything was taken up yet, be it that there is none.
    has_taken: bool,
    /// When something in it ends, in seconds since 1970.
    ends: Option<i64>,
}

impl Watched {
    pub(super) fn new(files: KnownFiles) -> Self {
        Self {
            files,
            seen: None,
            has_taken: false,
            ends: None,
        }
    }

    fn stamps(&self) -> std::io::Result<Stamps> {
        let mut stamps = [None; 2];
        for (stamp, path) in stamps.iter_mut().zip(self.files.paths()) {
            match Stamp::of(&path) {
                Ok(found) => *stamp = Some(found),
                Err(error) if error.kind() == ErrorKind::NotFound => (),
                Err(error) => return Err(error),
            }
        }
        Ok(stamps)
    }
}

impl Work {
    /// Nothing when neither file has changed and nothing in it has ended; a register that is gone takes
    /// what it knew with it.
    pub(super) fn take_up_known_files(&mut self, now: Timestamp) -> Option<Result<(), String>> {
        let watched = &mut self.known_files;
        let stamps = match watched.stamps() {
            Ok(stamps) => stamps,
            Err(error) => return Some(Err(error.to_string())),
        };
        let has_ended = watched.ends.is_some_and(|ends| ends <= now.as_second());
        if watched.seen == Some(stamps) && !has_ended {
            return None;
        }
        watched.seen = Some(stamps);
        let (index, ends) = match watched.files.index_and_end(now) {
            Ok(Some((index, ends))) => (Some(index), ends),
            Ok(None) => (None, None),
            Err(error) => return Some(Err(failure::chain(&error))),
        };
        let is_first = !std::mem::replace(&mut watched.has_taken, true);
        watched.ends = ends;
        let version = index.as_ref().map(|index| index.version().to_owned());
        let information = self.point.information();
        let is_new = information.known_files_version() != version;
        if is_new || has_ended {
            information.recognise(index);
        }
        match version {
            Some(version) if is_new || is_first || has_ended => {
                Some(self.note("known-files", &version))
            }
            None if is_new => Some(self.note("known-files", "none")),
            _ => Some(Ok(())),
        }
    }
}
