//! The OpenAPI 3.1 document: paths from the list of operations, schemas from the types.
//!
//! A copy is committed as `docs/reference/openapi.json` and compared by a test; it is written anew
//! with `PROBITY_WRITE_TABLES=1 cargo test -p console openapi`.

use axum::routing::post;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use super::caller::Scope;
use super::matters_of::{MOST, USUAL};
use super::once::KEY;
use super::operation::{self, Body, Of, Operation, Parameter};
use super::problem::{Kind, PROBLEM_JSON};
use super::shape::Shapes;
use super::{AT, Api};

/// The document.
pub(super) fn of(shapes: &Shapes) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut generator = settings
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths = Map::new();
    let described = Operation::clockings(post(async || ()));
    for operation in operation::all().into_iter().chain([described]) {
        let path = paths
            .entry(operation.path.clone())
            .or_insert_with(|| json!({}));
        path[operation.method()] = described_as(&operation, &mut generator);
    }
    let mut schemas = generator.take_definitions(true);
    schemas.extend(
        shapes
            .all()
            .map(|(name, shape)| (name.clone(), shape.clone())),
    );
    schemas.insert("Problem".to_owned(), problem());
    let scopes = Scope::ALL
        .iter()
        .map(|scope| format!("- `{}`: {}", scope.name(), scope.meaning()));
    let scopes = scopes.collect::<Vec<_>>().join("\n");
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Probity",
            "version": "1",
            "summary": "What the console's pages do, for programs",
            "description": format!(
                "A token acts as its person, with the posts that person holds at that moment. Scopes \
                 of tokens:\n\n{scopes}"
            ),
            "license": { "name": "Apache 2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": AT }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn described_as(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<_> = operation.parameters.iter().map(in_address).collect();
    for name in ["id", "reference"] {
        if operation.path.contains(&format!("{{{name}}}")) {
            parameters.push(in_path(name));
        }
    }
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "security": [{ "token": operation.scope.map(Scope::name).into_iter().collect::<Vec<_>>() }],
    });
    if operation.body != Body::Nothing {
        parameters.push(json!({
            "name": KEY, "in": "header",
            "description": "Sent again with the same key within a day, it is done once and answered \
                            the same.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$" },
        }));
        let schema = match &operation.body {
            Body::Shape(name) | Body::Step(name) => json!({ "$ref": reference(name) }),
            Body::Clockings | Body::Nothing => clockings(),
        };
        described["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": schema } },
        });
    }
    if let Body::Step(_) = operation.body {
        parameters.push(json!({
            "name": "if-match", "in": "header", "required": true,
            "description": "The ETag of the matter as you have seen it, or * for however it stands.",
            "schema": { "type": "string", "pattern": "^(\\*|\"[0-9]{1,18}\")$" },
        }));
    }
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    described["responses"] = answers(operation, generator);
    described
}

fn answers(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let schema = (operation.answer)(generator).to_value();
    let text = |meaning: &str| json!({ "description": meaning, "schema": { "type": "string" } });
    let mut headers = Map::new();
    let has_version = matches!(operation.body, Body::Shape(_) | Body::Step(_))
        || operation.path.ends_with("{reference}");
    if has_version {
        headers.insert("etag".to_owned(), text("The version, for If-Match"));
    }
    if operation.begins {
        headers.insert("location".to_owned(), text("Where it is"));
    }
    if !operation.parameters.is_empty() {
        headers.insert("link".to_owned(), text("Where the next page is"));
    }
    let status = if operation.begins { "201" } else { "200" };
    let mut answers = json!({
        status: {
            "description": "Done",
            "headers": headers,
            "content": { "application/json": { "schema": schema } },
        },
    });
    for kind in Kind::ALL
        .iter()
        .filter(|kind| can_happen(**kind, operation))
    {
        let status = kind.status();
        let known = answers[status.as_str()]["description"].as_str();
        let meaning = match known {
            Some(known) => format!("{known} Or: {}", kind.meaning()),
            None => kind.meaning().to_owned(),
        };
        answers[status.as_str()] = json!({
            "description": meaning,
            "content": { PROBLEM_JSON: { "schema": { "$ref": reference("Problem") } } },
        });
    }
    answers
}

fn can_happen(kind: Kind, operation: &Operation) -> bool {
    let sends = operation.body != Body::Nothing;
    let is_step = matches!(operation.body, Body::Step(_));
    match kind {
        Kind::Unauthenticated | Kind::TooMany | Kind::Broken | Kind::Unavailable => true,
        Kind::Scope => operation.scope.is_some(),
        Kind::Service => !operation.services,
        Kind::Malformed => sends || !operation.parameters.is_empty(),
        Kind::NotFound => operation.path.contains('{'),
        Kind::NotYours | Kind::NotAuthorised | Kind::Invalid | Kind::Policy => {
            matches!(operation.body, Body::Shape(_) | Body::Step(_))
        }
        Kind::TooLarge | Kind::MediaType | Kind::KeyReused | Kind::Underway => sends,
        Kind::WrongState | Kind::Stale | Kind::VersionNeeded => is_step,
        Kind::Method => false,
    }
}

fn in_address(parameter: &Parameter) -> Value {
    let schema = match parameter.of {
        Of::Text => {
            json!({ "type": "string", "maxLength": 254, "pattern": "^[^\\u0000-\\u001F\\u007F-\\u009F]*$" })
        }
        Of::Flag => json!({ "type": "boolean" }),
        Of::Limit => json!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL }),
        Of::Reference => json!({ "type": "string", "pattern": "^[A-Z0-9-]{4,32}$" }),
    };
    json!({
        "name": parameter.name,
        "in": "query",
        "description": parameter.meaning,
        "schema": schema,
    })
}

fn in_path(name: &str) -> Value {
    let schema = match name {
        "reference" => json!({
            "type": "string", "pattern": "^[A-Z0-9-]{4,32}$", "examples": ["AR-7F3K-29QD"],
        }),
        _ => json!({ "type": "string", "minLength": 1, "maxLength": 128 }),
    };
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
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
            "scope": { "type": "string" },
            "state": { "type": "string" },
            "step": { "type": "string" },
            "version": { "type": "integer" },
            "posts": { "type": "array", "items": { "type": "string" } },
            "clauses": { "type": "array", "items": { "type": "string" } },
        },
    })
}

/// As `directory::clock::json` reads them; one that cannot be taken does not stop the others.
fn clockings() -> Value {
    json!({
        "type": "array",
        "maxItems": directory::clock::json::MOST_EVENTS,
        "items": {
            "type": "object",
            "required": ["person", "time", "state", "source"],
            "properties": {
                "person": { "type": "string", "description": "Employee number or account." },
                "time": { "type": "string", "description": "With an offset, or local." },
                "state": { "type": "string", "enum": ["in", "out", "unknown", "void"] },
                "source": { "type": "string" },
                "site": { "type": ["string", "null"] },
                "event": {
                    "type": ["string", "null"],
                    "description": "What the source calls it; the same name again is a correction.",
                },
            },
        },
    })
}

fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

impl Api {
    /// For tests: the document as a value.
    #[cfg(test)]
    pub(super) fn described() -> Value {
        of(&Shapes::default())
    }
}
