//! Feeds: by a service's token, and nothing is counted twice.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Request, header};
use directory::clock::Clocking;
use directory::clock::http::{Clockings, Kept, Unavailable};
use directory::quarantine::Quarantined;
use directory::scim::error::ScimError;
use directory::scim::filter::Match;
use directory::scim::user::User;
use directory::scim::users::{self, Group, Page, Part, Users};
use register_store::tokens::Holder;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{FAST, Program, with_scopes};
use crate::api::{clockings, scim};
use crate::testing::Council;

#[derive(Default)]
struct Clock {
    asked: AtomicUsize,
    kept: Mutex<Vec<Clocking>>,
}

struct Shared(&'static Clock);

impl Clockings for Shared {
    async fn keep(
        &self,
        _raw: &[u8],
        events: Vec<Clocking>,
        quarantined: Vec<Quarantined>,
    ) -> Result<Kept, Unavailable> {
        self.0.asked.fetch_add(1, Ordering::Relaxed);
        let new = events.len() as u64;
        self.0.kept.lock().unwrap().extend(events);
        Ok(Kept {
            new,
            known: 0,
            quarantined,
        })
    }
}

fn service() -> Holder {
    Holder::Service("clocks".to_owned())
}

#[tokio::test]
async fn clock_events_come_in_by_a_services_token() {
    let council = Council::new().await;
    let clock: &'static Clock = Box::leak(Box::default());
    let made = with_scopes(&council, service(), &["write:clockings"]).await;
    let program = Program {
        app: clockings(council.console.clone(), Shared(clock), FAST),
        token: made.token,
    };
    let event =
        json!({ "person": "17", "time": "2027-03-10T08:00:00Z", "state": "in", "source": "door" });
    let events =
        json!([event, { "person": "17", "time": "yesterday", "state": "in", "source": "x" }]);
    let key = [("idempotency-key", "k")];
    let first = program.post_with("/clockings", &events, &key).await;
    assert_eq!(first.is(200).body["new"], 1);
    assert_eq!(first.text("/quarantined/0/field"), "time");
    let again = program.post_with("/clockings", &events, &key).await;
    assert_eq!(again.body, first.body);
    assert_eq!(clock.asked.load(Ordering::Relaxed), 1);
    let other = program.post_with("/clockings", &json!([]), &key).await;
    other.is_problem(422, "key-reused");
    program
        .post("/clockings", &json!({}))
        .await
        .is_problem(400, "malformed");
    let many = vec![json!(1); 1_001];
    program
        .post("/clockings", &Value::from(many))
        .await
        .is_problem(413, "too-large");
    let reader = with_scopes(&council, service(), &["read:people"]).await;
    let reader = Program {
        app: program.app,
        token: reader.token,
    };
    reader
        .post("/clockings", &events)
        .await
        .is_problem(403, "scope");
}

struct Nobody;

impl Users for Nobody {
    async fn list(&self, _: Option<Match>, _: Part) -> Result<Page<users::Kept>, ScimError> {
        let items = Vec::new();
        Ok(Page { total: 0, items })
    }

    async fn read(&self, id: &str) -> Result<users::Kept, ScimError> {
        Err(ScimError::NotFound(id.to_owned()))
    }

    async fn create(&self, _: User) -> Result<users::Kept, ScimError> {
        Err(ScimError::Uniqueness("userName"))
    }

    async fn replace(&self, id: &str, _: &str, _: User) -> Result<users::Kept, ScimError> {
        Err(ScimError::NotFound(id.to_owned()))
    }

    async fn groups(&self, _: Part) -> Result<Page<Group>, ScimError> {
        let items = Vec::new();
        Ok(Page { total: 0, items })
    }

    async fn group(&self, id: &str) -> Result<Group, ScimError> {
        Err(ScimError::NotFound(id.to_owned()))
    }
}

#[tokio::test]
async fn scim_is_for_tokens_with_its_scope() {
    let council = Council::new().await;
    let good = with_scopes(&council, service(), &["scim"]).await.token;
    let other = with_scopes(&council, service(), &["write:clockings"])
        .await
        .token;
    let app = crate::app(council.console.clone());
    let app = app.merge(scim(
        council.console.clone(),
        Nobody,
        "https://probity.example/",
    ));
    for (token, status) in [(good.as_str(), 200), (&other, 401), ("x", 401)] {
        let request = Request::get("/scim/v2/Users");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        let response = app.clone().oneshot(request.body(Body::empty()).unwrap());
        assert_eq!(response.await.unwrap().status(), status, "{token}");
    }
}
