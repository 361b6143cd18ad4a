//! What goes wrong, as problems of RFC 9457. The one place where an error gets its status and type.

use axum::extract::Path;
use axum::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use matters::machine::Refused;
use register_store::StoreError;
use register_store::answers::AnswerError;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::AT;

/// The media type of problems.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// Seconds after which to come back while something does not answer.
const AGAIN_AFTER: u64 = 5;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $status:ident, $name:literal, $title:literal;)*) => {
        /// A kind of problem. Once released a name never changes: programs tell problems apart by it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Kind { $($(#[doc = $doc])+ $kind,)* }

        impl Kind {
            /// Every kind.
            pub(super) const ALL: &'static [Self] = &[$(Self::$kind,)*];

            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            pub(super) fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status,)* }
            }

            pub(super) fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)* }
            }

            /// What it means, for whoever looks it up.
            pub(super) fn meaning(self) -> &'static str {
                match self { $(Self::$kind => concat!($($doc),+).trim_ascii(),)* }
            }
        }
    };
}

kinds! {
    /// The request is not HTTP as described: the body is no JSON, or a parameter is unknown.
    Malformed = BAD_REQUEST, "malformed", "The request cannot be read";
    /// There is no token, or it is unknown, has ended, or its person is no longer a user.
    Unauthenticated = UNAUTHORIZED, "unauthenticated", "A valid token is needed";
    /// The token has not the scope named in `scope`.
    Scope = FORBIDDEN, "scope", "The token does not allow this";
    /// A service's token brings feeds and nothing else.
    Service = FORBIDDEN, "service", "This is for people's tokens";
    /// The person's posts do not give this to do.
    NotYours = FORBIDDEN, "not-yours", "This is for somebody else to do";
    /// The process wants another person, or the holder of one of `posts`.
    NotAuthorised = FORBIDDEN, "not-authorised", "Somebody else has to do this";
    /// There is no such thing, or it is not for this person to see: the two look the same.
    NotFound = NOT_FOUND, "not-found", "There is nothing here";
    /// Nothing here answers to this method.
    Method = METHOD_NOT_ALLOWED, "method", "This cannot be done here";
    /// It stands at `state`, from where `step` cannot be taken.
    WrongState = CONFLICT, "wrong-state", "This can no longer be done";
    /// A request with the same Idempotency-Key is being answered.
    Underway = CONFLICT, "underway", "The same request is under way";
    /// Somebody changed it since the version in If-Match; it is at `version` now.
    Stale = PRECONDITION_FAILED, "stale", "Somebody else was quicker";
    /// The body is larger than anything that can be asked for.
    TooLarge = PAYLOAD_TOO_LARGE, "too-large", "What was sent is too large";
    /// Bodies are sent as application/json.
    MediaType = UNSUPPORTED_MEDIA_TYPE, "media-type", "This is not JSON";
    /// Values cannot be taken; `errors` says which and why.
    Invalid = UNPROCESSABLE_ENTITY, "invalid", "Some of what was sent cannot be taken";
    /// The policy does not allow it, whoever asks; `clauses` says where.
    Policy = UNPROCESSABLE_ENTITY, "policy", "The policy does not allow this";
    /// The Idempotency-Key came with another request before.
    KeyReused = UNPROCESSABLE_ENTITY, "key-reused", "This key was used for something else";
    /// A step needs If-Match with the version it was decided on.
    VersionNeeded = PRECONDITION_REQUIRED, "version-needed", "Say which version you have seen";
    /// Come back after the seconds in Retry-After.
    TooMany = TOO_MANY_REQUESTS, "too-many", "Too many requests";
    /// A defect of ours. It has been noted.
    Broken = INTERNAL_SERVER_ERROR, "broken", "Something went wrong on our side";
    /// A part of the service does not answer. Nothing was changed.
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "This does not work just now";
}

impl Kind {
    /// Its `type`, an address relative to the server.
    pub(super) fn address(self) -> String {
        format!("{AT}/problems/{}", self.name())
    }
}

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct FieldError {
    /// Where in the body, as a JSON pointer (RFC 6901).
    pub(super) pointer: String,
    /// What is wrong and what to do.
    pub(super) detail: String,
}

/// A problem.
#[derive(Debug)]
pub(super) struct Problem(Box<Said>);

#[derive(Debug)]
struct Said {
    kind: Kind,
    detail: Option<String>,
    more: Map<String, Value>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub(super) fn new(kind: Kind) -> Self {
        let (detail, more, header) = (None, Map::new(), None);
        Self(Box::new(Said {
            kind,
            detail,
            more,
            header,
        }))
    }

    /// The same, said more exactly.
    pub(super) fn saying(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// The same with one more member.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.more.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a header.
    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        let value = HeaderValue::from_str(value).ok();
        self.0.header = value.map(|value| (name, value));
        self
    }

    /// Values of the body that cannot be taken.
    pub(super) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => one.detail.clone(),
            more => format!("{} values cannot be taken", more.len()),
        };
        let errors = errors.into_iter().map(|error| json!(error));
        let errors: Value = errors.collect();
        Self::new(Kind::Invalid)
            .saying(detail)
            .with("errors", errors)
    }

    /// No token, or no good one (RFC 6750).
    pub(super) fn unauthenticated(error: Option<&str>) -> Self {
        let challenge = match error {
            Some(error) => format!("Bearer realm=\"probity\", error=\"{error}\""),
            None => "Bearer realm=\"probity\"".to_owned(),
        };
        Self::new(Kind::Unauthenticated).header(WWW_AUTHENTICATE, &challenge)
    }

    /// Something of ours that does not work, with its cause for the log alone.
    pub(super) fn broken(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "the API");
        Self::new(Kind::Broken)
    }

    pub(super) fn unavailable(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "the API");
        Self::new(Kind::Unavailable).header(RETRY_AFTER, &AGAIN_AFTER.to_string())
    }

    /// What a machine says to a body.
    pub(super) fn refused(refused: &Refused, body: &Value) -> Self {
        let problem = |kind| Self::new(kind).saying(refused.to_string());
        match refused {
            Refused::State { state, step } => problem(Kind::WrongState)
                .with("state", *state)
                .with("step", *step),
            Refused::Authority { posts } => {
                let posts: Value = posts.iter().map(|post| json!(post.as_str())).collect();
                problem(Kind::NotAuthorised).with("posts", posts)
            }
            Refused::OwnMatter | Refused::Named | Refused::OnlyBy(_) => {
                problem(Kind::NotAuthorised)
            }
            Refused::NobodyKnown(person) => {
                let pointer = pointer_to(body, &|_, value| *value == *person.as_str());
                let detail = refused.to_string();
                Self::invalid(vec![FieldError {
                    pointer: pointer.unwrap_or_default(),
                    detail,
                }])
            }
            Refused::Field { field, problem } => {
                let pointer = pointer_to(body, &|name, _| name == *field);
                let pointer = pointer.unwrap_or_else(|| format!("/{field}"));
                Self::invalid(vec![FieldError {
                    pointer,
                    detail: problem.clone(),
                }])
            }
            Refused::Rule { clauses, .. } => problem(Kind::Policy).with("clauses", clauses.clone()),
        }
    }

    /// What the store says to a body.
    pub(super) fn of_store(error: &StoreError, body: &Value) -> Self {
        match error {
            StoreError::Refused(refused) => Self::refused(refused, body),
            StoreError::Stale { now, .. } => Self::new(Kind::Stale)
                .saying(error.to_string())
                .with("version", now.0),
            StoreError::Missing(_) => Self::new(Kind::NotFound),
            StoreError::Unavailable(_) => Self::unavailable(error),
            StoreError::Unreadable { .. } => Self::broken(error),
        }
    }

    /// What the store says to a body that came with a key.
    pub(super) fn of_answer(error: &AnswerError, body: &Value) -> Self {
        match error {
            AnswerError::OtherRequest => Self::new(Kind::KeyReused).saying(error.to_string()),
            AnswerError::Store(error) => Self::of_store(error, body),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::of_store(&error, &Value::Null)
    }
}

/// Where in a body the first member stands that is looked for, nearest to the top.
fn pointer_to(body: &Value, wanted: &dyn Fn(&str, &Value) -> bool) -> Option<String> {
    let mut level = vec![(String::new(), body)];
    while !level.is_empty() {
        let mut below = Vec::new();
        for (at, value) in level {
            for (name, value) in value.as_object().into_iter().flatten() {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                if wanted(name, value) {
                    return Some(at);
                }
                below.push((at, value));
            }
        }
        level = below;
    }
    None
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Said {
            kind,
            detail,
            mut more,
            header,
        } = *self.0;
        more.insert("type".to_owned(), kind.address().into());
        more.insert("title".to_owned(), kind.title().into());
        more.insert("status".to_owned(), kind.status().as_u16().into());
        if let Some(detail) = detail {
            more.insert("detail".to_owned(), detail.into());
        }
        let body = Value::Object(more).to_string();
        let mut response = (kind.status(), [(CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Makes a problem of every error that is none yet: those of the layers and of the framework.
pub(super) async fn explain(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE);
    let is_problem = kind.is_some_and(|kind| kind.as_bytes().starts_with(PROBLEM_JSON.as_bytes()));
    let is_error = status.is_client_error() || status.is_server_error();
    // SCIM has errors of its own.
    let is_scim = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/scim"));
    if !is_error || is_problem || is_scim {
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
pub(super) async fn explained(Path(name): Path<String>) -> super::Answer {
    let kind = Kind::ALL.iter().find(|kind| kind.name() == name);
    let kind = kind.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let said = json!({
        "type": kind.address(),
        "title": kind.title(),
        "status": kind.status().as_u16(),
        "meaning": kind.meaning(),
    });
    Ok(json_of(StatusCode::OK, &said))
}

/// A value as an answer.
pub(super) fn json_of(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(body) => (status, [(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => Problem::broken(&error).into_response(),
    }
}
