//! Group commit: one thread syncs for everyone who waits.
//!
//! The thread syncs as soon as it is free and somebody waits: whatever is appended during one
//! fdatasync is covered by the next. Only those whom the last sync released get a moment to come
//! back, because otherwise the first of them would have the next sync for itself and the others
//! would wait for the one after. Entries nobody waits for are synced within
//! [`Options::sync_within`](crate::Options::sync_within).

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use ledger::{EntryIndex, TreeSize};

use crate::disk::Disk;
use crate::journal::CannotRecord;
use crate::writer::{Syncing, Writer, lock, lock_briefly_held};

/// How often a stopped journal tries to mend itself.
const MEND_EVERY: Duration = Duration::from_secs(1);

/// The longest moment for others to come back; it is also at most an eighth of a sync, so that
/// gathering in vain costs an eighth at most.
const GATHER_WITHIN: Duration = Duration::from_millis(1);

/// What appenders, waiters and the syncing thread share.
///
/// Lock order: `writer`, `syncing`, `waiting`.
pub(crate) struct Shared {
    pub(crate) disk: Disk,
    writer: Mutex<Writer>,
    syncing: Syncing,
    /// Entries on the disk. Only grows.
    synced: AtomicU64,
    /// Whether an entry was appended since the thread last began to sync.
    unsynced: AtomicBool,
    /// Lets appenders fail at once while the thread holds the writer to mend it.
    stopped: AtomicBool,
    waiting: Mutex<Waiting>,
    wake: Condvar,
    sync_within: Duration,
}

#[derive(Default)]
struct Waiting {
    /// Who waits for which entry.
    wakers: BTreeMap<u64, Waker>,
    /// How many waited when the last sync ended, those it released included.
    recent: usize,
    gather_within: Duration,
    unsynced_since: Option<Instant>,
    failure: Option<Arc<io::Error>>,
    closing: bool,
    closed: bool,
}

impl Shared {
    pub(crate) fn new(disk: Disk, writer: Writer, sync_within: Duration) -> Self {
        Self {
            disk,
            synced: AtomicU64::new(writer.synced_entries()),
            writer: Mutex::new(writer),
            syncing: Mutex::new(None),
            unsynced: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            waiting: Mutex::default(),
            wake: Condvar::new(),
            sync_within,
        }
    }

    pub(crate) fn append(&self, entry: &[u8]) -> Result<EntryIndex, CannotRecord> {
        if self.stopped.load(Ordering::Acquire)
            && let Some(source) = self.failure()
        {
            return Err(CannotRecord::Stopped { source });
        }
        let mut writer = lock_briefly_held(&self.writer);
        let appended = writer.append(&self.disk, &self.syncing, entry);
        let (synced, broken) = (writer.synced_entries(), writer.broken());
        drop(writer);
        self.synced.fetch_max(synced, Ordering::AcqRel);
        if let Some(failure) = broken {
            self.stop(failure);
        }
        let index = appended?;
        if !self.unsynced.swap(true, Ordering::AcqRel) {
            lock(&self.waiting).unsynced_since = Some(Instant::now());
            self.wake.notify_one();
        }
        Ok(index)
    }

    pub(crate) fn written(&self) -> TreeSize {
        TreeSize(lock(&self.writer).written().entries)
    }

    pub(crate) fn synced(&self) -> TreeSize {
        TreeSize(self.synced.load(Ordering::Acquire))
    }

    pub(crate) fn failure(&self) -> Option<Arc<io::Error>> {
        lock(&self.waiting).failure.clone()
    }

    /// Resolves when the entry is on the disk.
    pub(crate) fn until_synced(self: &Arc<Self>, entry: EntryIndex) -> UntilSynced {
        UntilSynced {
            shared: self.clone(),
            entry,
        }
    }

    /// What the syncing thread does until the journal is closed.
    pub(crate) fn sync_until_closed(&self) {
        while self.wait_for_work() {
            self.sync();
        }
        lock(&self.writer).close(&self.disk);
        let mut waiting = lock(&self.waiting);
        waiting.closed = true;
        let left = std::mem::take(&mut waiting.wakers);
        drop(waiting);
        left.into_values().for_each(Waker::wake);
    }

    pub(crate) fn close(&self) {
        lock(&self.waiting).closing = true;
        self.wake.notify_one();
    }

    /// Waits until a sync is due; `false` when the journal is closing and all is done.
    fn wait_for_work(&self) -> bool {
        let mut waiting = lock(&self.waiting);
        loop {
            if waiting.closing {
                return waiting.unsynced_since.is_some() && waiting.failure.is_none();
            }
            if !waiting.wakers.is_empty() {
                let within = waiting.gather_within;
                let gathering = |w: &mut Waiting| !w.closing && w.wakers.len() < w.recent;
                drop(self.wake.wait_timeout_while(waiting, within, gathering));
                return true;
            }
            let due_in = match (&waiting.failure, waiting.unsynced_since) {
                (Some(_), _) => Some(MEND_EVERY),
                (None, Some(since)) => Some(self.sync_within.saturating_sub(since.elapsed())),
                (None, None) => None,
            };
            waiting = match due_in {
                None => self
                    .wake
                    .wait(waiting)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return true,
                Some(due_in) => {
                    let waited = self.wake.wait_timeout(waiting, due_in);
                    let (waiting, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                    if timeout.timed_out() && !waiting.closing {
                        return true;
                    }
                    waiting
                }
            };
        }
    }

    /// Syncs what is written, or mends the journal if that failed before.
    pub(crate) fn sync(&self) {
        // In this order: an entry appended from here on asks for the next sync.
        lock(&self.waiting).unsynced_since = None;
        self.unsynced.store(false, Ordering::Release);
        if self.stopped.load(Ordering::Acquire) {
            // Its failure is known already and stays until mending succeeds.
            let _ = self.mend();
            return;
        }
        let (file, first, mark) = lock(&self.writer).to_sync();
        let mut failure = lock(&self.syncing);
        let begun = Instant::now();
        if failure.is_none() {
            *failure = self.disk.sync(&file).err().map(Arc::new);
        }
        let took = begun.elapsed();
        let failed = failure.clone();
        drop(failure);
        match failed {
            Some(failure) => self.stop(failure),
            None => {
                lock(&self.writer).note_synced(first, mark);
                self.wake_up_to(mark.entries, took);
            }
        }
    }

    /// Tries at once to go on after a failure.
    pub(crate) fn mend(&self) -> io::Result<()> {
        let mut writer = lock(&self.writer);
        writer.mend(&self.disk, &self.syncing)?;
        let synced = writer.synced_entries();
        lock(&self.waiting).failure = None;
        self.stopped.store(false, Ordering::Release);
        drop(writer);
        self.wake_up_to(synced, Duration::ZERO);
        tracing::info!(entries = synced, "the journal is whole again and goes on");
        Ok(())
    }

    fn wake_up_to(&self, synced: u64, took: Duration) {
        self.synced.fetch_max(synced, Ordering::AcqRel);
        let mut waiting = lock(&self.waiting);
        waiting.recent = waiting.wakers.len();
        waiting.gather_within = GATHER_WITHIN.min(took / 8);
        let later = waiting.wakers.split_off(&synced);
        let done = std::mem::replace(&mut waiting.wakers, later);
        drop(waiting);
        done.into_values().for_each(Waker::wake);
    }

    /// Accepts nothing more until mended, and tells everyone who waits.
    fn stop(&self, failure: Arc<io::Error>) {
        lock(&self.writer).stop(failure.clone());
        let mut waiting = lock(&self.waiting);
        let known = waiting.failure.replace(failure.clone()).is_some();
        self.stopped.store(true, Ordering::Release);
        let failed = std::mem::take(&mut waiting.wakers);
        drop(waiting);
        failed.into_values().for_each(Waker::wake);
        if !known {
            tracing::error!(error = %failure, "the journal cannot be written and stops recording");
        }
    }
}

/// Waits for one entry to be on the disk. Dropping it changes nothing about the entry.
pub(crate) struct UntilSynced {
    shared: Arc<Shared>,
    entry: EntryIndex,
}

impl Future for UntilSynced {
    type Output = Result<(), CannotRecord>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let shared = &self.shared;
        if shared.synced().covers(self.entry) {
            return Poll::Ready(Ok(()));
        }
        let mut waiting = lock(&shared.waiting);
        // Asked again under the lock: the thread wakes only those it finds there.
        if shared.synced().covers(self.entry) {
            return Poll::Ready(Ok(()));
        }
        if let Some(source) = waiting.failure.clone() {
            return Poll::Ready(Err(CannotRecord::Stopped { source }));
        }
        if waiting.closed {
            return Poll::Ready(Err(CannotRecord::Closed));
        }
        waiting.wakers.insert(self.entry.0, context.waker().clone());
        let waiters = waiting.wakers.len();
        let matters = waiters == 1 || waiters == waiting.recent;
        drop(waiting);
        if matters {
            shared.wake.notify_one();
        }
        Poll::Pending
    }
}

impl Drop for UntilSynced {
    fn drop(&mut self) {
        if !self.shared.synced().covers(self.entry) {
            lock(&self.shared.waiting).wakers.remove(&self.entry.0);
        }
    }
}
