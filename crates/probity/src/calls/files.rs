//! How files of calls are read: the format, and what has to be known to read it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use cdr::format::Format;
use cdr::format::freeswitch::Template;
use cdr::format::mapping::Mapping;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::cli::calls::CallsFormat;
use crate::failure::{Failure, chain};

/// Longest template, mapping or list of numbers read.
const LONGEST_SETTINGS: u64 = 4 << 20;

/// How a file is read. Holds the texts of template and mapping, so that it can be handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct How {
    #[serde(default)]
    format: Option<CallsFormat>,
    #[serde(default)]
    template: Option<String>,
    #[serde(default)]
    mapping: Option<String>,
    zone: String,
}

impl How {
    /// As somebody asks for it; the texts are read, and all is tried.
    pub(crate) fn new(
        format: Option<CallsFormat>,
        template: Option<&str>,
        mapping: Option<&Path>,
        zone: &str,
    ) -> Result<Self, Failure> {
        let needs =
            |option: &str, what: &str| Failure::usage(format!("this needs {option}: {what}"));
        let text = |given: &str| match given.contains("${") {
            true => Ok(given.to_owned()),
            false => settings_file(Path::new(given)),
        };
        let contradiction = match format {
            None => false,
            Some(CallsFormat::Freeswitch) => mapping.is_some(),
            Some(CallsFormat::Mapped) => template.is_some(),
            Some(_) => template.is_some() || mapping.is_some(),
        };
        if contradiction {
            return Err(Failure::usage(
                "--template is for FreeSWITCH and --mapping for sheets; leave out --as",
            ));
        }
        match format {
            Some(CallsFormat::Freeswitch) if template.is_none() => {
                let what = "the <template> of cdr_csv.conf.xml that wrote the rows";
                return Err(needs("--template", what));
            }
            Some(CallsFormat::Mapped) if mapping.is_none() => {
                let what = "a file that says what the columns are called (docs/reference/calls.md)";
                return Err(needs("--mapping", what));
            }
            _ => {}
        }
        let how = Self {
            format,
            template: template.map(text).transpose()?,
            mapping: mapping.map(settings_file).transpose()?,
            zone: zone.to_owned(),
        };
        how.feed()?;
        how.zone()?;
        Ok(how)
    }

    /// The format that was asked for; nothing where the files are to show it.
    pub(crate) fn feed(&self) -> Result<Option<Format>, Failure> {
        if let Some(text) = &self.template {
            let template = Template::read(text)
                .map_err(|error| Failure::usage(format!("the template cannot be used: {error}")))?;
            return Ok(Some(Format::Freeswitch(Box::new(template))));
        }
        if let Some(text) = &self.mapping {
            let mapping = Mapping::read(text).map_err(|error| {
                Failure::usage(format!("the mapping cannot be used: {}", chain(&error)))
            })?;
            return Ok(Some(Format::Mapped(Box::new(mapping))));
        }
        Ok(match self.format {
            Some(CallsFormat::Asterisk) => Some(Format::Asterisk),
            Some(CallsFormat::AsteriskCel) => Some(Format::AsteriskCel),
            Some(CallsFormat::Cucm) => Some(Format::Cucm),
            Some(CallsFormat::Teams) => Some(Format::Teams),
            Some(CallsFormat::Graph) => Some(Format::Graph),
            Some(CallsFormat::Freeswitch | CallsFormat::Mapped) | None => None,
        })
    }

    /// Where local times are.
    pub(crate) fn zone(&self) -> Result<TimeZone, Failure> {
        TimeZone::get(&self.zone).map_err(|_| {
            Failure::usage(format!(
                "there is no time zone `{}`; give one such as Europe/London or UTC",
                self.zone
            ))
        })
    }
}

/// A short file of settings.
pub(crate) fn settings_file(path: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::usage(format!("cannot read `{}`: {error}", path.display()));
    let mut text = String::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(LONGEST_SETTINGS)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    Ok(text)
}
