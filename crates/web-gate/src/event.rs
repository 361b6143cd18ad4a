//! From HTTP heads and first bytes to the facts of an event.

mod media;
mod mobile;

use std::borrow::Cow;

use content::contents::Body;
use content::media::PartKind;
use decision_point::web::WebEvent;
use icap_proto::encapsulated::BodyKind;
use icap_proto::http::{HttpRequest, HttpResponse};
use icap_proto::transaction::Transaction;
use jiff::Timestamp;
use policy::request::Action;

use crate::body::Start;

/// Whose request it is, as far as a trusted proxy says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    /// The client's address, empty when not told.
    pub(crate) client: &'a str,
    /// The name signed in with.
    pub(crate) user: Option<&'a str>,
}

/// The host as list and rules know it: an IPv6 address stands in brackets.
pub(crate) fn host<'a>(http: &'a HttpRequest<'_>) -> Cow<'a, str> {
    match http.target.host.contains(':') {
        true => Cow::Owned(format!("[{}]", http.target.host)),
        false => Cow::Borrowed(&http.target.host),
    }
}

/// The event of a request. Something with a body is submitted, everything else is a visit.
pub(crate) fn of_request<'a>(
    transaction: &Transaction<'_>,
    http: &'a HttpRequest<'_>,
    host: &'a str,
    asker: Asker<'a>,
    at: Timestamp,
) -> WebEvent<'a> {
    let submits = transaction.icap.encapsulated.body != BodyKind::Null;
    let action = if submits {
        Action::Submit
    } else {
        Action::Visit
    };
    WebEvent {
        at,
        action,
        client: asker.client,
        user: asker.user,
        method: http.method,
        host,
        port: http.target.port.unwrap_or(0),
        path: http.target.path(),
        tunnel: false,
        mobile: mobile::is_mobile(http),
        navigation: is_navigation(http),
        bytes: http.content_length.filter(|_| submits),
        // What is sent is looked through, and its contents say what kinds of files it holds.
        media: None,
        contents: None,
    }
}

/// The event of a body that comes back.
pub(crate) fn of_response<'a>(
    http: Option<&'a HttpRequest<'_>>,
    response: &HttpResponse<'_>,
    host: &'a str,
    start: &[u8],
    asker: Asker<'a>,
    at: Timestamp,
) -> WebEvent<'a> {
    WebEvent {
        at,
        action: Action::Download,
        client: asker.client,
        user: asker.user,
        method: http.map_or("", |http| http.method),
        host,
        port: http.and_then(|http| http.target.port).unwrap_or(0),
        path: http.map_or("", |http| http.target.path()),
        tunnel: false,
        mobile: http.is_some_and(mobile::is_mobile),
        navigation: false,
        bytes: response.content_length,
        media: media::of_download(http, response, start),
        contents: None,
    }
}

/// Whether there is a body to judge. A login challenge is the proxy's or site's question, not
/// something the person fetched.
pub(crate) fn is_download(transaction: &Transaction<'_>, response: &HttpResponse<'_>) -> bool {
    let has_body = transaction.icap.encapsulated.body != BodyKind::Null;
    has_body && !matches!(response.status, 401 | 407)
}

/// Whether a body is looked through beyond its first bytes: all that a person sends, and files that
/// come back, whatever they are where one of their size is known. Pages and what they are made of are
/// judged by their site.
pub(crate) fn is_looked_through(
    transaction: &Transaction<'_>,
    start: &[u8],
    knows_size: impl Fn(u64) -> bool,
) -> bool {
    let Some(response) = &transaction.http_response else {
        return true;
    };
    let kind = media::of_download(transaction.http_request.as_ref(), response, start);
    let is_file = matches!(
        kind,
        Some(
            PartKind::Document
                | PartKind::MacroDocument
                | PartKind::Archive
                | PartKind::EncryptedArchive
                | PartKind::Executable
                | PartKind::Script
                | PartKind::Message
        )
    );
    is_download(transaction, response)
        && (is_file || response.content_length.is_some_and(knows_size))
}

/// What a body holds, as far as it is here.
pub(crate) fn body<'a>(
    transaction: &Transaction<'a>,
    file_name: Option<&'a str>,
    start: &'a Start<'_>,
) -> Body<'a> {
    let response = transaction.http_response.as_ref();
    let request = transaction.http_request.as_ref();
    let (content_type, length) = match (response, request) {
        (Some(response), _) => (response.content_type, response.content_length),
        (None, Some(http)) => (http.content_type, http.content_length),
        (None, None) => (None, None),
    };
    Body {
        bytes: &start.bytes,
        content_type: content_type.and_then(|declared| std::str::from_utf8(declared).ok()),
        name: file_name,
        whole: start.whole,
        length,
        is_upload: response.is_none(),
    }
}

/// Whether a person went to a page, as far as headers tell; `false` for its assets.
///
/// Browsers say so since 2020 (`Sec-Fetch-Dest`). From others, a GET that would like HTML and
/// whose address is not an asset's.
pub(crate) fn is_navigation(http: &HttpRequest<'_>) -> bool {
    if let Some(destination) = http.headers.find("Sec-Fetch-Dest") {
        return destination == b"document";
    }
    if let Some(mode) = http.headers.find("Sec-Fetch-Mode") {
        return mode == b"navigate";
    }
    let wants_html = || {
        let accept = http.headers.find("Accept").unwrap_or_default();
        accept
            .windows(9)
            .any(|w| w.eq_ignore_ascii_case(b"text/html"))
    };
    http.method == "GET" && wants_html() && !media::is_asset_path(http.target.path())
}

#[cfg(test)]
mod tests;
