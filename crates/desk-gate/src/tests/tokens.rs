//! Who may ask.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};

use super::{ALL, Council, JOIN};
use crate::tools::{BadToken, May, Tool};

const LINE: &str =
    r#"{ "activity": "chat", "from": "ann", "to": "bob@council.example", "text": "hello" }"#;
const DEVICE: &str = r#"{ "activity": "join", "hardware_address": "02-00-00-00-01-01" }"#;

fn request(tokens: &[&str], body: &'static str) -> Request<Body> {
    let mut request = Request::post("/v1/decide").header(CONTENT_TYPE, "application/json");
    for token in tokens {
        request = request.header(AUTHORIZATION, *token);
    }
    request.body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn only_one_known_token_lets_a_tool_ask() {
    let council = Council::new();
    let (all, join) = (format!("Bearer {ALL}"), format!("Bearer {JOIN}"));
    let basic = format!("Basic {ALL}");
    let wrong = format!("Bearer {ALL}0");
    for tokens in [
        &[][..],
        &["Bearer"],
        &["Bearer "],
        &[&basic],
        &[&wrong],
        &[&all, &join],
    ] {
        let answered = council.send(request(tokens, LINE)).await;
        answered.problem(401, "unauthenticated");
        assert_eq!(
            answered.headers[WWW_AUTHENTICATE],
            "Bearer realm=\"probity\""
        );
    }
    assert!(council.record().is_empty());
    let small = all.replace("Bearer", "bearer");
    for token in [&all, &small] {
        let answered = council.send(request(&[token], LINE)).await;
        assert_eq!(answered.status, 200, "{}", answered.text);
    }
}

#[tokio::test]
async fn a_tool_asks_about_its_own_activities_alone() {
    let council = Council::new();
    let join = format!("Bearer {JOIN}");
    let refused = council.send(request(&[&join], LINE)).await;
    let problem = refused.problem(403, "not-this-tool");
    assert_eq!(problem["detail"], "`a network` may not ask about `chat`");
    let answered = council.send(request(&[&join], DEVICE)).await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    let record = council.record();
    assert_eq!(record.len(), 1, "{record:#?}");
    assert_eq!(record[0]["tool"], "a network");
}

#[test]
fn a_token_that_can_be_guessed_is_none() {
    let check = |token: &str, good: bool| {
        let made = Tool::new("t", token, &[May::Chat]);
        assert_eq!(made.err(), (!good).then_some(BadToken::Shape), "{token}");
    };
    check("", false);
    check("secret", false);
    check(&"a".repeat(31), false);
    check(&"a".repeat(32), true);
    check(&format!("{}\n", "a".repeat(64)), true);
    check(&"a".repeat(257), false);
    check(&"a b ".repeat(10), false);
}
