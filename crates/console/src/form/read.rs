//! Bytes of a posted form to its fields, within bounds.

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::header::CONTENT_TYPE;

use super::{Form, Upload};
use crate::failure::Failure;

/// Largest form without a file: the longest texts of all fields of a page, each letter escaped.
pub(crate) const LARGEST_FORM: usize = 256 * 1024;

/// Largest form with files: a scan of a two-page form at 300 dpi.
pub(crate) const LARGEST_UPLOAD: usize = 12 * 1024 * 1024;

/// Most fields, files included.
const MOST_FIELDS: usize = 500;

/// Longest name of a field, in bytes.
const LONGEST_NAME: usize = 64;

/// Reads the body of a request, whichever of the two ways browsers send forms.
pub(crate) async fn read(request: Request) -> Result<Form, Failure> {
    let kind = request.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or("");
    if kind.starts_with("multipart/form-data") {
        return parts(request).await;
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Failure::NotOurForm);
    }
    let body = axum::body::to_bytes(request.into_body(), LARGEST_FORM).await;
    urlencoded(&body.map_err(|_| Failure::TooLarge)?)
}

/// `name=value&name=value`, with `+` and `%XX`.
pub(crate) fn urlencoded(body: &[u8]) -> Result<Form, Failure> {
    let mut form = Form::default();
    let pairs = body.split(|&byte| byte == b'&');
    for (n, pair) in pairs.filter(|pair| !pair.is_empty()).enumerate() {
        let mut halves = pair.splitn(2, |&byte| byte == b'=');
        let name = decoded(halves.next().unwrap_or_default())?;
        let value = decoded(halves.next().unwrap_or_default())?;
        put(&mut form, n, name, value)?;
    }
    Ok(form)
}

async fn parts(request: Request) -> Result<Form, Failure> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST_UPLOAD).await;
    let body = Body::from(body.map_err(|_| Failure::TooLarge)?);
    let mut request = Request::from_parts(head, body);
    // Already bounded above, by our own limit rather than the framework's.
    DefaultBodyLimit::disable().apply(&mut request);
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(|_| Failure::NotOurForm)?;
    let wrong = |_: MultipartError| Failure::NotOurForm;
    let (mut form, mut n) = (Form::default(), 0);
    while let Some(part) = parts.next_field().await.map_err(wrong)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let bytes: Bytes = part.bytes().await.map_err(wrong)?;
        match file_name {
            None => put(&mut form, n, name, text(bytes.into())?)?,
            Some(file_name) => {
                bound(n, &name)?;
                form.files.push(Upload {
                    field: name,
                    file_name: file_name.chars().take(255).collect(),
                    bytes: bytes.into(),
                });
            }
        }
        n += 1;
    }
    Ok(form)
}

fn put(form: &mut Form, n: usize, name: String, value: String) -> Result<(), Failure> {
    bound(n, &name)?;
    form.add(name, value);
    Ok(())
}

fn bound(n: usize, name: &str) -> Result<(), Failure> {
    let ours = n < MOST_FIELDS && !name.is_empty() && name.len() <= LONGEST_NAME;
    ours.then_some(()).ok_or(Failure::NotOurForm)
}

fn text(bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure::NotOurForm)
}

fn decoded(escaped: &[u8]) -> Result<String, Failure> {
    let mut plain = Vec::with_capacity(escaped.len());
    let mut rest = escaped;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'+', _) => plain.push(b' '),
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                let (Some(high), Some(low)) = (digit(high), digit(low)) else {
                    return Err(Failure::NotOurForm);
                };
                plain.extend(u8::try_from(high * 16 + low));
                rest = after;
            }
            (b'%', _) => return Err(Failure::NotOurForm),
            (&byte, _) => plain.push(byte),
        }
    }
    text(plain)
}
