//! The OpenAPI 3.1 document, made from the types of bodies and answers.
//!
//! A copy is committed as `docs/reference/desk-openapi.json` and compared by a test; it is written anew
//! with `PROBITY_WRITE_TABLES=1 cargo test -p desk-gate openapi`.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use crate::AT;
use crate::answer::{Answer, Noted};
use crate::calls::TakenCalls;
use crate::problem::{Kind, PROBLEM_JSON};
use crate::shape::{Shape, Shapes};

/// The document.
pub(crate) fn of(shapes: &Shapes) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut generator = settings
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let answer = reference_to::<Answer>(&mut generator);
    let noted = reference_to::<Noted>(&mut generator);
    let taken = reference_to::<TakenCalls>(&mut generator);
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem());
    let asked = body(&shapes.asked, "Ask", &mut schemas);
    let told = body(&shapes.told, "Tell", &mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Probity desk gate",
            "version": "1",
            "summary": "Decisions for tools without a gate of their own",
            "description": "Each tool has a token, which says what it may ask about. Bodies are JSON, or a \
                form with the same members; in a form a member without a value counts as absent. Who \
                accepts `text/plain` first is answered in lines `name: value`, the outcome in the first.",
            "license": { "name": "Apache 2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": AT }],
        "security": [{ "token": [] }],
        "paths": {
            "/decide": { "post": {
                "operationId": "decide",
                "summary": "May this happen? Answered once the decision is on the record",
                "requestBody": asked,
                "responses": answers("What was decided", &answer),
            } },
            "/report": { "post": {
                "operationId": "report",
                "summary": "This has happened. Answered once it is on the record",
                "requestBody": told,
                "responses": answers("Noted", &noted),
            } },
            "/calls": { "post": {
                "operationId": "take-calls",
                "summary": "These are call records: a file, or rows. Answered once each call is on the record",
                "description": "Read as the `[[calls.feed]]` of the tool says. At most 32 MiB. A call that is \
                    on the record is passed over: whoever got no answer sends the same again.",
                "requestBody": { "required": true, "content": records() },
                "responses": in_json(answers("What came of them", &taken)),
            } },
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn reference_to<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// A body that is one of several forms, whose schemas are put beside the others.
fn body(shape: &Shape, verb: &str, schemas: &mut Map<String, Value>) -> Value {
    let mut forms = Vec::new();
    let mut mapping = Map::new();
    for form in &shape.forms {
        let word = shape.word(form);
        let name = format!("{verb}-{word}");
        let reference = reference(&name);
        mapping.insert(word.to_owned(), reference.clone().into());
        forms.push(json!({ "$ref": reference }));
        schemas.insert(name, form.clone());
    }
    let schema = json!({
        "oneOf": forms,
        "discriminator": { "propertyName": shape.tag, "mapping": mapping },
    });
    json!({
        "required": true,
        "content": {
            "application/json": { "schema": schema },
            "application/x-www-form-urlencoded": { "schema": schema },
        },
    })
}

/// Call records, in whatever format they are.
fn records() -> Value {
    json!({ "application/octet-stream": {}, "text/csv": {}, "application/json": {} })
}

/// Answers that are not to be had as lines.
fn in_json(mut answers: Value) -> Value {
    if let Some(content) = answers["200"]["content"].as_object_mut() {
        content.remove("text/plain");
    }
    answers
}

fn answers(meaning: &str, schema: &Value) -> Value {
    let mut answers = json!({
        "200": {
            "description": meaning,
            "content": {
                "application/json": { "schema": schema },
                "text/plain": { "schema": { "type": "string" } },
            },
        },
    });
    let cannot_happen = |kind: Kind| matches!(kind, Kind::NotFound | Kind::Method);
    for kind in Kind::ALL.iter().filter(|kind| !cannot_happen(**kind)) {
        answers[kind.status().as_str()] = json!({
            "description": kind.meaning(),
            "content": { PROBLEM_JSON: { "schema": { "$ref": reference("Problem") } } },
        });
    }
    answers
}

fn problem() -> Value {
    let types = Kind::ALL.iter().map(|kind| kind.address());
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457). Its `type` leads to what it means.",
        "required": ["type", "title", "status"],
        "properties": {
            "type": { "type": "string", "enum": types.collect::<Vec<_>>() },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {
                        "pointer": { "type": "string", "format": "json-pointer" },
                        "detail": { "type": "string" },
                    },
                },
            },
        },
    })
}

fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}
