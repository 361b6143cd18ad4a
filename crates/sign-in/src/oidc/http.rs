//! How the provider is asked: over TLS, with an end to patience and to what is read.

use std::io::{self, Cursor};
use std::pin::Pin;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// How long one answer may take: somebody waits for a page.
const PATIENCE: Duration = Duration::from_secs(8);

/// Largest answer read, in bytes: keys and tokens are a few kilobytes.
const LARGEST: usize = 256 * 1024;

type Body = Full<Cursor<Vec<u8>>>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Slow,
    #[error("no connection")]
    Unreachable(#[source] hyper_util::client::legacy::Error),
    #[error("the answer breaks off, or has more than {LARGEST} bytes")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A client for one provider.
#[derive(Debug)]
pub(super) enum Http {
    /// Anywhere: TLS and nothing else.
    There(Client<HttpsConnector<HttpConnector>, Body>),
    /// On this machine, where nobody listens in.
    Here(Client<HttpConnector, Body>),
}

impl Http {
    pub(super) fn new(here: bool) -> io::Result<Self> {
        let client = Client::builder(TokioExecutor::new());
        if here {
            return Ok(Self::Here(client.build_http()));
        }
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_only()
            .enable_http1()
            .build();
        Ok(Self::There(client.build(connector)))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = request.map(|body| Full::new(Cursor::new(body)));
        let response = match self {
            Self::There(client) => client.request(request),
            Self::Here(client) => client.request(request),
        };
        let (parts, body) = response.await.map_err(HttpError::Unreachable)?.into_parts();
        let body = Limited::new(body, LARGEST).collect().await;
        let body = body.map_err(HttpError::Broken)?.to_bytes().to_vec();
        Ok(HttpResponse::from_parts(parts, body))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let sent = tokio::time::timeout(PATIENCE, self.send(request));
            sent.await.map_err(|_| HttpError::Slow)?
        })
    }
}
