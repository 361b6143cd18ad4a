//! The desk gate: an HTTP decision API for everything that has no gate of its own.
//!
//! A tool asks `POST /v1/decide` before something happens: a chat line is handed on, a job is printed, a
//! device joins the network. It is answered once what was decided is on the record, and carries that
//! out. `POST /v1/report` takes what has happened: which address a device has, and since when. `POST
//! /v1/calls` takes call records. This gate decides nothing and knows no tool; what a tool needs of it is printed by [`integrate`].
//!
//! Failure mode: where nothing can be decided or recorded the answer is 503, and a tool treats every
//! answer but 200 as a refusal to try again later. Bodies, heads, connections, and the time each may
//! take are bounded; tokens say which tool may ask about what. Every error is a problem of RFC 9457.

use std::sync::Arc;

use bounded_server::Bounds;
use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use tokio::net::TcpListener;

pub mod answer;
pub mod asked;
pub mod calls;
mod document;
pub mod integrate;
pub mod page_log;
mod problem;
mod routes;
mod settings;
mod shape;
pub mod tools;

pub use settings::Settings;

use calls::TakesCalls;

/// Where the API is.
pub const AT: &str = "/v1";

/// Tells the time.
type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The gate, ready to serve.
pub struct DeskGate {
    point: Arc<DecisionPoint>,
    settings: Settings,
    clock: Clock,
    calls: Option<Arc<dyn TakesCalls>>,
}

impl DeskGate {
    /// A gate that asks this decision point.
    pub fn new(point: Arc<DecisionPoint>, settings: Settings) -> Self {
        Self {
            point,
            settings,
            clock: Arc::new(Timestamp::now),
            calls: None,
        }
    }

    /// Takes call records too, and hands them on.
    pub fn with_calls(mut self, calls: Arc<dyn TakesCalls>) -> Self {
        self.calls = Some(calls);
        self
    }

    /// Takes the time from elsewhere.
    pub fn with_clock(mut self, clock: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Self {
        self.clock = clock;
        self
    }

    /// Serves tools until `stopped`, then finishes what is under way.
    pub async fn serve(self, listener: TcpListener, stopped: impl Future<Output = ()>) {
        bounded_server::serve(listener, routes::app(self), Bounds::default(), stopped).await;
    }
}

#[cfg(test)]
mod tests;
