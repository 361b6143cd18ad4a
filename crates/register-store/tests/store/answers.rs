//! Requests that are sent again: done once, answered the same, also by two processes at once.

use matters::permission::Permission;
use register_store::answers::{AnswerError, Request};
use register_store::matters_kept::{Filter, Kept};
use register_store::{Store, StoreError};

use crate::council::{bulk_mail, by, hour, settle};
use crate::engines::{Database, on_both};

on_both!(
    what_was_answered_is_answered_again,
    of_two_processes_one_does_it,
    what_is_refused_leaves_no_answer,
);

fn request(key: &str, sha256: &str) -> Request {
    Request {
        holder: "person:ann".to_owned(),
        key: key.to_owned(),
        sha256: sha256.to_owned(),
    }
}

async fn ask(store: &Store, request: &Request, hours: i64) -> Result<String, AnswerError> {
    let answer = |kept: &Kept<Permission>| kept.id.to_string();
    let act = by("ann", hours);
    store
        .open_matter_once(bulk_mail(), &act, request, answer)
        .await
}

async fn asked(store: &Store) -> usize {
    let page = store.matters::<Permission>(&Filter::default()).await;
    page.unwrap().items.len()
}

async fn what_was_answered_is_answered_again(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let first = ask(&store, &request("k", "a"), 0).await.unwrap();
    assert_eq!(ask(&store, &request("k", "a"), 1).await.unwrap(), first);
    let reopened = database.open().await;
    let kept: Option<String> = reopened.answer(&request("k", "a"), hour(1)).await.unwrap();
    assert_eq!(kept, Some(first));
    let other = ask(&store, &request("k", "b"), 1).await;
    assert!(matches!(other, Err(AnswerError::OtherRequest)));
    assert_eq!(asked(&store).await, 1);
    // A day later it is forgotten, and the key can be anything's.
    let late: Option<String> = store.answer(&request("k", "a"), hour(24)).await.unwrap();
    assert_eq!(late, None);
    store
        .keep_answer(&request("k", "b"), hour(24), &"other")
        .await
        .unwrap();
    let other: Option<String> = store.answer(&request("k", "b"), hour(24)).await.unwrap();
    assert_eq!(other.as_deref(), Some("other"));
}

async fn of_two_processes_one_does_it(database: Database) {
    let (one, other) = (database.open().await, database.open().await);
    settle(&one).await;
    other.refresh().await.unwrap();
    let request = request("k", "a");
    let (first, second) = tokio::join!(ask(&one, &request, 0), ask(&other, &request, 0));
    let heard: Vec<_> = [first, second].into_iter().flatten().collect();
    assert!(!heard.is_empty(), "one of them is answered");
    assert!(heard.iter().all(|answer| *answer == heard[0]));
    assert_eq!(asked(&one).await, 1);
}

async fn what_is_refused_leaves_no_answer(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let answer = |kept: &Kept<Permission>| kept.id.to_string();
    let act = by("bob", 0);
    let refused = store
        .open_matter_once(bulk_mail(), &act, &request("k", "a"), answer)
        .await;
    assert!(matches!(
        refused,
        Err(AnswerError::Store(StoreError::Refused(_)))
    ));
    let later = ask(&store, &request("k", "b"), 0).await;
    assert!(later.is_ok(), "the key is still free");
}
