//! How the provider is asked.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use bounded_http::{Bounds, Client, HttpError};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

const BOUNDS: Bounds = Bounds {
    // Somebody waits for a page.
    within: Duration::from_secs(8),
    // Keys and tokens are a few kilobytes.
    largest: 256 * 1024,
};

/// A client for one provider.
#[derive(Debug)]
pub(super) struct Http(Client);

impl Http {
    pub(super) fn new(here: bool) -> io::Result<Self> {
        Ok(Self(match here {
            true => Client::here(BOUNDS),
            false => Client::there(BOUNDS)?,
        }))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}
