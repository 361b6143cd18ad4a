//! Follows the journal and signs checkpoints over what is on the disk.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ledger::{CheckpointError, EntryIndex, MAX_NOTE_BYTES, NodeHash, Tree, TreeSize, leaf_hash};

use super::{CHECKPOINTS, LEAF_BYTES, LEAVES, Notes, Record, Seal, SealKey};
use crate::journal::Journal;
use crate::read::{ReadError, Reader};
use crate::recover::lock_file;
use crate::segments::sync_dir;

/// Leaf hashes gathered before they are written, in bytes.
const BATCH: usize = 64 * 1024;

const TREE: &str = "tree";

/// How often [`Sealer::seal_if_due`] seals.
#[derive(Clone, Copy, Debug)]
pub struct SealEvery {
    /// After so many new entries, ...
    pub entries: u64,
    /// ... or after this time, if there is a new entry.
    pub period: Duration,
}

impl Default for SealEvery {
    /// 10,000 entries or 30 s: what an attacker who takes the machine could still change.
    fn default() -> Self {
        Self {
            entries: 10_000,
            period: Duration::from_secs(30),
        }
    }
}

/// What opening a sealer found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealRecovery {
    /// Entries sealed so far.
    pub sealed: TreeSize,
    /// Bytes of leaves cut off that no checkpoint covered.
    pub cut_leaves: u64,
    /// Bytes of an unfinished checkpoint cut off.
    pub cut_checkpoints: u64,
}

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A file cannot be read or written. Try again later.
    #[error("cannot use `{path}`")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another sealer is at work.
    #[error("the journal in `{dir}` is being sealed already")]
    InUse {
        /// Its directory.
        dir: PathBuf,
    },
    /// Changed, or signed by another key.
    #[error("the checkpoint at byte {offset} of `{path}` is not ours: verify the journal")]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// Where it begins.
        offset: u64,
        /// What is wrong.
        source: CheckpointError,
    },
    /// Leaf hashes were changed or taken away.
    #[error("`{path}` does not give the root of the last checkpoint: verify the journal")]
    Leaves {
        /// The file.
        path: PathBuf,
    },
    /// Sealed entries are no longer in the journal.
    #[error("{sealed} entries are sealed, but the journal has {found}: verify the journal")]
    JournalShorter {
        /// Entries sealed.
        sealed: TreeSize,
        /// Entries on the disk.
        found: TreeSize,
    },
    /// The journal cannot be read.
    #[error("cannot read what is to be sealed")]
    Read(#[from] ReadError),
}

/// The one sealer of a journal directory. A failed seal changes nothing and can be tried again.
pub struct Sealer {
    dir: PathBuf,
    key: SealKey,
    every: SealEvery,
    leaves: File,
    checkpoints: File,
    checkpoints_bytes: u64,
    tree: Tree,
    last: Option<Seal>,
    _only_sealer: File,
}

impl Sealer {
    /// Takes up sealing where it was left, also after a crash.
    pub fn open(
        dir: impl AsRef<Path>,
        key: SealKey,
        every: SealEvery,
    ) -> Result<(Self, SealRecovery), SealError> {
        let dir = dir.as_ref();
        let only_sealer = lock_file(&dir.join("seal.lock"))
            .map_err(|e| unusable(&dir.join("seal.lock"), e))?
            .ok_or_else(|| SealError::InUse {
                dir: dir.to_owned(),
            })?;
        let leaves = open_file(dir, LEAVES)?;
        let checkpoints = open_file(dir, CHECKPOINTS)?;
        sync_dir(dir).map_err(|e| unusable(dir, e))?;
        let (last, checkpoints_bytes) = last_seal(dir, &checkpoints, &key)?;
        let sealed = last.as_ref().map_or(TreeSize(0), |seal| seal.size);
        let cut_leaves = cut(&leaves, sealed.0.saturating_mul(LEAF_BYTES))
            .map_err(|e| unusable(&dir.join(LEAVES), e))?
            .ok_or_else(|| SealError::Leaves {
                path: dir.join(LEAVES),
            })?;
        let cut_checkpoints = cut(&checkpoints, checkpoints_bytes)
            .map_err(|e| unusable(&dir.join(CHECKPOINTS), e))?
            .unwrap_or(0);
        let tree = take_up_tree(dir, &leaves, last.as_ref())?;
        let dir = dir.to_owned();
        let recovery = SealRecovery {
            sealed,
            cut_leaves,
            cut_checkpoints,
        };
        let sealer = Self {
            dir,
            key,
            every,
            leaves,
            checkpoints,
            checkpoints_bytes,
            tree,
            last,
            _only_sealer: only_sealer,
        };
        Ok((sealer, recovery))
    }

    /// Entries sealed.
    pub fn sealed(&self) -> TreeSize {
        self.tree.size()
    }

    /// The last checkpoint.
    pub fn last(&self) -> Option<&Seal> {
        self.last.as_ref()
    }

    /// Seals if enough entries or enough time have come since the last seal.
    pub fn seal_if_due(
        &mut self,
        journal: &Journal,
        now: SystemTime,
    ) -> Result<Option<Seal>, SealError> {
        let new = journal.synced().0.saturating_sub(self.sealed().0);
        let waited = self.last.as_ref().is_none_or(|last| {
            // A clock set back must not stop the sealing: then the time counts as come.
            now.duration_since(last.sealed_at)
                .map_or(true, |since| since >= self.every.period)
        });
        if new >= self.every.entries || (new > 0 && waited) {
            self.seal_now(journal, now)
        } else {
            Ok(None)
        }
    }

    /// Seals everything on the disk; gives nothing if nothing is new.
    ///
    /// Time: about a microsecond an entry, and three syncs.
    pub fn seal_now(
        &mut self,
        journal: &Journal,
        now: SystemTime,
    ) -> Result<Option<Seal>, SealError> {
        let (sealed, found) = (self.sealed(), journal.synced());
        if found < sealed {
            return Err(SealError::JournalShorter { sealed, found });
        }
        if found == sealed {
            return Ok(None);
        }
        let tree = self.write_leaves(journal.dir(), found)?;
        let sequence = self.last.as_ref().map_or(0, |last| last.sequence + 1);
        let seal = Seal {
            sequence,
            sealed_at: whole_seconds(now),
            size: found,
            root: tree.root(),
        };
        let record = seal.to_record(self.key.signing_key());
        let end = self.checkpoints_bytes + record.len() as u64;
        // Over whatever an attempt that failed has left there.
        (self
            .checkpoints
            .write_all_at(&record, self.checkpoints_bytes))
        .and_then(|()| self.checkpoints.set_len(end))
        .and_then(|()| self.checkpoints.sync_data())
        .map_err(|e| unusable(&self.dir.join(CHECKPOINTS), e))?;
        (self.checkpoints_bytes, self.tree, self.last) = (end, tree, Some(seal.clone()));
        if let Err(error) = keep_tree(&self.dir, &self.tree) {
            tracing::warn!(%error, "the tree was not kept: opening the sealer will take longer");
        }
        Ok(Some(seal))
    }

    /// Hashes the entries up to `end` into the `leaves` file and gives the tree grown by them.
    fn write_leaves(&self, dir: &Path, end: TreeSize) -> Result<Tree, SealError> {
        let failed = |e| unusable(&self.dir.join(LEAVES), e);
        let mut tree = self.tree.clone();
        let mut entries = Reader::from(dir, EntryIndex(tree.size().0))?;
        let mut batch = Vec::with_capacity(BATCH);
        let mut offset = tree.size().0 * LEAF_BYTES;
        while tree.size() < end {
            let entry = entries.next_entry()?.filter(|e| e.index.0 == tree.size().0);
            let Some(entry) = entry else {
                return Err(SealError::JournalShorter {
                    sealed: end,
                    found: tree.size(),
                });
            };
            let leaf = leaf_hash(entry.payload);
            tree.push(leaf);
            batch.extend_from_slice(&leaf.0);
            if batch.len() >= BATCH || tree.size() == end {
                self.leaves.write_all_at(&batch, offset).map_err(failed)?;
                offset += batch.len() as u64;
                batch.clear();
            }
        }
        self.leaves
            .set_len(offset)
            .and_then(|()| self.leaves.sync_data())
            .map_err(failed)?;
        Ok(tree)
    }
}

/// As it is written into the checkpoint.
fn whole_seconds(now: SystemTime) -> SystemTime {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

fn unusable(path: &Path, source: io::Error) -> SealError {
    SealError::Unusable {
        path: path.to_owned(),
        source,
    }
}

fn open_file(dir: &Path, name: &str) -> Result<File, SealError> {
    let path = dir.join(name);
    let file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    file.map_err(|e| unusable(&path, e))
}

/// Cuts a file to a length; says how much it was longer, or nothing if it is shorter.
fn cut(file: &File, length: u64) -> io::Result<Option<u64>> {
    let Some(longer) = file.metadata()?.len().checked_sub(length) else {
        return Ok(None);
    };
    if longer > 0 {
        file.set_len(length)?;
        file.sync_data()?;
    }
    Ok(Some(longer))
}

/// The last whole checkpoint and where it ends. Reads only the end of the file.
fn last_seal(
    dir: &Path,
    checkpoints: &File,
    key: &SealKey,
) -> Result<(Option<Seal>, u64), SealError> {
    let path = dir.join(CHECKPOINTS);
    let failed = |e| unusable(&path, e);
    let length = checkpoints.metadata().map_err(failed)?.len();
    // Far enough back for the torn record and the whole one before it.
    let from = length.saturating_sub(3 * MAX_NOTE_BYTES as u64);
    let mut file = checkpoints;
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let mut notes = Notes::new(BufReader::new(file), from);
    let (mut last, mut end) = (None, from);
    while let Some(record) = notes.next_record().map_err(failed)? {
        let Record::Note(offset, note) = record else {
            break;
        };
        // After a power cut a stretch never written reads as zeros.
        if note.contains(&0) {
            break;
        }
        end = notes.offset();
        last = Some((offset, note));
    }
    let Some((offset, note)) = last else {
        return Ok((None, end));
    };
    match Seal::verify(&note, key.verifier()) {
        Ok(seal) => Ok((Some(seal), end)),
        Err(source) => Err(SealError::Checkpoint {
            path,
            offset,
            source,
        }),
    }
}

/// The tree of the sealed entries: from the kept peaks if they fit, else from all leaves.
fn take_up_tree(dir: &Path, leaves: &File, last: Option<&Seal>) -> Result<Tree, SealError> {
    let Some(last) = last else {
        return Ok(Tree::default());
    };
    let fits = |tree: &Tree| tree.size() == last.size && tree.root() == last.root;
    if let Some(tree) = kept_tree(dir).filter(fits) {
        return Ok(tree);
    }
    let path = dir.join(LEAVES);
    let mut tree = Tree::default();
    let mut file = leaves;
    file.seek(SeekFrom::Start(0))
        .map_err(|e| unusable(&path, e))?;
    let mut file = BufReader::with_capacity(BATCH, file);
    while tree.size() < last.size {
        let mut leaf = [0; LEAF_BYTES as usize];
        file.read_exact(&mut leaf).map_err(|e| unusable(&path, e))?;
        tree.push(NodeHash(leaf));
    }
    if fits(&tree) {
        Ok(tree)
    } else {
        Err(SealError::Leaves { path })
    }
}

/// Size (u64, little-endian) and peaks of the tree.
fn keep_tree(dir: &Path, tree: &Tree) -> io::Result<()> {
    let mut bytes = tree.size().0.to_le_bytes().to_vec();
    tree.peaks()
        .iter()
        .for_each(|peak| bytes.extend_from_slice(&peak.0));
    fs::write(dir.join("tree.new"), bytes)?;
    fs::rename(dir.join("tree.new"), dir.join(TREE))
}

fn kept_tree(dir: &Path) -> Option<Tree> {
    let mut bytes = Vec::new();
    File::open(dir.join(TREE))
        .ok()?
        .take(4096)
        .read_to_end(&mut bytes)
        .ok()?;
    let (size, peaks) = bytes.split_first_chunk::<8>()?;
    let (peaks, rest) = peaks.as_chunks::<32>();
    let peaks = peaks.iter().map(|peak| NodeHash(*peak)).collect();
    let tree = Tree::from_peaks(TreeSize(u64::from_le_bytes(*size)), peaks).ok()?;
    rest.is_empty().then_some(tree)
}
