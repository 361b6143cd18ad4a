//! The document says what the routes do.

use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use super::{email, program};
use crate::api::{Api, Scope};
use crate::testing::Council;

#[test]
fn openapi_is_as_committed() {
    let described = serde_json::to_string_pretty(&Api::described()).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/openapi.json");
    if std::env::var_os("PROBITY_WRITE_TABLES").is_some() {
        std::fs::write(&path, &described).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == described,
        "the API changed; if that is meant: PROBITY_WRITE_TABLES=1 cargo test -p console openapi"
    );
}

#[tokio::test]
async fn every_operation_has_its_route_behind_a_token() {
    let council = Council::new().await;
    let officer = program(&council, "officer").await;
    let served = officer.get("/openapi.json").await;
    assert_eq!(served.is(200).body, Api::described());
    for (path, operations) in served.body["paths"].as_object().unwrap() {
        if path == "/clockings" {
            continue; // brought by whoever keeps them
        }
        for method in operations.as_object().unwrap().keys() {
            let path = path
                .replace("{reference}", "AR-0000-0000")
                .replace("{id}", "x");
            let request = Request::builder()
                .method(Method::from_bytes(method.to_uppercase().as_bytes()).unwrap())
                .uri(format!("/api/v1{path}"))
                .header(header::AUTHORIZATION, "");
            let answer = officer.send(request.body(Body::empty()).unwrap()).await;
            answer.is_problem(401, "unauthenticated");
        }
    }
}

#[test]
fn the_reference_names_every_scope_and_problem() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/api.md");
    let text = std::fs::read_to_string(path).unwrap();
    for scope in Scope::ALL {
        assert!(
            text.contains(&format!("`{}`", scope.name())),
            "{}",
            scope.name()
        );
    }
    for kind in crate::api::problem::Kind::ALL {
        assert!(
            text.contains(&format!("`{}`", kind.name())),
            "{}",
            kind.name()
        );
    }
}

/// What is answered is as the document says: checked with the same reader as what comes in.
#[tokio::test]
async fn answers_have_the_shape_that_is_published() {
    let council = Council::new().await;
    let manager = program(&council, "manager").await;
    let made = manager.post("/access-requests", &email("officer")).await;
    let described = Api::described();
    let schema = &described["components"]["schemas"]["KeptAccessRequest"];
    let known = schema["properties"].as_object().unwrap();
    for name in made.is(201).body.as_object().unwrap().keys() {
        assert!(known.contains_key(name), "{name}");
    }
    for name in schema["required"].as_array().unwrap() {
        assert_ne!(made.body[name.as_str().unwrap()], Value::Null, "{name}");
    }
    let steps = described["components"]["schemas"]["access-request-step"]["oneOf"]
        .as_array()
        .unwrap();
    assert!(
        steps
            .iter()
            .all(|step| step["additionalProperties"] == json!(false))
    );
    assert!(
        steps
            .iter()
            .all(|step| step["properties"]["step"]["const"] != "expire")
    );
}
