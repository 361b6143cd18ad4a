//! What is not as described.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request};
use journal::Options;
use serde_json::{Value, json};

use super::{ALL, Council};
use crate::routes::LARGEST_BODY;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The places that are wrong.
async fn wrong(council: &Council, body: &Value) -> Vec<String> {
    let problem = council.ask(body).await.problem(422, "invalid");
    let errors = problem["errors"].as_array().unwrap();
    let places = errors
        .iter()
        .map(|error| error["pointer"].as_str().unwrap());
    let mut places: Vec<String> = places.map(str::to_owned).collect();
    places.sort();
    places
}

#[tokio::test]
async fn values_that_cannot_be_taken_are_told_each_with_its_place() {
    let council = Council::new();
    let check = async |body: Value, expected: &[&str]| {
        assert_eq!(wrong(&council, &body).await, expected, "{body}");
    };
    check(json!({}), &["/activity"]).await;
    check(json!({ "activity": 7 }), &["/activity"]).await;
    check(json!({ "activity": "dance" }), &["/activity"]).await;
    check(json!({ "activity": "chat" }), &["/from", "/to"]).await;
    check(
        json!({ "activity": "chat", "from": "", "to": "x", "text": 3, "form": "x", "a/b": 1 }),
        &["/a~1b", "/form", "/from", "/text"],
    )
    .await;
    check(
        json!({ "activity": "chat", "from": "a", "to": "b", "text": "é".repeat(65_537) }),
        &["/text"],
    )
    .await;
    check(
        json!({ "activity": "print", "user": "a", "printer": "p", "purpose": "fun", "pages": -1, "colour": "yes" }),
        &["/colour", "/pages", "/purpose"],
    )
    .await;
    check(
        json!({ "activity": "print", "user": "a", "printer": "p", "pages": 1.5 }),
        &["/pages"],
    )
    .await;
    check(
        json!({ "activity": "print", "user": "a", "printer": "p", "pages": 1_000_001 }),
        &["/pages"],
    )
    .await;
    check(
        json!({ "activity": "join", "hardware_address": "not an address" }),
        &["/hardware_address"],
    )
    .await;
    assert!(council.record().is_empty());
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_told() {
    let council = Council::new();
    let check = async |kind: &str, body: &str, status, name: &str| {
        let answered = council.post("/v1/decide", kind, body.to_owned()).await;
        answered.problem(status, name);
    };
    check("text/plain", "activity=join", 415, "media-type").await;
    check("", "activity=join", 415, "media-type").await;
    check(JSON, "", 400, "malformed").await;
    check(JSON, "[]", 400, "malformed").await;
    check(JSON, "{\"activity\":", 400, "malformed").await;
    check(JSON, &"[".repeat(100_000), 400, "malformed").await;
    check(FORM, "", 422, "invalid").await;
    check(
        FORM,
        "activity=join&hardware_address=020000000101&user=a&user=b",
        422,
        "invalid",
    )
    .await;
    check(FORM, &"a=1&".repeat(1000), 422, "invalid").await;
    let many: String = (0..100).map(|n| format!("m{n}=1&")).collect();
    check(FORM, &many, 400, "malformed").await;
    let long = " ".repeat(LARGEST_BODY + 1);
    check(JSON, &long, 413, "too-large").await;
    assert!(council.record().is_empty());
}

#[tokio::test]
async fn every_error_is_a_problem() {
    let council = Council::new();
    let check = async |method: Method, path: &str, status, name: &str| {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(AUTHORIZATION, format!("Bearer {ALL}"));
        let answered = council.send(request.body(Body::empty()).unwrap()).await;
        answered.problem(status, name);
    };
    check(Method::GET, "/v1/decide", 405, "method").await;
    check(Method::PUT, "/v1/report", 405, "method").await;
    check(Method::GET, "/", 404, "not-found").await;
    check(Method::POST, "/v1/other", 404, "not-found").await;
    check(Method::GET, "/v1/problems/none", 404, "not-found").await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let options = Options {
        min_free_bytes: 0,
        ..Options::default()
    };
    let council = Council::answering(options, Duration::from_millis(50));
    let silent = Body::new(Silent);
    let request = Request::post("/v1/decide")
        .header(AUTHORIZATION, format!("Bearer {ALL}"))
        .header(CONTENT_TYPE, JSON);
    let answered = council.send(request.body(silent).unwrap()).await;
    answered.problem(503, "unavailable");
}

/// Never says anything, and never ends.
struct Silent;

impl hyper::body::Body for Silent {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }
}
