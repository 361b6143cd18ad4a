//! How a running server is, for whoever looks after it and for the programs that watch it. Nothing in it
//! is about a person, a site or a message.

mod exposition;
mod figures;
mod shown;

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
use tokio::sync::watch;

use crate::failure::Failure;
use crate::people::People;
use crate::troubles::Troubles;

pub(crate) use self::shown::{Beside, Channel, FeedFolder, Shown};

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
    /// How far the lake has the record, where there is a lake.
    pub(crate) lake_taken: Option<watch::Receiver<Option<u64>>>,
    /// Free bytes below which nothing new is accepted.
    pub(crate) min_free_bytes: u64,
}

/// How often it is asked whether the people's database answers: as often as a watching program asks.
const ASK_EVERY: Duration = Duration::from_secs(15);

/// Asks whether the people's database answers, until `stopped`, whoever else does.
pub(crate) async fn watch_database(
    status: Status,
    stopped: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let asking = async {
        loop {
            status.ask_people().await;
            tokio::time::sleep(ASK_EVERY).await;
        }
    };
    tokio::select! {
        () = stopped => Ok(()),
        () = asking => Ok(()),
    }
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

/// Whether the gates can do their work: 200 and what else is wrong, or 503 and why not, a line each.
async fn ready(State(status): State<Status>) -> Response {
    let figures = status.figures().await;
    let why_not = figures.why_not_ready();
    let (code, first) = match why_not.is_empty() {
        true => (StatusCode::OK, vec!["ready".to_owned()]),
        false => (StatusCode::SERVICE_UNAVAILABLE, why_not),
    };
    let lines = first.into_iter().chain(figures.troubles());
    let lines = lines.map(|line| line + "\n");
    (code, lines.collect::<String>()).into_response()
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
