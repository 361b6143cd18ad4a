//! What a question costs grows with what it asks for, and not with the years there are.

use std::collections::BTreeSet;

use super::counting::Counting;
use super::*;

/// A lake of so many years up to November 2026, with pages on two days a month.
async fn years(n: u64) -> Place {
    let place = Place::new();
    let mut entries = Vec::new();
    for year in (2027 - n)..2027 {
        for month in 1..12 {
            for day in [3, 17] {
                let at = format!("{year}-{month:02}-{day:02}T10:00:00Z");
                entries.push(page(year + month + day, &at));
                entries.push(call(day, &at));
            }
        }
    }
    place.fill(&entries, 1000).await;
    place
}

/// What is opened for a question: manifests of months, and files of rows.
async fn opened(place: &Place, sql: &str) -> (usize, BTreeSet<String>) {
    let counting = Counting::of(place.store().objects().clone());
    let questions = place.questions_over(counting.clone()).await;
    counting.opened();
    questions.text(sql, Form::Json, 1000).await.unwrap();
    let all = counting.opened();
    assert!(all.iter().all(|path| !path.ends_with(".sealed")), "{all:?}");
    let (manifests, files): (BTreeSet<_>, BTreeSet<_>) =
        all.into_iter().partition(|path| path.ends_with(".json"));
    (manifests.len(), files)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_read_alone_however_many_years_there_are() {
    let (one, ten) = (years(1).await, years(10).await);
    // However somebody says it: as a month, as days, as moments.
    for when in [
        "month = '2026-06'",
        "day BETWEEN '2026-06-01' AND '2026-06-30'",
        "day >= DATE '2026-06-01' AND day < DATE '2026-07-01'",
        "at >= '2026-06-01' AND at < '2026-07-01'",
        "at >= TIMESTAMP '2026-06-01T00:00:00Z' AND at < TIMESTAMP '2026-07-01T00:00:00Z'",
        "at BETWEEN '2026-06-01T00:00:00Z' AND '2026-06-30T23:59:59.999Z'",
        "date_trunc('month', at) = '2026-06-01' AND month = '2026-06'",
    ] {
        let sql = format!("SELECT host, count(*) FROM web WHERE {when} GROUP BY host");
        let of_one = opened(&one, &sql).await;
        let of_ten = opened(&ten, &sql).await;
        assert_eq!((of_ten.0, of_ten.1.len()), (1, 2), "{when}: {of_ten:?}");
        assert_eq!((of_one.0, of_one.1.len()), (1, 2), "{when}: {of_one:?}");
        assert!(
            of_ten
                .1
                .iter()
                .all(|path| path.starts_with("kind=web/month=2026-06/"))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_and_a_kind_are_files_of_their_own() {
    let place = years(2).await;
    let (_, files) = opened(&place, "SELECT * FROM web WHERE day = '2026-06-17'").await;
    assert_eq!(files.len(), 1, "{files:?}");
    let (_, files) = opened(&place, "SELECT * FROM call_set_up WHERE month = '2025-01'").await;
    assert_eq!(files.len(), 2, "{files:?}");
    let sql = "SELECT * FROM event WHERE kind = 'call-set-up' AND month = '2025-01'";
    assert_eq!(opened(&place, sql).await.1, files);
    let (_, files) = opened(&place, "SELECT * FROM event WHERE kind = 'chat'").await;
    assert_eq!(files.len(), 0, "{files:?}");
    // How many there are stands in the manifest.
    let (_, files) = opened(&place, "SELECT count(*) FROM web").await;
    assert_eq!(files.len(), 0, "{files:?}");
    let (_, files) = opened(&place, "SELECT count(DISTINCT host) FROM web").await;
    assert_eq!(files.len(), 44, "{files:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_can_date_is_not_left_out() {
    let place = Place::new();
    let old = json!({ "v": 1, "at": "1969-07-20T20:17:00Z", "kind": "call", "person": "person-7" });
    let undated = json!({ "v": 1, "kind": "call", "person": "person-8" });
    place
        .fill(&[old, undated, page(1, "2026-06-03T10:00:00Z")], 1000)
        .await;
    let questions = place.questions().await;
    let n = |rows: Vec<Value>| rows[0]["n"].clone();
    let sql = "SELECT count(*) AS n FROM event WHERE at < '1970-01-01'";
    assert_eq!(n(questions.rows(sql).await), 1);
    let sql = "SELECT count(*) AS n FROM event WHERE at < '2026-01-01'";
    assert_eq!(n(questions.rows(sql).await), 2);
    let sql = "SELECT count(*) AS n FROM event WHERE month = '1970-01'";
    assert_eq!(n(questions.rows(sql).await), 2);
}
