//! One request with the HTTP heads inside it: all a gate needs to decide,
//! short of the body.

use crate::Parsed;
use crate::encapsulated::BodyKind;
use crate::http::{HttpError, HttpRequest, HttpResponse};
use crate::limits::Limits;
use crate::reply::Failure;
use crate::request::{Request, RequestError};

/// An ICAP request and its HTTP heads. The body, if
/// [`Encapsulated::has_body`](crate::encapsulated::Encapsulated::has_body),
/// follows in chunks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction<'a> {
    /// The ICAP head.
    pub icap: Request<'a>,
    /// The HTTP request: asked for (REQMOD), or answered (RESPMOD).
    pub http_request: Option<HttpRequest<'a>>,
    /// The HTTP response (RESPMOD).
    pub http_response: Option<HttpResponse<'a>>,
}

/// Why a transaction is refused. Reply with [`TransactionError::failure`] and
/// close.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum TransactionError {
    /// The ICAP head is at fault.
    #[error("the ICAP request cannot be read")]
    Icap(#[source] RequestError),
    /// The encapsulated HTTP request head is at fault.
    #[error("the encapsulated HTTP request cannot be read")]
    HttpRequest(#[source] HttpError),
    /// The encapsulated HTTP response head is at fault.
    #[error("the encapsulated HTTP response cannot be read")]
    HttpResponse(#[source] HttpError),
}

impl TransactionError {
    /// The answer this fault deserves.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Icap(error) => error.failure(),
            Self::HttpRequest(_) | Self::HttpResponse(_) => Failure::BadRequest,
        }
    }
}

impl<'a> Transaction<'a> {
    /// Reads one transaction from the front of `buf`, up to its body.
    ///
    /// Each HTTP head must fill its part exactly, so the proxy and we agree on
    /// where the body starts.
    pub fn parse(buf: &'a [u8], limits: &Limits) -> Result<Parsed<Self>, TransactionError> {
        let (icap, head_len) = match Request::parse(buf, limits).map_err(TransactionError::Icap)? {
            Parsed::Complete { value, consumed } => (value, consumed),
            Parsed::Incomplete => return Ok(Parsed::Incomplete),
        };
        let parts = icap.encapsulated;
        let consumed = head_len + parts.heads_len();
        let Some(heads) = buf.get(head_len..consumed) else {
            return Ok(Parsed::Incomplete);
        };
        let (request, response) = heads.split_at(parts.request_head.unwrap_or(0) as usize);
        let http_request = parts
            .request_head
            .map(|_| HttpRequest::parse(request, limits))
            .transpose();
        let http_response = parts
            .response_head
            .map(|_| HttpResponse::parse(response, limits))
            .transpose();
        let value = Self {
            icap,
            http_request: http_request.map_err(TransactionError::HttpRequest)?,
            http_response: http_response.map_err(TransactionError::HttpResponse)?,
        };
        Ok(Parsed::Complete { value, consumed })
    }

    /// Whether the client waits for our word after the preview. With a
    /// `null-body` the whole message is here already and the body's end need
    /// not be read.
    pub fn waits_after_preview(&self) -> bool {
        self.icap.preview.is_some() && self.icap.encapsulated.body != BodyKind::Null
    }
}
