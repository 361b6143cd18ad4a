//! What a comparison of a live file finds, and the reading of such files.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// 1 MiB: the longest of these files we know of has a few thousand lines.
const LONGEST: u64 = 1024 * 1024;

/// One difference between a live file and what belongs in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drift {
    /// Where it begins, counted from 1; none where something is not there at all.
    pub(crate) line: Option<usize>,
    /// In words.
    pub(crate) what: String,
}

/// What a comparison found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Compared {
    /// Every difference.
    pub(crate) drifts: Vec<Drift>,
    /// What could not be looked at, and is no fault.
    pub(crate) notes: Vec<Drift>,
}

impl Compared {
    /// A line that is not as it belongs.
    pub(crate) fn drift(&mut self, line: usize, what: String) {
        let line = Some(line);
        self.drifts.push(Drift { line, what });
    }

    /// Something that is not there.
    pub(crate) fn missing(&mut self, what: String) {
        self.drifts.push(Drift { line: None, what });
    }

    /// Something that was not looked at.
    pub(crate) fn note(&mut self, line: usize, what: String) {
        let line = Some(line);
        self.notes.push(Drift { line, what });
    }
}

/// Why a live file was not compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadLiveError {
    /// It cannot be opened or read.
    #[error("cannot read `{path}`: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no such file.
    #[error("`{path}` is longer than {} KiB and is not compared; is it the right file?", LONGEST / 1024)]
    TooLong {
        /// Which.
        path: PathBuf,
    },
}

/// Reads a live file. What is no UTF-8 in it stands as a replacement character.
pub(crate) fn read(path: &Path) -> Result<String, ReadLiveError> {
    let unreadable = |source| ReadLiveError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        return Err(ReadLiveError::TooLong {
            path: path.to_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A line as it is shown: not longer than reads well.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_is_read_to_a_bound_and_a_folder_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("main.cf");
        std::fs::write(&path, b"a = \xff\n").unwrap();
        assert_eq!(read(&path).unwrap(), "a = \u{fffd}\n");
        std::fs::write(&path, vec![b'#'; 1024 * 1024 + 1]).unwrap();
        assert!(matches!(read(&path), Err(ReadLiveError::TooLong { .. })));
        for no_file in [folder.path(), Path::new("/nowhere/main.cf")] {
            let error = read(no_file).unwrap_err();
            assert!(matches!(error, ReadLiveError::Unreadable { .. }));
        }
    }
}
