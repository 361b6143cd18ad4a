#![allow(clippy::unwrap_used)]

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use proptest::prelude::*;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::memory::Memory;
use super::user::{ENTERPRISE, User};
use super::{filter, patch, router};
use crate::bearer::Verifier;

struct Server(Router);

impl Server {
    fn new() -> Self {
        let verifier = Verifier::new(|token| async move { token == "good" });
        Self(router::router(
            Memory::default(),
            "https://p.test/scim/v2/",
            verifier,
        ))
    }

    async fn ask(&self, method: &str, path: &str, body: impl Into<Body>) -> (StatusCode, Value) {
        self.ask_with(method, path, &[("authorization", "Bearer good")], body)
            .await
    }

    async fn ask_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method.parse::<Method>().unwrap())
            .uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self
            .0
            .clone()
            .oneshot(request.body(body.into()).unwrap())
            .await
            .unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }
}

fn babs() -> String {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "externalId": "bj", "userName": "bjensen", "title": "Clerk", "password": "t1meMa$heen",
        "name": {"familyName": "Jensen", "givenName": "Barbara"},
        "emails": [{"value": "home@x.org", "type": "home"},
                   {"value": "old@c.uk", "type": "work"},
                   {"value": "BJensen@c.uk", "type": "work", "primary": true}],
        ENTERPRISE: {"employeeNumber": "701984", "division": "Place", "department": "Parks",
                     "manager": {"value": "p-9"}},
    })
    .to_string()
}

#[tokio::test]
async fn a_user_is_created_found_and_deactivated() {
    let server = Server::new();
    let (status, made) = server.ask("POST", "/Users", babs()).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(made["displayName"], "Barbara Jensen");
    assert_eq!(made["emails"][0]["value"], "bjensen@c.uk");
    assert_eq!(made["emails"].as_array().unwrap().len(), 2);
    assert_eq!(made["meta"]["location"], "https://p.test/scim/v2/Users/p-1");
    assert_eq!(made[ENTERPRISE]["manager"]["value"], "p-9");
    assert!(made.get("password").is_none());
    assert_eq!(
        server.ask("POST", "/Users", babs()).await.0,
        StatusCode::CONFLICT
    );
    for filter in [
        "userName%20eq%20%22BJENSEN%22",
        "externalId%20Eq%20%22bj%22",
    ] {
        let (_, list) = server
            .ask("GET", &format!("/Users?filter={filter}"), "")
            .await;
        assert_eq!(
            (&list["totalResults"], &list["Resources"][0]["id"]),
            (&json!(1), &json!("p-1"))
        );
    }
    let (status, _) = server.ask("DELETE", "/Users/p-1", "").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, kept) = server.ask("GET", "/Users/p-1", "").await;
    assert_eq!((status, &kept["active"]), (StatusCode::OK, &json!(false)));
}

#[tokio::test]
async fn patches_come_in_many_shapes() {
    let check = async |operation: Value, at: &str, expected: Value| {
        let server = Server::new();
        server.ask("POST", "/Users", babs()).await;
        let body = json!({"Operations": [operation]}).to_string();
        let (status, kept) = server.ask("PATCH", "/Users/p-1", body).await;
        assert_eq!(status, StatusCode::OK, "{operation} {kept}");
        assert_eq!(
            kept.pointer(at).unwrap_or(&Value::Null),
            &expected,
            "{operation}"
        );
    };
    check(
        json!({"op": "replace", "path": "active", "value": false}),
        "/active",
        json!(false),
    )
    .await;
    check(
        json!({"op": "Replace", "path": "active", "value": "False"}),
        "/active",
        json!(false),
    )
    .await;
    check(
        json!({"op": "replace", "value": {"active": false}}),
        "/active",
        json!(false),
    )
    .await;
    check(
        json!({"op": "Add", "value": {"name.givenName": "Babs", "title": "Head"}}),
        "/title",
        json!("Head"),
    )
    .await;
    check(
        json!({"op": "replace", "path": "name.formatted", "value": "B. Lee"}),
        "/displayName",
        json!("B. Lee"),
    )
    .await;
    check(
        json!({"op": "replace", "path": "emails[type eq \"work\"].value", "value": "new@c.uk"}),
        "/emails",
        json!([{"value": "new@c.uk", "type": "work", "primary": true}]),
    )
    .await;
    check(
        json!({"op": "add", "path": "emails", "value": [{"value": "n@c.uk"}]}),
        "/emails/2/value",
        json!("n@c.uk"),
    )
    .await;
    check(
        json!({"op": "remove", "path": "emails[value eq \"old@c.uk\"]"}),
        "/emails/1",
        Value::Null,
    )
    .await;
    check(
        json!({"op": "replace", "path": format!("{ENTERPRISE}:department"), "value": "Waste"}),
        &format!("/{ENTERPRISE}/department"),
        json!("Waste"),
    )
    .await;
    check(
        json!({"op": "add", "path": format!("{ENTERPRISE}:manager"), "value": "p-7"}),
        &format!("/{ENTERPRISE}/manager/value"),
        json!("p-7"),
    )
    .await;
    check(
        json!({"op": "add", "value": {format!("{ENTERPRISE}:employeeNumber"): "5"}}),
        &format!("/{ENTERPRISE}/employeeNumber"),
        json!("5"),
    )
    .await;
    check(
        json!({"op": "remove", "path": "title"}),
        "/title",
        Value::Null,
    )
    .await;
    check(
        json!({"op": "add", "path": "phoneNumbers", "value": [1]}),
        "/userName",
        json!("bjensen"),
    )
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_said_as_the_rfc_says_it() {
    let server = Server::new();
    server.ask("POST", "/Users", babs()).await;
    let patch = |path: &str| {
        json!({"Operations": [{"op": "replace", "path": path, "value": "x"}]}).to_string()
    };
    for (method, path, body, status, kind) in [
        ("GET", "/Users/p-7", String::new(), 404, None),
        ("GET", "/Elsewhere", String::new(), 404, None),
        ("POST", "/Users", "{".to_owned(), 400, Some("invalidSyntax")),
        (
            "POST",
            "/Users",
            "[]".to_owned(),
            400,
            Some("invalidSyntax"),
        ),
        ("POST", "/Users", "{}".to_owned(), 400, Some("invalidValue")),
        (
            "POST",
            "/Users",
            json!({"userName": "a\u{0}"}).to_string(),
            400,
            Some("invalidValue"),
        ),
        (
            "POST",
            "/Users",
            json!({"userName": "a", "active": "maybe"}).to_string(),
            400,
            Some("invalidValue"),
        ),
        (
            "POST",
            "/Users",
            format!("\"{}\"", "x".repeat(200_000)),
            413,
            None,
        ),
        (
            "POST",
            "/Users",
            "[".repeat(100_000),
            400,
            Some("invalidSyntax"),
        ),
        (
            "GET",
            "/Users?filter=userName%20co%20%22b%22",
            String::new(),
            400,
            Some("invalidFilter"),
        ),
        (
            "GET",
            "/Users?startIndex=x",
            String::new(),
            400,
            Some("invalidValue"),
        ),
        ("PATCH", "/Users/p-1", patch("id"), 400, Some("mutability")),
        (
            "PATCH",
            "/Users/p-1",
            patch("emails[type"),
            400,
            Some("invalidPath"),
        ),
        (
            "PATCH",
            "/Users/p-1",
            "{}".to_owned(),
            400,
            Some("invalidSyntax"),
        ),
        (
            "PUT",
            "/Users/p-1",
            json!({"id": "p-2", "userName": "b"}).to_string(),
            400,
            Some("mutability"),
        ),
        (
            "PUT",
            "/Users/p-2",
            json!({"userName": "b"}).to_string(),
            404,
            None,
        ),
    ] {
        let (found, said) = server.ask(method, path, body).await;
        assert_eq!(found.as_u16(), status, "{method} {path} {said}");
        assert_eq!(said["scimType"].as_str(), kind, "{method} {path} {said}");
        assert_eq!(said["status"], status.to_string());
    }
    for token in ["", "Bearer", "Bearer bad", "Basic good"] {
        let (status, _) = server
            .ask_with("GET", "/Users", &[("authorization", token)], "")
            .await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn versions_guard_changes() {
    let server = Server::new();
    server.ask("POST", "/Users", babs()).await;
    let with = |name, value| [("authorization", "Bearer good"), (name, value)];
    let (status, _) = server
        .ask_with("GET", "/Users/p-1", &with("if-none-match", "W/\"1\""), "")
        .await;
    assert_eq!(status, StatusCode::NOT_MODIFIED);
    let (status, _) = server
        .ask_with("DELETE", "/Users/p-1", &with("if-match", "W/\"7\""), "")
        .await;
    assert_eq!(status, StatusCode::PRECONDITION_FAILED);
    let (status, _) = server
        .ask_with("DELETE", "/Users/p-1", &with("if-match", "W/\"1\""), "")
        .await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn lists_come_in_pages_and_the_server_describes_itself() {
    let server = Server::new();
    for n in 0..5 {
        server
            .ask(
                "POST",
                "/Users",
                json!({"userName": format!("u{n}")}).to_string(),
            )
            .await;
    }
    let (_, list) = server.ask("GET", "/Users?startIndex=4&count=10", "").await;
    assert_eq!(
        (
            &list["totalResults"],
            &list["itemsPerPage"],
            &list["startIndex"]
        ),
        (&json!(5), &json!(2), &json!(4))
    );
    let (_, list) = server.ask("GET", "/Users?startIndex=-3&count=-1", "").await;
    assert_eq!(
        (&list["totalResults"], &list["itemsPerPage"]),
        (&json!(5), &json!(0))
    );
    let (_, groups) = server.ask("GET", "/Groups", "").await;
    assert_eq!(groups["Resources"][0]["members"][0]["value"], "p-1");
    assert_eq!(
        server.ask("GET", "/Groups/x", "").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        server.ask("DELETE", "/Groups/parks", "").await.0,
        StatusCode::METHOD_NOT_ALLOWED
    );
    for path in [
        "/ServiceProviderConfig",
        "/ResourceTypes",
        "/Schemas",
        &format!("/Schemas/{ENTERPRISE}"),
    ] {
        assert_eq!(
            server.ask("GET", path, "").await.0,
            StatusCode::OK,
            "{path}"
        );
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let words =
        "(active|emails|name|value|type|id|userName|op|path|Operations|[a-z.\\[\\]\"=: ]{0,12})";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        words.prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(words, inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_resource_is_read_or_refused(value in any_json()) {
        let _ = User::read(&value);
    }

    #[test]
    fn any_patch_is_applied_or_refused(op in "(add|replace|remove)", path in proptest::option::of("(active|emails|name|emails\\[type eq \"work\"\\])?[a-z.\\[\\]\"=: ]{0,12}"), value in any_json()) {
        let mut resource = User::read(&json!({"userName": "a"})).unwrap().resource();
        let operation = match path {
            Some(path) => json!({"op": op, "path": path, "value": value}),
            None => json!({"op": op, "value": value}),
        };
        let _ = patch::apply(&mut resource, &json!({"Operations": [operation]}));
        let _ = User::read(&resource);
    }

    #[test]
    fn any_filter_is_read_or_refused(text in "\\PC{0,40}") {
        let _ = filter::read(&text);
    }
}
