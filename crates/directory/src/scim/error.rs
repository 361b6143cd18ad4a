//! What is answered when something is wrong (RFC 7644, 3.12).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ScimError {
    /// No good token.
    #[error("a valid bearer token is needed")]
    Unauthorized,
    /// Nobody has this id.
    #[error("there is no resource `{0}`")]
    NotFound(String),
    /// Another resource has the name.
    #[error("{0} is taken by another resource")]
    Uniqueness(&'static str),
    /// The body is no JSON, or not of the shape asked for.
    #[error("{0}")]
    Syntax(String),
    /// A value cannot be taken.
    #[error("{0}")]
    Value(String),
    /// A filter beyond what is understood.
    #[error(
        "the filter is not understood; use `userName eq \"…\"`, `externalId eq \"…\"` or `id eq \"…\"`"
    )]
    Filter,
    /// A path of a patch that makes no sense.
    #[error("the path `{0}` is not understood")]
    Path(String),
    /// What must not change.
    #[error("attribute `{0}` cannot be changed")]
    Mutability(&'static str),
    /// Somebody else changed it in between.
    #[error("the resource has changed; read it again")]
    Stale,
    /// Larger than anything a client needs to send.
    #[error("the request is too large")]
    TooLarge,
    /// Nothing was changed.
    #[error("the register cannot be reached at present; try again later")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ScimError {
    fn status(&self) -> (StatusCode, Option<&'static str>) {
        match self {
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, None),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, None),
            Self::Uniqueness(_) => (StatusCode::CONFLICT, Some("uniqueness")),
            Self::Syntax(_) => (StatusCode::BAD_REQUEST, Some("invalidSyntax")),
            Self::Value(_) => (StatusCode::BAD_REQUEST, Some("invalidValue")),
            Self::Filter => (StatusCode::BAD_REQUEST, Some("invalidFilter")),
            Self::Path(_) => (StatusCode::BAD_REQUEST, Some("invalidPath")),
            Self::Mutability(_) => (StatusCode::BAD_REQUEST, Some("mutability")),
            Self::Stale => (StatusCode::PRECONDITION_FAILED, None),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, None),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, None),
        }
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        if let Self::Unavailable(source) = &self {
            tracing::error!(error = &**source as &dyn std::error::Error, "scim");
        }
        let (status, kind) = self.status();
        let mut said = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status.as_u16().to_string(),
            "detail": self.to_string(),
        });
        if let Some(kind) = kind {
            said["scimType"] = kind.into();
        }
        let answer = (
            status,
            [(header::CONTENT_TYPE, super::router::SCIM_JSON)],
            said.to_string(),
        );
        match self {
            Self::Unauthorized => ([(header::WWW_AUTHENTICATE, "Bearer")], answer).into_response(),
            _ => answer.into_response(),
        }
    }
}
