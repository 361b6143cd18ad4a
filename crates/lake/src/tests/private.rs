//! What stays sealed.

use std::collections::BTreeSet;

use serde_json::Map;

use super::*;
use crate::encode::Rows;
use crate::export::{Form, Wanted, value};
use crate::unseal::{Authorisation, Scope, UnsealError};
use crate::{Kind, LakeError};

/// What tells of somebody in the entries of these tests.
const PERSONAL: [&str; 15] = [
    "person-",
    "10.0.0.",
    "private-path",
    "signed-in-ann",
    "ann@",
    "bob@",
    "stranger@",
    "4QUEUE",
    "id-of-message",
    "5ha256",
    "AR-2026-0001",
    "private words",
    "960123",
    "\"bob",
    "stranger",
];

async fn lake(place: &Place) -> Lake {
    let mut entries = vec![message(2), step(), call()];
    entries.extend((0..100).map(|n| page(n, 2)));
    let mut nameless = page(7, 2);
    nameless["person"].take();
    nameless["user"] = "person-unknown-account".into();
    entries.push(nameless);
    let until = place.record(entries);
    place.fill(1000, until).await
}

/// Looks at the bytes that can leave: every cell of every open file, every manifest, every export.
#[tokio::test]
async fn nothing_that_lies_open_tells_of_a_person() {
    let place = Place::new();
    let lake = lake(&place).await;
    let mut out = String::new();
    for month in lake.root().months.keys() {
        let files = lake.month(*month).await.unwrap();
        out.push_str(&serde_json::to_string(&files).unwrap());
        for file in files.files {
            let bytes = lake.store().read(&file.path).await.unwrap();
            // Statistics at the end of a file are not compressed.
            out.push_str(&String::from_utf8_lossy(&bytes));
            for rows in Rows::of(&file.path, false, bytes).unwrap() {
                let rows = rows.unwrap();
                for column in rows.columns() {
                    (0..rows.num_rows())
                        .for_each(|row| out.push_str(&value(column, row).to_string()));
                }
            }
            let sealed = lake.store().read(&file.sealed_path()).await.unwrap();
            out.push_str(&String::from_utf8_lossy(&sealed));
        }
    }
    for form in [Form::Ocsf, Form::CloudEvents] {
        let take = |event: Value| -> Result<(), LakeError> {
            out.push_str(&event.to_string());
            Ok(())
        };
        lake.export(&Wanted::default(), form, take).await.unwrap();
    }
    out.push_str(&serde_json::to_string(lake.root()).unwrap());
    out.push_str(&format!("{lake:?}"));
    assert!(out.contains("site-3.example") && out.contains("elsewhere.example"));
    for personal in PERSONAL {
        assert!(!out.contains(personal), "{personal} can be read");
    }
}

fn scope(subjects: &[&str], kinds: &[&str]) -> Scope {
    Scope {
        subjects: subjects.iter().map(ToString::to_string).collect(),
        kinds: kinds.iter().map(|kind| Kind::of(kind)).collect(),
        from: at("2026-11-01T00:00:00Z"),
        to: at("2026-12-01T00:00:00Z"),
        purpose: "case 7".to_owned(),
        expires: at("2026-12-31T00:00:00Z"),
    }
}

async fn rows(lake: &Lake, scope: Scope) -> Vec<Map<String, Value>> {
    let mut rows = Vec::new();
    let authorisation = Authorisation::of(scope);
    let now = at("2026-12-02T00:00:00Z");
    let n = lake
        .unseal(&authorisation, now, |row| rows.push(row))
        .await
        .unwrap();
    assert_eq!(n, rows.len() as u64);
    rows
}

#[tokio::test]
async fn an_authorisation_opens_the_rows_in_its_scope_and_no_other() {
    let place = Place::new();
    let lake = lake(&place).await;
    let told = rows(
        &lake,
        scope(&["person-7"], &["web", "mail", "matter", "call"]),
    )
    .await;
    let kinds: Vec<_> = told
        .iter()
        .map(|row| row["kind"].as_str().unwrap())
        .collect();
    let of = |kind: &str| kinds.iter().filter(|k| **k == kind).count();
    // The call was in October.
    assert_eq!(
        (of("web"), of("mail"), of("matter"), of("call")),
        (2, 2, 1, 0)
    );
    let page = told.iter().find(|row| row["kind"] == "web").unwrap();
    assert_eq!(page["person_id"], "person-7");
    assert_eq!(page["path"], "/private-path-7");
    assert_eq!(page["client_address"], "10.0.0.7");
    let mail = told.iter().find(|row| row["kind"] == "mail").unwrap();
    assert_eq!(mail["recipients"], r#"["bob@council.example"]"#);
    assert!(
        rows(&lake, scope(&["person-99"], &["web"]))
            .await
            .is_empty()
    );
    assert!(rows(&lake, scope(&[], &["web"])).await.is_empty());
    assert!(rows(&lake, scope(&["person-7"], &[])).await.is_empty());
    let mut hour = scope(&["person-7"], &["web"]);
    hour.to = at("2026-11-02T10:00:08Z");
    let paths = rows(&lake, hour).await;
    let paths: BTreeSet<_> = paths
        .iter()
        .map(|row| row["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, BTreeSet::from(["/private-path-7"]));
    let late = at("2026-12-31T00:00:00Z");
    let expired = Authorisation::of(scope(&["person-7"], &["web"]));
    let refused = lake.unseal(&expired, late, |_| panic!("opened")).await;
    assert!(matches!(refused, Err(UnsealError::Expired(_))));
}

/// The same person is the same pseudonym in every table of a month, and another one in the next.
#[tokio::test]
async fn pseudonyms_join_within_a_month_and_not_across() {
    let place = Place::new();
    let mut later = page(7, 2);
    later["at"] = "2026-12-02T10:00:00Z".into();
    let until = place.record([page(7, 2), message(3), later]);
    let lake = place.fill(1000, until).await;
    let lines = lines(&lake).await;
    let of = |place: &str, name: &str| {
        let line = lines.iter().find(|line| line.contains(place)).unwrap();
        serde_json::from_str::<Value>(line).unwrap()["data"][name].clone()
    };
    assert_eq!(of("2026-11-02T10", "person"), of("2026-11-03T09", "sender"));
    assert_ne!(of("2026-11-02T10", "person"), of("2026-12-02T10", "person"));
}
