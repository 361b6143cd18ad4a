//! What kind of body it is: a file to save, or a part of the page being looked at.
//!
//! Nearly every page runs scripts, and half the web's addresses end in `.php`. Neither is a
//! program somebody downloads, so a page's own parts are judged by their bytes alone, and the
//! name in an address counts only for what is not a page.

use content::media::{PartKind, extension, kind_of};
use icap_proto::http::{HttpRequest, HttpResponse};

/// Bytes of a body that show its type.
const TELLING_BYTES: usize = 512;

/// File name extensions of what pages are made of.
const ASSETS: [&str; 27] = [
    "css", "js", "mjs", "map", "json", "xml", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif",
    "ico", "bmp", "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "webm", "ogg", "m3u8", "ts",
    "wasm",
];

/// Extensions of programs that run at the server and give pages.
const SERVER_SIDE: [&str; 9] = ["php", "pl", "py", "rb", "cgi", "asp", "aspx", "jsp", "do"];

/// Whether an address looks like a part of a page and not like a page.
pub(crate) fn is_asset_path(path: &str) -> bool {
    let extension = last_segment(path).and_then(extension);
    extension.is_some_and(|found| ASSETS.contains(&found.as_str()))
}

/// The kind of what comes back, if its first bytes are here or its head says.
pub(crate) fn of_download(
    request: Option<&HttpRequest<'_>>,
    response: &HttpResponse<'_>,
    start: &[u8],
) -> Option<PartKind> {
    let declared = response.content_type.and_then(text);
    let saved_as = response.file_name();
    let saved_as = saved_as.as_deref().map(String::from_utf8_lossy);
    let is_part = is_page_part(declared);
    let from_address = || {
        let name = last_segment(request?.target.path())?;
        let extension = extension(name)?;
        (!is_part && !SERVER_SIDE.contains(&extension.as_str())).then_some(name)
    };
    let name = match &saved_as {
        Some(name) => Some(&**name),
        None => from_address(),
    };
    let kind = kind_of(telling(start), declared, name);
    let runs_in_page = saved_as.is_none() && is_part && kind == PartKind::Script;
    (!runs_in_page).then_some(kind)
}

/// What a browser shows or runs inside the page.
fn is_page_part(declared: Option<&str>) -> bool {
    let Some(declared) = declared.map(media_type) else {
        return false;
    };
    let is = |known: &str| declared.eq_ignore_ascii_case(known);
    let starts = |known: &str| {
        let start = declared.get(..known.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(known))
    };
    let ends = |known: &str| declared.to_ascii_lowercase().ends_with(known);
    is("text/html")
        || is("text/css")
        || is("application/json")
        || starts("image/")
        || starts("font/")
        || ends("javascript")
        || ends("ecmascript")
        || ends("xhtml+xml")
}

fn media_type(declared: &str) -> &str {
    declared.split(';').next().unwrap_or_default().trim()
}

fn text(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok()
}

fn telling(start: &[u8]) -> &[u8] {
    &start[..start.len().min(TELLING_BYTES)]
}

fn last_segment(path: &str) -> Option<&str> {
    path.rsplit('/').next().filter(|name| !name.is_empty())
}
