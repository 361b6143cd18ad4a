//! The OpenAPI document.

use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use super::Council;
use crate::document;
use crate::shape::Shapes;

#[test]
fn openapi_is_as_committed() {
    let described = serde_json::to_string_pretty(&document::of(&Shapes::default())).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/desk-openapi.json");
    if std::env::var_os("PROBITY_WRITE_TABLES").is_some() {
        std::fs::write(&path, &described).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == described,
        "the API changed; if that is meant: PROBITY_WRITE_TABLES=1 cargo test -p desk-gate openapi"
    );
}

#[tokio::test]
async fn the_document_is_there_for_everybody_and_leads_nowhere_that_is_not() {
    let council = Council::new();
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let document = council.send(get("/v1/openapi.json")).await.json();
    let mut waiting = vec![&document];
    while let Some(value) = waiting.pop() {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let place = reference.trim_start_matches('#');
            assert!(document.pointer(place).is_some(), "{reference}");
        }
        waiting.extend(value.as_array().into_iter().flatten());
        waiting.extend(value.as_object().into_iter().flat_map(|all| all.values()));
    }
    let types = &document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"];
    for address in types.as_array().unwrap() {
        let explained = council.send(get(address.as_str().unwrap())).await;
        assert_eq!(explained.json()["type"], *address);
    }
}

#[test]
fn every_text_that_comes_in_has_an_end_and_every_number() {
    let shapes = Shapes::default();
    for form in shapes.asked.forms.iter().chain(&shapes.told.forms) {
        for (name, member) in form["properties"].as_object().unwrap() {
            let is_told = member.get("const").is_some() || member.get("enum").is_some();
            let ends = match member["type"].as_str().unwrap() {
                "string" => is_told || member["maxLength"].is_u64(),
                "integer" => member["maximum"].is_number(),
                "boolean" => true,
                other => panic!("{name} is {other}"),
            };
            assert!(ends, "{name}: {member}");
        }
    }
}
