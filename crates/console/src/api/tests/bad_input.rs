//! Whatever else is sent: a clear answer at the right place, and nothing done.

use axum::body::Body;
use axum::http::{Request, header};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{email, program};
use crate::api::shape::Shapes;
use crate::testing::Council;

#[tokio::test]
async fn a_wrong_field_is_named() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let mut check = Vec::new();
    let mut with = |pointer: &'static str, change: &dyn Fn(&mut Value)| {
        let mut body = email("officer");
        change(&mut body);
        check.push((pointer, body));
    };
    with("/wanted/need", &|body| {
        body["wanted"]["need"] = json!("x".repeat(2_001))
    });
    with("/wanted/need", &|body| body["wanted"]["need"] = json!("  "));
    with("/wanted/need", &|body| {
        body["wanted"]["need"] = json!("bell\u{7}")
    });
    with("/wanted/need", &|body| body["wanted"]["need"] = json!(7));
    with("/wanted/until", &|body| {
        body["wanted"]["until"] = json!("31/04/2027")
    });
    with("/wanted/until", &|body| {
        body["wanted"]["until"] = json!("2027-04-31T00:00:00Z")
    });
    with("/wanted/until", &|body| {
        body["wanted"]["until"] = json!("2020-01-01T00:00:00Z")
    });
    with("/wanted/urgent", &|body| {
        body["wanted"]["urgent"] = json!(true)
    });
    with("/colour", &|body| body["colour"] = json!("red"));
    with("/a~1b~0c", &|body| body["a/b~c"] = json!(1));
    with("/service", &|body| body["service"] = json!("telepathy"));
    with("/person", &|body| body["person"] = json!(""));
    with("/person", &|body| body["person"] = json!("x".repeat(129)));
    with("/person", &|body| {
        drop(body.as_object_mut().unwrap().remove("person"))
    });
    with("/evidence", &|body| body["evidence"] = json!(vec!["x"; 21]));
    with("/reason", &|body| body["reason"] = json!("bell\u{7}"));
    for (pointer, body) in check {
        let answer = manager.post("/access-requests", &body).await;
        if pointer == "/person" && body["person"].is_string() {
            // Nobody of that name is anybody's to ask for.
            assert!(
                [403, 422].contains(&answer.status.as_u16()),
                "{:#}",
                answer.body
            );
            continue;
        }
        answer.is_problem(422, "invalid");
        assert_eq!(answer.pointers(), [pointer], "{body:#}");
    }
    let list = manager.get("/access-requests").await;
    assert_eq!(list.body["items"], json!([]), "nothing was done");
}

#[tokio::test]
async fn words_are_kept_as_they_are() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let mut body = email("officer");
    let words = "<script>alert(1)</script> \u{202e}drawkcab \u{0430}dmin '; DROP TABLE matters; --";
    body["wanted"]["need"] = json!(words);
    let made = manager.post("/access-requests", &body).await;
    assert_eq!(made.is(201).text("/matter/wanted/need"), words);
    assert_eq!(made.headers[header::CONTENT_TYPE], "application/json");
}

#[tokio::test]
async fn what_is_no_json_or_too_large_is_refused() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let send = async |kind: &str, body: Vec<u8>| {
        let request = Request::post("/api/v1/access-requests").header(header::CONTENT_TYPE, kind);
        manager.send(request.body(Body::from(body)).unwrap()).await
    };
    let json = "application/json";
    send(json, b"{".to_vec()).await.is_problem(400, "malformed");
    send(json, vec![0xff; 10])
        .await
        .is_problem(400, "malformed");
    send(json, b"[".repeat(30_000))
        .await
        .is_problem(400, "malformed");
    send(json, b" ".repeat(65 * 1024))
        .await
        .is_problem(413, "too-large");
    send(json, b"[]".to_vec()).await.is_problem(422, "invalid");
    send("text/plain", b"{}".to_vec())
        .await
        .is_problem(415, "media-type");
    send("application/json; charset=utf-8", b"{}".to_vec())
        .await
        .is_problem(422, "invalid");
}

#[tokio::test]
async fn a_step_says_what_it_was_decided_on() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let draft = manager.ask("officer").await;
    let steps = format!("/access-requests/{}/steps", draft.reference());
    let submit = json!({ "step": "submit" });
    manager
        .post(&steps, &submit)
        .await
        .is_problem(428, "version-needed");
    for wrong in ["1", "W/\"1\"", "\"x\"", "\"1\", \"2\"", ""] {
        let answer = manager
            .post_with(&steps, &submit, &[("if-match", wrong)])
            .await;
        answer.is_problem(400, "malformed");
    }
    for step in [
        json!({ "step": "expire" }),
        json!({ "step": "dance" }),
        json!({}),
        json!({ "step": 1 }),
    ] {
        let answer = manager
            .step("access-requests", &draft.reference(), &step)
            .await;
        answer.is_problem(422, "invalid");
        assert_eq!(answer.pointers(), ["/step"]);
    }
    let more = json!({ "step": "submit", "clause": "walsall-5.2.2" });
    let answer = manager
        .step("access-requests", &draft.reference(), &more)
        .await;
    answer.is_problem(422, "invalid");
    assert_eq!(answer.pointers(), ["/clause"]);
    let untouched = manager
        .get(&format!("/access-requests/{}", draft.reference()))
        .await;
    assert_eq!(untouched.body, draft.body);
}

#[tokio::test]
async fn nobody_signs_with_a_token() {
    let council = Council::new().await;
    let officer = program(&council, "officer").await;
    let shapes = Shapes::default();
    let accept = json!({
        "step": "accept", "format": "html", "text_sha256": "0".repeat(64), "statement": "I agree",
        "method": { "kind": "electronic", "authenticated_at": "2027-03-10T09:30:00Z" },
    });
    assert_eq!(
        shapes.errors("acceptance-step", &accept)[0].pointer,
        "/step"
    );
    officer
        .post("/acceptances", &json!({}))
        .await
        .is_problem(405, "method");
    let elsewhere = Request::delete("/api/v1/people")
        .body(Body::empty())
        .unwrap();
    let answer = officer.send(elsewhere).await;
    answer.is_problem(405, "method");
    assert_eq!(answer.headers[header::ALLOW], "GET,HEAD");
    officer.get("/nothing").await.is_problem(404, "not-found");
    officer.get("/problems/stale").await.is(200);
}

fn json_of_any_kind() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop_oneof![
            "submit",
            "refuse",
            "approve",
            "leaving",
            "2027-03-10T09:30:00Z"
        ]
        .prop_map(Value::from),
    ];
    let names = prop_oneof![
        "step", "kind", "when", "ahead", "from", "until", "person", "scope", "narrowed", ".{0,3}"
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..5)
                .prop_map(|all| Value::Object(all.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Nothing that comes in brings the check down, and its errors stay within bounds.
    #[test]
    fn any_json_is_held_against_every_schema(body in json_of_any_kind()) {
        let shapes = Shapes::default();
        for (name, _) in shapes.all() {
            prop_assert!(shapes.errors(name, &body).len() <= 20);
        }
    }
}
