//! Call records by HTTP: who may hand them over, how many bytes, and what is answered.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, RETRY_AFTER};
use serde_json::json;

use super::{ALL, Answered, Council, JOIN};
use crate::calls::{LARGEST, NotTaken, RowSetAside, TakenCalls, TakesCalls, Taking};

/// Remembers what came, and answers by its first byte.
#[derive(Default)]
struct Taker(Mutex<Vec<(String, usize)>>);

impl TakesCalls for Taker {
    fn take_in(&self, tool: &str, records: Bytes) -> Taking {
        self.0
            .lock()
            .unwrap()
            .push((tool.to_owned(), records.len()));
        let answer = match records.first() {
            Some(b'?') => Err(NotTaken::Unreadable("the format is not certain".to_owned())),
            Some(b'!') => Err(NotTaken::Later("the record is full".into())),
            Some(b'-') => Err(NotTaken::NoFeed),
            _ => Ok(TakenCalls {
                sha256: "00".to_owned(),
                format: "asterisk".to_owned(),
                rows: 3,
                recorded: 1,
                late: 0,
                known: 1,
                unfinished: 0,
                n_set_aside: 1,
                set_aside: vec![RowSetAside {
                    row: 2,
                    reason: "more than 512 cells".to_owned(),
                }],
            }),
        };
        Box::pin(async move { answer })
    }
}

async fn send(council: &Council, token: &str, body: impl Into<Body>) -> Answered {
    let request = Request::post("/v1/calls").header(AUTHORIZATION, format!("Bearer {token}"));
    council.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn what_a_tool_hands_over_is_taken_and_what_came_of_it_is_told() {
    let taker = Arc::new(Taker::default());
    let council = Council::new().taking_calls(taker.clone());
    let answered = send(&council, ALL, "a row\n").await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    let told = answered.json();
    assert_eq!((&told["recorded"], &told["known"]), (&json!(1), &json!(1)));
    assert_eq!(told["set_aside"][0]["row"], 2);
    let problem = send(&council, ALL, "?").await.problem(422, "invalid");
    assert_eq!(problem["detail"], "the format is not certain");
    let problem = send(&council, ALL, "-").await.problem(403, "not-this-tool");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("[[calls.feed]]")
    );
    let later = send(&council, ALL, "!").await;
    later.problem(503, "unavailable");
    assert_eq!(later.headers[RETRY_AFTER], "5");
    assert!(!later.text.contains("full"), "the cause is for the log");
    assert_eq!(taker.0.lock().unwrap()[0], ("every tool".to_owned(), 6));
}

#[tokio::test]
async fn strangers_other_tools_and_what_is_too_large_never_get_that_far() {
    let taker = Arc::new(Taker::default());
    let council = Council::new().taking_calls(taker.clone());
    send(&council, "x", "a")
        .await
        .problem(401, "unauthenticated");
    send(&council, JOIN, "a")
        .await
        .problem(403, "not-this-tool");
    let large = vec![b'a'; LARGEST + 1];
    send(&council, ALL, large).await.problem(413, "too-large");
    assert!(taker.0.lock().unwrap().is_empty());
    let largest = vec![b'a'; LARGEST];
    assert_eq!(send(&council, ALL, largest).await.status, 200);
    // Without a feed for it in the configuration.
    let council = Council::new();
    send(&council, ALL, "a").await.problem(403, "not-this-tool");
}
