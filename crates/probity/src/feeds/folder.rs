//! A folder that another system puts files into: each is taken in once it stands still, kept as it
//! was received, and taken out of the folder.
//!
//! A file is gone from the folder only after all of it was taken in, so whatever ends this half way, the
//! file is taken in again and changes nothing twice. One that was put in its place meanwhile stays, and
//! is taken in next.

use std::collections::HashMap;
use std::error::Error;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use console::running::Files;
use directory::raw_files::{KeepError, RawFile, RawFiles};

/// How often a folder is looked at. A file has to stand still for as long.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Ending of a file's name that could not be read.
const FAILED: &str = "failed";

/// Which file stands under a name, its size and last change: as long as they differ from one look to
/// the next, somebody is writing.
pub(crate) type Look = (u64, u64, SystemTime);

fn look_of(about: &Metadata) -> io::Result<Look> {
    Ok((about.ino(), about.len(), about.modified()?))
}

/// Why a file was not taken in.
#[derive(Debug)]
pub(crate) enum Untaken {
    /// Not by trying again.
    Unreadable(Box<dyn Error + Send + Sync>),
    /// The register, the record or the disk is away.
    Later(Box<dyn Error + Send + Sync>),
}

impl Untaken {
    /// To be tried again.
    pub(crate) fn later(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Later(error.into())
    }
}

/// Takes in what is put into a folder, until dropped: files whose path is wanted, by what gives which
/// file it took.
pub(crate) async fn watch<F, T>(folder: &Path, wants: fn(&Path) -> bool, take_in: F)
where
    F: Fn(PathBuf) -> T,
    T: Future<Output = Result<Look, Untaken>>,
{
    let (mut seen, mut stuck) = (HashMap::new(), HashMap::new());
    let mut is_gone = false;
    loop {
        match look(folder, wants) {
            Ok(now) => {
                is_gone = false;
                let mut still: Vec<_> = now
                    .iter()
                    .filter(|(path, look)| seen.get(*path) == Some(*look))
                    .filter(|(path, look)| stuck.get(*path) != Some(*look))
                    .map(|(path, look)| (path.clone(), *look))
                    .collect();
                still.sort();
                for (path, look) in still {
                    let taken = take_in(path.clone()).await;
                    if clear(&path, taken) == Cleared::Stuck {
                        stuck.insert(path, look);
                    }
                }
                stuck.retain(|path, _| now.contains_key(path));
                seen = now;
            }
            Err(error) if !is_gone => {
                is_gone = true;
                tracing::warn!(%error, folder = %folder.display(), "a folder of feeds cannot be looked at");
            }
            Err(_) => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Whether a file is a list.
pub(crate) fn is_csv(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Whether a file is anything but one that could not be read.
pub(crate) fn is_not_failed(path: &Path) -> bool {
    path.extension().is_none_or(|ending| ending != FAILED)
}

/// Files in a folder. Hidden ones are of programs that are still writing.
fn look(folder: &Path, wants: fn(&Path) -> bool) -> io::Result<HashMap<PathBuf, Look>> {
    let mut found = HashMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        // Of the entry itself: a link could lead anywhere.
        let about = entry.metadata()?;
        if wants(&path) && !is_hidden && about.is_file() {
            found.insert(path, look_of(&about)?);
        }
    }
    Ok(found)
}

/// Most files of a folder that are counted: far more than any feed leaves.
const MOST_COUNTED: usize = 10_000;

/// How many files lie in a folder, wanted and not taken in yet, or not to be read.
pub(crate) fn count(folder: &Path, wants: fn(&Path) -> bool) -> io::Result<Files> {
    let mut files = Files::default();
    for entry in std::fs::read_dir(folder)?.take(MOST_COUNTED) {
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if is_hidden || !entry.file_type()?.is_file() {
            continue;
        }
        let path = entry.path();
        if !is_not_failed(&path) {
            files.failed += 1;
        } else if wants(&path) {
            files.waiting += 1;
        }
    }
    Ok(files)
}

/// Whether a file is still to be looked at where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cleared {
    /// It is gone, or is tried again.
    Yes,
    /// It is done with, and cannot be taken out: to be left alone until it changes.
    Stuck,
}

fn clear(path: &Path, taken: Result<Look, Untaken>) -> Cleared {
    let shown = path.display();
    let cleared = match taken {
        Ok(taken) => remove(path, taken),
        Err(Untaken::Unreadable(error)) => {
            tracing::error!(
                error = &*error,
                file = %shown,
                "a feed cannot be read and is set aside in its folder"
            );
            std::fs::rename(path, path.with_added_extension(FAILED))
        }
        Err(Untaken::Later(error)) => {
            tracing::warn!(error = &*error, file = %shown, "a feed waits in its folder");
            return Cleared::Yes;
        }
    };
    match cleared {
        Ok(()) => Cleared::Yes,
        Err(error) => {
            tracing::warn!(
                %error,
                file = %shown,
                "a feed cannot be taken out of its folder; let the server write there"
            );
            Cleared::Stuck
        }
    }
}

/// Takes a file out of the folder, unless it is another one by now.
fn remove(path: &Path, taken: Look) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(about) if look_of(&about)? == taken => std::fs::remove_file(path),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Keeps a file as it was received, and tells which it was. Blocks.
pub(crate) fn keep(path: &Path, raw: &RawFiles) -> Result<(RawFile, Look), Untaken> {
    let file = File::open(path).map_err(Untaken::later)?;
    let taken = file.metadata().and_then(|about| look_of(&about));
    let kept = raw.keep(file).map_err(|error| match error {
        KeepError::TooLarge => Untaken::Unreadable(error.into()),
        KeepError::Unkept { .. } => Untaken::later(error),
    })?;
    Ok((kept, taken.map_err(Untaken::later)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn files_are_counted_by_what_became_of_them() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "one.csv",
            "two.CSV",
            "three.csv.failed",
            ".four.csv",
            "five.txt",
        ] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("six.csv")).unwrap();
        let counted = |wants: fn(&Path) -> bool| {
            let files = count(folder.path(), wants).unwrap();
            (files.waiting, files.failed)
        };
        assert_eq!(counted(is_csv), (2, 1));
        assert_eq!(counted(is_not_failed), (3, 1));
        assert!(count(&folder.path().join("gone"), is_csv).is_err());
    }

    #[test]
    fn a_file_put_in_the_place_of_one_that_was_taken_in_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        std::fs::write(&path, "employee number\n1\n").unwrap();
        let taken = look(folder.path(), is_csv).unwrap()[&path];
        let new = folder.path().join(".people.csv");
        std::fs::write(&new, "employee number\n2\n").unwrap();
        std::fs::rename(&new, &path).unwrap();
        remove(&path, taken).unwrap();
        assert!(path.exists());
        let taken = look(folder.path(), is_csv).unwrap()[&path];
        remove(&path, taken).unwrap();
        assert!(!path.exists());
        // Whoever put it there took it back.
        remove(&path, taken).unwrap();
    }

    #[test]
    fn what_could_not_be_read_is_not_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cdr_0001");
        std::fs::write(&path, "no calls").unwrap();
        let wanted = |wants: fn(&Path) -> bool| look(folder.path(), wants).unwrap().len();
        assert_eq!((wanted(is_not_failed), wanted(is_csv)), (1, 0));
        clear(&path, Err(Untaken::later("the disk")));
        assert_eq!(wanted(is_not_failed), 1);
        clear(&path, Err(Untaken::Unreadable("no calls".into())));
        assert_eq!(wanted(is_not_failed), 0);
        assert!(folder.path().join("cdr_0001.failed").exists());
    }
}
