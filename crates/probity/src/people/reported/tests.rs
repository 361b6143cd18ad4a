#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use correspondence::Correspondence;
use decision_point::information::InformationPoint;
use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::PersonId;
use matters::incident::Opening;
use register::snapshot::Snapshot;

use super::*;
use crate::config::RecordConfig;
use crate::data_dir::DataDir;
use crate::{gates, knowledge};

/// A gate that remembers, and the people's database beside it.
async fn setting(folder: &std::path::Path) -> (DecisionPoint, Store) {
    let adopted = knowledge::adopt("walsall").unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.join("people").display());
    let store = Store::open(&url, Arc::clone(adopted.pack())).await.unwrap();
    let register = Snapshot::parse("[council]\ndomains = [\"council.example\"]\n").unwrap();
    let mut information = InformationPoint::new(adopted, register, None);
    let limits = correspondence::Limits::default();
    let memory = Correspondence::open(&folder.join("memory"), &limits, Timestamp::now());
    information.remember_in(memory.unwrap().0);
    let data = DataDir::new(&folder.join("data"));
    let record = RecordConfig {
        min_free_bytes: 0,
        ..RecordConfig::default()
    };
    let point = gates::open_point(information, &data, &record, None).unwrap();
    (point, store)
}

async fn report(store: &Store, kind: Kind, id: &str) {
    let now = Timestamp::now();
    let opening = Opening {
        kind,
        words: "This came today.".to_owned(),
        happened_at: now,
        url: None,
        message_id: Some(id.to_owned()),
        implicated: None,
        key_sha256: None,
    };
    let act = Act::by(&PersonId::from("ann"), now);
    store.open_matter::<Incident>(opening, &act).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_report_to_the_desk_is_remembered_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (point, store) = setting(folder.path()).await;
    let feed = Act::of(Actor::Feed("hr".to_owned()), Timestamp::now());
    let ann = serde_json::json!({ "id": "ann", "name": "Ann", "audience": "officer" });
    let ann = serde_json::from_value(ann).unwrap();
    store.put_person(ann, &feed).await.unwrap();
    let check = |id, junk, reported| {
        let memory = point.information().correspondence().unwrap();
        let was = |called| memory.was_called(id, called, Timestamp::now());
        let found = (was(Called::Junk), was(Called::Reported));
        assert_eq!(found, (junk, reported), "{id}");
    };
    for (kind, id) in [
        (Kind::Spam, "<spam@elsewhere.example>"),
        (Kind::Accident, "accident@elsewhere.example"),
        (Kind::Virus, "<virus@elsewhere.example>"),
        (Kind::Misdirected, "<astray@elsewhere.example>"),
        (Kind::Spam, "<ours@council.example>"),
    ] {
        report(&store, kind, id).await;
    }
    check("spam@elsewhere.example", false, false);
    remember(&store, &point).await.unwrap();
    check("spam@elsewhere.example", true, true);
    check("accident@elsewhere.example", false, true);
    check("virus@elsewhere.example", false, true);
    check("astray@elsewhere.example", false, false);
    check("ours@council.example", false, false);
}

/// Whoever passes the message on would be told that somebody reported it.
#[test]
fn a_report_about_somebody_is_kept_to_those_it_is_told() {
    assert!(says(Kind::ReportSomeone).is_empty());
}
