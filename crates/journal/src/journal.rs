//! The journal as its writers see it.

use std::fs::File;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, JoinHandle, Thread};

use ledger::TreeSize;

use crate::commit::Shared;
use crate::options::Options;
use crate::recorded::Recorded;
use crate::recover::{self, OpenError, Recovery};

/// The open journal of a directory, shared by all who append. One process has it at a time.
///
/// Dropping it syncs what is left, takes off what was written ahead, and waits for that.
pub struct Journal {
    dir: PathBuf,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    // Last, so that it is given back after everything is written.
    _only_writer: File,
}

/// Why something was not recorded. The gate then applies its failure mode.
///
/// The entry may be in the journal all the same, if the kernel had it and the disk failed: what is
/// recorded but was not carried out can be told from the outcome that does not follow.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CannotRecord {
    /// Nothing was written.
    #[error("an entry of {bytes} bytes is longer than the {longest} allowed: record less of it")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The longest accepted.
        longest: usize,
    },
    /// Nothing was written. Goes on by itself once there is room.
    #[error("{free} bytes are free on the disk and {needed} must be: make room")]
    DiskNearlyFull {
        /// Bytes free.
        free: u64,
        /// Bytes that must be free, from [`Options::min_free_bytes`].
        needed: u64,
    },
    /// Nothing of the entry remains. The next may succeed.
    #[error("the entry cannot be written")]
    Unwritable {
        /// What the disk said.
        source: Arc<io::Error>,
    },
    /// An earlier write or sync failed. Nothing is recorded until what it left in doubt is written
    /// again; this is tried every second.
    #[error("the journal stopped after a failure of the disk: look at its health")]
    Stopped {
        /// What the disk said.
        source: Arc<io::Error>,
    },
    /// The journal was closed before the entry was known to be on the disk.
    #[error("the journal was closed")]
    Closed,
}

impl Journal {
    /// Opens the journal in a directory, which is created if need be, and repairs the end that a
    /// crash may have torn. Reads the last segment through; see [`crate::verify`] for the others.
    pub fn open(dir: impl AsRef<Path>, options: Options) -> Result<(Self, Recovery), OpenError> {
        let dir = dir.as_ref();
        let (opened, recovery) = recover::open(dir, &options)?;
        let shared = Arc::new(opened.shared);
        let thread = thread::Builder::new().name("journal-sync".into()).spawn({
            let shared = shared.clone();
            move || shared.sync_until_closed()
        });
        let thread = thread.map_err(|source| OpenError::Unusable {
            path: dir.to_owned(),
            source,
        })?;
        let journal = Self {
            dir: dir.to_owned(),
            shared,
            thread: Some(thread),
            _only_writer: opened.only_writer,
        };
        Ok((journal, recovery))
    }

    /// Records an entry so that it survives the death of this process.
    ///
    /// One write(2), a few microseconds; it is on the disk within [`Options::sync_within`], so a
    /// power cut may take it. For answers that can be given again, such as web pages.
    pub fn append<T>(&self, value: T, entry: &[u8]) -> Result<Recorded<T>, CannotRecord> {
        self.shared
            .append(entry)
            .map(|index| Recorded::new(value, index))
    }

    /// Records an entry so that it survives a power cut: resolves once the disk has it.
    ///
    /// The entry is written in this call, so entries stand in the order of the calls; only the wait
    /// is left to the future. Dropping the future does not take the entry back.
    pub fn append_synced<T>(
        &self,
        value: T,
        entry: &[u8],
    ) -> impl Future<Output = Result<Recorded<T>, CannotRecord>> + use<T> {
        let appended = self.append(value, entry);
        let shared = self.shared.clone();
        async move {
            let recorded = appended?;
            shared.until_synced(recorded.entry()).await?;
            Ok(recorded)
        }
    }

    /// As [`Self::append_synced`], for plain threads.
    pub fn append_synced_blocking<T>(
        &self,
        value: T,
        entry: &[u8],
    ) -> Result<Recorded<T>, CannotRecord> {
        block_on(self.append_synced(value, entry))
    }

    /// Entries the kernel has.
    pub fn written(&self) -> TreeSize {
        self.shared.written()
    }

    /// Entries known to be on the disk.
    pub fn synced(&self) -> TreeSize {
        self.shared.synced()
    }

    /// Syncs now and waits for it; gives what [`Self::synced`] then says.
    pub fn sync_now(&self) -> Result<TreeSize, CannotRecord> {
        self.shared.sync();
        match self.trouble() {
            Some(source) => Err(CannotRecord::Stopped { source }),
            None => Ok(self.synced()),
        }
    }

    /// Why the journal records nothing at present, for the status page.
    pub fn trouble(&self) -> Option<Arc<io::Error>> {
        self.shared.failure()
    }

    /// Tries at once, rather than within a second, to go on after a failure of the disk.
    pub fn mend(&self) -> io::Result<()> {
        self.shared.mend()
    }

    /// Where it is kept.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    #[cfg(test)]
    pub(crate) fn disk(&self) -> &crate::disk::Disk {
        &self.shared.disk
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.close();
        if self
            .thread
            .take()
            .is_some_and(|thread| thread.join().is_err())
        {
            tracing::error!("the journal's syncing thread ended badly");
        }
    }
}

/// Waits for a future in a thread that has no executor.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
