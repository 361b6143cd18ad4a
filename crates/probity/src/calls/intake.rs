//! One file of calls onto the record.
//!
//! A call is recorded unless the record has it already, so a file may be taken in again at any time and
//! after any end: what was recorded before is known. Rows that cannot be read are set aside and kept with
//! their reasons beside what came of the file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cdr::call::Call;
use cdr::format::Format;
use cdr::joining::Joiner;
use cdr::number::Numbers;
use cdr::reading::{Item, OpenError, Reading, Settings};
use decision_point::call::{CallEvent, CallId};
use decision_point::point::{DecisionPoint, NotJudged};
use directory::raw_files::RawFile;
use jiff::{SignedDuration, Timestamp};
use journal::CannotRecord;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::How;
use super::seen::{Seen, SeenError};
use super::unfinished::{Kept, UnfinishedError, UnfinishedRows};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::people::replace;

/// How much of a file is read at once.
const AT_ONCE: usize = 256 * 1024;
/// Rows set aside that are kept with their reasons; of more only the number.
const MOST_KEPT: usize = 1000;
/// Calls recorded between two times of waiting for the disk.
const SYNC_EVERY: u64 = 10_000;

/// What came of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakenIn {
    /// What the file was called.
    pub(crate) source: String,
    /// SHA-256 of what is in it, hexadecimal.
    pub(crate) sha256: String,
    /// When it was taken in.
    pub(crate) at: Timestamp,
    /// The format it was read in.
    pub(crate) format: String,
    /// Rows read, headers apart.
    pub(crate) rows: u64,
    /// Rows that are no calls, such as messages on a mobile bill.
    pub(crate) passed_over: u64,
    /// Calls that are on the record now and were not before.
    pub(crate) recorded: u64,
    /// Of these, those learned of late.
    pub(crate) late: u64,
    /// Calls that were on the record before.
    pub(crate) known: u64,
    /// Calls that had not ended when the file did: their rows wait for the next one.
    #[serde(default)]
    pub(crate) unfinished: u64,
    /// Rows set aside.
    pub(crate) n_set_aside: u64,
    /// The first of them.
    pub(crate) set_aside: Vec<Aside>,
}

/// A row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Aside {
    /// Its line; 0 for one that was left of the file before.
    pub(crate) row: u64,
    /// Why.
    pub(crate) reason: String,
}

/// Why a file was not taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TakeInError {
    /// Nobody can be certain what it says.
    #[error("it cannot be read as calls")]
    Unreadable(#[from] OpenError),
    /// What was said about its format.
    #[error("{0}")]
    Format(String),
    /// The copy of it.
    #[error("`{path}` cannot be read")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Which calls are on the record.
    #[error(transparent)]
    Seen(#[from] SeenError),
    /// A call.
    #[error(transparent)]
    NotJudged(#[from] NotJudged),
    /// The record.
    #[error("the record cannot be synced")]
    Unrecorded(#[from] CannotRecord),
    /// What was left of the file before.
    #[error(transparent)]
    Unfinished(#[from] UnfinishedError),
    /// The gates stop.
    #[error("the gates stop; it is taken in when they run again")]
    Stopping,
    /// What came of it could not be kept.
    #[error("what came of it cannot be kept in `{path}`")]
    Unkept {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl TakeInError {
    /// Whether trying again is of no use.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Unreadable(_) | Self::Format(_))
    }
}

/// Takes in files of calls, one at a time.
pub(crate) struct Intake {
    point: Arc<DecisionPoint>,
    numbers: Numbers,
    late_after: SignedDuration,
    /// What came of files, by their SHA-256.
    taken: PathBuf,
    unfinished: UnfinishedRows,
    seen: Mutex<Seen>,
    stopping: AtomicBool,
}

impl Intake {
    /// Onto this point's record. Reads what the record has of calls already, so it blocks.
    pub(crate) fn open(
        point: Arc<DecisionPoint>,
        data: &DataDir,
        numbers: Numbers,
        late_after_hours: u32,
    ) -> Result<Self, TakeInError> {
        let synced = point.journal().sync_now()?;
        let seen = Seen::open(&data.calls_seen(), point.journal().dir(), synced.0)?;
        Ok(Self {
            point,
            numbers,
            late_after: SignedDuration::from_hours(i64::from(late_after_hours)),
            taken: data.calls_taken(),
            unfinished: UnfinishedRows::new(data),
            seen: Mutex::new(seen),
            stopping: AtomicBool::new(false),
        })
    }

    /// Has the file that is being taken in, if there is one, left where it is, and waits for that. What is
    /// on the record of it by then is known when it is taken in again.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        drop(self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Takes in a file that is kept: every call in it is on the record when this returns. Blocks, and needs
    /// a runtime to ask for permissions.
    pub(crate) fn take_in(
        &self,
        file: &RawFile,
        source: &str,
        how: &How,
        runtime: &Handle,
    ) -> Result<TakenIn, TakeInError> {
        let asked_wrongly = |failure: Failure| {
            TakeInError::Format(failure.message().unwrap_or_else(|| "no format".to_owned()))
        };
        let open = || {
            let opened = File::open(&file.path).map_err(unread(&file.path))?;
            Ok::<_, TakeInError>(BufReader::with_capacity(AT_ONCE, opened))
        };
        let settings = Settings {
            source: source.into(),
            zone: how.zone().map_err(asked_wrongly)?,
            numbers: self.numbers.clone(),
        };
        let feed = how.feed().map_err(asked_wrongly)?;
        let reader: Box<dyn BufRead> = Box::new(open()?);
        let mut reading = Reading::open(reader, feed, settings.clone())?;
        // Whoever comes second waits: nothing may be judged twice at once.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = Kept::default();
        if reading.format() == Format::AsteriskCel.name() {
            before = self.unfinished.of(how)?;
            let reader: Box<dyn BufRead> = Box::new(before.reader().chain(open()?));
            reading = Reading::open(reader, Some(Format::AsteriskCel), settings)?;
        }
        let mut work = Work {
            intake: self,
            seen: &mut seen,
            runtime,
            file: &file.sha256,
            numbered_by: reading.numbered_by(),
            report: TakenIn {
                source: source.to_owned(),
                sha256: file.sha256.clone(),
                at: Timestamp::now(),
                format: reading.format().to_owned(),
                ..TakenIn::default()
            },
        };
        let mut joiner = Joiner::default();
        while let Some(item) = reading.next().map_err(unread(&file.path))? {
            match item {
                Item::Leg(leg) => {
                    if let Some(call) = joiner.add(*leg) {
                        work.call(&call)?;
                    }
                }
                // What was heard is nobody's act.
                Item::Quality(_) => {}
                Item::SetAside(aside) => {
                    let row = aside.row.saturating_sub(before.lines());
                    work.report.set_aside(row, &aside.reason);
                }
            }
        }
        for call in joiner.finish() {
            work.call(&call)?;
        }
        work.report.rows = reading.rows();
        work.report.passed_over = reading.passed_over();
        let unfinished = reading.unfinished();
        work.report.unfinished = unfinished.calls;
        let report = work.finish()?;
        // Last: until then the file is taken in again, after what was left of the one before.
        if reading.format() == Format::AsteriskCel.name() {
            self.unfinished.keep(how, &unfinished.rows)?;
        }
        Ok(report)
    }
}

/// A file being taken in.
struct Work<'a> {
    intake: &'a Intake,
    seen: &'a mut Seen,
    runtime: &'a Handle,
    file: &'a str,
    numbered_by: &'static str,
    report: TakenIn,
}

impl Work<'_> {
    fn call(&mut self, call: &Call) -> Result<(), TakeInError> {
        let id = CallId::of(&call.identity(self.numbered_by));
        let began = call.first().began.at;
        if self.intake.stopping.load(Ordering::Acquire) {
            return Err(TakeInError::Stopping);
        }
        if self.seen.knows(began, id)? {
            self.report.known += 1;
            return Ok(());
        }
        let learned = self.report.at;
        let ended = call.duration_seconds().unwrap_or(0);
        let age = learned.duration_since(began) - SignedDuration::from_secs(i64::from(ended));
        let numbers = &self.intake.numbers;
        let first = call.first();
        let ours = call.extension().unwrap_or(&first.from.given);
        let event = CallEvent {
            id,
            call,
            learned,
            late: age > self.intake.late_after,
            format: &self.report.format,
            file: self.file,
            internet_access: numbers.is_internet_access(&first.to),
            near_public_telephone: numbers.is_near_public_telephone(ours),
        };
        let _recorded = self
            .runtime
            .block_on(self.intake.point.decide_call(&event))?;
        self.seen.note(began, id)?;
        self.report.recorded += 1;
        self.report.late += u64::from(event.late);
        if self.report.recorded.is_multiple_of(SYNC_EVERY) {
            self.sync()?;
        }
        Ok(())
    }

    /// Waits until what was recorded is on the disk, and only then remembers for good that it is.
    fn sync(&mut self) -> Result<(), TakeInError> {
        let journal = self.intake.point.journal();
        let synced = journal.sync_now()?;
        self.seen.catch_up(journal.dir(), synced.0)?;
        Ok(())
    }

    fn finish(mut self) -> Result<TakenIn, TakeInError> {
        let point = &self.intake.point;
        point.taken_up("call-records", self.file, self.report.at)?;
        self.sync()?;
        self.report.keep(&self.intake.taken)?;
        Ok(self.report)
    }
}

impl TakenIn {
    /// Says in the log what came of it.
    pub(super) fn log(&self) {
        tracing::info!(
            file = %self.source,
            recorded = self.recorded,
            known = self.known,
            late = self.late,
            unfinished = self.unfinished,
            set_aside = self.n_set_aside,
            "a file of calls was taken in"
        );
    }

    fn set_aside(&mut self, row: u64, reason: &cdr::set_aside::Reason) {
        self.n_set_aside += 1;
        if self.set_aside.len() < MOST_KEPT {
            let reason = reason.to_string();
            self.set_aside.push(Aside { row, reason });
        }
    }

    fn keep(&self, folder: &Path) -> Result<(), TakeInError> {
        let path = folder.join(format!("{}.json", self.sha256));
        // Made of strings and numbers, which always serialise.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        std::fs::create_dir_all(folder)
            .and_then(|()| replace(&path, &bytes))
            .map_err(|source| TakeInError::Unkept { path, source })
    }
}

fn unread(path: &Path) -> impl FnOnce(io::Error) -> TakeInError {
    move |source| TakeInError::File {
        path: path.to_owned(),
        source,
    }
}
