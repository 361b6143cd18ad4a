//! The API through its router, with a built-in pack and a record of its own.

#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod documented;
mod hostile;
mod operations;
mod tokens;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Request, StatusCode};
use decision_point::adopted::Adopted;
use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use jiff::Timestamp;
use journal::{Journal, Options, Reader};
use ledger::EntryIndex;
use policy::pack::{Files, Pack};
use register::assets::Assets;
use register::snapshot::Snapshot;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::calls::TakesCalls;
use crate::tools::{May, Tool};
use crate::{DeskGate, Settings, routes};

pub(super) const ALL: &str = "all-0123456789abcdef0123456789abcdef";
pub(super) const JOIN: &str = "join-0123456789abcdef0123456789abcde";

const REGISTER: &str = r#"
[council]
domains = ["council.example"]
partner_domains = ["partner.example"]
confidential_routes = ["union@council.example"]

[[person]]
id = "p1"
name = "Ann Able"
audience = "officer"
accounts = ["ann"]
acceptance = "signed"
"#;

const ASSETS: &str = "hardware_address,number,purchase\n02-00-00-00-01-01,A-100,PO-1\n";

/// A council with a gate.
pub(super) struct Council {
    folder: tempfile::TempDir,
    app: Router,
    made_of: (Arc<DecisionPoint>, Settings),
}

/// What a tool was answered.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answered {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// A problem of this type; its detail.
    #[track_caller]
    pub(super) fn problem(&self, status: u16, name: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("/v1/problems/{name}"));
        assert_eq!(problem["status"], status);
        problem
    }
}

impl Council {
    pub(super) fn new() -> Self {
        Self::with(Options {
            min_free_bytes: 0,
            ..Options::default()
        })
    }

    pub(super) fn with(options: Options) -> Self {
        Self::answering(options, Settings::default().answer_within)
    }

    pub(super) fn answering(options: Options, answer_within: Duration) -> Self {
        let mut files = BTreeMap::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/halton");
        read(&root, "", &mut files);
        let adopted = Adopted::new(Arc::new(Pack::load(&files).unwrap())).unwrap();
        let register = Snapshot::parse(REGISTER).unwrap();
        let information = InformationPoint::new(adopted, register, None);
        information.know_assets(Some(Assets::parse(ASSETS.as_bytes()).unwrap()));
        let folder = tempfile::tempdir().unwrap();
        let (journal, _) = Journal::open(folder.path(), options).unwrap();
        let at: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let point = DecisionPoint::new(information, journal, WebDurability::Written, at).unwrap();
        let settings = Settings {
            tools: vec![
                Tool::new("every tool", ALL, &May::ALL).unwrap(),
                Tool::new("a network", JOIN, &[May::Join]).unwrap(),
            ],
            guest_networks: vec!["guests".to_owned()],
            answer_within,
        };
        let (point, clock) = (Arc::new(point), Arc::new(move || at));
        let gate = DeskGate::new(point.clone(), settings.clone()).with_clock(clock);
        Self {
            folder,
            app: routes::app(gate),
            made_of: (point, settings),
        }
    }

    /// The same council, whose tools hand over call records as well.
    pub(super) fn taking_calls(mut self, taker: Arc<dyn TakesCalls>) -> Self {
        let (point, settings) = self.made_of.clone();
        self.app = routes::app(DeskGate::new(point, settings).with_calls(taker));
        self
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answered {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answered {
            status,
            headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// Sends a body with a good token.
    pub(super) async fn post(&self, path: &str, kind: &str, body: impl Into<Body>) -> Answered {
        let request = Request::post(path)
            .header(AUTHORIZATION, format!("Bearer {ALL}"))
            .header(CONTENT_TYPE, kind);
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(super) async fn ask(&self, body: &Value) -> Answered {
        self.post("/v1/decide", "application/json", body.to_string())
            .await
    }

    /// The entries after the start.
    pub(super) fn record(&self) -> Vec<Value> {
        let mut reader = Reader::from(self.folder.path(), EntryIndex(1)).unwrap();
        let mut entries = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            entries.push(serde_json::from_slice(entry.payload).unwrap());
        }
        entries
    }
}

fn read(folder: &Path, below: &str, into: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            read(&path, &format!("{name}/"), into);
        } else {
            into.insert(name, std::fs::read_to_string(path).unwrap());
        }
    }
}
