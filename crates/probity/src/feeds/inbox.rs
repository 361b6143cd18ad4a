//! A folder that another system puts files into: each is taken in once it stands still, kept as it
//! was received, and taken out of the folder.
//!
//! A file is gone from the folder only after the register has all of it, so whatever ends this
//! half way, the file is taken in again and changes nothing twice. One that was put in its place
//! meanwhile stays, and is taken in next.

use std::collections::HashMap;
use std::error::Error;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use directory::import::{ImportError, Imported};
use directory::raw_files::KeepError;
use jiff::Timestamp;

use super::{FolderConfig, Intake};

/// How often the folder is looked at. A file has to stand still for as long.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Ending of a file's name that could not be read.
const FAILED: &str = "failed";

/// What is put into a folder.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// HR's lists.
    Hr,
    /// Lists of clock events.
    Clocks,
}

/// Which file stands under a name, its size and last change: as long as they differ from one look to
/// the next, somebody is writing.
type Look = (u64, u64, SystemTime);

fn look_of(about: &Metadata) -> io::Result<Look> {
    Ok((about.ino(), about.len(), about.modified()?))
}

/// Takes in what is put into a folder, if there is one, until dropped.
pub(super) async fn watch(config: Option<&FolderConfig>, kind: Kind, intake: &Intake) {
    let Some(FolderConfig { folder }) = config else {
        return;
    };
    let (mut seen, mut stuck) = (HashMap::new(), HashMap::new());
    let mut is_gone = false;
    loop {
        match look(folder) {
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
                    if take(&path, kind, intake).await == Folder::Stuck {
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

/// Lists in a folder. Hidden files are of programs that are still writing.
fn look(folder: &Path) -> io::Result<HashMap<PathBuf, Look>> {
    let mut found = HashMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let is_list = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        // Of the entry itself: a link could lead anywhere.
        let about = entry.metadata()?;
        if is_list && !is_hidden && about.is_file() {
            found.insert(path, look_of(&about)?);
        }
    }
    Ok(found)
}

/// Whether a file is still to be looked at where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folder {
    /// It is gone, or is tried again.
    Clear,
    /// It is done with, and cannot be taken out: to be left alone until it changes.
    Stuck,
}

async fn take(path: &Path, kind: Kind, intake: &Intake) -> Folder {
    let shown = path.display();
    let cleared = match take_in(path, kind, intake).await {
        Ok((imported, taken)) => {
            tracing::info!(file = %shown, counts = ?imported.counts, "a feed was taken in");
            remove(path, taken)
        }
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
            return Folder::Clear;
        }
    };
    match cleared {
        Ok(()) => Folder::Clear,
        Err(error) => {
            tracing::warn!(
                %error,
                file = %shown,
                "a feed cannot be taken out of its folder; let the server write there"
            );
            Folder::Stuck
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

/// Why a file was not taken in.
enum Untaken {
    /// Not by trying again.
    Unreadable(Box<dyn Error + Send + Sync>),
    /// The register or the disk is away.
    Later(Box<dyn Error + Send + Sync>),
}

fn later(error: impl Into<Box<dyn Error + Send + Sync>>) -> Untaken {
    Untaken::Later(error.into())
}

/// What came of a file, and which it was.
async fn take_in(path: &Path, kind: Kind, intake: &Intake) -> Result<(Imported, Look), Untaken> {
    let (from, raw) = (path.to_owned(), intake.raw.clone());
    let kept = tokio::task::spawn_blocking(move || {
        let file = File::open(from).map_err(later)?;
        let taken = file.metadata().and_then(|about| look_of(&about));
        let kept = raw.keep(file).map_err(|error| match error {
            KeepError::TooLarge => Untaken::Unreadable(error.into()),
            KeepError::Unkept { .. } => later(error),
        })?;
        Ok((kept, taken.map_err(later)?))
    });
    let (kept, taken) = kept.await.map_err(later)??;
    let now = Timestamp::now();
    let imported = match kind {
        Kind::Hr => intake.importer.import_hr(&kept, now, drop).await,
        Kind::Clocks => intake.importer.import_clocks(&kept, now, drop).await,
    };
    match imported {
        Ok(imported) => Ok((imported, taken)),
        Err(error @ ImportError::Sheet(_)) => Err(Untaken::Unreadable(error.into())),
        Err(error) => Err(later(error)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_put_in_the_place_of_one_that_was_taken_in_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        std::fs::write(&path, "employee number\n1\n").unwrap();
        let taken = look(folder.path()).unwrap()[&path];
        let new = folder.path().join(".people.csv");
        std::fs::write(&new, "employee number\n2\n").unwrap();
        std::fs::rename(&new, &path).unwrap();
        remove(&path, taken).unwrap();
        assert!(path.exists());
        let taken = look(folder.path()).unwrap()[&path];
        remove(&path, taken).unwrap();
        assert!(!path.exists());
        // Whoever put it there took it back.
        remove(&path, taken).unwrap();
    }
}
