//! Scans of paper forms, kept under the hash of what is in them.
//!
//! A scan that is kept is never changed; the same scan twice is one file. What a file is, is read out
//! of its first bytes and not out of its name. Everything here blocks.

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

/// Keeps a scan, whole or not at all, and gives its hash: its reference on the record.
pub(crate) fn keep(folder: Option<&Path>, bytes: &[u8]) -> Result<String, ScanError> {
    let folder = folder.ok_or(ScanError::NoFolder)?;
    if Kind::of(bytes).is_none() {
        return Err(ScanError::Kind);
    }
    if bytes.len() > LARGEST {
        return Err(ScanError::TooLarge);
    }
    let digest = Sha256::digest(bytes);
    let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let to = folder.join(&sha256);
    if !to.is_file() {
        write(folder, &to, bytes).map_err(ScanError::Unkept)?;
    }
    Ok(sha256)
}

/// Under another name first: a process that ends half way leaves no half scan under its hash.
fn write(folder: &Path, to: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let (path, mut file) = draft(folder)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let kept = written.and_then(|()| std::fs::rename(&path, to));
    if kept.is_err() {
        let _gone = std::fs::remove_file(&path);
    }
    kept?;
    File::open(folder)?.sync_all()
}

fn draft(folder: &Path) -> io::Result<(PathBuf, File)> {
    let mut n = 0_u32;
    loop {
        let path = folder.join(format!("draft-{}-{n}", std::process::id()));
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && n < 10_000 => n += 1,
            made => return made.map(|file| (path, file)),
        }
    }
}

/// The scan with this hash, if it is kept and still what it was.
pub(crate) fn find(folder: Option<&Path>, sha256: &str) -> io::Result<Option<(Kind, Vec<u8>)>> {
    let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    let Some(folder) = folder.filter(|_| is_hash) else {
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

    #[test]
    fn a_scan_is_kept_once_and_found_only_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let at = Some(folder.path());
        let sha256 = keep(at, b"%PDF-1.7 one").unwrap();
        assert_eq!(keep(at, b"%PDF-1.7 one").unwrap(), sha256);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        let found = find(at, &sha256).unwrap().unwrap();
        assert_eq!(found, (Kind::Pdf, b"%PDF-1.7 one".to_vec()));
        std::fs::write(folder.path().join(&sha256), b"%PDF-1.7 two").unwrap();
        assert!(find(at, &sha256).unwrap().is_none());
        for nothing in ["", "../settings", &"0".repeat(64), &"g".repeat(64)] {
            assert!(find(at, nothing).unwrap().is_none());
        }
    }

    #[test]
    fn what_is_no_scan_or_too_large_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let at = Some(folder.path());
        for other in [&b"<html>"[..], b"", b"GIF89a", b"%PD"] {
            assert!(matches!(keep(at, other), Err(ScanError::Kind)));
        }
        let mut large = vec![0; LARGEST + 1];
        large[..5].copy_from_slice(b"%PDF-");
        assert!(matches!(keep(at, &large), Err(ScanError::TooLarge)));
        assert!(matches!(keep(None, b"%PDF-"), Err(ScanError::NoFolder)));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    }
}
