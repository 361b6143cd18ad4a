//! Feeds: clock events as a list of JSON, and people by SCIM 2.0.
//!
//! What keeps them is given by whoever puts the program together, so these routes are made apart from
//! the others and merged beside them.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use directory::bearer::Verifier;
use directory::clock::http::Clockings;
use directory::clock::json::{self, BodyError};
use directory::scim::users::Users;
use serde_json::json;
use std::sync::Arc;

use super::caller::{Caller, Scope};
use super::incoming::Sent;
use super::once::Told;
use super::operation::{Clocked, Operation};
use super::problem::{Kind, Problem};
use super::{AT, Answer, Api, Pace};
use crate::Console;

/// Where SCIM is.
pub(super) const SCIM_AT: &str = "/scim/v2";

/// Where tokens say what SCIM may do is in the scope alone; whose it is, a service's or a person's,
/// is on record with the token.
pub fn scim<U: Users>(console: Console, users: U, base: &str) -> Router {
    let base = format!("{}{SCIM_AT}", base.trim_end_matches('/'));
    let verifier = Verifier::new(move |token: String| {
        let console = console.clone();
        async move {
            let Some(token) = sign_in::session::Token::parse(&token) else {
                return false;
            };
            match console.store.token(&token, console.now()).await {
                Ok(found) => found.is_some_and(|token| token.scopes.contains(Scope::Scim.name())),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "scim");
                    false
                }
            }
        }
    });
    Router::new().nest(
        SCIM_AT,
        directory::scim::router::router(users, &base, verifier),
    )
}

/// `POST /clockings`, kept by whatever keeps them.
pub fn clockings<C: Clockings>(console: Console, clockings: C, pace: Pace) -> Router {
    let api = Api::new(console, pace);
    let clockings = Arc::new(clockings);
    let receive = move |state: State<Api>, caller: Caller, sent: Sent| {
        let clockings = Arc::clone(&clockings);
        async move { receive(&*clockings, state, caller, sent).await }
    };
    let operation = Operation::clockings(axum::routing::post(receive));
    Router::new().nest(AT, api.around(api.routes([operation])))
}

async fn receive<C: Clockings>(
    clockings: &C,
    State(api): State<Api>,
    caller: Caller,
    sent: Sent,
) -> Answer {
    let begun = sent
        .request
        .as_ref()
        .map(|request| api.underway.begin(request));
    let _begun = begun.transpose()?;
    let store = &api.console.store;
    if let Some(request) = &sent.request {
        let before: Result<Option<Told>, _> = store.answer(request, caller.at).await;
        if let Some(told) = before.map_err(|error| Problem::of_answer(&error, &().into()))? {
            return Ok(told.response());
        }
    }
    let events = json::read(&sent.raw, &api.console.zone).map_err(unreadable)?;
    let (mut good, mut aside) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Ok(event) => good.push(event),
            Err(broken) => aside.push(broken),
        }
    }
    let kept = clockings.keep(&sent.raw, good, aside).await;
    let kept = kept.map_err(|error| Problem::unavailable(&error))?;
    let clocked = Clocked {
        new: kept.new,
        known: kept.known,
        quarantined: kept.quarantined,
    };
    let told = Told {
        status: StatusCode::OK.as_u16(),
        location: None,
        etag: None,
        body: json!(clocked),
    };
    // Killed before this is kept, the same request finds its events known: nothing counts twice.
    if let Some(request) = &sent.request {
        let kept = store.keep_answer(request, caller.at, &told).await;
        kept.map_err(|error| Problem::of_answer(&error, &().into()))?;
    }
    Ok(told.response())
}

fn unreadable(error: BodyError) -> Problem {
    let kind = match error {
        BodyError::TooMany(_) => Kind::TooLarge,
        BodyError::NotAList(_) => Kind::Malformed,
    };
    Problem::new(kind).saying(error.to_string())
}
