//! Feeds: runs, what they set aside, links, clockings, deliveries and those who leave.

use jiff::Timestamp;
use matters::withdrawal::{Kind, Opening, Stage, Withdrawal};
use register_store::clockings::ClockingRow;
use register_store::deliveries::DeliveryRow;
use register_store::feeds::{Batch, Counts, Link, RunStatus};
use register_store::matters_kept::Filter;
use serde_json::{Value, json};

use crate::council::{by, hour, hr_feed, id, person, settle};
use crate::engines::{Database, on_both};

on_both!(
    a_batch_stands_whole_or_not_at_all,
    a_run_that_never_ended_is_known_as_such,
    links_count_their_changes,
    clocks_say_everything_once,
    deliveries_are_found_when_due,
    hr_confirms_and_moves_what_others_said,
);

async fn a_batch_stands_whole_or_not_at_all(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let run = store.begin_run("hr", "ab", 1, hour(0)).await.unwrap();
    let counts = Counts {
        added: 1,
        quarantined: 2,
        ..Counts::default()
    };
    let batch = Batch {
        people: vec![person("new")],
        quarantined: vec![json!({"row": 7}), json!({"row": 9})],
        counts,
        ..Batch::default()
    };
    store.keep_batch(run, batch, &hr_feed(0)).await.unwrap();
    let refused = Batch {
        people: vec![person("newer")],
        leaving: vec![(id("nobody"), hour(9))],
        counts,
        ..Batch::default()
    };
    assert!(store.keep_batch(run, refused, &hr_feed(0)).await.is_err());
    assert!(store.image().people().person(&id("new")).is_some());
    assert!(store.image().people().person(&id("newer")).is_none());
    store
        .finish_run(run, RunStatus::Done, hour(1))
        .await
        .unwrap();
    let runs = store.runs(Some("hr"), 10).await.unwrap();
    assert_eq!(
        (runs.len(), runs[0].counts, runs[0].finished_at),
        (1, counts, Some(hour(1)))
    );
    assert_eq!(
        store.quarantined(run, 1, 10).await.unwrap(),
        [json!({"row": 9})]
    );
    assert!(store.runs(Some("clock"), 10).await.unwrap().is_empty());
}

async fn a_run_that_never_ended_is_known_as_such(database: Database) {
    let store = database.open().await;
    store.begin_run("hr", "ab", 1, hour(0)).await.unwrap();
    store.begin_run("clock", "cd", 1, hour(0)).await.unwrap();
    store.begin_run("hr", "ab", 1, hour(1)).await.unwrap();
    let runs = store.runs(None, 10).await.unwrap();
    let statuses: Vec<_> = runs.iter().map(|run| (run.id, run.status)).collect();
    let expected = [
        (3, RunStatus::Running),
        (2, RunStatus::Running),
        (1, RunStatus::Interrupted),
    ];
    assert_eq!(statuses, expected);
}

async fn links_count_their_changes(database: Database) {
    let store = database.open().await;
    let link = |account: &str, enabled| Link {
        feed: "scim".to_owned(),
        key: "k".to_owned(),
        person: id("ann"),
        account: account.to_owned(),
        enabled,
        body: json!({"userName": account}),
    };
    let keep = async |link: Link, expected| {
        store
            .keep_link(&link, expected, [person("ann")], [], &hr_feed(0))
            .await
            .unwrap()
    };
    assert!(keep(link("ann", true), 0).await);
    assert!(!keep(link("ann", false), 0).await);
    assert!(keep(link("ann", true), 1).await);
    assert!(keep(link("ann", false), 1).await);
    let kept = store.links("scim").await.unwrap();
    assert_eq!(
        (kept.len(), kept[0].version, &kept[0].link),
        (1, 2, &link("ann", false))
    );
    assert!(store.links("directory").await.unwrap().is_empty());
}

async fn clocks_say_everything_once(database: Database) {
    let store = database.open().await;
    let run = store.begin_run("clock", "ab", 1, hour(0)).await.unwrap();
    let row = |name: &str, hours| ClockingRow {
        id: name.to_owned(),
        person: id("ann"),
        at: hour(hours),
        body: json!({"event": name}),
    };
    let rows = [row("late", 5), row("early", 1), row("late", 5)];
    let counts = store
        .keep_clockings(run, &rows, &[json!({"row": 1})])
        .await
        .unwrap();
    assert_eq!(
        (counts.added, counts.unchanged, counts.quarantined),
        (2, 1, 1)
    );
    let found = async |from, until| {
        store
            .clockings(&id("ann"), hour(from), hour(until))
            .await
            .unwrap()
    };
    assert_eq!(
        found(0, 9).await,
        [json!({"event": "late"}), json!({"event": "early"})]
    );
    assert_eq!(found(0, 5).await, [json!({"event": "early"})]);
}

async fn deliveries_are_found_when_due(database: Database) {
    let store = database.open().await;
    let row = |name: &str, due_at: Option<Timestamp>, status: &str| DeliveryRow {
        id: name.to_owned(),
        person: id(name),
        service: "email".to_owned(),
        due_at,
        status: status.to_owned(),
        body: Value::from(name),
    };
    let rows = [
        row("b", Some(hour(2)), "due"),
        row("a", Some(hour(1)), "due"),
        row("c", None, "done"),
    ];
    store.put_deliveries(&rows).await.unwrap();
    assert_eq!(store.due_deliveries(hour(1), 10).await.unwrap(), ["a"]);
    assert_eq!(store.due_deliveries(hour(3), 10).await.unwrap(), ["a", "b"]);
    store
        .put_deliveries(&[row("a", None, "failed")])
        .await
        .unwrap();
    assert_eq!(store.due_deliveries(hour(3), 10).await.unwrap(), ["b"]);
    assert_eq!(
        store.deliveries(None, Some("failed"), 10).await.unwrap(),
        ["a"]
    );
    assert_eq!(
        store.deliveries(Some(&id("c")), None, 10).await.unwrap(),
        ["c"]
    );
}

async fn hr_confirms_and_moves_what_others_said(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let run = store.begin_run("hr", "ab", 1, hour(0)).await.unwrap();
    let leaves = async |who: &str, hours, said| {
        let batch = Batch {
            leaving: vec![(id(who), hour(hours))],
            ..Batch::default()
        };
        store.keep_batch(run, batch, &hr_feed(said)).await.unwrap();
    };
    let found = async |who: &str| {
        let filter = Filter {
            subject: Some(id(who)),
            is_over: Some(false),
            ..Filter::default()
        };
        let page = store.matters::<Withdrawal>(&filter).await.unwrap();
        let all = page
            .items
            .into_iter()
            .map(|kept| (kept.matter.stage, kept.matter.effective_at));
        all.collect::<Vec<_>>()
    };
    // The manager said so first; HR confirms and puts the day right.
    store.put_person(person("ann"), &hr_feed(0)).await.unwrap();
    let opening = Opening {
        person: id("ann"),
        kind: Kind::Leaving,
        effective_at: hour(100),
        until: None,
    };
    store
        .open_matter::<Withdrawal>(opening, &by("head", 1))
        .await
        .unwrap();
    leaves("ann", 200, 2).await;
    assert_eq!(found("ann").await, [(Stage::Scheduled, hour(200))]);
    leaves("ann", 200, 3).await;
    assert_eq!(found("ann").await, [(Stage::Scheduled, hour(200))]);
    // HR's own word alone, put right by itself.
    store.put_person(person("bob"), &hr_feed(0)).await.unwrap();
    leaves("bob", 100, 1).await;
    leaves("bob", 100, 2).await;
    leaves("bob", 300, 3).await;
    assert_eq!(found("bob").await, [(Stage::Notified, hour(300))]);
    assert_eq!(store.leavers().await.unwrap()[&id("bob")], hour(300));
}
