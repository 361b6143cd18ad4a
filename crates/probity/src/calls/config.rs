//! `[calls]` of the configuration.

use std::path::{Path, PathBuf};

use cdr::number::{Numbers, Settings as NumberSettings};
use cdr::tariff::Tariff;
use serde::Deserialize;

use super::files::{How, settings_file};
use crate::cli::calls::CallsFormat;
use crate::failure::{Failure, chain};

/// Where calls come from and what is known about numbers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallsConfig {
    /// The council's own numbers.
    #[serde(default)]
    pub(crate) numbers: Option<PathBuf>,
    /// What calls cost where the feed does not say.
    #[serde(default)]
    pub(crate) tariff: Option<PathBuf>,
    /// Hours after its end from which a call counts as learned of late.
    #[serde(default = "late_after_hours")]
    pub(crate) late_after_hours: u32,
    /// Folders of exchanges and bills.
    #[serde(default, rename = "feed")]
    pub(crate) feeds: Vec<FeedConfig>,
}

impl Default for CallsConfig {
    fn default() -> Self {
        Self {
            numbers: None,
            tariff: None,
            late_after_hours: late_after_hours(),
            feeds: Vec::new(),
        }
    }
}

/// 3 days: Teams tells of calls for up to two days afterwards.
fn late_after_hours() -> u32 {
    72
}

/// A folder that an exchange, or somebody with a bill, puts files into.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedConfig {
    /// Which. Files are taken out of it.
    pub(crate) folder: PathBuf,
    /// The format, where the first line does not show it.
    #[serde(default, rename = "as")]
    pub(crate) format: Option<CallsFormat>,
    /// FreeSWITCH's template: the line, or a file that holds it.
    #[serde(default)]
    pub(crate) template: Option<String>,
    /// What the columns of a sheet are called.
    #[serde(default)]
    pub(crate) mapping: Option<PathBuf>,
    /// Where local times are; those of the policy if absent.
    #[serde(default)]
    pub(crate) zone: Option<String>,
}

impl FeedConfig {
    /// How its files are read.
    pub(crate) fn how(&self, zone: &str) -> Result<How, Failure> {
        How::new(
            self.format,
            self.template.as_deref(),
            self.mapping.as_deref(),
            self.zone.as_deref().unwrap_or(zone),
        )
    }
}

impl CallsConfig {
    /// What is known about numbers.
    pub(crate) fn numbers(&self) -> Result<Numbers, Failure> {
        numbers(self.numbers.as_deref())
    }

    /// The council's own emergency numbers as they are dialled: digits, and X at the end for any.
    pub(crate) fn emergency_numbers(&self) -> Result<Vec<String>, Failure> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Listed {
            emergency: Vec<String>,
        }
        let Some(path) = &self.numbers else {
            return Ok(Vec::new());
        };
        // That all of the file makes sense is seen first.
        self.numbers()?;
        let listed: Listed = toml::from_str(&settings_file(path)?)?;
        let dialled = listed.emergency.iter().map(|number| {
            let number: String = number.split_whitespace().collect();
            let number = number.to_uppercase().replacen("+44", "0", 1);
            match number.contains('-') {
                true => Err(Failure::usage(format!(
                    "emergency = [\"{number}\"]: name each number, so that an exchange can look for it"
                ))),
                false => Ok(number),
            }
        });
        dialled.collect()
    }

    /// What calls cost where the feed does not say.
    pub(crate) fn tariff(&self) -> Result<Option<Tariff>, Failure> {
        let Some(path) = &self.tariff else {
            return Ok(None);
        };
        let tariff = Tariff::read(&settings_file(path)?);
        tariff.map(Some).map_err(|error| {
            let (path, why) = (path.display(), chain(&error));
            Failure::usage(format!("`{path}` cannot be used: {why}"))
        })
    }

    /// What cannot be used of it, with local times in this zone.
    pub(crate) fn problems(&self, zone: &str) -> Vec<String> {
        let mut problems: Vec<_> = self
            .numbers()
            .err()
            .and_then(|failure| failure.message())
            .map(|why| format!("[calls] numbers: {why}"))
            .into_iter()
            .collect();
        let tariff = self.tariff().err().and_then(|failure| failure.message());
        problems.extend(tariff.map(|why| format!("[calls] tariff: {why}")));
        for feed in &self.feeds {
            let folder = feed.folder.display();
            if !feed.folder.is_dir() {
                problems.push(format!("[[calls.feed]] `{folder}` is no folder; make it"));
            }
            if let Err(failure) = feed.how(zone) {
                let why = failure.message().unwrap_or_default();
                problems.push(format!("[[calls.feed]] `{folder}`: {why}"));
            }
        }
        problems
    }
}

/// What is known about numbers, by a council's file or without one.
pub(crate) fn numbers(path: Option<&Path>) -> Result<Numbers, Failure> {
    let Some(path) = path else {
        return Ok(Numbers::default());
    };
    let settings = NumberSettings::read(&settings_file(path)?);
    settings.map(Numbers::new).map_err(|error| {
        let (path, why) = (path.display(), chain(&error));
        Failure::usage(format!("`{path}` cannot be used: {why}"))
    })
}
