//! Questions to whole lakes in temporary folders, filled from real journals.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bounded;
mod counted;
mod counting;
mod meanwhile;
mod pruned;

use std::path::PathBuf;
use std::sync::Arc;

use journal::{Journal, Options};
use lake::{Follower, Keys, Lake, Store};
use ledger::TreeSize;
use object_store::ObjectStore;
use serde_json::{Value, json};

use crate::{AskError, Bounds, Form, Questions, Told};

const RECORD: &str = "council.example/record";

const BOUNDS: Bounds = Bounds {
    megabytes: 64,
    threads: 2,
};

/// A record and a lake beside it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> Store {
        Store::local(self.path("lake")).unwrap()
    }

    fn keys(&self) -> Keys {
        Keys::in_folder(self.path("keys"))
    }

    async fn lake(&self) -> Lake {
        Lake::open(self.store(), self.keys(), RECORD).await.unwrap()
    }

    /// Records entries and takes them to the lake, in batches of so many.
    async fn fill(&self, entries: &[Value], batches_of: u64) {
        let options = Options {
            min_free_bytes: 0,
            ..Options::default()
        };
        let (journal, _) = Journal::open(self.path("record"), options).unwrap();
        for entry in entries {
            let entry = serde_json::to_vec(entry).unwrap();
            journal.append((), &entry).unwrap().into_parts();
        }
        let until = journal.sync_now().unwrap();
        let mut lake = self.lake().await;
        let mut follower = Follower::of(self.path("record"));
        while lake.root().next < until.0 {
            let next = lake.root().next + batches_of;
            follower
                .step(&mut lake, TreeSize(next.min(until.0)))
                .await
                .unwrap();
        }
    }

    async fn questions(&self) -> Questions {
        Questions::of(self.lake().await, BOUNDS).unwrap()
    }

    /// The same over another store of the same objects.
    async fn questions_over(&self, objects: Arc<dyn ObjectStore>) -> Questions {
        let lake = Lake::open(Store::remote(objects), self.keys(), RECORD)
            .await
            .unwrap();
        Questions::of(lake, BOUNDS).unwrap()
    }
}

impl Questions {
    /// Rows as JSON.
    async fn rows(&self, sql: &str) -> Vec<Value> {
        let (text, _) = self.text(sql, Form::Json, 1_000_000).await.unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    async fn text(&self, sql: &str, form: Form, most: usize) -> Result<(String, Told), AskError> {
        let mut text = String::new();
        let question = self.understand(sql).await?;
        let told = question.answer(form, most, |piece| text += piece).await?;
        Ok((text, told))
    }
}

/// A page of one of fifty people.
fn page(n: u64, at: &str) -> Value {
    json!({
        "v": 1, "at": at, "kind": "web",
        "client": format!("10.0.0.{}", n % 50), "person": format!("person-{}", n % 50),
        "host": format!("site-{}.example", n % 7), "port": 443,
        "path": format!("/private-path-{n}"), "visit": n.is_multiple_of(3), "bytes": n,
        "request": { "action": "visit", "who": { "audience": "officer", "acceptance": "signed" },
            "when": { "clock": "on" }, "what": { "categories": ["news"], "method": "GET" } },
        "decision": { "outcome": if n.is_multiple_of(5) { "refuse" } else { "permit" }, "reasons": [],
            "pack": { "name": "walsall", "edition": "officers", "version": "1", "hash": "abcdef0123456789" } },
    })
}

/// An entry of a kind the lake has no table of its own for.
fn call(n: u64, at: &str) -> Value {
    json!({
        "v": 1, "at": at, "kind": "call-set-up", "person": format!("person-{}", n % 50), "called": "+44 1632 960123",
        "decision": { "outcome": "permit", "reasons": [], "pack": { "edition": "officers" } },
    })
}
