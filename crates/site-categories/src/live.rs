//! The newest file of site categories that opens, exchanged without a pause.

use crate::categories::{Categories, OpenError, Stamp};
use crate::format::ListVersion;
use arc_swap::ArcSwap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What [`Live::refresh`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// The file is the one in use.
    Unchanged,
    /// A newer file is now in use. The two versions are equal when only the date differs.
    Replaced {
        /// What was in use until now.
        from: ListVersion,
        /// What is in use from now on.
        to: ListVersion,
    },
    /// The file is still the one that would not open; the older lists stay in use.
    StillDamaged,
}

/// A handle that many threads look up in while one of them keeps it fresh.
#[derive(Debug)]
pub struct Live {
    path: PathBuf,
    current: ArcSwap<Categories>,
    /// The file that would not open, so that it is not read again and again.
    /// Also lets only one refresh run at a time.
    damaged: Mutex<Option<Stamp>>,
}

impl Live {
    /// Opens the file for the first time: there is no older one to fall back on.
    pub fn open(path: &Path) -> Result<Live, OpenError> {
        let categories = Categories::open(path)?;
        Ok(Live {
            path: path.to_owned(),
            current: ArcSwap::from_pointee(categories),
            damaged: Mutex::new(None),
        })
    }

    /// The lists in use. Take it once for a request, so that all its answers are
    /// from the same version.
    pub fn current(&self) -> Arc<Categories> {
        self.current.load_full()
    }

    /// The short version of the lists in use, for the ICAP ISTag: 16 hexadecimal digits.
    pub fn tag(&self) -> String {
        self.current.load().version().short()
    }

    /// Opens the file again if it was replaced, and keeps the lists in use if
    /// that fails: the error is for the operator's alarm.
    ///
    /// One `stat` when nothing changed; otherwise it reads the whole file (about
    /// 50 ms for 5 million entries), so call it from a thread that may wait.
    /// Lookups are never held up. A damaged file is an error once and
    /// [`Refresh::StillDamaged`] afterwards.
    pub fn refresh(&self) -> Result<Refresh, OpenError> {
        let mut damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        let metadata = std::fs::metadata(&self.path).map_err(|source| OpenError::Unreadable {
            path: self.path.clone(),
            source,
        })?;
        let stamp = Stamp::of(&metadata);
        let current = self.current();
        if stamp == current.stamp() {
            *damaged = None;
            return Ok(Refresh::Unchanged);
        }
        if *damaged == Some(stamp) {
            return Ok(Refresh::StillDamaged);
        }
        let newer = Categories::open(&self.path).inspect_err(|error| {
            // Trouble in reading may pass; what was read and is wrong stays wrong.
            let may_pass = matches!(error, OpenError::Unreadable { .. });
            *damaged = (!may_pass).then_some(stamp);
        })?;
        *damaged = None;
        let to = newer.version();
        self.current.store(Arc::new(newer));
        Ok(Refresh::Replaced {
            from: current.version(),
            to,
        })
    }
}
