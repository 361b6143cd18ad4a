//! The API through its router, against a made-up council.

#![allow(clippy::unwrap_used, clippy::panic)]

mod bad_input;
mod documented;
mod feeds;
mod journey;
mod lists;
mod sent_again;
mod tokens;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use matters::event::Act;
use matters::id::PersonId;
use register_store::tokens::{Holder, NewToken};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Pace, Scope, routes};
use crate::testing::Council;

/// As fast as tests like.
const FAST: Pace = Pace {
    a_second: 10_000,
    at_once: 10_000,
};

/// A program with a token.
pub(super) struct Program {
    pub(super) app: Router,
    pub(super) token: String,
}

/// What a program was answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Answered {
    #[track_caller]
    pub(super) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self
    }

    /// A problem of this type.
    #[track_caller]
    pub(super) fn is_problem(&self, status: u16, name: &str) -> &Self {
        self.is(status);
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!(
            self.body["type"],
            format!("/api/v1/problems/{name}"),
            "{:#}",
            self.body
        );
        assert_eq!(self.body["status"], status);
        self
    }

    pub(super) fn text(&self, pointer: &str) -> &str {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(super) fn reference(&self) -> String {
        self.text("/reference").to_owned()
    }

    pub(super) fn etag(&self) -> &str {
        self.headers[header::ETAG].to_str().unwrap()
    }

    pub(super) fn pointers(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().unwrap().iter();
        errors
            .map(|error| error["pointer"].as_str().unwrap())
            .collect()
    }
}

/// A program that acts as somebody, for everything.
pub(super) async fn program(council: &Council, person: &str) -> Program {
    let all: Vec<_> = Scope::ALL.iter().map(|scope| scope.name()).collect();
    with_scopes(council, Holder::Person(PersonId::from(person)), &all).await
}

pub(super) async fn with_scopes(council: &Council, holder: Holder, scopes: &[&str]) -> Program {
    let now = council.console.now();
    let new = NewToken {
        holder,
        label: "tests".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        expires_at: now + jiff::SignedDuration::from_hours(48),
    };
    let act = Act::by(&PersonId::from("assistant-director-it"), now);
    let (_, token) = council.store.make_token(new, &act).await.unwrap();
    let app = routes(council.console.clone(), FAST);
    Program {
        app,
        token: token.as_str().to_owned(),
    }
}

impl Program {
    pub(super) async fn send(&self, mut request: Request<Body>) -> Answered {
        let token = format!("Bearer {}", self.token).parse().unwrap();
        request
            .headers_mut()
            .entry(header::AUTHORIZATION)
            .or_insert(token);
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!headers.contains_key(header::SET_COOKIE));
        assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
        let body = axum::body::to_bytes(response.into_body(), 4 << 20)
            .await
            .unwrap();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Answered {
            status,
            headers,
            body,
        }
    }

    pub(super) async fn get(&self, path: &str) -> Answered {
        self.send(
            Request::get(format!("/api/v1{path}"))
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answered {
        self.post_with(path, body, &[]).await
    }

    pub(super) async fn post_with(
        &self,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Answered {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!("/api/v1{path}"));
        request = request.header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// Takes a step on a matter however it stands.
    pub(super) async fn step(&self, path: &str, reference: &str, step: &Value) -> Answered {
        let path = format!("/{path}/{reference}/steps");
        self.post_with(&path, step, &[("if-match", "*")]).await
    }

    /// Asks for access to email.
    pub(super) async fn ask(&self, person: &str) -> Answered {
        self.post("/access-requests", &email(person)).await
    }
}

pub(super) fn email(person: &str) -> Value {
    json!({ "person": person, "service": "email", "wanted": { "need": "To write to residents" } })
}
