//! The desk gate inside the test, so that the test sets its clock and what it knows.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use decision_point::adopted::Adopted;
use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use desk_gate::tools::{May, Tool};
use desk_gate::{DeskGate, Settings};
use end_to_end::pack_copy;
use jiff::Timestamp;
use journal::{Journal, Options, Reader};
use ledger::EntryIndex;
use policy::pack::Pack;
use register::assets::Assets;
use register::snapshot::Snapshot;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Bytes of the longest entry when the record is to fail: the start's fits, and no other.
const SHORT_ENTRY: usize = 200;

/// The token of the one tool.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// What a gate knows.
pub struct Known<'a> {
    /// The pack, by its folder in `policies`.
    pub pack: &'a str,
    /// The people, as a register file.
    pub register: &'a str,
    /// The equipment, as an asset register.
    pub assets: &'a str,
    /// What the tool may ask about.
    pub may: May,
    /// Nothing can be recorded.
    pub record_fails: bool,
}

pub struct Gate {
    pub address: SocketAddr,
    journal: PathBuf,
    second: Arc<AtomicI64>,
    point: Arc<DecisionPoint>,
    settings: Settings,
    runtime: Option<Runtime>,
    stop: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<()>>,
}

impl Gate {
    pub fn start(folder: &Path, known: &Known<'_>) -> Self {
        let pack = pack_copy::edited(known.pack, &[], folder.join("pack"));
        let pack = Pack::load(&pack_copy::files(&pack)).unwrap_or_else(|error| panic!("{error}"));
        let information = InformationPoint::new(
            Adopted::new(Arc::new(pack)).unwrap(),
            Snapshot::parse(known.register).unwrap(),
            None,
        );
        information.know_assets(Some(Assets::parse(known.assets.as_bytes()).unwrap()));
        // Else the first line of chat would wait for it.
        information.prepare();
        // The disk of a test machine may be small.
        let mut options = Options {
            min_free_bytes: 0,
            ..Options::default()
        };
        if known.record_fails {
            options.max_entry_bytes = SHORT_ENTRY;
        }
        let journal = folder.join("journal");
        let (opened, _) = Journal::open(&journal, options).unwrap();
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let point = DecisionPoint::new(information, opened, WebDurability::Written, start).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let mut gate = Self {
            address: ([127, 0, 0, 1], 0).into(),
            journal,
            second: Arc::new(AtomicI64::new(start.as_second())),
            point: Arc::new(point),
            settings: Settings {
                tools: vec![Tool::new("the tool", TOKEN, &[known.may]).unwrap()],
                guest_networks: vec!["guests".to_owned()],
                ..Settings::default()
            },
            runtime: Some(runtime),
            stop: None,
            served: None,
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
        let gate = DeskGate::new(self.point.clone(), self.settings.clone());
        let gate = gate.with_clock(Arc::new(clock));
        let (stop, stopped) = oneshot::channel();
        let serving = gate.serve(listener, async move { drop(stopped.await) });
        self.served = Some(runtime.spawn(serving));
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
    pub fn record(&self) -> Vec<(u64, Value)> {
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

/// The clauses of an entry's decision that stand.
pub fn clauses(entry: &Value) -> Vec<&str> {
    let reasons = entry["decision"]["reasons"].as_array();
    let standing = reasons
        .into_iter()
        .flatten()
        .filter(|reason| reason["released_by"].is_null());
    standing.map(|reason| text(&reason["clause"])).collect()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
