//! Requests that may be sent again: `Idempotency-Key`.
//!
//! What is done and what was answered is kept in one transaction (`register_store::answers`). Two
//! that arrive at the same moment are told apart here, in one process; in two, one waits for the
//! other's commit and gives the same answer.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use axum::http::header::{ETAG, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use register_store::answers::{LONGEST_KEY, Request};
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::problem::{Kind, Problem, json_of};

/// The header the key comes in.
pub(super) const KEY: &str = "idempotency-key";

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    pub(super) body: serde_json::Value,
}

impl Told {
    pub(super) fn response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = json_of(status, &self.body);
        let mut put = |name: HeaderName, value: Option<String>| {
            let value = value.and_then(|value| HeaderValue::from_str(&value).ok());
            value.map(|value| response.headers_mut().insert(name, value));
        };
        put(LOCATION, self.location);
        put(ETAG, self.etag);
        response
    }
}

/// The request a key stands for, if one came with it.
pub(super) fn read(
    headers: &HeaderMap,
    caller: &Caller,
    sha256: String,
) -> Result<Option<Request>, Problem> {
    let mut keys = headers.get_all(KEY).iter();
    let (Some(key), more) = (keys.next(), keys.next()) else {
        return Ok(None);
    };
    let key = key.to_str().unwrap_or_default().trim();
    let plain = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > LONGEST_KEY || !plain || more.is_some() {
        let problem = "Idempotency-Key is one word of at most 128 letters, digits and signs";
        return Err(Problem::new(Kind::Malformed).saying(problem));
    }
    let (holder, key) = (caller.holder(), key.to_owned());
    Ok(Some(Request {
        holder,
        key,
        sha256,
    }))
}

/// Requests being answered.
#[derive(Debug, Default)]
pub(super) struct Underway(Mutex<HashSet<(String, String)>>);

/// One of them, until it is dropped.
pub(super) struct Begun<'u> {
    all: &'u Underway,
    name: (String, String),
}

impl Underway {
    /// Begins to answer a request; refused while the same key is being answered.
    pub(super) fn begin(&self, request: &Request) -> Result<Begun<'_>, Problem> {
        let name = (request.holder.clone(), request.key.clone());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.insert(name.clone()) {
            return Err(Problem::new(Kind::Underway).header(RETRY_AFTER, "1"));
        }
        Ok(Begun { all: self, name })
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.name);
    }
}
