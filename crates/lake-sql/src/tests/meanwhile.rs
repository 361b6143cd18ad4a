//! Questions while the lake changes, and over what a process left behind that died.

use lake::compact::Worth;

use super::*;

const ASKED: &str =
    "SELECT count(host) AS n, count(DISTINCT entry) AS entries, sum(bytes) AS total FROM web";

async fn many_small_files() -> Place {
    let place = Place::new();
    let entries: Vec<_> = (0..600)
        .map(|n| page(n, &format!("2026-11-{:02}T10:00:00Z", 1 + n % 3)))
        .collect();
    place.fill(&entries, 20).await;
    place
}

fn expected() -> Value {
    json!({ "n": 600, "entries": 600, "total": 600 * 599 / 2 })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_the_same_before_during_and_after_a_compaction() {
    let place = many_small_files().await;
    let before = place.questions().await;
    let mut lake = place.lake().await;
    let compacting = tokio::spawn(async move { lake.compact(Worth::All, |_| ()).await.unwrap() });
    let mut asked = 0;
    while !compacting.is_finished() || asked < 3 {
        assert_eq!(place.questions().await.rows(ASKED).await, [expected()]);
        asked += 1;
    }
    assert!(compacting.await.unwrap().before > 50);
    let after = place.questions().await;
    assert!(after.manifest() > before.manifest());
    for questions in [after, before] {
        assert_eq!(questions.rows(ASKED).await, [expected()]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_no_manifest_names_is_not_read() {
    let place = many_small_files().await;
    // As a compaction leaves it that is killed before its change counts: the joined file beside the small ones.
    let month = place
        .lake()
        .await
        .root()
        .months
        .keys()
        .next()
        .copied()
        .unwrap();
    for file in place.lake().await.month(month).await.unwrap().files {
        let path = place.path("lake").join(&file.path);
        std::fs::copy(
            &path,
            path.with_file_name(format!("web-{:012}-left.parquet", file.first)),
        )
        .unwrap();
    }
    assert_eq!(place.questions().await.rows(ASKED).await, [expected()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_went_away_are_said_to_have() {
    let place = many_small_files().await;
    let questions = place.questions().await;
    std::fs::remove_dir_all(place.path("lake/kind=web/month=2026-11/day=02")).unwrap();
    let asked = questions.text(ASKED, Form::Json, 1).await;
    assert!(matches!(asked, Err(AskError::Gone)), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_whole_is_an_error() {
    let place = many_small_files().await;
    let questions = place.questions().await;
    let month = place
        .lake()
        .await
        .root()
        .months
        .keys()
        .next()
        .copied()
        .unwrap();
    let file = place
        .lake()
        .await
        .month(month)
        .await
        .unwrap()
        .files
        .remove(0);
    let path = place.path("lake").join(&file.path);
    let whole = std::fs::read(&path).unwrap();
    for left in [0, 4, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..left]).unwrap();
        let asked = questions.text(ASKED, Form::Json, 1).await;
        assert!(asked.is_err(), "{left}: {asked:?}");
    }
}
