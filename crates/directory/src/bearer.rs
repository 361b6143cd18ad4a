//! Bearer tokens (RFC 6750), checked by whoever keeps them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::{HeaderMap, header};

/// Longest token looked at, in bytes.
const LONGEST: usize = 4096;

type Asked = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Asks whether a token is good for this feed.
#[derive(Clone)]
pub struct Verifier(Arc<dyn Fn(String) -> Asked + Send + Sync>);

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}

impl Verifier {
    /// Wraps the question.
    pub fn new<F, Answer>(ask: F) -> Self
    where
        F: Fn(String) -> Answer + Send + Sync + 'static,
        Answer: Future<Output = bool> + Send + 'static,
    {
        Self(Arc::new(move |token| Box::pin(ask(token))))
    }

    /// Whether a request carries a good token.
    pub(crate) async fn admits(&self, headers: &HeaderMap) -> bool {
        let value = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = value
            .and_then(|value| value.split_once(' '))
            .and_then(|(scheme, token)| {
                let token = token.trim();
                let fits = !token.is_empty() && token.len() <= LONGEST;
                (scheme.eq_ignore_ascii_case("bearer") && fits).then(|| token.to_owned())
            });
        match token {
            Some(token) => (self.0)(token).await,
            None => false,
        }
    }
}
