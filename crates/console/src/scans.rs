//! Scans of paper forms, kept under the hash of what is in them.
//!
//! A scan that is kept is never changed; the same scan twice is one file. What a file is, is read out
//! of its first bytes and not out of its name. Until its form is sent a scan waits with the form's
//! draft, and goes when that goes: nobody keeps the papers of a form that came to nothing. Everything
//! here blocks.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// Largest scan, in bytes: two pages at 300 dpi, and room within the largest form of the console.
pub(crate) const LARGEST: usize = 10 * 1024 * 1024;

/// What a scan may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Pdf,
    Png,
    Jpeg,
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Self> {
        let kinds: [(&[u8], Self); 3] = [
            (b"%PDF-", Self::Pdf),
            (b"\x89PNG\r\n\x1a\n", Self::Png),
            (b"\xff\xd8\xff", Self::Jpeg),
        ];
        let mut kinds = kinds.into_iter();
        kinds
            .find(|(start, _)| bytes.starts_with(start))
            .map(|(_, kind)| kind)
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }
}

/// Why a scan was not kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    #[error("the scan must be a PDF, PNG or JPEG file")]
    Kind,
    #[error("the scan is larger than {} megabytes; scan it at 300 dots per inch or fewer", LARGEST / 1024 / 1024)]
    TooLarge,
    #[error("no folder is set for scans; set `scans` for the console")]
    NoFolder,
    #[error("the scan cannot be kept; check the disk and the rights to its folder")]
    Unkept(#[source] io::Error),
}

/// Where scans wait whose form is not sent, each under its draft's name and its own.
const WAITING: &str = "unsent";

/// A scan that waits: its file, and the draft it waits for.
pub(crate) struct Waiting {
    path: PathBuf,
    draft: String,
}

/// Keeps a scan with a draft, whole or not at all, and gives its hash: its reference on the record.
pub(crate) fn keep(folder: Option<&Path>, draft: &str, bytes: &[u8]) -> Result<String, ScanError> {
    let folder = folder.ok_or(ScanError::NoFolder)?;
    if Kind::of(bytes).is_none() {
        return Err(ScanError::Kind);
    }
    if bytes.len() > LARGEST {
        return Err(ScanError::TooLarge);
    }
    let digest = Sha256::digest(bytes);
    let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let waiting = folder.join(WAITING);
    let to = waiting.join(format!("{draft}.{sha256}"));
    if !to.is_file() {
        let part = waiting.join(format!("{draft}.{sha256}.part"));
        write(&waiting, &part, &to, bytes).map_err(ScanError::Unkept)?;
    }
    Ok(sha256)
}

/// Under another name first: a process that ends half way leaves no half scan under its hash.
fn write(folder: &Path, part: &Path, to: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = File::create(part)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let kept = written.and_then(|()| std::fs::rename(part, to));
    if kept.is_err() {
        let _gone = std::fs::remove_file(part);
    }
    kept?;
    File::open(folder)?.sync_all()
}

/// Keeps a draft's scan for good, before its form is sent: what is on the record has its scan,
/// whenever a process ends. Says whether it is there.
pub(crate) fn settle(folder: Option<&Path>, draft: &str, sha256: &str) -> Result<bool, ScanError> {
    let folder = folder.ok_or(ScanError::NoFolder)?;
    if !is_hash(sha256) {
        return Ok(false);
    }
    let from = folder.join(WAITING).join(format!("{draft}.{sha256}"));
    let to = folder.join(sha256);
    if to.is_file() {
        return Ok(true);
    }
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        renamed => renamed
            .and_then(|()| File::open(folder)?.sync_all())
            .map(|()| true)
            .map_err(ScanError::Unkept),
    }
}

/// All that wait.
pub(crate) fn waiting(folder: &Path) -> io::Result<Vec<Waiting>> {
    let files = match std::fs::read_dir(folder.join(WAITING)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files?,
    };
    let mut all = Vec::new();
    for file in files {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        let (draft, _) = name.split_once('.').unwrap_or((&name, ""));
        let (path, draft) = (file.path(), draft.to_owned());
        all.push(Waiting { path, draft });
    }
    Ok(all)
}

/// Drops those whose draft is not among these.
pub(crate) fn sweep(waiting: Vec<Waiting>, drafts: &HashSet<String>) -> io::Result<()> {
    let abandoned = waiting.into_iter();
    let mut abandoned = abandoned.filter(|scan| !drafts.contains(&scan.draft));
    abandoned.try_for_each(|scan| match std::fs::remove_file(scan.path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    })
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The scan of a form that was sent, by its hash, if it is there and still what it was.
pub(crate) fn find(folder: Option<&Path>, sha256: &str) -> io::Result<Option<(Kind, Vec<u8>)>> {
    let Some(folder) = folder.filter(|_| is_hash(sha256)) else {
        return Ok(None);
    };
    let file = match File::open(folder.join(sha256)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
    let digest = Sha256::digest(&bytes);
    let is_same = digest
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect::<String>()
        == sha256;
    Ok(Kind::of(&bytes)
        .filter(|_| is_same)
        .map(|kind| (kind, bytes)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn files(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter(|entry| entry.path().is_file()).count()
    }

    fn n_waiting(folder: &Path) -> usize {
        files(&folder.join(WAITING))
    }

    #[test]
    fn a_scan_is_kept_once_and_found_only_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let at = Some(folder.path());
        let sha256 = keep(at, "one", b"%PDF-1.7 one").unwrap();
        assert_eq!(keep(at, "one", b"%PDF-1.7 one").unwrap(), sha256);
        assert_eq!(n_waiting(folder.path()), 1);
        // Not before its form is sent.
        assert!(find(at, &sha256).unwrap().is_none());
        assert!(settle(at, "one", &sha256).unwrap());
        let found = find(at, &sha256).unwrap().unwrap();
        assert_eq!(found, (Kind::Pdf, b"%PDF-1.7 one".to_vec()));
        assert_eq!((n_waiting(folder.path()), files(folder.path())), (0, 1));
        // The same scan with another form, and a form sent again.
        assert_eq!(keep(at, "two", b"%PDF-1.7 one").unwrap(), sha256);
        assert!(settle(at, "two", &sha256).unwrap());
        assert!(settle(at, "one", &sha256).unwrap());
        std::fs::write(folder.path().join(&sha256), b"%PDF-1.7 two").unwrap();
        assert!(find(at, &sha256).unwrap().is_none());
        for nothing in ["", "../settings", &"0".repeat(64), &"g".repeat(64)] {
            assert!(find(at, nothing).unwrap().is_none());
            assert!(!settle(at, "one", nothing).unwrap());
        }
    }

    #[test]
    fn scans_of_forms_that_came_to_nothing_go() {
        let folder = tempfile::tempdir().unwrap();
        let at = Some(folder.path());
        assert_eq!(waiting(folder.path()).unwrap().len(), 0);
        let sent = keep(at, "one", b"%PDF-1.7 sent").unwrap();
        settle(at, "one", &sent).unwrap();
        keep(at, "one", b"%PDF-1.7 chosen before").unwrap();
        keep(at, "two", b"%PDF-1.7 goes on").unwrap();
        std::fs::write(folder.path().join(WAITING).join("three.part"), b"%P").unwrap();
        let drafts = HashSet::from(["two".to_owned()]);
        sweep(waiting(folder.path()).unwrap(), &drafts).unwrap();
        assert_eq!((n_waiting(folder.path()), files(folder.path())), (1, 1));
        sweep(waiting(folder.path()).unwrap(), &HashSet::new()).unwrap();
        assert_eq!((n_waiting(folder.path()), files(folder.path())), (0, 1));
        assert!(find(at, &sent).unwrap().is_some());
    }

    #[test]
    fn what_is_no_scan_or_too_large_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let at = Some(folder.path());
        for other in [&b"<html>"[..], b"", b"GIF89a", b"%PD"] {
            assert!(matches!(keep(at, "one", other), Err(ScanError::Kind)));
        }
        let mut large = vec![0; LARGEST + 1];
        large[..5].copy_from_slice(b"%PDF-");
        assert!(matches!(keep(at, "one", &large), Err(ScanError::TooLarge)));
        assert!(matches!(
            keep(None, "one", b"%PDF-"),
            Err(ScanError::NoFolder)
        ));
        assert_eq!(n_waiting(folder.path()), 0);
    }
}
