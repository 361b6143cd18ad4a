//! The phone gate: a telephone exchange asks over HTTP whether a call may be put through, and is answered
//! from a decision that is on the record.
//!
//! Emergency numbers come first: the answer to them is given before anything is looked up, judged or
//! written, whoever asks. An exchange should not even ask (`integrations/kamailio`), so that they pass
//! while this gate is away.
//!
//! ```text
//! POST /v1/call-set-up        call=…&from=2001&to=901922640001&user=…     (form, at most 4 KiB)
//!
//! 200  901922640001           put it through to this number
//! 403  In one line, why not   tell the caller
//! 503  In one line            it cannot be decided or recorded now: put nothing through
//! ```

mod answer;
pub mod integrate;
mod question;
pub mod settings;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use bounded_server::Bounds;
use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tower_http::timeout::TimeoutLayer;

use question::Question;
use settings::Settings;

/// Bytes of a question: numbers, an id and a name.
const LONGEST_QUESTION: usize = 4 * 1024;

/// How long a question may take: a caller hears nothing meanwhile, and exchanges wait for less.
const WITHIN: Duration = Duration::from_secs(5);

/// An exchange keeps a connection for each of its workers.
const BOUNDS: Bounds = Bounds {
    connections: 512,
    head_within: Duration::from_secs(30),
    end_within: Duration::from_secs(5),
};

/// Where questions are put.
pub const PATH: &str = "/v1/call-set-up";

/// What an answer is worked out from.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) point: Arc<DecisionPoint>,
    pub(crate) settings: Arc<Settings>,
}

/// Serves until `stopped`.
pub async fn serve(
    listener: TcpListener,
    point: Arc<DecisionPoint>,
    settings: Settings,
    stopped: impl Future<Output = ()>,
) {
    bounded_server::serve(listener, app(point, settings), BOUNDS, stopped).await;
}

/// The routes. Whoever connects them says from where: an [`Extension`] of [`ConnectInfo`].
pub fn app(point: Arc<DecisionPoint>, settings: Settings) -> Router {
    let gate = Gate {
        point,
        settings: Arc::new(settings),
    };
    Router::new()
        .route(PATH, post(set_up))
        .layer(DefaultBodyLimit::max(LONGEST_QUESTION))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            WITHIN,
        ))
        .with_state(gate)
}

async fn set_up(
    State(gate): State<Gate>,
    Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>,
    body: Bytes,
) -> Response {
    let now = Timestamp::now();
    let Some(question) = Question::read(&body, &gate.settings) else {
        let wrong = "give call, from and to as a form, each at most 256 bytes";
        return (StatusCode::BAD_REQUEST, wrong).into_response();
    };
    if question.is_emergency() {
        // It is put through already when its entry is written.
        let number = question.number.clone();
        tokio::spawn(async move { answer::note_emergency(&gate, &question, peer, now).await });
        return number.into_response();
    }
    if !gate.settings.exchanges.contains(&peer.ip()) {
        tracing::warn!(%peer, "a stranger asked about a call");
        let who = "this machine is none of the exchanges in [phone]";
        return (StatusCode::UNAUTHORIZED, who).into_response();
    }
    answer::answer(&gate, &question, peer, now).await
}
