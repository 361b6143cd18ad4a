//! What every request passes through: limits, headers, the person's sign-in, the page's door, and
//! the page that says what went wrong.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use minijinja::context;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

use crate::Console;
use crate::failure::{Failed, Failure, Said};
use crate::form::Form;
use crate::once::SendAgain;
use crate::pages::Page;
use crate::pages::open::again;
use crate::sessions::cookie::Cookie;
use crate::viewer::Viewer;
use crate::visit::{Here, to};

/// Nothing but our own files; no inline script or style, no frame, forms only to ourselves.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// The layers around the whole console, outermost last.
pub(crate) fn around(console: &Console, routes: Router<Console>) -> Router<Console> {
    let within = Duration::from_secs(console.settings.answer_within_seconds);
    let failed = |_: Box<dyn std::any::Any + Send>| {
        Failure::broken(std::io::Error::other("a page panicked")).into_response()
    };
    routes
        .layer(CsrfLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            within,
        ))
        .layer(CatchPanicLayer::custom(failed))
        .layer(middleware::from_fn_with_state(console.clone(), explain))
        .layer(middleware::from_fn_with_state(console.clone(), headers))
}

/// Finds who is signed in, where somebody is.
pub(crate) async fn recognise(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let token = console.token_in(Cookie::SignIn, request.headers());
    if let (Some(token), Some(here)) = (token, request.extensions().get::<Here>()) {
        let at = console.now();
        if let Some(signed_in) = console.sessions.find(&token, at).await? {
            let image = console.store.image();
            let viewer = Viewer::of(signed_in, &image.world(), &console.duties, at);
            if let Some(viewer) = viewer {
                here.is_seen_by(viewer);
            }
        }
    }
    Ok(next.run(request).await)
}

/// A page's door: only people who are signed in, and of them only those the rules name.
pub(crate) async fn door(
    State((console, page)): State<(Console, &'static Page)>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let here = request.extensions().get::<Here>().cloned();
    let here = here.unwrap_or_default();
    let Some(viewer) = here.viewer() else {
        // What was posted without a sign-in is lost; a page can be come back to.
        let back = match *request.method() {
            Method::GET => here.path(),
            _ => page.path,
        };
        return to(&format!("/sign-in?to={}", escaped(back)));
    };
    here.is_on(page);
    if !console.access.may_open(viewer, page.action) {
        return Err(Failure::NotAllowed);
    }
    Ok(next.run(request).await)
}

/// Makes a page of whatever failed.
async fn explain(State(console): State<Console>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path_and_query();
    let here = Here::at(path.map_or("/", |path| path.as_str()));
    request.extensions_mut().insert(here.clone());
    let is_get = *request.method() == Method::GET;
    let response = next.run(request).await;
    let failure = match response.extensions().get::<Failed>() {
        Some(Failed(failure)) => failure.clone(),
        None => match response.status() {
            StatusCode::FORBIDDEN => Failure::NotOurForm.into(),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Failure::NotFound.into(),
            StatusCode::SERVICE_UNAVAILABLE => {
                Failure::unavailable(std::io::Error::from(std::io::ErrorKind::TimedOut)).into()
            }
            StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE
                if !is_html(response.headers()) =>
            {
                Failure::NotOurForm.into()
            }
            _ => return response,
        },
    };
    if matches!(*failure, Failure::NotFresh) {
        let sent = response.extensions().get::<SendAgain>();
        let page = here.page().map(|page| page.path);
        let then = match (sent, page) {
            (Some(SendAgain(address)), _) => address,
            (None, Some(page)) if !is_get => page,
            _ => here.path(),
        };
        return to(&again::address(then)).into_response();
    }
    if let Failure::Broken(error) | Failure::Unavailable(error) = &*failure {
        tracing::error!(
            path = here.path(),
            error = &**error as &dyn std::error::Error,
            "{failure}"
        );
    }
    page_of(&console, &here, &failure)
}

fn page_of(console: &Console, here: &Here, failure: &Failure) -> Response {
    let Said {
        status,
        heading,
        sentences,
        again,
    } = failure.said();
    let contacts = &console.store.image().pack().settings().contacts.clone();
    let values = context! {
        title => heading,
        sentences => sentences.clone(),
        again => again.then(|| here.path().to_owned()),
        desk => contacts.desk.clone(),
        telephone => contacts.telephone.clone(),
        email => contacts.email.clone(),
    };
    match console.render(here, "failure.html", &Form::default(), values) {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the page that says what went wrong cannot be rendered");
            let text = format!("{heading}. {}\n", sentences.join(" "));
            (status, text).into_response()
        }
    }
}

async fn headers(State(console): State<Console>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let all = response.headers_mut();
    all.extend(HEADERS);
    // Assets say for themselves how long they may be kept; a page about people is kept nowhere.
    all.entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if !console.settings.plain_http {
        let year = HeaderValue::from_static("max-age=31536000");
        all.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(axum::http::header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// An address as a value in another.
pub(crate) fn escaped(address: &str) -> String {
    let mut escaped = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                escaped.push(char::from(byte));
            }
            other => escaped.push_str(&format!("%{other:02X}")),
        }
    }
    escaped
}
