//! What comes with a request: a body of JSON, the version that was seen, and filters.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header::{CONTENT_TYPE, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use matters::event::Act;
use matters::id::MatterId;
use register_store::answers;
use register_store::matters_kept::Version;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Api;
use super::caller::Caller;
use super::once;
use super::problem::{FieldError, Kind, Problem};

/// Longest value of a filter, in bytes.
const LONGEST_FILTER: usize = 254;

/// A body that was sent.
pub(super) struct Sent {
    pub(super) raw: Bytes,
    /// SHA-256 of it, hexadecimal.
    pub(super) sha256: String,
    /// It may be sent again under this key.
    pub(super) request: Option<answers::Request>,
    pub(super) headers: HeaderMap,
}

/// A body held against its schema.
pub(super) struct Read<T> {
    pub(super) asked: T,
    /// As it was sent, for saying where something is wrong in it.
    pub(super) body: Value,
    reason: Option<String>,
    evidence: Vec<String>,
}

impl FromRequest<Api> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, api).await?;
        let kind = parts.headers.get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(Kind::MediaType));
        }
        let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
        let headers = parts.headers.clone();
        let request = Request::from_parts(parts, body);
        let raw = Bytes::from_request(request, api).await.map_err(|error| {
            Problem::new(match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
                _ => Kind::Malformed,
            })
        })?;
        let version = headers
            .get(IF_MATCH)
            .map_or(&b""[..], |version| version.as_bytes());
        let whole = [method.as_str().as_bytes(), path.as_bytes(), version, &raw];
        let request = once::read(&headers, &caller, hash(whole))?;
        let sha256 = hex(&Sha256::digest(&raw));
        Ok(Self {
            raw,
            sha256,
            request,
            headers,
        })
    }
}

impl Sent {
    /// Reads it as what one of the schemas describes.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        shape: &str,
        api: &Api,
    ) -> Result<Read<T>, Problem> {
        let body = self.json()?;
        let errors = api.shapes.errors(shape, &body);
        if !errors.is_empty() {
            return Err(Problem::invalid(errors));
        }
        let mut asked = body.clone();
        let mut take = |name| asked.as_object_mut().and_then(|all| all.remove(name));
        let reason = take("reason").and_then(|reason| Some(reason.as_str()?.to_owned()));
        let evidence = take("evidence").unwrap_or_default();
        let evidence = evidence.as_array().into_iter().flatten();
        let evidence = evidence
            .filter_map(|one| Some(one.as_str()?.to_owned()))
            .collect();
        let asked = serde_json::from_value(asked).map_err(|error| {
            let (pointer, detail) = (String::new(), error.to_string());
            Problem::invalid(vec![FieldError { pointer, detail }])
        })?;
        Ok(Read {
            asked,
            body,
            reason,
            evidence,
        })
    }

    /// It as JSON, whatever it says. Depth is bounded by the parser, at 128.
    pub(super) fn json(&self) -> Result<Value, Problem> {
        serde_json::from_slice(&self.raw).map_err(|error| {
            let detail = format!("the body is not JSON: {error}");
            Problem::new(Kind::Malformed).saying(detail)
        })
    }

    /// The version that was seen: `If-Match: "3"`, or `*` for whichever there is.
    pub(super) fn version(&self) -> Result<Option<Version>, Problem> {
        let mut all = self.headers.get_all(IF_MATCH).iter();
        let (one, more) = (all.next(), all.next());
        let one = one.ok_or_else(|| Problem::new(Kind::VersionNeeded))?;
        let text = one.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(None);
        }
        let number = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        let number = number
            .and_then(|number| number.parse().ok())
            .filter(|_| more.is_none());
        let number = number.ok_or_else(|| {
            let detail = "If-Match is the ETag of the matter as you saw it, such as \"3\", or *";
            Problem::new(Kind::Malformed).saying(detail)
        })?;
        Ok(Some(Version(number)))
    }
}

impl<T> Read<T> {
    /// Puts what was said beside what was asked into an act. The body is the form that was filled in.
    pub(super) fn act(&self, mut act: Act, sent: &Sent) -> Act {
        act.reason.clone_from(&self.reason);
        act.evidence.clone_from(&self.evidence);
        act.form_sha256 = Some(sent.sha256.clone());
        act
    }
}

fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Filters of a list. Unknown ones are refused.
pub(super) struct Filters<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Api> for Filters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let read = Query::<Vec<(String, String)>>::from_request_parts(parts, api).await;
        let all = read
            .map_err(|error| Problem::new(Kind::Malformed).saying(error.body_text()))?
            .0;
        let sound = |text: &str| text.len() <= LONGEST_FILTER && !text.contains(char::is_control);
        if let Some((name, _)) = all.iter().find(|(_, value)| !sound(value)) {
            let detail = format!("`{name}` is longer than 254 bytes or has control characters");
            return Err(Problem::new(Kind::Malformed).saying(detail));
        }
        let read = Query::<T>::from_request_parts(parts, api).await;
        read.map(|Query(filters)| Self(filters))
            .map_err(|error| Problem::new(Kind::Malformed).saying(error.body_text()))
    }
}

/// A reference from an address. What is none cannot be there.
pub(super) fn reference(text: &str) -> Result<MatterId, Problem> {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
    let sound = (4..=32).contains(&text.len()) && text.bytes().all(plain);
    sound
        .then(|| MatterId::new(text))
        .ok_or_else(|| Problem::new(Kind::NotFound))
}
