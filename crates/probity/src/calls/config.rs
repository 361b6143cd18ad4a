//! `[calls]` of the configuration.

use std::path::{Path, PathBuf};
use std::time::Duration;

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
    /// Where they come from.
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

/// Where calls come from, one of three, and how they are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedConfig {
    /// A folder that an exchange, or somebody with a bill, puts files into. They are taken out of it.
    #[serde(default)]
    folder: Option<PathBuf>,
    /// A file that an exchange adds rows to.
    #[serde(default)]
    file: Option<PathBuf>,
    /// How often the file is looked at.
    #[serde(default = "look_every_seconds")]
    look_every_seconds: u32,
    /// A tool that hands records over to the desk gate.
    #[serde(default)]
    tool: Option<String>,
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

/// A minute: each look that finds something keeps a file of its own.
fn look_every_seconds() -> u32 {
    60
}

/// Where a feed's calls come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Files put into a folder.
    Folder(PathBuf),
    /// A file that grows, and how often it is looked at.
    File(PathBuf, Duration),
    /// A tool of the desk gate.
    Tool(String),
}

impl FeedConfig {
    /// Where they come from; nothing where it does not say, or says it twice.
    pub(crate) fn source(&self) -> Option<Source> {
        let every = Duration::from_secs(u64::from(self.look_every_seconds.max(1)));
        match (&self.folder, &self.file, &self.tool) {
            (Some(folder), None, None) => Some(Source::Folder(folder.clone())),
            (None, Some(file), None) => Some(Source::File(file.clone(), every)),
            (None, None, Some(tool)) => Some(Source::Tool(tool.clone())),
            _ => None,
        }
    }

    /// What cannot be used of it, with local times in this zone.
    fn problems(&self, zone: &str) -> Vec<String> {
        let Some(source) = self.source() else {
            let one = "[[calls.feed]] needs one of `folder`, `file` and `tool`";
            return vec![one.to_owned()];
        };
        let shown = match &source {
            Source::Folder(path) | Source::File(path, _) => path.display().to_string(),
            Source::Tool(tool) => tool.clone(),
        };
        let mut problems = Vec::new();
        match &source {
            Source::Folder(folder) if !folder.is_dir() => {
                problems.push(format!("[[calls.feed]] `{shown}` is no folder; make it"));
            }
            // A part of such a file has no header, and says nothing of its format.
            Source::File(..)
                if !matches!(
                    self.format,
                    Some(
                        CallsFormat::Asterisk | CallsFormat::AsteriskCel | CallsFormat::Freeswitch
                    )
                ) =>
            {
                problems.push(format!(
                    "[[calls.feed]] `{shown}` needs `as`, one of asterisk, asterisk-cel, freeswitch: only \
                     these are read as they grow"
                ));
            }
            Source::File(file, _) => match std::fs::File::open(file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    let let_it = "let the server read it";
                    problems.push(format!(
                        "[[calls.feed]] `{shown}` cannot be read ({error}); {let_it}"
                    ));
                }
                // Exchanges make it with the first call.
                _ => {}
            },
            Source::Folder(_) | Source::Tool(_) => {}
        }
        if let Err(failure) = self.how(zone) {
            let why = failure.message().unwrap_or_default();
            problems.push(format!("[[calls.feed]] `{shown}`: {why}"));
        }
        problems
    }

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
    /// Tools that hand over call records.
    pub(crate) fn tools(&self) -> impl Iterator<Item = String> {
        self.feeds.iter().filter_map(|feed| match feed.source() {
            Some(Source::Tool(tool)) => Some(tool),
            _ => None,
        })
    }

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
        for (n, feed) in self.feeds.iter().enumerate() {
            problems.extend(feed.problems(zone));
            let source = feed.source();
            if source.is_some() && self.feeds[..n].iter().any(|other| other.source() == source) {
                problems.push("two [[calls.feed]] are the same".to_owned());
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
