//! The web gate inside the test, so that the test sets its clock and reloads its lists.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use decision_point::adopted::Adopted;
use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use end_to_end::pack_copy;
use jiff::Timestamp;
use journal::{Journal, Options, Reader};
use ledger::EntryIndex;
use policy::pack::Pack;
use register::snapshot::Snapshot;
use site_categories::Live;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use web_gate::WebGate;
use web_gate::settings::Settings;

use crate::case::FOLDERS;

/// Bytes of the longest entry when the record is to fail: the start's fits, and no other.
const SHORT_ENTRY: usize = 250;

pub struct Gate {
    pub address: SocketAddr,
    pub point: Arc<DecisionPoint>,
    journal: PathBuf,
    second: Arc<AtomicI64>,
    runtime: Option<Runtime>,
    stop: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<()>>,
    settings: Settings,
}

impl Gate {
    pub fn start(folder: &Path, pack: &Path, sites: &Path, tls: bool, record_fails: bool) -> Self {
        let pack = Pack::load(&pack_copy::files(pack)).unwrap_or_else(|error| panic!("{error}"));
        let register = std::fs::read_to_string(FOLDERS.join("register.toml")).unwrap();
        let information = InformationPoint::new(
            Adopted::new(Arc::new(pack)).unwrap(),
            Snapshot::parse(&register).unwrap(),
            Some(Live::open(sites).unwrap()),
        );
        // The disk of a test machine may be small.
        let mut options = Options {
            min_free_bytes: 0,
            ..Options::default()
        };
        if record_fails {
            options.max_entry_bytes = SHORT_ENTRY;
        }
        let journal = folder.join("journal");
        let (opened, _) = Journal::open(&journal, options).unwrap();
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let point = DecisionPoint::new(information, opened, WebDurability::Written, start).unwrap();
        let settings = Settings {
            tls_opened: tls,
            ..Settings::default()
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let mut gate = Self {
            address: ([127, 0, 0, 1], 0).into(),
            point: Arc::new(point),
            journal,
            second: Arc::new(AtomicI64::new(start.as_second())),
            runtime: Some(runtime),
            stop: None,
            served: None,
            settings,
        };
        gate.serve();
        gate
    }

    /// Serves, again if it was stopped.
    pub fn serve(&mut self) {
        let runtime = self.runtime.as_ref().unwrap();
        let listener = runtime.block_on(TcpListener::bind(self.address)).unwrap();
        self.address = listener.local_addr().unwrap();
        let second = self.second.clone();
        let clock = move || Timestamp::from_second(second.load(Ordering::Relaxed)).unwrap();
        let gate = WebGate::new(self.point.clone(), self.settings.clone());
        let gate = gate.with_clock(Arc::new(clock));
        let (stop, stopped) = oneshot::channel();
        let serving = gate.serve(listener, async move { drop(stopped.await) });
        self.served = Some(runtime.spawn(async move { serving.await.unwrap() }));
        self.stop = Some(stop);
    }

    /// Closes all connections and the port.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        if let (Some(served), Some(runtime)) = (self.served.take(), &self.runtime) {
            runtime.block_on(served).unwrap();
        }
    }

    pub fn at(&self, time: &str) {
        let time: Timestamp = time.parse().unwrap();
        self.second.store(time.as_second(), Ordering::Relaxed);
    }

    /// Everything on its record, with its number.
    pub fn record(&self) -> Vec<(u64, serde_json::Value)> {
        let mut reader = Reader::from(&self.journal, EntryIndex(0)).unwrap();
        let mut entries = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            let value = serde_json::from_slice(entry.payload).unwrap();
            entries.push((entry.index.0, value));
        }
        entries
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
