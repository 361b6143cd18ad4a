//! A client of HTTPS servers, with an end to patience and to what is read.
//!
//! Over TLS and nothing else, but for a server on this machine, where nobody listens in. No redirect
//! is followed: whoever asks decides where a token goes.

use std::io::{self, Cursor};
use std::time::Duration;

use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

type Body = Full<Cursor<Vec<u8>>>;

/// How much of an answer is waited for and read.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How long the whole answer may take.
    pub within: Duration,
    /// Its largest body, in bytes.
    pub largest: usize,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Not in time.
    #[error("no answer within {} s", .0.as_secs())]
    Slow(Duration),
    /// Nobody there, or nobody whose certificate is good.
    #[error("no connection")]
    Unreachable(#[source] hyper_util::client::legacy::Error),
    /// It ended before its end, or is too large.
    #[error("the answer breaks off, or has more than {largest} bytes")]
    Broken {
        /// The most that is read.
        largest: usize,
        /// What happened.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A client for one server.
#[derive(Debug)]
pub struct Client {
    way: Way,
    bounds: Bounds,
}

#[derive(Debug)]
enum Way {
    /// Anywhere: TLS and nothing else.
    There(Hyper<HttpsConnector<HttpConnector>, Body>),
    /// On this machine.
    Here(Hyper<HttpConnector, Body>),
}

impl Client {
    /// For a server anywhere. Fails if the machine's certificates cannot be read.
    pub fn there(bounds: Bounds) -> io::Result<Self> {
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_only()
            .enable_http1()
            .build();
        let way = Way::There(Hyper::builder(TokioExecutor::new()).build(connector));
        Ok(Self { way, bounds })
    }

    /// For a server on this machine, in plain text. The caller sees to it that it is on this machine.
    pub fn here(bounds: Bounds) -> Self {
        let way = Way::Here(Hyper::builder(TokioExecutor::new()).build_http());
        Self { way, bounds }
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
        let within = self.bounds.within;
        let answered = tokio::time::timeout(within, self.answered(request));
        answered.await.map_err(|_| HttpError::Slow(within))?
    }

    async fn answered(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
        let request = request.map(|body| Full::new(Cursor::new(body)));
        let response = match &self.way {
            Way::There(client) => client.request(request),
            Way::Here(client) => client.request(request),
        };
        let (parts, body) = response.await.map_err(HttpError::Unreachable)?.into_parts();
        let largest = self.bounds.largest;
        let body = Limited::new(body, largest).collect().await;
        let body = body.map_err(|source| HttpError::Broken { largest, source })?;
        Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
    }
}
