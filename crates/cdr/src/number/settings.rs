//! What a council says about its numbers.

use serde::Deserialize;

use super::Digits;
use super::set::NumberSet;

/// What a council says about its numbers. Everything may be left out.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Digits dialled for an outside line.
    pub(crate) outside_line: Vec<String>,
    /// Area codes that are local, without the 0.
    pub(crate) area_codes: Vec<String>,
    pub(crate) extensions: NumberSet,
    pub(crate) own: NumberSet,
    pub(crate) emergency: NumberSet,
    pub(crate) private_lines: NumberSet,
    pub(crate) partners: NumberSet,
    /// Where voicemail is left and listened to.
    pub(crate) voicemail: NumberSet,
    /// Numbers that dial into an internet provider.
    pub(crate) internet_access: NumberSet,
    /// Extensions where a public telephone stands at the same site.
    pub(crate) near_public_telephone: NumberSet,
}

/// Why settings about numbers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReadSettingsError {
    /// Not TOML, or a key nobody knows.
    #[error("not settings about numbers")]
    Toml(#[from] toml::de::Error),
    /// Entries that make no sense.
    #[error("{}; write numbers like `2150`, `2000-2999`, `61XX` or `01922 65XXXX`", .0.join(", "))]
    Entries(Vec<String>),
}

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    outside_line: Vec<String>,
    area_codes: Vec<String>,
    extensions: Vec<String>,
    own: Vec<String>,
    emergency: Vec<String>,
    private_lines: Vec<String>,
    partners: Vec<String>,
    voicemail: Vec<String>,
    internet_access: Vec<String>,
    near_public_telephone: Vec<String>,
}

impl Settings {
    /// Reads settings from TOML; names every entry that makes no sense.
    pub fn read(text: &str) -> Result<Self, ReadSettingsError> {
        let file: File = toml::from_str(text)?;
        let mut wrong = Vec::new();
        let mut set = |key: &str, list: &[String]| {
            NumberSet::read(list).unwrap_or_else(|entries| {
                wrong.extend(entries.iter().map(|entry| format!("`{entry}` in `{key}`")));
                NumberSet::default()
            })
        };
        let mut settings = Self {
            extensions: set("extensions", &file.extensions),
            own: set("own", &file.own),
            emergency: set("emergency", &file.emergency),
            private_lines: set("private_lines", &file.private_lines),
            partners: set("partners", &file.partners),
            voicemail: set("voicemail", &file.voicemail),
            internet_access: set("internet_access", &file.internet_access),
            near_public_telephone: set("near_public_telephone", &file.near_public_telephone),
            ..Self::default()
        };
        let is_prefix = |text: &str| Digits::of(text).is_some_and(|d| (1..=4).contains(&d.len()));
        for prefix in file.outside_line {
            match is_prefix(&prefix) {
                true => settings.outside_line.push(prefix),
                false => wrong.push(format!("`{prefix}` in `outside_line`")),
            }
        }
        for code in file.area_codes {
            let rest = code.strip_prefix('0').unwrap_or(&code);
            match Digits::of(rest).is_some_and(|d| (2..=5).contains(&d.len())) {
                true => settings.area_codes.push(rest.to_owned()),
                false => wrong.push(format!("`{code}` in `area_codes`")),
            }
        }
        match wrong.is_empty() {
            true => Ok(settings),
            false => Err(ReadSettingsError::Entries(wrong)),
        }
    }
}
