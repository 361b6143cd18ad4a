//! Files as they were received, kept under their hash: what a row was taken from can be looked at
//! years later, and the same file twice is one file.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// Largest file taken, in bytes: a row of the largest council's HR list is far below a kilobyte.
const LARGEST: u64 = 512 * 1024 * 1024;

/// Where files are kept.
#[derive(Debug, Clone)]
pub struct RawFiles {
    folder: PathBuf,
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFile {
    /// SHA-256 of what is in it, hexadecimal.
    pub sha256: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// Why a file could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It cannot be read, or not be written where files are kept.
    #[error("the file cannot be kept; check the disk and the rights to {folder}")]
    Unkept {
        /// Where files are kept.
        folder: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// Larger than any feed.
    #[error("the file is larger than {LARGEST} bytes; split it")]
    TooLarge,
}

impl RawFiles {
    /// Files in this folder, which is made when the first comes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Keeps what is read, whole or not at all. Blocks.
    pub fn keep(&self, mut from: impl Read) -> Result<RawFile, KeepError> {
        let unkept = |source| KeepError::Unkept {
            folder: self.folder.clone(),
            source,
        };
        std::fs::create_dir_all(&self.folder).map_err(unkept)?;
        // Two at once write two files, and the later takes the place of its equal.
        let (path, mut file) = self.draft().map_err(unkept)?;
        let written = copy(&mut from, &mut file);
        let kept = written.and_then(|(sha256, bytes)| {
            file.sync_all()?;
            let to = self.folder.join(&sha256);
            std::fs::rename(&path, &to)?;
            File::open(&self.folder)?.sync_all()?;
            Ok(RawFile {
                sha256,
                path: to,
                bytes,
            })
        });
        let kept = kept.map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => KeepError::TooLarge,
            _ => unkept(error),
        });
        if kept.is_err() {
            let _gone = std::fs::remove_file(&path);
        }
        kept
    }

    /// Where the file with this hash is, if it is kept.
    pub fn find(&self, sha256: &str) -> Option<PathBuf> {
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        let path = self.folder.join(sha256);
        (is_hash && path.is_file()).then_some(path)
    }

    fn draft(&self) -> io::Result<(PathBuf, File)> {
        let mut n = 0u32;
        loop {
            let path = self
                .folder
                .join(format!("draft-{}-{n}", std::process::id()));
            match File::create_new(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && n < 10_000 => n += 1,
                made => return made.map(|file| (path, file)),
            }
        }
    }
}

fn copy(from: &mut impl Read, to: &mut File) -> io::Result<(String, u64)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0u64);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => return Ok((hex(&hash.finalize()), bytes)),
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        bytes += n as u64;
        if bytes > LARGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        hash.update(&buffer[..n]);
        to.write_all(&buffer[..n])?;
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl AsRef<Path> for RawFile {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}
