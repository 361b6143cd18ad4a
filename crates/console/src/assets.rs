//! Style sheets and scripts, in the program itself and under names that change with what they hold,
//! so that browsers may keep them for ever.
//!
//! govuk-frontend is vendored as its official package brings it. The GDS Transport font is only for
//! services on GOV.UK, so its rules are taken out of the style sheet as it is sent: text is in Arial
//! or what the reader's system has in its place. The crown is not used anywhere.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::Console;
use crate::failure::Failure;
use crate::settings::{Logo, Settings, SettingsError};

/// Where they are, before the hash.
pub(crate) const AT: &str = "/assets";

const FONT: &str = "GDS Transport,arial,sans-serif";
const OUR_FONTS: &str = "Arial,\"Liberation Sans\",Helvetica,sans-serif";

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// Everything pages load.
pub(crate) struct Assets {
    hash: String,
    files: BTreeMap<String, (&'static str, Bytes)>,
}

impl Assets {
    pub(crate) fn new(settings: &Settings, logo: Option<Logo>) -> Result<Self, SettingsError> {
        let mut files = BTreeMap::new();
        for path in Files::iter() {
            let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
            let Some(file) = Files::get(&path) else {
                continue;
            };
            let kept = match name.rsplit('.').next() {
                Some("css") => ("text/css; charset=utf-8", without_font(&file.data)),
                Some("js") => (
                    "text/javascript; charset=utf-8",
                    file.data.into_owned().into(),
                ),
                Some("svg") => ("image/svg+xml", file.data.into_owned().into()),
                _ => continue,
            };
            files.insert(name, kept);
        }
        let style = ("text/css; charset=utf-8", Bytes::from(settings.style()?));
        files.insert("council.css".to_owned(), style);
        if let Some(logo) = logo {
            let logo = (logo.media_type, Bytes::from(logo.bytes));
            files.insert("logo".to_owned(), logo);
        }
        let mut digest = Sha256::new();
        for (name, (_, bytes)) in &files {
            digest.update(name);
            digest.update(bytes);
        }
        let hash = digest
            .finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self { hash, files })
    }

    /// The address a page loads a file from.
    pub(crate) fn address(&self, name: &str) -> Option<String> {
        let hash = &self.hash;
        self.files
            .contains_key(name)
            .then(|| format!("{AT}/{hash}/{name}"))
    }
}

/// Sends one. An old page's hash is unknown after an upgrade: the browser then asks afresh.
pub(crate) async fn send(
    State(console): State<Console>,
    Path((hash, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let assets = &console.assets;
    let (media_type, bytes) = assets
        .files
        .get(&name)
        .filter(|_| hash == assets.hash)
        .ok_or(Failure::NotFound)?;
    let headers = [
        (CONTENT_TYPE, *media_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes.clone()).into_response())
}

fn without_font(style: &[u8]) -> Bytes {
    let mut style = String::from_utf8_lossy(style).replace(FONT, OUR_FONTS);
    while let Some(from) = style.find("@font-face{") {
        let Some(length) = style[from..].find('}') else {
            break;
        };
        style.replace_range(from..=from + length, "");
    }
    style.into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn neither_the_font_nor_the_crown_is_sent() {
        let assets = Assets::new(&Settings::default(), None).unwrap();
        for (name, (_, bytes)) in &assets.files {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains("font-family:GDS"), "{name}");
            assert!(!text.contains("@font-face"), "{name}");
            assert!(!text.contains("url(/assets/fonts"), "{name}");
        }
        let names: Vec<_> = assets.files.keys().map(String::as_str).collect();
        let expected = [
            "console.css",
            "console.js",
            "council.css",
            "govuk-frontend.min.css",
            "govuk-frontend.min.js",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_new_colour_is_a_new_address() {
        let address = |settings: &Settings| {
            let assets = Assets::new(settings, None).unwrap();
            assets.address("council.css").unwrap()
        };
        let mut settings = Settings::default();
        let before = address(&settings);
        settings.header_colour = "#004b23".to_owned();
        assert_ne!(address(&settings), before);
    }
}
