//! What tables say of entries.

use super::*;
use crate::export::{Form, Wanted};
use crate::tables::Table;
use crate::{Day, LakeError};

async fn events(entries: Vec<Value>, form: Form) -> Vec<Value> {
    let place = Place::new();
    let until = place.record(entries);
    let lake = place.fill(1000, until).await;
    let mut events = Vec::new();
    let take = |event: Value| -> Result<(), LakeError> {
        events.push(event);
        Ok(())
    };
    lake.export(&Wanted::default(), form, take).await.unwrap();
    events
}

#[tokio::test]
async fn a_page_says_where_and_what_was_decided() {
    let events = events(vec![page(5, 2)], Form::CloudEvents).await;
    let [event] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(event["type"], "uk.gov.probity.web.v1");
    assert_eq!(event["source"], "//council.example/record");
    assert_eq!(event["id"], "0");
    assert_eq!(event["time"], "2026-11-02T10:00:05.25Z");
    let mut data = event["data"].clone();
    for pseudonym in ["person", "client"] {
        let said = data.as_object_mut().unwrap().remove(pseudonym).unwrap();
        assert_eq!(said.as_str().unwrap().len(), 16);
    }
    let told = json!({
        "entry": 0, "at": "2026-11-02T10:00:05.25Z", "host": "site-5.example", "port": 443,
        "visit": false, "bytes": 5, "acknowledged": false, "action": "visit", "method": "GET",
        "audience": "officer", "clock": "on", "categories": "news", "outcome": "warn",
        "clauses": "walsall-7.2.16", "obligations": "tag:[NEWS]", "edition": "officers",
        "pack": "abcdef012345",
    });
    assert_eq!(data, told);
}

#[tokio::test]
async fn a_message_has_a_row_for_each_group_of_recipients() {
    let events = events(vec![message(2)], Form::CloudEvents).await;
    let ids: Vec<_> = events.iter().map(|event| &event["id"]).collect();
    assert_eq!(ids, ["0.0", "0.1"]);
    let column = |name: &str| {
        events
            .iter()
            .map(|e| e["data"][name].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        column("recipient_domains"),
        ["council.example", "elsewhere.example"]
    );
    assert_eq!(column("recipient_labels"), ["internal", "external"]);
    assert_eq!(column("sender_domain"), ["council.example"; 2]);
    assert_eq!(column("sender_known"), [true, true]);
    assert_eq!(column("n_recipients"), [1, 1]);
    assert_eq!(column("sender")[0], column("sender")[1]);
    assert!(column("person")[0].is_string() && column("person")[1].is_null());
}

#[tokio::test]
async fn what_comes_late_lies_where_it_happened_and_says_when_we_learned_of_it() {
    let place = Place::new();
    let until = place.record([step(), call(), page(1, 6)]);
    let lake = place.fill(1000, until).await;
    let mut days = Vec::new();
    for month in lake.root().months.keys() {
        for file in lake.month(*month).await.unwrap().files {
            days.push((file.kind.to_string(), file.day.to_string()));
        }
    }
    let day = |kind: &str, day: &str| (kind.to_owned(), day.to_owned());
    let expected = [
        day("call", "2026-10-31"),
        day("matter", "2026-11-03"),
        day("web", "2026-11-06"),
    ];
    assert_eq!(days, expected);
    let lines = lines(&lake).await.join("\n");
    assert!(lines.contains(r#""at":"2026-11-03T16:30:00Z""#), "{lines}");
    assert!(
        lines.contains(r#""learned_at":"2026-11-05T08:00:00Z""#),
        "{lines}"
    );
    assert!(
        lines.contains(r#""learned_at":"2026-11-04T02:00:00Z""#),
        "{lines}"
    );
}

/// Nothing is lost because nobody foresaw it.
#[tokio::test]
async fn kinds_nobody_knows_and_what_cannot_be_read_are_kept() {
    let place = Place::new();
    let mut later = page(1, 2);
    later["v"] = 2.into();
    let mut strange = page(2, 2);
    strange["port"] = "none".into();
    let mut ancient = page(3, 2);
    ancient["at"] = "-000100-01-01T00:00:00Z".into();
    place.record([
        later,
        strange,
        ancient,
        call(),
        json!({ "kind": 5 }),
        json!(null),
    ]);
    let odd = json!({ "v": 1, "at": "2026-11-02T00:00:00Z", "kind": "../Odd Kind" });
    let until = place.record([odd]);
    let lake = place.fill(1000, until).await;
    let status = lake.status().await.unwrap();
    let kinds = status.months.values().flat_map(|month| &month.kinds);
    let mut kinds: Vec<_> = kinds.map(|(kind, status)| (&**kind, status.rows)).collect();
    kinds.sort_unstable();
    let expected = [
        ("call", 1),
        ("other", 1),
        ("unreadable", 2),
        ("web", 1),
        ("web", 2),
    ];
    assert_eq!(kinds, expected);
    assert!(lake.verify(|| ()).await.unwrap().is_sound());
}

#[tokio::test]
async fn an_export_goes_on_from_an_entry_and_keeps_to_its_kinds_and_days() {
    let place = Place::new();
    let until = place.record([page(1, 2), page(2, 3), message(3), page(3, 4)]);
    let lake = place.fill(2, until).await;
    let count = async |wanted: Wanted| {
        let take = |_| Ok::<_, LakeError>(());
        lake.export(&wanted, Form::Ocsf, take).await.unwrap()
    };
    let day = |day: &str| Some(day.parse::<Day>().unwrap());
    assert_eq!(count(Wanted::default()).await, 5);
    let web = vec![crate::Kind::of("web")];
    let wanted = Wanted {
        kinds: web,
        ..Wanted::default()
    };
    assert_eq!(count(wanted).await, 3);
    let (from, to) = (day("2026-11-03"), day("2026-11-03"));
    assert_eq!(
        count(Wanted {
            from,
            to,
            ..Wanted::default()
        })
        .await,
        3
    );
    let wanted = Wanted {
        from_entry: 3,
        ..Wanted::default()
    };
    assert_eq!(count(wanted).await, 1);
}

/// What the schema of the pinned release asks of each class, and which attributes it knows.
#[tokio::test]
async fn events_have_what_their_ocsf_class_asks_for_and_nothing_it_does_not_know() {
    let schema = include_str!("../../tests/fixtures/ocsf-1.6.0.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    assert_eq!(schema["version"], crate::export::OCSF_RELEASE);
    let entries = vec![page(5, 2), message(2), step(), call()];
    let events = events(entries, Form::Ocsf).await;
    assert_eq!(events.len(), 5);
    for event in &events {
        let class = event["class_uid"].to_string();
        let known = &schema["classes"][&class];
        conforms(event, known, &schema, &class);
        let (class, activity) = (&event["class_uid"], &event["activity_id"]);
        let uid = class.as_u64().unwrap() * 100 + activity.as_u64().unwrap();
        assert_eq!(event["type_uid"], uid);
        assert_eq!(event["metadata"]["version"], "1.6.0");
    }
}

fn conforms(told: &Value, known: &Value, schema: &Value, place: &str) {
    let told = told.as_object().unwrap();
    let attributes = known["attributes"].as_object().unwrap();
    for name in known["required"].as_array().unwrap() {
        assert!(
            told.contains_key(name.as_str().unwrap()),
            "{place} has no {name}"
        );
    }
    let any = known["at_least_one"].as_array().unwrap();
    let has = any
        .iter()
        .any(|name| told.contains_key(name.as_str().unwrap()));
    assert!(any.is_empty() || has, "{place} has none of {any:?}");
    for (name, value) in told {
        let place = format!("{place}.{name}");
        let says = attributes
            .get(name)
            .unwrap_or_else(|| panic!("{place} is not known"));
        if let Some(values) = says["enum"].as_array() {
            assert!(values.contains(value), "{place} is {value}");
        }
        if let Some(object) = says["object"].as_str()
            && name != "unmapped"
        {
            conforms(value, &schema["objects"][object], schema, &place);
        }
    }
}

#[test]
fn rows_fit_their_columns() {
    for table in Table::ALL {
        let columns = table.columns();
        assert_eq!(columns[0].name, "entry");
        assert_eq!(columns[1].name, "at");
        assert!(columns.is_sorted_by_key(|column| column.sealed));
        let mut names: Vec<_> = columns.iter().map(|column| column.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), columns.len(), "{}", table.name());
    }
}

#[test]
fn every_column_is_in_the_reference() {
    let reference = include_str!("../../../../docs/reference/lake.md");
    for table in Table::ALL {
        let columns = table.columns().iter();
        let missing: Vec<_> = columns
            .map(|column| column.name)
            .filter(|name| !reference.contains(&format!("`{name}`")))
            .collect();
        assert_eq!(missing, [""; 0], "{}", table.name());
    }
}
