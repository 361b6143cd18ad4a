//! The register of known files on the disk, and its key beside it.
//!
//! The register is replaced whole, by one process at a time, and is on the disk before the command says
//! so: whoever is killed leaves the old one or the new one. The key is made with the first entry and never
//! replaced, as a register is worth nothing without it.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use content::known_files::{Index, Key, LONGEST_FILE, ReadRegisterError, Register};
use jiff::Timestamp;
use rustix::process::geteuid;
use rustix::rand::{GetRandomFlags, getrandom};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::people::replace;

/// Why the register of known files cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KnownFilesError {
    /// One of the two files.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The folder does not take it.
    #[error("cannot write `{path}`; run this as the account that runs the gates")]
    Unwritten {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// What is in it.
    #[error("the register of known files `{path}` cannot be used")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: ReadRegisterError,
    },
    /// It is there and its key is not, or another one.
    #[error(
        "`{path}` is not the key of the register of known files beside it; put the right one back from \
         its backup, or remove both files and register everything again"
    )]
    WrongKey {
        /// Where the key is looked for.
        path: PathBuf,
    },
    /// What root writes there the gates could not read.
    #[error(
        "the folder of `{path}` belongs to another account; run this as the one that runs the gates"
    )]
    OtherAccount {
        /// The register in it.
        path: PathBuf,
    },
    /// Whoever reads it can ask what is registered.
    #[error("the key `{path}` is open to others; close it with chmod 600")]
    OpenKey {
        /// Which.
        path: PathBuf,
    },
}

/// Where a register of known files is.
#[derive(Debug, Clone)]
pub(crate) struct KnownFiles {
    register: PathBuf,
}

impl KnownFiles {
    /// The one at this path.
    pub(crate) fn at(register: &Path) -> Self {
        Self {
            register: register.to_owned(),
        }
    }

    /// The one a configuration names, or that of its data directory.
    pub(crate) fn of(config: &Config) -> Self {
        let usual = || DataDir::new(&config.data_dir).known_files();
        let register = config.known_files.clone().unwrap_or_else(usual);
        Self { register }
    }

    /// The register and its key.
    pub(crate) fn paths(&self) -> [PathBuf; 2] {
        [self.register.clone(), self.beside("key")]
    }

    /// Reads it, with its key; nothing if there is no register.
    pub(crate) fn read(&self) -> Result<Option<(Register, Key)>, KnownFilesError> {
        let Some(bytes) = self.bytes(&self.register, LONGEST_FILE)? else {
            return Ok(None);
        };
        let register = Register::decode(&bytes).map_err(|source| KnownFilesError::Unusable {
            path: self.register.clone(),
            source,
        })?;
        match self.read_key()? {
            Some(key) if register.is_under(&key) => Ok(Some((register, key))),
            _ => Err(KnownFilesError::WrongKey {
                path: self.beside("key"),
            }),
        }
    }

    /// Makes it ready to be asked; nothing if there is no register.
    pub(crate) fn index(&self, at: Timestamp) -> Result<Option<Index>, KnownFilesError> {
        let made = self.index_and_end(at)?;
        Ok(made.map(|(index, _)| index))
    }

    /// As [`Self::index`], with the moment at which the first thing in it ends, in seconds since 1970.
    pub(crate) fn index_and_end(
        &self,
        at: Timestamp,
    ) -> Result<Option<(Index, Option<i64>)>, KnownFilesError> {
        let Some((register, key)) = self.read()? else {
            return Ok(None);
        };
        let at = at.as_second();
        let wrong_key = |_| KnownFilesError::WrongKey {
            path: self.beside("key"),
        };
        let index = Index::new(&register, &key, at).map_err(wrong_key)?;
        Ok(Some((index, register.next_end(at))))
    }

    /// The key, which is made if there is no register yet.
    pub(crate) fn key(&self) -> Result<Key, KnownFilesError> {
        let _turn = self.turn()?;
        match self.read()? {
            Some((_, key)) => Ok(key),
            None => self.key_for_a_new_one(),
        }
    }

    /// Changes the register and writes it; one that is not there yet is made. Others wait meanwhile.
    pub(crate) fn change<T, E: From<KnownFilesError>>(
        &self,
        change: impl FnOnce(&mut Register) -> Result<T, E>,
    ) -> Result<T, E> {
        let _turn = self.turn()?;
        let mut register = match self.read()? {
            Some((register, _)) => register,
            None => Register::new(&self.key_for_a_new_one()?),
        };
        let done = change(&mut register)?;
        replace(&self.register, &register.encode())
            .and_then(|()| self.sync())
            .map_err(|source| self.unwritten(source))?;
        Ok(done)
    }

    fn key_for_a_new_one(&self) -> Result<Key, KnownFilesError> {
        if let Some(key) = self.read_key()? {
            return Ok(key);
        }
        let mut bytes = [0; Key::BYTES];
        let drawn = getrandom(&mut bytes, GetRandomFlags::empty());
        let path = self.beside("key");
        let written = match drawn {
            // So few bytes are never drawn in part.
            Ok(n) if n == bytes.len() => {
                let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                replace(&path, format!("{digits}\n").as_bytes()).and_then(|()| self.sync())
            }
            Ok(_) => Err(ErrorKind::UnexpectedEof.into()),
            Err(error) => Err(error.into()),
        };
        written.map_err(|source| KnownFilesError::Unwritten { path, source })?;
        Ok(Key::new(bytes))
    }

    fn read_key(&self) -> Result<Option<Key>, KnownFilesError> {
        let path = self.beside("key");
        let Some(text) = self.bytes(&path, 2 * Key::BYTES + 2)? else {
            return Ok(None);
        };
        let meta = std::fs::metadata(&path).map_err(|source| KnownFilesError::Unreadable {
            path: path.clone(),
            source,
        })?;
        if meta.permissions().mode() & 0o007 != 0 {
            return Err(KnownFilesError::OpenKey { path });
        }
        match key_of(&text) {
            Some(key) => Ok(Some(key)),
            None => Err(KnownFilesError::WrongKey { path }),
        }
    }

    /// A file that may not be there, read no further than to one byte more than it may have.
    fn bytes(&self, path: &Path, most: usize) -> Result<Option<Vec<u8>>, KnownFilesError> {
        let mut bytes = Vec::new();
        let most = most as u64 + 1;
        let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
        match read {
            Ok(_) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(KnownFilesError::Unreadable {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// Waits until nobody else changes the register. Ends with what is given back.
    fn turn(&self) -> Result<File, KnownFilesError> {
        let folder = self.folder().unwrap_or(Path::new("."));
        let is_others = |meta: Metadata| geteuid().is_root() && meta.uid() != 0;
        if std::fs::metadata(folder).is_ok_and(is_others) {
            return Err(KnownFilesError::OtherAccount {
                path: self.register.clone(),
            });
        }
        let open = || {
            DirBuilder::new()
                .recursive(true)
                .mode(0o750)
                .create(folder)?;
            let lock = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(self.beside("lock"))?;
            lock.lock()?;
            Ok(lock)
        };
        open().map_err(|source| self.unwritten(source))
    }

    /// A rename is lasting once its folder is on the disk.
    fn sync(&self) -> std::io::Result<()> {
        File::open(self.folder().unwrap_or(Path::new(".")))?.sync_all()
    }

    fn folder(&self) -> Option<&Path> {
        let folder = self.register.parent();
        folder.filter(|folder| !folder.as_os_str().is_empty())
    }

    fn beside(&self, extension: &str) -> PathBuf {
        let mut path = self.register.clone().into_os_string();
        path.push(".");
        path.push(extension);
        path.into()
    }

    fn unwritten(&self, source: std::io::Error) -> KnownFilesError {
        KnownFilesError::Unwritten {
            path: self.register.clone(),
            source,
        }
    }
}

fn key_of(text: &[u8]) -> Option<Key> {
    let digits = text.trim_ascii_end();
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    let bytes = bytes.filter(|_| rest.is_empty())?;
    Some(Key::new(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests;
