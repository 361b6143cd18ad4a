//! A small sealed journal to be tampered with, and a forger who knows the format.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use journal::{Journal, Options, Seal, SealEvery, SealKey, Sealer, VerifyReport};
use ledger::VerifierKey;

/// A journal of several segments in a directory of its own.
pub(crate) struct Sealed {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) key: VerifierKey,
    pub(crate) seals: Vec<Seal>,
}

pub(crate) fn options() -> Options {
    Options {
        segment_bytes: 400,
        min_free_bytes: 0,
        ..Options::default()
    }
}

pub(crate) fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
}

pub(crate) fn entry(n: u64) -> Vec<u8> {
    format!("entry {n:02} {}", "x".repeat(n as usize % 9)).into_bytes()
}

pub(crate) fn sealer(dir: &Path) -> Sealer {
    let key = SealKey::load_or_create(dir.join("key"), "journal.test").unwrap();
    Sealer::open(dir, key, SealEvery::default()).unwrap().0
}

impl Sealed {
    /// Seals whenever the journal has reached one of the sizes, and appends up to `entries`.
    pub(crate) fn new(entries: u64, seal_at: &[u64]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = SealKey::load_or_create(dir.path().join("key"), "journal.test").unwrap();
        let mut sealed = Self {
            dir,
            key: key.verifier().clone(),
            seals: Vec::new(),
        };
        let (journal, _) = Journal::open(sealed.dir.path(), options()).unwrap();
        let mut sealer = sealer(sealed.dir.path());
        for n in 0..entries {
            journal.append((), &entry(n)).unwrap().into_parts();
            if seal_at.contains(&(n + 1)) {
                journal.sync_now().unwrap();
                sealed
                    .seals
                    .extend(sealer.seal_now(&journal, at(n)).unwrap());
            }
        }
        sealed
    }

    pub(crate) fn verify(&self) -> VerifyReport {
        journal::verify(self.dir.path(), &self.key).unwrap()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn segments(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.dir.path())
            .unwrap()
            .map(|file| file.unwrap().path());
        let mut segments: Vec<_> = files
            .filter(|path| path.extension().is_some_and(|e| e == "journal"))
            .collect();
        segments.sort();
        segments
    }

    /// Lets the forger change all entries at will; the result is a flawless journal of others.
    pub(crate) fn forge(&self, change: impl FnOnce(&mut Vec<(u64, Vec<u8>)>)) {
        let mut entries: Vec<(u64, Vec<u8>)> =
            journal::Reader::from(self.dir.path(), ledger::EntryIndex(0))
                .unwrap()
                .map(|entry| entry.map(|(index, payload)| (index.0, payload)).unwrap())
                .collect();
        let segments = self.segments();
        let header = fs::read(&segments[0]).unwrap()[..32].to_vec();
        change(&mut entries);
        segments
            .iter()
            .for_each(|segment| fs::remove_file(segment).unwrap());
        let frames: Vec<u8> = entries
            .iter()
            .flat_map(|(n, payload)| frame(*n, payload))
            .collect();
        fs::write(&segments[0], [header, frames].concat()).unwrap();
    }
}

/// A frame with a checksum that fits.
pub(crate) fn frame(index: u64, payload: &[u8]) -> Vec<u8> {
    let index = index.to_le_bytes();
    let checksum = crc32c::crc32c(&[index.as_slice(), payload].concat());
    let length = (payload.len() as u32).to_le_bytes();
    [&length, &checksum.to_le_bytes(), index.as_slice(), payload].concat()
}

/// Numbers the entries anew after some were added or removed.
pub(crate) fn renumber(entries: &mut [(u64, Vec<u8>)]) {
    entries
        .iter_mut()
        .zip(0..)
        .for_each(|((index, _), n)| *index = n);
}
