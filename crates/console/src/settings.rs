//! `[console]` of the configuration: how the console looks and is reached.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::colour::{Colour, ColourError, LEAST_CONTRAST, contrast};

/// Largest logo, in bytes. It is sent with the first page of every visit.
const LARGEST_LOGO: usize = 256 * 1024;

/// How the console looks and is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What the service is called, beside the council's name.
    pub service: String,
    /// Background of the header, `#rrggbb`. Its text is white.
    pub header_colour: String,
    /// Links, `#rrggbb`, on white.
    pub link_colour: String,
    /// A word for the phase the service is in, with a sentence: shown as a banner if set.
    pub phase: Option<Phase>,
    /// Cookies go over plain HTTP too. Only for a console on the loopback address.
    pub plain_http: bool,
    /// Seconds after which a request is given up.
    pub answer_within_seconds: u64,
    /// Folder where scans of paper forms are kept, in the data directory. Without it forms on paper
    /// cannot be typed in.
    pub scans: Option<PathBuf>,
    /// Whether notices are sent by email as well.
    #[serde(skip)]
    pub notices_by_email: bool,
}

/// A word for the phase the service is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// `Demonstration`, `Pilot`.
    pub word: String,
    /// What people should know about it.
    pub sentence: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            service: "Probity".to_owned(),
            header_colour: "#1d3557".to_owned(),
            link_colour: "#1a5a96".to_owned(),
            phase: None,
            plain_http: false,
            // Longer than the database is waited for, so that the page that says so is ours.
            answer_within_seconds: 20,
            scans: None,
            notices_by_email: false,
        }
    }
}

/// A council's logo, as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// `image/svg+xml` or `image/png`.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Not a colour.
    #[error("`{key}`: {error}")]
    Colour {
        /// Which key.
        key: &'static str,
        /// What is wrong.
        error: ColourError,
    },
    /// Text in it, or on it, could not be read by many.
    #[error(
        "`{key}` has a contrast of {found} with white; text needs {LEAST_CONTRAST} or more: choose a darker colour"
    )]
    Contrast {
        /// Which key.
        key: &'static str,
        /// With two decimals.
        found: String,
    },
    /// Neither SVG nor PNG, or too large.
    #[error("the logo must be an SVG or PNG file of at most {LARGEST_LOGO} bytes")]
    Logo,
}

impl Settings {
    /// Checks colours, and gives the style sheet that sets them.
    pub(crate) fn style(&self) -> Result<String, SettingsError> {
        let header = dark("header_colour", &self.header_colour)?;
        let link = dark("link_colour", &self.link_colour)?;
        Ok(format!(
            ":root {{ --govuk-brand-colour: {header}; --govuk-link-colour: {link}; }}\n"
        ))
    }
}

impl Logo {
    /// Takes a file for a logo.
    pub fn new(bytes: Vec<u8>) -> Result<Self, SettingsError> {
        let start = &bytes[..bytes.len().min(1024)];
        let media_type = if start.starts_with(b"\x89PNG\r\n\x1a\n") {
            "image/png"
        } else if start.windows(4).any(|four| four == b"<svg") {
            "image/svg+xml"
        } else {
            return Err(SettingsError::Logo);
        };
        (bytes.len() <= LARGEST_LOGO)
            .then_some(Self { media_type, bytes })
            .ok_or(SettingsError::Logo)
    }
}

fn dark(key: &'static str, text: &str) -> Result<Colour, SettingsError> {
    let colour: Colour = text
        .parse()
        .map_err(|error| SettingsError::Colour { key, error })?;
    let found = contrast(colour, Colour::WHITE);
    if found < LEAST_CONTRAST {
        let found = format!("{found:.2}");
        return Err(SettingsError::Contrast { key, found });
    }
    Ok(colour)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_colour_nobody_can_read_is_refused() {
        let with = |header_colour: &str| Settings {
            header_colour: header_colour.to_owned(),
            ..Settings::default()
        };
        assert!(Settings::default().style().is_ok());
        assert!(with("#767676").style().is_ok());
        let pale = with("#777777").style().unwrap_err().to_string();
        assert!(pale.contains("contrast of 4.48"), "{pale}");
        for wrong in ["red", "#12345", "#1234567", "#12345g", "#éa12", "}*{"] {
            assert!(with(wrong).style().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_logo_is_what_it_says() {
        assert!(Logo::new(b"<svg xmlns='x'/>".to_vec()).is_ok());
        assert!(Logo::new(b"<html>".to_vec()).is_err());
        assert!(Logo::new([b"<svg>".to_vec(), vec![b' '; LARGEST_LOGO]].concat()).is_err());
    }
}
