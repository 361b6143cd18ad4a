//! What goes wrong, as problems of RFC 9457. The one place where an error gets its status and type.

use axum::extract::Path;
use axum::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::AT;

/// The media type of problems.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Seconds after which to come back while something does not answer.
const AGAIN_AFTER: &str = "5";

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $status:ident, $name:literal, $title:literal;)*) => {
        /// A kind of problem. Once released a name never changes: programs tell problems apart by it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind { $($(#[doc = $doc])+ $kind,)* }

        impl Kind {
            /// Every kind.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kind,)*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            pub(crate) fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status,)* }
            }

            fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)* }
            }

            /// What it means, for whoever looks it up.
            pub(crate) fn meaning(self) -> &'static str {
                match self { $(Self::$kind => concat!($($doc),+).trim_ascii(),)* }
            }
        }
    };
}

kinds! {
    /// The body is neither JSON nor a form, or not of the type its header says.
    Malformed = BAD_REQUEST, "malformed", "The request cannot be read";
    /// There is no token, or nobody knows it.
    Unauthenticated = UNAUTHORIZED, "unauthenticated", "A valid token is needed";
    /// The token is another tool's: this one may not ask about such an activity.
    NotThisTool = FORBIDDEN, "not-this-tool", "The token does not allow this";
    /// There is no such thing.
    NotFound = NOT_FOUND, "not-found", "There is nothing here";
    /// Nothing here answers to this method.
    Method = METHOD_NOT_ALLOWED, "method", "This cannot be done here";
    /// The body is larger than anything that can be asked about.
    TooLarge = PAYLOAD_TOO_LARGE, "too-large", "What was sent is too large";
    /// Bodies are sent as application/json or application/x-www-form-urlencoded.
    MediaType = UNSUPPORTED_MEDIA_TYPE, "media-type", "This is neither JSON nor a form";
    /// Values cannot be taken; `errors` says which and why.
    Invalid = UNPROCESSABLE_ENTITY, "invalid", "Some of what was sent cannot be taken";
    /// A defect of ours. It has been noted.
    Broken = INTERNAL_SERVER_ERROR, "broken", "Something went wrong on our side";
    /// Nothing can be decided or recorded just now. What was asked about is not to go on.
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "This cannot be decided just now";
}

impl Kind {
    /// Its `type`, an address relative to the server.
    pub(crate) fn address(self) -> String {
        format!("{AT}/problems/{}", self.name())
    }
}

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    /// Where in the body, as a JSON pointer (RFC 6901).
    pub(crate) pointer: String,
    /// What is wrong and what to do.
    pub(crate) detail: String,
}

/// A problem.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: Option<String>,
    errors: Vec<FieldError>,
    header: Option<(HeaderName, &'static str)>,
}

impl Problem {
    pub(crate) fn new(kind: Kind) -> Self {
        let header = match kind {
            Kind::Unauthenticated => Some((WWW_AUTHENTICATE, "Bearer realm=\"probity\"")),
            Kind::Unavailable => Some((RETRY_AFTER, AGAIN_AFTER)),
            _ => None,
        };
        Self {
            kind,
            detail: None,
            errors: Vec::new(),
            header,
        }
    }

    /// The same, said more exactly.
    pub(crate) fn saying(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Values of the body that cannot be taken.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}", one.pointer, one.detail),
            more => format!("{} values cannot be taken", more.len()),
        };
        Self {
            errors,
            ..Self::new(Kind::Invalid).saying(detail)
        }
    }

    /// Something that does not work just now, with its cause for the log alone.
    pub(crate) fn unavailable(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "the desk gate cannot answer");
        Self::new(Kind::Unavailable)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut said = json!({
            "type": self.kind.address(),
            "title": self.kind.title(),
            "status": self.kind.status().as_u16(),
        });
        if let Some(detail) = self.detail {
            said["detail"] = detail.into();
        }
        if !self.errors.is_empty() {
            said["errors"] = json!(self.errors);
        }
        let body = said.to_string();
        let mut response =
            (self.kind.status(), [(CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        if let Some((name, value)) = self.header {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Makes a problem of every error that is none yet: those of the layers and of the framework.
pub(crate) async fn explain(response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let kind = response.headers().get(CONTENT_TYPE);
    if !is_error || kind.is_some_and(|kind| kind == PROBLEM_JSON) {
        return response;
    }
    let known = Kind::ALL.iter().find(|kind| kind.status() == status);
    let kind = known.copied().unwrap_or(match status.is_server_error() {
        true => Kind::Broken,
        false => Kind::Malformed,
    });
    let mut problem = Problem::new(kind).into_response();
    if let Some(allow) = response.headers().get(ALLOW) {
        problem.headers_mut().insert(ALLOW, allow.clone());
    }
    problem
}

/// What a kind of problem means: what its `type` leads to.
pub(crate) async fn explained(Path(name): Path<String>) -> Response {
    let Some(kind) = Kind::ALL.iter().find(|kind| kind.name() == name) else {
        return Problem::new(Kind::NotFound).into_response();
    };
    let said: Value = json!({
        "type": kind.address(),
        "title": kind.title(),
        "status": kind.status().as_u16(),
        "meaning": kind.meaning(),
    });
    ([(CONTENT_TYPE, "application/json")], said.to_string()).into_response()
}
