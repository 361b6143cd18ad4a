//! A made-up council with a gate of its own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use decision_point::adopted::Adopted;
use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use jiff::Timestamp;
use journal::{Journal, Options, Reader};
use policy::pack::Pack;
use register::snapshot::Snapshot;
use serde_json::Value;
use site_categories::Live;
use tokio::sync::oneshot;
use web_gate::WebGate;
use web_gate::settings::{Settings, UserNames};

const LISTS: [(&str, &str); 6] = [
    ("webmail.txt", "mail.test\n"),
    ("shopping.txt", "shop.test\n"),
    ("streaming.txt", "film.test\n"),
    ("bank.txt", "bank.test\n"),
    ("council-services.txt", "council.test\n"),
    ("empty.txt", "empty.test\n"),
];

const REGISTER: &str = r#"
[council]
domains = ["town.example"]

[[person]]
id = "p1"
name = "Ann"
audience = "officer"
accounts = ["ann"]

[[person]]
id = "p2"
name = "Bob"
audience = "officer"
accounts = ["bob"]
withdrawn = ["web"]

[[person]]
id = "p3"
name = "Cem"
audience = "officer"
accounts = ["cem"]
granted = ["email"]

[[permission]]
reference = "R1"
kind = "personal-webmail"
person = "p1"
from = "2026-03-02T09:00:00Z"
until = "2026-03-02T10:00:00Z"
"#;

pub(crate) struct Town {
    pub(crate) address: SocketAddr,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) point: Arc<DecisionPoint>,
    second: Arc<AtomicI64>,
    stop: Option<oneshot::Sender<()>>,
    served: tokio::task::JoinHandle<()>,
}

impl Town {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default(), Options::default()).await
    }

    pub(crate) async fn with(settings: Settings, mut journal: Options) -> Self {
        let settings = Settings {
            user_names: UserNames::Plain,
            ..settings
        };
        let folder = tempfile::tempdir().unwrap();
        let lists = folder.path().join("lists");
        std::fs::create_dir(&lists).unwrap();
        for (name, text) in LISTS {
            std::fs::write(lists.join(name), text).unwrap();
        }
        let sites = folder.path().join("sites");
        site_categories::build(&lists, &sites, site_categories::Options::default()).unwrap();
        let files: BTreeMap<String, String> = [
            ("pack.toml", include_str!("../pack/pack.toml")),
            ("clauses.toml", include_str!("../pack/clauses.toml")),
            ("rules/web.cedar", include_str!("../pack/rules/web.cedar")),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into();
        let adopted = Adopted::new(Arc::new(Pack::load(&files).unwrap())).unwrap();
        let information = InformationPoint::new(
            adopted,
            Snapshot::parse(REGISTER).unwrap(),
            Some(Live::open(&sites).unwrap()),
        );
        // The disk of a test machine may be small.
        journal.min_free_bytes = 0;
        let (journal, _) = Journal::open(folder.path().join("journal"), journal).unwrap();
        let start: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        let point =
            DecisionPoint::new(information, journal, WebDurability::Written, start).unwrap();
        let point = Arc::new(point);
        let second = Arc::new(AtomicI64::new(start.as_second()));
        let clock = {
            let second = second.clone();
            Arc::new(move || Timestamp::from_second(second.load(Ordering::Relaxed)).unwrap())
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let gate = WebGate::new(point.clone(), settings).with_clock(clock);
        let (stop, stopped) = oneshot::channel();
        let served = gate.serve(listener, async move { drop(stopped.await) });
        let served = tokio::spawn(async move { served.await.unwrap() });
        Self {
            address,
            folder,
            point,
            second,
            stop: Some(stop),
            served,
        }
    }

    pub(crate) fn at(&self, time: &str) {
        let time: Timestamp = format!("2026-03-02T{time}Z").parse().unwrap();
        self.second.store(time.as_second(), Ordering::Relaxed);
    }

    /// Everything on the record but the start, oldest first.
    pub(crate) fn record(&self) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut reader = Reader::tail(self.folder.path().join("journal"), u64::MAX).unwrap();
        while let Some(entry) = reader.next_entry().unwrap() {
            entries.push(serde_json::from_slice(entry.payload).unwrap());
        }
        entries.remove(0);
        entries
    }

    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        self.served.await.unwrap();
    }
}
