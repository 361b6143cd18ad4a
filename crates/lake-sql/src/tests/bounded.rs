//! Only questions, and none that takes all there is.

use super::*;
use crate::STACK_BYTES;

async fn some() -> Place {
    let place = Place::new();
    let entries: Vec<_> = (0..2000).map(|n| page(n, "2026-11-03T10:00:00Z")).collect();
    place.fill(&entries, 1000).await;
    place
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_but_questions_is_understood() {
    let place = some().await;
    let questions = place.questions().await;
    let out = place.path("out");
    let out = out.display();
    let file = place.path("record");
    let file = file.display();
    for sql in [
        "CREATE TABLE t AS SELECT * FROM web".to_owned(),
        "CREATE VIEW v AS SELECT * FROM web".to_owned(),
        format!("CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '{file}'"),
        format!("COPY web TO '{out}.csv' STORED AS CSV"),
        format!("COPY (SELECT * FROM web) TO '{out}.parquet'"),
        "INSERT INTO web SELECT * FROM web".to_owned(),
        "UPDATE web SET host = 'x'".to_owned(),
        "DELETE FROM web".to_owned(),
        "DROP TABLE web".to_owned(),
        "TRUNCATE TABLE web".to_owned(),
        "SELECT * INTO t FROM web".to_owned(),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        "RESET datafusion.execution.batch_size".to_owned(),
        "PREPARE p AS SELECT 1".to_owned(),
        "BEGIN".to_owned(),
        "SELECT 1; DROP TABLE web".to_owned(),
        "SELECT 1; SELECT 2".to_owned(),
        "EXPLAIN INSERT INTO web SELECT * FROM web".to_owned(),
        format!("EXPLAIN ANALYZE COPY web TO '{out}.csv'"),
        "WITH w AS (SELECT 1) INSERT INTO web SELECT * FROM w".to_owned(),
        "CREATE FUNCTION f() RETURNS INT RETURN 1".to_owned(),
        "CALL p()".to_owned(),
        String::new(),
    ] {
        let asked = questions.understand(&sql).await.map(drop);
        let refused = matches!(asked, Err(AskError::NotAQuestion | AskError::Sql(_)));
        assert!(refused, "{sql}: {asked:?}");
    }
    // Files are no tables, wherever they lie.
    for sql in [
        format!("SELECT * FROM '{file}'"),
        "SELECT * FROM '/etc/passwd'".to_owned(),
        "SELECT * FROM other.web".to_owned(),
        "SELECT * FROM read_csv('/etc/passwd')".to_owned(),
    ] {
        let asked = questions.understand(&sql).await.map(drop);
        assert!(
            matches!(asked, Err(AskError::NoTable { .. } | AskError::Sql(_))),
            "{sql}: {asked:?}"
        );
    }
    assert_eq!(
        questions.rows("SELECT count(*) AS n FROM web").await[0]["n"],
        2000
    );
    let files = std::fs::read_dir(place.folder.path()).unwrap().flatten();
    let mut names: Vec<_> = files
        .map(|file| file.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["keys", "lake", "record"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_question_may_gather_is_bounded() {
    let place = some().await;
    let questions = place.questions().await;
    let sql = "SELECT a.host || b.path || c.n, count(*) FROM web a, \
               (SELECT host || entry AS path FROM web) b, (SELECT entry AS n FROM web) c GROUP BY 1 ORDER BY 2";
    let asked = questions.text(sql, Form::Json, 10).await;
    let Err(error) = asked else { panic!() };
    assert!(
        matches!(error, AskError::Memory { megabytes: 64 }),
        "{error}"
    );
    assert!(error.to_string().contains("fewer days"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_beyond_all_bounds_is_refused() {
    let place = some().await;
    let long = format!("SELECT '{}'", "x".repeat(10_000));
    let asked = place.questions().await.understand(&long).await.map(drop);
    assert!(matches!(asked, Err(AskError::TooLong { .. })));
}

/// On the stack the crate asks for it is answered or refused. With as many levels as there is room for in a
/// question it takes minutes.
#[test]
fn a_deep_question_is_borne() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()
        .unwrap();
    let asked = runtime.spawn(async {
        let place = some().await;
        let questions = place.questions().await;
        for deep in [
            format!("SELECT {}1{}", "(".repeat(3000), ")".repeat(3000)),
            format!("SELECT 1{}", "+1".repeat(600)),
            format!("SELECT {}1", "- ".repeat(4000)),
            format!("SELECT {}true", "NOT ".repeat(2000)),
            format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(100)),
        ] {
            if let Ok(question) = questions.understand(&deep).await {
                let _told = question.answer(Form::Json, 1, |_| ()).await;
            }
        }
    });
    runtime.block_on(asked).unwrap();
}
