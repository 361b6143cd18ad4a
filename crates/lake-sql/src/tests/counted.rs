//! Answers are what counting the entries by hand gives.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_is_what_is_counted_by_hand(
        visits in prop::collection::vec((0u64..500, 1u32..28, 0u32..24), 1..200),
        batches_of in 1u64..80,
        from in 1u32..28,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let place = Place::new();
            let entries: Vec<_> = visits.iter().map(|(n, day, hour)| {
                page(*n, &format!("2026-{:02}-{day:02}T{hour:02}:30:00Z", 10 + n % 2))
            }).collect();
            place.fill(&entries, batches_of).await;
            let mut expected: BTreeMap<(String, String), (u64, u64, BTreeSet<u64>)> = BTreeMap::new();
            for (n, day, hour) in &visits {
                let moment = format!("2026-{:02}-{day:02}T{hour:02}", 10 + n % 2);
                if moment < format!("2026-11-{from:02}T09") {
                    continue;
                }
                let outcome = if n.is_multiple_of(5) { "refuse" } else { "permit" };
                let group = expected.entry((format!("site-{}.example", n % 7), outcome.to_owned())).or_default();
                group.0 += 1;
                group.1 += n;
                group.2.insert(n % 50);
            }
            let expected: Vec<_> = expected.into_iter().map(|((host, outcome), (n, bytes, people))| {
                json!({ "host": host, "outcome": outcome, "n": n, "total": bytes, "people": people.len() })
            }).collect();
            let sql = format!(
                "SELECT host, outcome, count(*) AS n, sum(bytes) AS total, count(DISTINCT person) AS people \
                 FROM web WHERE at >= '2026-11-{from:02}T09:00:00Z' GROUP BY host, outcome ORDER BY host, outcome"
            );
            assert_eq!(place.questions().await.rows(&sql).await, expected);
            let all = "SELECT count(*) AS n, count(DISTINCT entry) AS entries, min(entry) AS first FROM web";
            let all = &place.questions().await.rows(all).await[0];
            assert_eq!(*all, json!({ "n": visits.len(), "entries": visits.len(), "first": 0 }));
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sealed_is_in_no_view() {
    let place = Place::new();
    let mut entries = vec![
        page(1, "2026-11-03T10:00:00Z"),
        call(7, "2026-11-03T10:00:00Z"),
    ];
    entries.push(json!({ "v": 1, "at": "2026-11-03T10:00:00Z", "kind": "matter", "number": 3,
        "event": { "matter": "AR-1", "kind": "access-request", "subject": "person-7", "step": "ask",
            "from": "", "to": "asked", "actor": { "person": "person-9" }, "at": "2026-11-03T10:00:00Z",
            "reason": "private words", "policy_version": "1", "clauses": [] } }));
    place.fill(&entries, 100).await;
    let questions = place.questions().await;
    for table in ["web", "mail", "matter", "event", "call_set_up"] {
        let (text, _) = questions
            .text(&format!("SELECT * FROM {table}"), Form::Csv, 100)
            .await
            .unwrap();
        for private in ["person-", "10.0.0.", "private", "AR-1", "01632", "1632 960"] {
            assert!(!text.contains(private), "{table}: {text}");
        }
    }
    for column in ["path", "person_id", "client_address", "request"] {
        let asked = questions
            .understand(&format!("SELECT {column} FROM web"))
            .await;
        let Err(AskError::Sql(why)) = asked else {
            panic!("{column}")
        };
        assert!(why.to_string().contains(column), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_told_as_a_table_as_json_and_as_csv() {
    let place = Place::new();
    let mut odd = page(3, "2026-11-03T10:00:00.25Z");
    odd["host"] = "=cmd|'/c calc'!A1,\u{1b}[31m".into();
    place
        .fill(&[page(1, "2026-11-03T09:00:00Z"), odd], 100)
        .await;
    let questions = place.questions().await;
    let sql = "SELECT at, day, host, visit, learned_at FROM web ORDER BY at";
    let (json, told) = questions.text(sql, Form::Json, 10).await.unwrap();
    let first: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    let expected = json!({ "at": "2026-11-03T09:00:00Z", "day": "2026-11-03", "host": "site-1.example", "visit": false });
    assert_eq!(
        (first, told),
        (
            expected,
            Told {
                rows: 2,
                more: false
            }
        )
    );
    let (csv, _) = questions.text(sql, Form::Csv, 10).await.unwrap();
    let expected = "at,day,host,visit,learned_at\r\n2026-11-03T09:00:00Z,2026-11-03,site-1.example,false,\r\n\
                    2026-11-03T10:00:00.250Z,2026-11-03,\"'=cmd|'/c calc'!A1,\u{1b}[31m\",true,\r\n";
    assert_eq!(csv, expected);
    let (table, told) = questions.text(sql, Form::Table, 1).await.unwrap();
    assert!(
        table.contains("| 2026-11-03T09:00:00Z | 2026-11-03 | site-1.example | false |"),
        "{table}"
    );
    assert_eq!(
        told,
        Told {
            rows: 1,
            more: true
        }
    );
    let (table, _) = questions.text(sql, Form::Table, 10).await.unwrap();
    assert!(!table.contains('\u{1b}'), "a terminal would obey");
    let (csv, _) = questions
        .text("SELECT host FROM web WHERE port = 1", Form::Csv, 1)
        .await
        .unwrap();
    assert_eq!(csv, "host\r\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn labels_of_one_column_can_be_counted_one_by_one() {
    let place = Place::new();
    let mut both = page(1, "2026-11-03T09:00:00Z");
    both["request"]["what"]["categories"] = json!(["news", "sport"]);
    place
        .fill(&[both, page(2, "2026-11-03T10:00:00Z")], 100)
        .await;
    let sql = "SELECT label, count(*) AS n FROM (SELECT unnest(string_to_array(categories, ' ')) AS label FROM web) \
               GROUP BY label ORDER BY label";
    let expected = [
        json!({ "label": "news", "n": 2 }),
        json!({ "label": "sport", "n": 1 }),
    ];
    assert_eq!(place.questions().await.rows(sql).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_be_asked_of_can_be_asked_for() {
    let place = Place::new();
    place
        .fill(
            &[
                page(1, "2026-10-03T09:00:00Z"),
                call(1, "2026-11-03T09:00:00Z"),
            ],
            1,
        )
        .await;
    let questions = place.questions().await;
    let names: Vec<_> = questions
        .described()
        .await
        .unwrap()
        .into_iter()
        .map(|d| d.name)
        .collect();
    assert_eq!(names, ["web", "mail", "matter", "event", "call_set_up"]);
    let (shown, _) = questions.text("SHOW TABLES", Form::Csv, 100).await.unwrap();
    assert!(
        names
            .iter()
            .all(|name| shown.contains(&format!(",{name},"))),
        "{shown}"
    );
    for described in questions.described().await.unwrap() {
        let rows = questions
            .rows(&format!("DESCRIBE {}", described.name))
            .await;
        let told: Vec<_> = rows
            .iter()
            .map(|row| row["column_name"].as_str().unwrap())
            .collect();
        let said: Vec<_> = described.columns.iter().map(|(name, _)| *name).collect();
        assert_eq!(told, said);
    }
    let asked = questions.understand("SELECT * FROM wbe").await;
    let Err(error) = asked.map(drop) else {
        panic!()
    };
    let said = "there is no table `wbe`; there are web, mail, matter, event, call_set_up";
    assert_eq!(error.to_string(), said);
    let explained = questions.text(
        "EXPLAIN SELECT host FROM web WHERE month = '2026-10'",
        Form::Table,
        1,
    );
    assert!(
        explained
            .await
            .unwrap()
            .0
            .contains("month=2026-10/day=03/web-")
    );
}
