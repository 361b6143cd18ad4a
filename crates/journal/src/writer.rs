//! The open end of the journal: appends frames, begins segments, mends after failed writes.
//!
//! Frames go into zeros written ahead: syncing a file that grows costs half as much again. Each says
//! how far the journal was known to be on the disk, because a power cut may then take one frame
//! that was not synced and leave the next (decision 0011).
//!
//! After a failed fdatasync the kernel may have dropped what it could not write and will report
//! success the next time. So that a later success is never mistaken for durability, the writer
//! stops there, and goes on only once it has read the uncertain entries back, checked them,
//! written them again and synced them.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use ledger::EntryIndex;

use crate::disk::Disk;
use crate::format::{FRAME_HEADER, MAX_INDEX, SEGMENT_HEADER, segment_header, write_frame};
use crate::frames::{Frames, Step};
use crate::journal::CannotRecord;
use crate::options::Options;
use crate::segments::{segment_path, sync_dir};

/// Free space is asked for again after this time or this many bytes, whichever comes first.
const FREE_SPACE_AGE: Duration = Duration::from_millis(100);
const FREE_SPACE_BYTES: u64 = 4 * 1024 * 1024;

/// Zeros written ahead at a time, in bytes: 256 KiB are as good as a whole segment (decision 0011),
/// and a small journal stays small.
const AHEAD: u64 = 256 * 1024;

/// A point in the open segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Bytes of the segment before it.
    pub(crate) bytes: u64,
    /// Entries of the journal before it.
    pub(crate) entries: u64,
}

/// Held while a file is synced. Holds the failure until the segment is mended, because the kernel
/// tells of it only once.
pub(crate) type Syncing = Mutex<Option<Arc<io::Error>>>;

/// The open segment and its end.
pub(crate) struct Writer {
    dir: PathBuf,
    options: Options,
    file: Arc<File>,
    first: u64,
    /// Invariant: everything before it is whole frames.
    written: Mark,
    /// Invariant: everything before it is on the disk.
    synced: Mark,
    /// Up to here the file was written, with zeros behind `written`, so that syncing a frame that
    /// ends before changes nothing about the file.
    prepared: u64,
    broken: Option<Arc<io::Error>>,
    frame: Vec<u8>,
    space: FreeSpace,
}

struct FreeSpace {
    asked: Instant,
    written_since: u64,
    bytes: u64,
}

/// Takes a lock. A panic elsewhere does not matter: no invariant is broken between two statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the lock on a writer, who has it for a microsecond or two: going to sleep for it and
/// being woken would cost more, and halve what two threads can append.
pub(crate) fn lock_briefly_held(mutex: &Mutex<Writer>) -> MutexGuard<'_, Writer> {
    for _ in 0..200 {
        match mutex.try_lock() {
            Ok(guard) => return guard,
            Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => std::hint::spin_loop(),
        }
    }
    lock(mutex)
}

impl Writer {
    /// Takes up the segment that begins with entry `first`, whose end was read and synced.
    pub(crate) fn new(
        dir: PathBuf,
        options: Options,
        disk: &Disk,
        (file, first): (File, u64),
        end: Mark,
    ) -> io::Result<Self> {
        let bytes = disk.free_bytes(&dir)?;
        let space = FreeSpace {
            asked: Instant::now(),
            written_since: 0,
            bytes,
        };
        Ok(Self {
            dir,
            options,
            file: Arc::new(file),
            first,
            written: end,
            synced: end,
            prepared: end.bytes,
            broken: None,
            frame: Vec::new(),
            space,
        })
    }

    pub(crate) fn written(&self) -> Mark {
        self.written
    }

    pub(crate) fn broken(&self) -> Option<Arc<io::Error>> {
        self.broken.clone()
    }

    pub(crate) fn stop(&mut self, why: Arc<io::Error>) {
        self.broken.get_or_insert(why);
    }

    /// What a sync now would cover.
    pub(crate) fn to_sync(&self) -> (Arc<File>, u64, Mark) {
        (self.file.clone(), self.first, self.written)
    }

    /// Notes that the segment beginning with `first` was synced up to the mark.
    pub(crate) fn note_synced(&mut self, first: u64, mark: Mark) {
        if self.first == first && mark.bytes > self.synced.bytes {
            self.synced = mark;
        }
    }

    /// Appends one entry. One write(2); on an error nothing of it remains.
    pub(crate) fn append(
        &mut self,
        disk: &Disk,
        syncing: &Syncing,
        entry: &[u8],
    ) -> Result<EntryIndex, CannotRecord> {
        let longest = self.options.longest_entry();
        if entry.len() > longest {
            return Err(CannotRecord::TooLong {
                bytes: entry.len(),
                longest,
            });
        }
        if let Some(source) = self.broken() {
            return Err(CannotRecord::Stopped { source });
        }
        self.check_free_space(disk)?;
        let index = self.written.entries;
        if index > MAX_INDEX {
            let source = Arc::new(io::Error::other("no more entries can be numbered"));
            return Err(CannotRecord::Unwritable { source });
        }
        let bytes = (FRAME_HEADER + entry.len()) as u64;
        let empty = self.written.bytes == SEGMENT_HEADER as u64;
        if !empty && self.written.bytes + bytes > self.options.segment_bytes {
            self.begin_segment(disk, syncing)?;
        }
        write_frame(&mut self.frame, index, self.synced.entries, entry);
        if let Err(e) = disk.write(&self.file, &self.frame, self.written.bytes) {
            let source = Arc::new(e);
            // Half a frame must not stay; if it cannot be removed no frame may follow it.
            if self.cut_to_written(disk).is_err() {
                self.stop(source.clone());
            }
            return Err(CannotRecord::Unwritable { source });
        }
        self.written = Mark {
            bytes: self.written.bytes + bytes,
            entries: index + 1,
        };
        if self.written.bytes > self.prepared {
            self.write_ahead(disk);
        }
        self.space.written_since += bytes;
        // One long entry is no reason to hold on to its memory.
        self.frame.shrink_to(64 * 1024);
        Ok(EntryIndex(index))
    }

    /// Prepares the file for the next frames. Not being able to only makes their syncs slower.
    fn write_ahead(&mut self, disk: &Disk) {
        let end = self.written.bytes;
        let until = end.max(self.options.segment_bytes.min(end + AHEAD));
        self.prepared = match disk.write_ahead(&self.file, end..until) {
            Ok(()) => until,
            Err(error) => {
                tracing::debug!(%error, "nothing could be written ahead");
                end
            }
        };
    }

    /// Takes off what was written ahead, or half a frame.
    fn cut_to_written(&mut self, disk: &Disk) -> io::Result<()> {
        disk.set_len(&self.file, self.written.bytes)?;
        self.prepared = self.written.bytes;
        Ok(())
    }

    /// Leaves the segment as long as its frames are. A failure does no harm: zeros stay behind.
    pub(crate) fn close(&mut self, disk: &Disk) {
        if self.broken.is_none()
            && let Err(error) = self.cut_to_written(disk)
        {
            tracing::debug!(%error, "what was written ahead stays");
        }
    }

    fn check_free_space(&mut self, disk: &Disk) -> Result<(), CannotRecord> {
        let space = &mut self.space;
        if space.asked.elapsed() >= FREE_SPACE_AGE || space.written_since >= FREE_SPACE_BYTES {
            let unwritable = |e| CannotRecord::Unwritable {
                source: Arc::new(e),
            };
            space.bytes = disk.free_bytes(&self.dir).map_err(unwritable)?;
            (space.asked, space.written_since) = (Instant::now(), 0);
        }
        let needed = self.options.min_free_bytes;
        match space.bytes < needed {
            true => Err(CannotRecord::DiskNearlyFull {
                free: space.bytes,
                needed,
            }),
            false => Ok(()),
        }
    }

    /// Closes the segment and begins the next. The old one is on the disk before the new one is
    /// there, so only the last segment of a journal can have a torn end.
    fn begin_segment(&mut self, disk: &Disk, syncing: &Syncing) -> Result<(), CannotRecord> {
        let unwritable = |e| CannotRecord::Unwritable {
            source: Arc::new(e),
        };
        self.cut_to_written(disk).map_err(unwritable)?;
        let mut failure = lock(syncing);
        if failure.is_none() {
            *failure = disk.sync(&self.file).err().map(Arc::new);
        }
        if let Some(source) = failure.clone() {
            self.stop(source.clone());
            return Err(CannotRecord::Stopped { source });
        }
        drop(failure);
        self.synced = self.written;
        let first = self.written.entries;
        let file = create_segment(&self.dir, first, disk).map_err(unwritable)?;
        (self.file, self.first) = (Arc::new(file), first);
        self.written.bytes = SEGMENT_HEADER as u64;
        (self.synced, self.prepared) = (self.written, self.written.bytes);
        Ok(())
    }

    /// How far the journal is known to be on the disk.
    pub(crate) fn synced_entries(&self) -> u64 {
        self.synced.entries
    }

    /// Writes again what may be lost and syncs it. On success the journal is whole and goes on.
    pub(crate) fn mend(&mut self, disk: &Disk, syncing: &Syncing) -> io::Result<()> {
        let mut failure = lock(syncing);
        if self.broken.is_none() && failure.is_none() {
            return Ok(());
        }
        self.cut_to_written(disk)?;
        let path = segment_path(&self.dir, self.first);
        let unreadable = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let mut frames = Frames::open(&path, self.first)?
            .map_err(|_| unreadable("the segment's header is not on the disk"))?;
        frames.seek(self.synced.bytes);
        let mut expected = self.synced.entries;
        let mut frame = Vec::new();
        while frames.offset() < self.written.bytes {
            match frames.step()? {
                Step::Frame {
                    index,
                    durable,
                    offset,
                    payload,
                } if index == expected => {
                    write_frame(&mut frame, index, durable, payload);
                    disk.write(&self.file, &frame, offset)?;
                    expected += 1;
                }
                _ => {
                    return Err(unreadable(
                        "entries not yet on the disk cannot be read back",
                    ));
                }
            }
        }
        disk.sync(&self.file)?;
        self.synced = self.written;
        (*failure, self.broken) = (None, None);
        Ok(())
    }
}

/// Creates an empty segment durably. One that an earlier attempt left unfinished is begun afresh.
pub(crate) fn create_segment(dir: &std::path::Path, first: u64, disk: &Disk) -> io::Result<File> {
    let path = segment_path(dir, first);
    let mut create = File::options();
    // Entries tell of people: the gate writes, its group (auditors, say) may read.
    create
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o640);
    let file = create.open(path)?;
    if file.metadata()?.len() > SEGMENT_HEADER as u64 {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "the segment holds entries",
        ));
    }
    disk.write(&file, &segment_header(first), 0)?;
    disk.sync(&file)?;
    sync_dir(dir)?;
    Ok(file)
}
