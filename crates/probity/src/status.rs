//! How a running server is, for whoever looks after it and for the programs that watch it. Nothing in it
//! is about a person, a site or a message.

mod exposition;
mod figures;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bounded_server::Bounds;
use decision_point::point::DecisionPoint;
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::failure::Failure;
use crate::people::People;
use crate::troubles::Troubles;

/// `[status]` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusConfig {
    /// Where programs that watch reach it.
    pub(crate) listen: SocketAddr,
}

/// A few programs watch one server.
const BOUNDS: Bounds = Bounds {
    connections: 32,
    head_within: Duration::from_secs(10),
    end_within: Duration::from_secs(5),
};

/// What is looked at.
#[derive(Clone)]
pub(crate) struct Status {
    /// What decides and records.
    pub(crate) point: Arc<DecisionPoint>,
    /// What is wrong.
    pub(crate) troubles: Arc<Troubles>,
    /// The people's half, where there is one.
    pub(crate) people: Option<People>,
    /// Free bytes below which nothing new is accepted.
    pub(crate) min_free_bytes: u64,
}

/// Serves it until `stopped`.
pub(crate) async fn serve(
    listener: TcpListener,
    status: Status,
    stopped: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let app = Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(status);
    bounded_server::serve(listener, app, BOUNDS, stopped).await;
    Ok(())
}

/// Whether the gates can do their work: 200, or 503 and why not, a line each.
async fn ready(State(status): State<Status>) -> Response {
    let why_not = status.figures().await.why_not_ready();
    match why_not.is_empty() {
        true => "ready\n".into_response(),
        false => {
            let lines = why_not.into_iter().map(|why| why + "\n");
            (StatusCode::SERVICE_UNAVAILABLE, lines.collect::<String>()).into_response()
        }
    }
}

/// All figures, as Prometheus reads them.
async fn metrics(State(status): State<Status>) -> Response {
    match exposition::of(status.figures().await) {
        Ok(text) => ([(header::CONTENT_TYPE, exposition::CONTENT_TYPE)], text).into_response(),
        Err(std::fmt::Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests;
