//! Lists about people that are put into folders.

use std::path::Path;

use directory::import::{ImportError, Imported};
use jiff::Timestamp;

use super::folder::{self, Look, Untaken};
use super::{FolderConfig, Intake};

/// What is put into a folder.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// HR's lists.
    Hr,
    /// Lists of clock events.
    Clocks,
}

/// Takes in what is put into a folder, if there is one, until dropped.
pub(super) async fn watch(config: Option<&FolderConfig>, kind: Kind, intake: &Intake) {
    let Some(FolderConfig { folder }) = config else {
        return;
    };
    folder::watch(folder, folder::is_csv, |path| async move {
        let (imported, taken) = take_in(&path, kind, intake).await?;
        tracing::info!(file = %path.display(), counts = ?imported.counts, "a feed was taken in");
        Ok(taken)
    })
    .await;
}

/// What came of a file, and which it was.
async fn take_in(path: &Path, kind: Kind, intake: &Intake) -> Result<(Imported, Look), Untaken> {
    let (from, raw) = (path.to_owned(), intake.raw.clone());
    let kept = tokio::task::spawn_blocking(move || folder::keep(&from, &raw));
    let (kept, taken) = kept.await.map_err(Untaken::later)??;
    let now = Timestamp::now();
    let imported = match kind {
        Kind::Hr => intake.importer.import_hr(&kept, now, drop).await,
        Kind::Clocks => intake.importer.import_clocks(&kept, now, drop).await,
    };
    match imported {
        Ok(imported) => Ok((imported, taken)),
        Err(error @ ImportError::Sheet(_)) => Err(Untaken::Unreadable(error.into())),
        Err(error) => Err(Untaken::later(error)),
    }
}
