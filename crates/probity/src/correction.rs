//! The correction of the model for offence as it lies in the data directory, and the one before it.
//!
//! Both are replaced whole and are on the disk before the command says so. The former one is written
//! first: whatever moment the power fails at, one of the two is in use and none is lost.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use content::offence::correction::{Correction, LONGEST_FILE, ReadCorrectionError};

use crate::data_dir::DataDir;
use crate::people::replace;

/// Why a correction cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CorrectionError {
    /// The file.
    #[error("cannot read the correction `{path}`")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The data directory does not take it.
    #[error("cannot write the correction `{path}`; run this as the account that runs the gates")]
    Unwritten {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// What is in it.
    #[error("the correction `{path}` cannot be used")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: ReadCorrectionError,
    },
}

/// Reads a correction; nothing if there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<Correction>, CorrectionError> {
    let mut bytes = Vec::new();
    let most = LONGEST_FILE as u64 + 1;
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    match read {
        Ok(_) => match Correction::decode(&bytes) {
            Ok(correction) => Ok(Some(correction)),
            Err(source) => Err(CorrectionError::Unusable {
                path: path.to_owned(),
                source,
            }),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(CorrectionError::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Takes a correction into use and keeps the one before. One that cannot be used is not worth keeping:
/// the one before that stays.
pub(crate) fn apply(data: &DataDir, correction: &Correction) -> Result<(), CorrectionError> {
    let (path, former) = (data.correction(), data.former_correction());
    let kept = match read(&path) {
        Ok(Some(before)) => replace(&former, &before.encode()),
        // Without one before it, going back leads to none.
        Ok(None) => remove(&former),
        Err(CorrectionError::Unusable { .. }) => Ok(()),
        Err(error) => return Err(error),
    };
    kept.and_then(|()| sync(data))
        .and_then(|()| replace(&path, &correction.encode()))
        .and_then(|()| sync(data))
        .map_err(|source| CorrectionError::Unwritten { path, source })
}

/// Goes back to the correction before, or to none where there is none before that can be used.
pub(crate) fn roll_back(data: &DataDir) -> Result<Option<Correction>, CorrectionError> {
    let (path, former) = (data.correction(), data.former_correction());
    let before = match read(&former) {
        Err(CorrectionError::Unusable { .. }) => None,
        read => read?,
    };
    let moved = match before {
        Some(_) => std::fs::rename(&former, &path),
        None => remove(&path).and_then(|()| remove(&former)),
    };
    moved
        .and_then(|()| sync(data))
        .map_err(|source| CorrectionError::Unwritten { path, source })?;
    Ok(before)
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A rename is lasting once its folder is on the disk.
fn sync(data: &DataDir) -> std::io::Result<()> {
    File::open(data.path())?.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use content::finding::Label;
    use content::offence::correction::{Opinion, Verdict, propose};

    use super::*;

    fn correction(end: &str) -> Correction {
        let verdict = Verdict {
            label: Label::Sexist,
            words: format!("Women can't read maps, so send one of the lads {end}."),
            opinion: Opinion::Wrong,
        };
        propose(&vec![verdict; 4]).correction
    }

    #[test]
    fn one_step_back_and_one_more_to_none() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(folder.path());
        let in_use = || read(&data.correction()).unwrap();
        let (first, second) = (correction("to the barn"), correction("over here"));
        assert_ne!(first, second);
        apply(&data, &first).unwrap();
        apply(&data, &second).unwrap();
        assert_eq!(in_use().as_ref(), Some(&second));
        assert_eq!(roll_back(&data).unwrap().as_ref(), Some(&first));
        assert_eq!(in_use(), Some(first));
        assert_eq!(roll_back(&data).unwrap(), None);
        assert_eq!(in_use(), None);
        assert_eq!(
            roll_back(&data).unwrap(),
            None,
            "there is nothing to go back to"
        );
    }

    #[test]
    fn what_cannot_be_used_is_neither_kept_nor_gone_back_to() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(folder.path());
        let (first, second) = (correction("to the barn"), correction("over here"));
        apply(&data, &first).unwrap();
        apply(&data, &second).unwrap();
        std::fs::write(data.correction(), "junk").unwrap();
        apply(&data, &second).unwrap();
        assert_eq!(read(&data.former_correction()).unwrap(), Some(first));
        std::fs::write(data.former_correction(), "junk").unwrap();
        assert_eq!(roll_back(&data).unwrap(), None);
        assert!(!data.correction().exists() && !data.former_correction().exists());
    }

    #[test]
    fn a_file_beyond_all_bounds_is_not_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("offence.correction");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert!(matches!(read(&path), Err(CorrectionError::Unusable { .. })));
    }
}
