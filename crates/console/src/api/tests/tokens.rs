//! What a token lets a program do.

use axum::body::Body;
use axum::http::{Request, header};
use matters::id::PersonId;
use register_store::tokens::Holder;
use serde_json::json;

use super::{Pace, Program, email, program, routes, with_scopes};
use crate::testing::Council;

#[tokio::test]
async fn without_a_good_token_nothing_is_there() {
    let council = Council::new().await;
    let good = program(&council, "officer").await;
    for token in [
        "",
        "x",
        "Bearer",
        "Basic b2ZmaWNlcjp4",
        &format!("Bearer {}", "A".repeat(43)),
    ] {
        let request = Request::get("/api/v1/me").header(header::AUTHORIZATION, token);
        let answer = good.send(request.body(Body::empty()).unwrap()).await;
        answer.is_problem(401, "unauthenticated");
        assert!(
            answer.headers[header::WWW_AUTHENTICATE]
                .to_str()
                .unwrap()
                .starts_with("Bearer")
        );
    }
    let twice = Request::get("/api/v1/me")
        .header(header::AUTHORIZATION, format!("Bearer {}", good.token))
        .header(header::AUTHORIZATION, format!("Bearer {}", good.token));
    good.send(twice.body(Body::empty()).unwrap()).await.is(401);
    let cookie = Request::get("/api/v1/me")
        .header(header::AUTHORIZATION, "")
        .header(header::COOKIE, format!("__Host-probity={}", good.token));
    good.send(cookie.body(Body::empty()).unwrap()).await.is(401);
    good.get("/me").await.is(200);
    council.wait_minutes(49 * 60);
    good.get("/me").await.is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_token_is_good_for_its_scopes_alone() {
    let council = Council::new().await;
    let holder = || Holder::Person(PersonId::from("officer"));
    let reads = with_scopes(&council, holder(), &["read:matters"]).await;
    reads.get("/access-requests").await.is(200);
    let writes = reads.post("/access-requests", &email("officer")).await;
    writes.is_problem(403, "scope");
    assert_eq!(writes.text("/scope"), "write:requests");
    let challenge = writes.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
    reads.get("/people").await.is_problem(403, "scope");
    let me = reads.get("/me").await;
    assert_eq!(me.is(200).text("/person/id"), "officer");
    assert_eq!(me.body["scopes"], json!(["read:matters"]));
}

#[tokio::test]
async fn a_service_brings_feeds_and_nothing_else() {
    let council = Council::new().await;
    let holder = Holder::Service("hr-system".to_owned());
    let service = with_scopes(&council, holder, &["read:people", "write:requests"]).await;
    assert_eq!(
        service.get("/me").await.is(200).text("/service"),
        "hr-system"
    );
    service.get("/people").await.is_problem(403, "service");
    service.ask("officer").await.is_problem(403, "service");
}

#[tokio::test]
async fn too_many_at_once_have_to_wait() {
    let council = Council::new().await;
    let program = program(&council, "officer").await;
    let slow = Program {
        app: routes(
            council.console.clone(),
            Pace {
                a_second: 1,
                at_once: 3,
            },
        ),
        ..program
    };
    for _ in 0..3 {
        slow.get("/me").await.is(200);
    }
    let many = slow.get("/me").await;
    many.is_problem(429, "too-many");
    assert_eq!(many.headers[header::RETRY_AFTER], "2");
    council.wait_minutes(1);
    slow.get("/me").await.is(200);
}

#[tokio::test]
async fn people_are_seen_by_whom_they_concern() {
    let council = Council::new().await;
    let ids = |answer: &super::Answered| -> Vec<String> {
        let items = answer.is(200).body["items"].as_array().unwrap().iter();
        items
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let colleague = program(&council, "colleague").await;
    assert_eq!(ids(&colleague.get("/people").await), ["colleague"]);
    colleague
        .get("/people/officer")
        .await
        .is_problem(404, "not-found");
    let manager = program(&council, "manager").await;
    assert_eq!(
        ids(&manager.get("/people").await),
        ["agent", "manager", "officer"]
    );
    let hr = program(&council, "hr").await;
    let first = hr.get("/people?limit=3").await;
    let next = first
        .text("/next")
        .strip_prefix("/api/v1")
        .unwrap()
        .to_owned();
    assert_eq!(
        first.headers[header::LINK],
        format!("</api/v1{next}>; rel=\"next\"")
    );
    let second = hr.get(&next).await;
    assert!(ids(&first) < ids(&second) && ids(&first).len() == 3);
    let found = ids(&hr.get("/people?search=FOI-OFFICER@council").await);
    assert_eq!(found, ["foi-officer"]);
    assert!(!ids(&hr.get("/units").await).is_empty());
    let keeper = program(&council, "monitoring-officer").await;
    let posts = keeper.get("/posts?limit=100").await;
    let held = posts.is(200).body["items"].as_array().unwrap().iter();
    assert!({ held }.all(|post| !post["holders"].as_array().unwrap().is_empty()));
}
