//! The record followed into the lake, beside the gates: a thread of its own, as columns are made there
//! and no gate is to wait for that.

pub(crate) mod asked;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use decision_point::disposal;
use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use journal::{Journal, Reader};
use lake::compact::Worth;
use lake::dispose::{Certificate, DisposeError, Records, Rule};
use lake::{Day, Follower, Keys, Lake, LakeError, Month, Store, WriterLock};
use ledger::EntryIndex;
use memchr::memmem::Finder;
use serde::Deserialize;
use tokio::sync::watch;

use crate::data_dir::DataDir;
use crate::failure::{self, Failure};
use crate::troubles::{Part, Troubles};

/// How often the thread looks whether it is to stop.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How often leftovers are swept away and retention is looked at.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

/// Longest time the lake may be behind, in seconds: a day.
const MOST_SECONDS: u64 = 86_400;

/// How the record is followed into the lake.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LakeConfig {
    /// Its folder, where it is not in the data directory.
    #[serde(default)]
    pub(crate) store: Option<PathBuf>,
    /// How far it may be behind.
    #[serde(default = "commit_every_seconds")]
    commit_every_seconds: u64,
    /// How many days are kept; all of them where nothing is said.
    #[serde(default)]
    keep_days: Option<u32>,
    /// The post on whose word days are disposed of.
    #[serde(default)]
    disposal_authorised_by: Option<String>,
    /// Months of which nothing goes.
    #[serde(default)]
    held_months: Vec<String>,
}

/// A minute: files of a minute are few and large enough for a day's work, and reports are of yesterday.
fn commit_every_seconds() -> u64 {
    60
}

impl LakeConfig {
    /// What makes no sense.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !(1..=MOST_SECONDS).contains(&self.commit_every_seconds) {
            problems.push("[lake] commit_every_seconds is not between 1 and 86400".to_owned());
        }
        if self.keep_days == Some(0) {
            problems.push("[lake] keep_days is 0; nothing would ever be kept".to_owned());
        }
        let named = self.disposal_authorised_by.as_deref().unwrap_or_default();
        if self.keep_days.is_some() && named.trim().is_empty() {
            let what =
                "[lake] keep_days needs disposal_authorised_by: the post that answers for it";
            problems.push(what.to_owned());
        }
        for month in &self.held_months {
            if let Err(error) = month.parse::<Month>() {
                problems.push(format!("[lake] held_months: {error}"));
            }
        }
        problems
    }

    /// What is to go today.
    fn rule(&self, now: Timestamp) -> Option<Rule> {
        let (days, authoriser) = (self.keep_days?, self.disposal_authorised_by.clone()?);
        let held = self.held_months.iter().filter_map(|m| m.parse().ok());
        Some(Rule {
            name: format!("keep-days:{days}"),
            authoriser,
            before: Day::of(now)?.before(days),
            held: held.collect(),
        })
    }
}

/// Where the lake of a data directory is.
pub(crate) fn store(data: &DataDir, store: Option<&Path>) -> Result<Store, LakeError> {
    Store::local(store.map_or_else(|| data.lake(), Path::to_owned))
}

/// Its keys.
pub(crate) fn keys(data: &DataDir) -> Keys {
    Keys::in_folder(data.lake_keys())
}

/// The record, for certificates of disposals.
pub(crate) struct OnRecord<'j>(pub(crate) &'j Journal);

/// Why a certificate is not on the record.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OnRecordError {
    /// It cannot be written.
    #[error("the record cannot be written")]
    Write(#[from] journal::CannotRecord),
    /// It cannot be read.
    #[error("the record cannot be read")]
    Read(#[from] journal::ReadError),
    /// The certificate cannot be spelled.
    #[error("the certificate cannot be written")]
    Spell(#[from] serde_json::Error),
}

impl Records for OnRecord<'_> {
    type Error = OnRecordError;

    fn next(&self) -> u64 {
        self.0.written().0
    }

    fn find(&self, certificate: &str, from: u64) -> Result<Option<u64>, OnRecordError> {
        #[derive(Deserialize)]
        struct Told {
            kind: String,
            certificate: String,
        }
        let is_it = |told: Told| told.kind == "disposal" && told.certificate == certificate;
        find(self.0.dir(), from, br#""kind":"disposal""#, is_it)
    }

    fn is_carried_out(&self, entry: u64) -> Result<bool, OnRecordError> {
        #[derive(Deserialize)]
        struct Told {
            kind: String,
            of: u64,
        }
        let is_it = |told: Told| told.kind == "carried-out" && told.of == entry;
        let found = find(self.0.dir(), entry, br#""kind":"carried-out""#, is_it)?;
        Ok(found.is_some())
    }

    fn certify(&mut self, certificate: &Certificate) -> Result<u64, OnRecordError> {
        let certificate = serde_json::to_value(certificate)?;
        Ok(disposal::certify(self.0, &certificate, Timestamp::now())?)
    }

    fn carried_out(&mut self, entry: u64) -> Result<(), OnRecordError> {
        Ok(disposal::carried_out(self.0, entry, Timestamp::now())?)
    }
}

/// The first entry from one on that has these words in it and is what is looked for.
fn find<'t, T: for<'e> Deserialize<'e>>(
    record: &Path,
    from: u64,
    words: &'t [u8],
    is_it: impl Fn(T) -> bool,
) -> Result<Option<u64>, OnRecordError> {
    let words = Finder::new(words);
    let mut reader = Reader::from(record, EntryIndex(from))?;
    while let Some(entry) = reader.next_entry()? {
        // Most entries are pages; only those that may be ours are read whole.
        if words.find(entry.payload).is_some()
            && serde_json::from_slice(entry.payload).is_ok_and(&is_it)
        {
            return Ok(Some(entry.index.0));
        }
    }
    Ok(None)
}

/// The running threads.
pub(crate) struct Following {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
    /// The one that puts questions on the record.
    asked: JoinHandle<()>,
    taken: watch::Receiver<Option<u64>>,
}

impl Following {
    /// Starts them.
    pub(crate) fn start(
        point: Arc<DecisionPoint>,
        data: &DataDir,
        record: &str,
        config: LakeConfig,
        troubles: Arc<Troubles>,
    ) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, folder, record_of) = (stop.clone(), data.lake_queries(), point.clone());
        let asked = std::thread::Builder::new()
            .name("lake-queries".to_owned())
            .spawn(move || asked::record_until(&stopped, &folder, record_of.journal()))?;
        let (say_taken, taken) = watch::channel(None);
        let mut work = Work {
            follower: Follower::of(data.record()),
            point,
            data: data.clone(),
            record: record.to_owned(),
            lake: None,
            tidied: None,
            troubles,
            taken: say_taken,
            config,
        };
        let stopped = stop.clone();
        let thread = std::thread::Builder::new()
            .name("lake".to_owned())
            .spawn(move || {
                let every = Duration::from_secs(work.config.commit_every_seconds);
                loop {
                    let begun = Instant::now();
                    let ends = stopped.load(Ordering::Acquire);
                    runtime.block_on(work.once(&stopped));
                    if ends {
                        return;
                    }
                    while begun.elapsed() < every && !stopped.load(Ordering::Acquire) {
                        std::thread::park_timeout(LOOK_EVERY.min(every));
                    }
                }
            })?;
        Ok(Self {
            stop,
            thread,
            asked,
            taken,
        })
    }

    /// How many entries of the record were taken in; nothing until the lake was first reached.
    pub(crate) fn taken(&self) -> watch::Receiver<Option<u64>> {
        self.taken.clone()
    }

    /// Stops them, with what is on the record by now in the lake as far as one batch goes.
    pub(crate) fn stop(self) {
        self.stop.store(true, Ordering::Release);
        self.thread.thread().unpark();
        self.asked.thread().unpark();
        if self.asked.join().is_err() {
            tracing::error!(
                "recording questions to the lake ended badly; those asked get no answer"
            );
        }
        if self.thread.join().is_err() {
            tracing::error!(
                "following the record into the lake ended badly; the rest is taken next time"
            );
        }
    }
}

/// Why the lake is behind.
#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Dispose(#[from] DisposeError<OnRecordError>),
}

struct Work {
    follower: Follower,
    point: Arc<DecisionPoint>,
    data: DataDir,
    record: String,
    lake: Option<Lake>,
    tidied: Option<Instant>,
    config: LakeConfig,
    troubles: Arc<Troubles>,
    taken: watch::Sender<Option<u64>>,
}

impl Work {
    async fn once(&mut self, stopped: &AtomicBool) {
        let followed = self.follow(stopped).await;
        self.note(Part::Lake, followed.as_ref().map(drop));
        let Ok(Some(lake)) = followed else {
            return;
        };
        let tidied = self.tidy(lake).await;
        self.note(Part::LakeTidying, tidied.as_ref().map(drop));
    }

    fn note(&self, part: Part, done: Result<(), &FollowError>) {
        let result = done.map_err(|error| failure::chain(error));
        self.troubles.note(part, result, Timestamp::now());
    }

    /// Takes in what is on the record; gives the lake unless it was stopped before that was all. After an
    /// error what the lake holds is read anew.
    async fn follow(&mut self, stopped: &AtomicBool) -> Result<Option<Open>, FollowError> {
        let lock = WriterLock::take(self.data.lake_lock())?;
        let mut lake = match self.lake.take() {
            Some(mut lake) => {
                lake.refresh().await?;
                lake
            }
            None => {
                let store = store(&self.data, self.config.store.as_deref())?;
                Lake::open(store, keys(&self.data), &self.record).await?
            }
        };
        self.taken.send_replace(Some(lake.root().next));
        lake.finish_disposal(&mut OnRecord(self.point.journal()))
            .await?;
        while lake.root().next < self.point.journal().synced().0 {
            let until = self.point.journal().synced();
            self.follower.step(&mut lake, until).await?;
            self.taken.send_replace(Some(lake.root().next));
            if stopped.load(Ordering::Acquire) {
                return Ok(None);
            }
        }
        Ok(Some(Open { lake, _lock: lock }))
    }

    /// Puts its files together, and lets go what retention says.
    async fn tidy(&mut self, open: Open) -> Result<(), FollowError> {
        let Open { mut lake, _lock } = open;
        lake.compact(Worth::Needed, |_| ()).await?;
        if self
            .tidied
            .is_none_or(|tidied| tidied.elapsed() >= TIDY_EVERY)
        {
            if let Some(rule) = self.config.rule(Timestamp::now()) {
                let mut record = OnRecord(self.point.journal());
                for certificate in lake.dispose(&rule, &mut record).await? {
                    tracing::info!(certificate = %certificate.certificate, "days of the lake were disposed of");
                }
            }
            lake.sweep(SystemTime::now()).await?;
            self.tidied = Some(Instant::now());
        }
        self.lake = Some(lake);
        Ok(())
    }
}

/// The lake, and that nobody else writes to it.
struct Open {
    lake: Lake,
    _lock: WriterLock,
}

#[cfg(test)]
mod tests;
