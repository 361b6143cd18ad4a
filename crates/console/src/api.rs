//! The REST API: what the console's pages do, for programs.
//!
//! Under [`AT`], with a bearer token whose scopes say what it is for. A token acts as its person,
//! with that person's posts at that moment, through the same rules ([`crate::access`]), machines and
//! store as a page; a service's token can bring feeds and nothing else. Cookies are not looked at,
//! no other site's script is let in, and a signature is not given here: that needs a person who has
//! just proved who they are.
//!
//! `operation` lists every operation once; routes and the OpenAPI document (`document`) are both
//! made from that list. What comes in is held against the published schema (`shape`) before
//! anything else looks at it. Every error is a problem of RFC 9457 (`problem`).

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::Console;

pub mod caller;
mod document;
mod exposed;
mod feeds;
mod incoming;
mod limit;
mod matters_of;
mod once;
mod operation;
mod people;
mod problem;
mod shape;
mod sight;

pub use self::caller::Scope;
pub use self::feeds::{clockings, scim};
pub use self::limit::Pace;

use self::limit::Limits;
use self::operation::Operation;
use self::problem::{Kind, Problem};
use self::shape::Shapes;

/// Where the API is.
pub const AT: &str = "/api/v1";

/// Most bytes of a request. The longest step is a few words of 2,000 characters.
const LARGEST_BODY: usize = 64 * 1024;

/// What a handler answers.
type Answer = Result<Response, Problem>;

/// Everything handlers need. Cheap to clone; all clones are one.
#[derive(Clone)]
struct Api(Arc<Inner>);

struct Inner {
    console: Console,
    shapes: Shapes,
    document: Bytes,
    limits: Limits,
    underway: once::Underway,
}

impl Deref for Api {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Api {
    fn new(console: Console, pace: Pace) -> Self {
        let shapes = Shapes::default();
        Self(Arc::new(Inner {
            document: document::of(&shapes).to_string().into(),
            console,
            shapes,
            limits: Limits::new(pace),
            underway: once::Underway::default(),
        }))
    }

    /// The routes of these operations, each behind its token, and the layers around them.
    fn routes(&self, operations: impl IntoIterator<Item = Operation>) -> Router<Self> {
        let routes = operations.into_iter().map(|one| one.route(self));
        routes.fold(Router::new(), |all, (path, route)| all.route(&path, route))
    }

    fn around(&self, routes: Router<Self>) -> Router {
        let within = Duration::from_secs(self.console.settings.answer_within_seconds);
        let panicked = |_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a handler of the API panicked");
            Problem::new(Kind::Broken).into_response()
        };
        routes
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(TimeoutLayer::with_status_code(
                StatusCode::SERVICE_UNAVAILABLE,
                within,
            ))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::map_response(problem::explain))
            .layer(middleware::from_fn_with_state(self.clone(), headers))
            .with_state(self.clone())
    }
}

/// Everything but the feeds, to be merged beside the console's pages.
pub fn routes(console: Console, pace: Pace) -> Router {
    let api = Api::new(console, pace);
    let routes = api
        .routes(operation::all())
        .route("/openapi.json", get(openapi))
        .route("/problems/{name}", get(problem::explained))
        .fallback(async || Problem::new(Kind::NotFound));
    Router::new().nest(AT, api.around(routes))
}

async fn openapi(State(api): State<Api>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], api.document.clone())
}

async fn headers(State(api): State<Api>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let all = response.headers_mut();
    all.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    all.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !api.console.settings.plain_http {
        let year = HeaderValue::from_static("max-age=31536000");
        all.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

#[cfg(test)]
mod tests;
