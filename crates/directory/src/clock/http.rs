//! Clock events over HTTP: `POST /clockings` with a list of events.
//!
//! The answer names every event that was set aside; the others are kept before it is sent.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::bearer::Verifier;
use crate::clock::{Clocking, json};
use crate::quarantine::Quarantined;

/// 1,000 events of at most half a kilobyte.
const LARGEST_BODY: usize = 512 * 1024;

/// Keeps what clocks say.
pub trait Clockings: Send + Sync + 'static {
    /// Keeps a request, raw body and events, and says which events it cannot place: nobody has that
    /// number.
    fn keep(
        &self,
        raw: &[u8],
        events: Vec<Clocking>,
        aside: Vec<Quarantined>,
    ) -> impl Future<Output = Result<Kept, Unavailable>> + Send;
}

/// What became of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Events that are new.
    pub new: u64,
    /// Events that were known already.
    pub known: u64,
    /// Those set aside, with those that could not be read.
    pub quarantined: Vec<Quarantined>,
}

/// It cannot be kept at present; nothing was.
#[derive(Debug, thiserror::Error)]
#[error("clock events cannot be kept at present; send them again later")]
pub struct Unavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

struct Shared<C> {
    clockings: C,
    verifier: Verifier,
    zone: TimeZone,
}

/// The route. Who may send is asked of the verifier.
pub fn router<C: Clockings>(clockings: C, zone: TimeZone, verifier: Verifier) -> Router {
    let shared = Arc::new(Shared {
        clockings,
        verifier,
        zone,
    });
    Router::new()
        .route("/clockings", post(receive::<C>))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(shared)
}

async fn receive<C: Clockings>(
    State(shared): State<Arc<Shared<C>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !shared.verifier.admits(&headers).await {
        let problem = problem(StatusCode::UNAUTHORIZED, "a valid bearer token is needed");
        return ([(header::WWW_AUTHENTICATE, "Bearer")], problem).into_response();
    }
    let events = match json::read(&body, &shared.zone) {
        Ok(events) => events,
        Err(error @ json::BodyError::TooMany(_)) => {
            return problem(StatusCode::PAYLOAD_TOO_LARGE, &error.to_string());
        }
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let (mut good, mut aside) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Ok(event) => good.push(event),
            Err(broken) => aside.push(broken),
        }
    }
    match shared.clockings.keep(&body, good, aside).await {
        Ok(kept) => {
            let said =
                json!({"new": kept.new, "known": kept.known, "quarantined": kept.quarantined});
            answer(StatusCode::OK, "application/json", said.to_string())
        }
        Err(unavailable) => {
            tracing::error!(
                error = &unavailable as &dyn std::error::Error,
                "clock events"
            );
            problem(StatusCode::SERVICE_UNAVAILABLE, &unavailable.to_string())
        }
    }
}

fn problem(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let said =
        json!({"type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail});
    answer(status, "application/problem+json", said.to_string())
}

fn answer(status: StatusCode, kind: &'static str, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}
