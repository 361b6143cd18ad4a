//! The same request, sent again.

use serde_json::json;

use super::{email, program};
use crate::testing::Council;

const KEY: (&str, &str) = ("idempotency-key", "5f0c6f0e-1");

#[tokio::test]
async fn what_was_asked_once_is_done_once() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let body = email("officer");
    let first = manager.post_with("/access-requests", &body, &[KEY]).await;
    first.is(201);
    let again = manager.post_with("/access-requests", &body, &[KEY]).await;
    assert_eq!(again, first);
    let all = manager.get("/access-requests").await;
    assert_eq!(all.body["items"].as_array().unwrap().len(), 1);

    let other = manager
        .post_with("/access-requests", &email("manager"), &[KEY])
        .await;
    other.is_problem(422, "key-reused");
    let officer = program(&council, "officer").await;
    let anothers = officer.post_with("/access-requests", &body, &[KEY]).await;
    assert_ne!(
        anothers.is(201).reference(),
        first.reference(),
        "a key is its holder's own"
    );

    council.wait_minutes(24 * 60);
    let next_day = manager.post_with("/access-requests", &body, &[KEY]).await;
    assert_ne!(next_day.is(201).reference(), first.reference());
}

#[tokio::test]
async fn a_step_is_taken_once() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let draft = manager.ask("officer").await;
    let steps = format!("/access-requests/{}/steps", draft.reference());
    let headers = [KEY, ("if-match", "\"1\"")];
    let first = manager
        .post_with(&steps, &json!({ "step": "submit" }), &headers)
        .await;
    first.is(200);
    let again = manager
        .post_with(&steps, &json!({ "step": "submit" }), &headers)
        .await;
    assert_eq!(again, first, "not stale, though it is the old version");
    let history = manager
        .get(&format!("/access-requests/{}/history", draft.reference()))
        .await;
    assert_eq!(history.body["events"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_refusal_is_judged_again() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let draft = manager.ask("officer").await;
    let head = program(&council, "head-of-service").await;
    let steps = format!("/access-requests/{}/steps", draft.reference());
    let headers = [KEY, ("if-match", "*")];
    let early = head
        .post_with(&steps, &json!({ "step": "authorise" }), &headers)
        .await;
    early.is_problem(409, "wrong-state");
    manager
        .step(
            "access-requests",
            &draft.reference(),
            &json!({ "step": "submit" }),
        )
        .await
        .is(200);
    let later = head
        .post_with(&steps, &json!({ "step": "authorise" }), &headers)
        .await;
    later.is(200);
}

#[tokio::test]
async fn two_at_the_same_moment_make_one() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let body = email("officer");
    let sent = (0..8).map(|_| manager.post_with("/access-requests", &body, &[KEY]));
    let mut all = Vec::new();
    let mut waiting: Vec<_> = sent.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                all.push(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    let (done, told_to_wait): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.status == 201);
    assert!(!done.is_empty());
    for answer in &done {
        assert_eq!(answer.body, done[0].body);
    }
    for answer in told_to_wait {
        answer.is_problem(409, "underway");
    }
    let list = manager.get("/access-requests").await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_is_one_word() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    for key in ["", "two words", &"x".repeat(129)] {
        let answer = manager
            .post_with(
                "/access-requests",
                &email("officer"),
                &[("idempotency-key", key)],
            )
            .await;
        answer.is_problem(400, "malformed");
    }
}
