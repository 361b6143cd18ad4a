//! Whole lakes in temporary folders, filled from real journals.
#![allow(clippy::unwrap_used, clippy::panic)]

mod exactly_once;
mod kept;
mod killed;
mod private;
mod told;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use journal::{Journal, Options};
use ledger::TreeSize;
use serde_json::{Value, json};

use crate::dispose::{Certificate, Records};
use crate::{Follower, Keys, Lake, Store};

const RECORD: &str = "council.example/record";

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

    fn journal(&self) -> Journal {
        let options = Options {
            min_free_bytes: 0,
            ..Options::default()
        };
        Journal::open(self.path("record"), options).unwrap().0
    }

    /// Appends entries; gives how many there are then.
    fn record(&self, entries: impl IntoIterator<Item = Value>) -> u64 {
        let journal = self.journal();
        for entry in entries {
            let entry = serde_json::to_vec(&entry).unwrap();
            journal.append((), &entry).unwrap().into_parts();
        }
        journal.sync_now().unwrap().0
    }

    fn store(&self) -> Store {
        Store::local(self.path("lake")).unwrap()
    }

    /// Keys that are the same in every place, so that pseudonyms are.
    fn with_known_keys(self) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::create_dir(self.path("keys")).unwrap();
        for month in ["2026-10", "2026-11"] {
            let path = self.path("keys").join(format!("{month}.key"));
            std::fs::write(&path, [7; 32]).unwrap();
            let owner = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(path, owner).unwrap();
        }
        self
    }

    fn keys(&self) -> Keys {
        Keys::in_folder(self.path("keys"))
    }

    async fn open(&self) -> Lake {
        Lake::open(self.store(), self.keys(), RECORD).await.unwrap()
    }

    /// Takes everything, in batches of so many entries.
    async fn fill(&self, batches_of: u64, until: u64) -> Lake {
        let mut lake = self.open().await;
        let follower = Follower::of(self.path("record"));
        let mut follower = follower.with_batches_of(batches_of);
        while lake.root().next < until {
            follower.step(&mut lake, TreeSize(until)).await.unwrap();
        }
        lake
    }
}

/// A page of one of fifty people, on a day of November.
fn page(n: u64, day: u64) -> Value {
    json!({
        "v": 1, "at": format!("2026-11-{day:02}T10:{:02}:{:02}.25Z", n / 60 % 60, n % 60), "kind": "web",
        "client": format!("10.0.0.{}", n % 50), "person": format!("person-{}", n % 50),
        "host": format!("site-{}.example", n % 7), "port": 443,
        "path": format!("/private-path-{n}"), "visit": n.is_multiple_of(3), "bytes": n,
        "request": { "action": "visit", "who": { "audience": "officer", "acceptance": "signed" },
            "when": { "clock": "on" }, "what": { "categories": ["news"], "method": "GET" } },
        "decision": { "outcome": "warn", "reasons": [
            { "clause": "walsall-7.2.16", "title": "t", "rule": "r", "outcome": "warn" },
            { "clause": "walsall-1.1", "title": "t", "rule": "s", "outcome": "hold", "released_by": "r" } ],
            "obligations": ["tag:[NEWS]"],
            "pack": { "name": "walsall", "edition": "officers", "version": "1", "hash": "abcdef0123456789" } },
    })
}

/// A message to two groups.
fn message(day: u64) -> Value {
    let group = |person: Option<&str>, address: &str, recipient: &str| {
        let mut group = json!({
            "n_recipients": 1, "recipients": [address],
            "request": { "action": "send", "who": { "audience": "officer" },
                "what": { "sender": ["officer"], "recipient": [recipient], "n_recipients": 2 } },
            "decision": { "outcome": "permit", "reasons": [], "obligations": [], "unevaluated": [],
                "pack": { "name": "walsall", "edition": "officers", "version": "1", "hash": "abcdef" } },
        });
        if let Some(person) = person {
            group["person"] = person.into();
        }
        group
    };
    json!({
        "v": 1, "at": format!("2026-11-{day:02}T09:00:00Z"), "kind": "mail", "queue_id": "4QUEUE",
        "client": "10.0.0.7", "authenticated": "signed-in-ann", "sender": "person-7",
        "mail_from": "ann@council.example", "message_id": "<id-of-message@council.example>",
        "sha256": "5ha256", "bytes": 7000, "n_recipients": 2,
        "groups": [
            group(Some("person-8"), "bob@council.example", "internal"),
            group(None, "stranger@Elsewhere.Example", "external"),
        ],
    })
}

/// A step that was recorded two days after it was taken.
fn step() -> Value {
    json!({
        "v": 1, "at": "2026-11-05T08:00:00Z", "kind": "matter", "number": 3,
        "event": { "matter": "AR-2026-0001", "kind": "access-request", "subject": "person-7",
            "step": "authorise", "from": "asked", "to": "authorised", "actor": { "person": "person-9" },
            "at": "2026-11-03T16:30:00Z", "reason": "private words of the manager",
            "policy_version": "2007-03", "clauses": ["walsall-6.1"] },
    })
}

/// An entry of a kind nothing here knows.
fn call() -> Value {
    json!({
        "v": 1, "at": "2026-10-31T12:00:00Z", "learned_at": "2026-11-04T02:00:00Z", "kind": "call",
        "person": "person-7", "called": "+44 1632 960123", "seconds": 61,
        "decision": { "outcome": "permit", "reasons": [], "pack": { "edition": "officers" } },
    })
}

/// Everything a lake tells, as lines in an order of their own.
async fn lines(lake: &Lake) -> Vec<String> {
    let mut lines = Vec::new();
    let wanted = crate::export::Wanted::default();
    let form = crate::export::Form::CloudEvents;
    let take = |event: Value| -> Result<(), crate::LakeError> {
        lines.push(event.to_string());
        Ok(())
    };
    lake.export(&wanted, form, take).await.unwrap();
    lines.sort();
    lines
}

/// A record of disposals, as the gates keep it.
struct OnRecord<'j>(&'j Journal);

impl Records for OnRecord<'_> {
    type Error = std::io::Error;

    fn next(&self) -> u64 {
        self.0.written().0
    }

    fn find(&self, certificate: &str, from: u64) -> Result<Option<u64>, Self::Error> {
        Ok(find(self.0.dir(), from, |entry| {
            entry["certificate"] == certificate
        }))
    }

    fn is_carried_out(&self, of: u64) -> Result<bool, Self::Error> {
        Ok(find(self.0.dir(), of, |entry| entry["of"] == of).is_some())
    }

    fn certify(&mut self, certificate: &Certificate) -> Result<u64, Self::Error> {
        let mut entry = serde_json::to_value(certificate).unwrap();
        entry["kind"] = "disposal".into();
        entry["at"] = "2026-12-01T00:00:00Z".into();
        let recorded = self
            .0
            .append_synced_blocking((), entry.to_string().as_bytes());
        Ok(recorded.unwrap().entry().0)
    }

    fn carried_out(&mut self, of: u64) -> Result<(), Self::Error> {
        let entry = json!({ "kind": "carried-out", "at": "2026-12-01T00:00:01Z", "of": of });
        let recorded = self
            .0
            .append_synced_blocking((), entry.to_string().as_bytes());
        recorded.unwrap().into_parts();
        Ok(())
    }
}

fn find(record: &Path, from: u64, is_it: impl Fn(&Value) -> bool) -> Option<u64> {
    let reader = journal::Reader::from(record, ledger::EntryIndex(from)).unwrap();
    reader.map(Result::unwrap).find_map(|(index, payload)| {
        let entry: Value = serde_json::from_slice(&payload).ok()?;
        is_it(&entry).then_some(index.0)
    })
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
