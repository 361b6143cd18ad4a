//! The thread beside the gates: it seals the record, takes up new registers, also of assets, site lists,
//! known files and corrections, and has written down what is remembered of earlier mail.

mod assets;
mod known_files;
mod page_logs;

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use journal::{SealEvery, SealKey, Sealer};
use site_categories::{Live, Refresh};

use crate::config::RecordConfig;
use crate::data_dir::DataDir;
use crate::disk::Room;
use crate::failure::{self, Failure};
use crate::known_files::KnownFiles;
use crate::troubles::{Part, Troubles};
use crate::{correction, knowledge};

/// How often registers, site lists, correction and seals are looked after. Half a second: a permission granted
/// or ended reaches the gates well within two.
const EVERY: Duration = Duration::from_millis(500);

/// How often what is remembered of earlier mail is written down. 5 s: as much is forgotten in a crash.
const REMEMBER_EVERY: Duration = Duration::from_secs(5);

/// Seals a record to its end, for a process that does not run the gates.
pub(crate) fn seal(
    point: &DecisionPoint,
    data: &DataDir,
    record: &RecordConfig,
) -> Result<(), Failure> {
    let mut sealer = sealer(data, record)?;
    point.journal().sync_now()?;
    sealer.seal_now(point.journal(), SystemTime::now())?;
    Ok(())
}

fn sealer(data: &DataDir, record: &RecordConfig) -> Result<Sealer, Failure> {
    let key = SealKey::load_or_create(data.seal_key(), &record.name)?;
    std::fs::write(data.verifier_key(), format!("{}\n", key.verifier()))?;
    let period = Duration::from_secs(record.seal_every_seconds);
    let every = SealEvery {
        period,
        ..SealEvery::default()
    };
    Ok(Sealer::open(data.record(), key, every)?.0)
}

/// Files that may be replaced while running, beside those of the data directory.
pub(crate) struct Watch {
    /// The register file, if there is one.
    pub(crate) register: Option<PathBuf>,
    /// The register of known files.
    pub(crate) known_files: KnownFiles,
    /// Where it is said what is wrong.
    pub(crate) troubles: Arc<Troubles>,
    /// The asset register, if there is one.
    pub(crate) assets: Option<PathBuf>,
    /// Page logs of print servers.
    pub(crate) page_logs: Vec<PathBuf>,
}

/// The running thread.
pub(crate) struct Upkeep {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Upkeep {
    /// Starts it.
    pub(crate) fn start(
        point: Arc<DecisionPoint>,
        data: &DataDir,
        record: &RecordConfig,
        watch: Watch,
    ) -> Result<Self, Failure> {
        let mut work = Work::new(point, data, record, watch)?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::Builder::new()
            .name("upkeep".to_owned())
            .spawn(move || {
                while !stopped.load(Ordering::Acquire) {
                    work.once();
                    std::thread::park_timeout(EVERY);
                }
                work.seal_the_rest();
                work.remember();
            })?;
        Ok(Self { stop, thread })
    }

    /// Stops it, the record sealed to its end.
    pub(crate) fn stop(self) {
        self.stop.store(true, Ordering::Release);
        self.thread.thread().unpark();
        if self.thread.join().is_err() {
            tracing::error!("the upkeep ended badly; verify the record");
        }
    }
}

struct Work {
    point: Arc<DecisionPoint>,
    sealer: Sealer,
    register: Option<Watched>,
    correction: CorrectionFile,
    remembered: Instant,
    known_files: known_files::Watched,
    troubles: Arc<Troubles>,
    assets: Option<Watched>,
    page_logs: Vec<page_logs::PageLog>,
    min_free_bytes: u64,
}

impl Work {
    fn new(
        point: Arc<DecisionPoint>,
        data: &DataDir,
        record: &RecordConfig,
        watch: Watch,
    ) -> Result<Self, Failure> {
        let sealer = sealer(data, record)?;
        Ok(Self {
            point,
            sealer,
            register: watch.register.map(Watched::new),
            correction: CorrectionFile {
                path: data.correction(),
                taken: None,
            },
            remembered: Instant::now(),
            known_files: known_files::Watched::new(watch.known_files),
            troubles: watch.troubles,
            assets: watch.assets.map(Watched::new),
            page_logs: watch
                .page_logs
                .into_iter()
                .map(|path| page_logs::PageLog::new(path, data.path()))
                .collect(),
            min_free_bytes: record.min_free_bytes,
        })
    }

    fn once(&mut self) {
        let records = self.records();
        self.say(Part::Record, records);
        let sealed = self
            .sealer
            .seal_if_due(self.point.journal(), SystemTime::now());
        let sealed = sealed.map(drop).map_err(|error| error.to_string());
        self.say(Part::Seal, sealed);
        let lists = self.lists();
        self.say(Part::SiteLists, lists);
        if let Some(taken) = self.take_up_register() {
            self.say(Part::Register, taken);
        }
        if let Some(taken) = self.take_up_correction() {
            self.say(Part::Correction, taken);
        }
        if let Some(taken) = self.take_up_known_files(Timestamp::now()) {
            self.say(Part::KnownFiles, taken);
        }
        if let Some(taken) = self.take_up_assets() {
            self.say(Part::Assets, taken);
        }
        let read = self.read_page_logs();
        self.say(Part::PageLogs, read);
        if self.remembered.elapsed() >= REMEMBER_EVERY {
            self.remembered = Instant::now();
            self.remember();
        }
    }

    fn remember(&mut self) {
        let correspondence = self.point.information().correspondence();
        let written = correspondence.map_or(Ok(()), |past| past.flush());
        self.say(Part::Memory, written.map_err(|error| error.to_string()));
    }

    fn say(&self, part: Part, result: Result<(), String>) {
        self.troubles.note(part, result, Timestamp::now());
    }

    /// Whether the journal takes entries.
    fn records(&self) -> Result<(), String> {
        let journal = self.point.journal();
        if let Some(why) = journal.trouble() {
            return Err(why.to_string());
        }
        match Room::of(journal.dir()) {
            Some(room) if room.free_bytes < self.min_free_bytes => Err(format!(
                "its disk has less than the {} bytes free that are needed",
                self.min_free_bytes
            )),
            _ => Ok(()),
        }
    }

    fn lists(&self) -> Result<(), String> {
        match self.point.information().lists().map(Live::refresh) {
            Some(Ok(Refresh::Replaced { to, .. })) => self.note("site-lists", &to.short()),
            Some(Err(error)) => Err(error.to_string()),
            // Still damaged: that was said when it was seen first, and is not over.
            Some(Ok(Refresh::StillDamaged)) => {
                let said = self.troubles.of(Part::SiteLists);
                said.map_or(Ok(()), |said| Err(said.why))
            }
            Some(Ok(Refresh::Unchanged)) | None => Ok(()),
        }
    }

    /// Nothing when the file has not changed. One that is gone or does not read is tried again.
    fn take_up_register(&mut self) -> Option<Result<(), String>> {
        let register = self.register.as_mut()?;
        let stamp = match Stamp::of(&register.path) {
            Ok(stamp) if register.taken == Some(stamp) => return None,
            Ok(stamp) => stamp,
            Err(error) => return Some(Err(error.to_string())),
        };
        Some(match knowledge::register(&register.path) {
            Ok((snapshot, version)) => {
                register.taken = Some(stamp);
                self.point.information().publish(snapshot);
                self.note("register", &version)
            }
            Err(error) => Err(error.to_string()),
        })
    }

    /// Nothing when the file has not changed; one that is gone takes the correction with it.
    fn take_up_correction(&mut self) -> Option<Result<(), String>> {
        let stamp = match Stamp::of(&self.correction.path) {
            Ok(stamp) => Some(stamp),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Some(Err(error.to_string())),
        };
        let is_first = self.correction.taken.is_none();
        if self.correction.taken == Some(stamp) {
            return None;
        }
        let correction = match correction::read(&self.correction.path) {
            Ok(correction) => correction,
            Err(error) => return Some(Err(failure::chain(&error))),
        };
        self.correction.taken = Some(stamp);
        let version = correction.as_ref().map(|correction| correction.version());
        let information = self.point.information();
        // Building a detector takes a while; the one of the start is there already.
        let is_new = information.offence_version() != version;
        if is_new {
            information.judge_offence_by(correction.as_ref().map(content::offence::corrected));
        }
        match version {
            Some(version) if is_new || is_first => Some(self.note("offence-correction", &version)),
            None if is_new => Some(self.note("offence-correction", "none")),
            _ => Some(Ok(())),
        }
    }

    fn note(&self, what: &str, version: &str) -> Result<(), String> {
        tracing::info!(what, version, "a new version is in use");
        self.point
            .taken_up(what, version, Timestamp::now())
            .map_err(|error| error.to_string())
    }

    fn seal_the_rest(&mut self) {
        let journal = self.point.journal();
        let sealed =
            journal.sync_now().is_ok() && self.sealer.seal_now(journal, SystemTime::now()).is_ok();
        if !sealed {
            tracing::error!("the end of the record could not be sealed");
        }
    }
}

/// A file that may be replaced or edited while running. Nothing of it counts as taken up at first,
/// so that a change since it was read is not missed.
struct Watched {
    path: PathBuf,
    taken: Option<Stamp>,
}

impl Watched {
    fn new(path: PathBuf) -> Self {
        Self { path, taken: None }
    }
}

/// The file that corrects the model for offence, which may come and go.
struct CorrectionFile {
    path: PathBuf,
    /// What was taken up last, if anything was: a version of the file, or that there is none.
    taken: Option<Option<Stamp>>,
}

/// What tells one version of a file from the next, also when its time is set back.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> std::io::Result<Self> {
        let meta = std::fs::metadata(path)?;
        Ok(Self {
            inode: meta.ino(),
            bytes: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        })
    }
}

#[cfg(test)]
mod tests;
