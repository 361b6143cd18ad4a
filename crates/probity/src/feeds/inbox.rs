//! A folder that another system puts files into: each is taken in once it stands still, kept as it
//! was received, and taken out of the folder.
//!
//! A file is gone from the folder only after the register has all of it, so whatever ends this
//! half way, the file is taken in again and changes nothing twice.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use directory::import::{ImportError, Imported};
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

/// Size and last change: as long as they differ from one look to the next, somebody is writing.
type Look = (u64, SystemTime);

/// Takes in what is put into a folder, if there is one, until dropped.
pub(super) async fn watch(config: Option<&FolderConfig>, kind: Kind, intake: &Intake) {
    let Some(FolderConfig { folder }) = config else {
        return;
    };
    let mut seen = HashMap::new();
    let mut is_gone = false;
    loop {
        match look(folder) {
            Ok(now) => {
                is_gone = false;
                let mut still: Vec<_> = now
                    .iter()
                    .filter(|(path, look)| seen.get(*path) == Some(*look))
                    .map(|(path, _)| path.clone())
                    .collect();
                still.sort();
                for path in still {
                    take(&path, kind, intake).await;
                }
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
            found.insert(path, (about.len(), about.modified()?));
        }
    }
    Ok(found)
}

async fn take(path: &Path, kind: Kind, intake: &Intake) {
    let shown = path.display();
    match take_in(path, kind, intake).await {
        Ok(imported) => {
            tracing::info!(file = %shown, counts = ?imported.counts, "a feed was taken in");
            if let Err(error) = std::fs::remove_file(path) {
                tracing::warn!(%error, file = %shown, "a feed was taken in and cannot be taken out of its folder");
            }
        }
        Err(Untaken::Unreadable(error)) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                file = %shown,
                "a feed cannot be read and is set aside in its folder"
            );
            let aside = path.with_added_extension(FAILED);
            if let Err(error) = std::fs::rename(path, aside) {
                tracing::warn!(%error, file = %shown, "it cannot be set aside either");
            }
        }
        Err(Untaken::Later(error)) => tracing::warn!(
            error = &*error,
            file = %shown,
            "a feed waits in its folder"
        ),
    }
}

/// Why a file was not taken in.
enum Untaken {
    /// Not by trying again.
    Unreadable(ImportError),
    /// The register or the disk is away.
    Later(Box<dyn std::error::Error + Send + Sync>),
}

async fn take_in(path: &Path, kind: Kind, intake: &Intake) -> Result<Imported, Untaken> {
    let (from, raw) = (path.to_owned(), intake.raw.clone());
    let kept = tokio::task::spawn_blocking(move || {
        let file = File::open(from).map_err(|error| Untaken::Later(error.into()))?;
        raw.keep(file).map_err(|error| Untaken::Later(error.into()))
    });
    let kept = kept.await.map_err(|error| Untaken::Later(error.into()))??;
    let now = Timestamp::now();
    let imported = match kind {
        Kind::Hr => intake.importer.import_hr(&kept, now, drop).await,
        Kind::Clocks => intake.importer.import_clocks(&kept, now, drop).await,
    };
    imported.map_err(|error| match error {
        ImportError::Sheet(_) => Untaken::Unreadable(error),
        other => Untaken::Later(other.into()),
    })
}
