//! `probity calls …`

mod summary;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use cdr::call::Call;
use cdr::format::Format as Feed;
use cdr::format::cucm::Quality;
use cdr::format::freeswitch::Template;
use cdr::format::mapping::Mapping;
use cdr::joining::Joiner;
use cdr::number::{Numbers, Settings as NumberSettings};
use cdr::reading::{Item, OpenError, Reading, Settings};
use indicatif::ProgressBar;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::cli::Format;
use crate::cli::calls::{CallsCommand, CallsFormat, ReadCallsArgs};
use crate::failure::Failure;
use crate::print;
use crate::print::say;
use summary::Summary;

/// Longest template, mapping or list of numbers read.
const LONGEST_SETTINGS: u64 = 4 << 20;
/// How much of a file is read at once.
const AT_ONCE: usize = 256 * 1024;
/// Rows between two looks of the progress bar.
const BETWEEN_LOOKS: u64 = 10_000;

/// Runs one of them.
pub(crate) fn run(command: CallsCommand) -> Result<(), Failure> {
    match command {
        CallsCommand::Read(args) => read(&args),
    }
}

fn read(args: &ReadCallsArgs) -> Result<(), Failure> {
    let feed = feed(args)?;
    let zone = TimeZone::get(&args.zone).map_err(|_| {
        Failure::usage(format!(
            "there is no time zone `{}`; give one such as Europe/London or UTC",
            args.zone
        ))
    })?;
    let numbers = match &args.numbers {
        None => Numbers::default(),
        Some(path) => Numbers::new(NumberSettings::read(&settings_file(path)?).map_err(
            |error| {
                Failure::usage(format!(
                    "`{}` cannot be used: {}",
                    path.display(),
                    crate::failure::chain(&error)
                ))
            },
        )?),
    };
    let format = args.format.format;
    let mut telling = Telling {
        format,
        summary: Summary::default(),
        bar: crate::progress::counter("rows read", format),
    };
    let mut joined = (Joiner::default(), "");
    for path in &args.files {
        let settings = Settings {
            source: path.to_string_lossy().into(),
            zone: zone.clone(),
            numbers: numbers.clone(),
        };
        let reader = open(path)?;
        let mut reading = Reading::open(reader, feed.clone(), settings)
            .map_err(|error| unreadable(path, &error))?;
        // A transfer may be in two files, but never in those of two systems.
        if joined.1 != reading.format() {
            telling.calls(joined.0.finish());
            joined.1 = reading.format();
        }
        telling.file(path, &mut reading, &mut joined.0)?;
        if !print::is_read() {
            break;
        }
    }
    telling.calls(joined.0.finish());
    telling.bar.finish_and_clear();
    telling.summary.tell(format);
    match telling.summary.is_whole() {
        true => Ok(()),
        false => Err(Failure::Found),
    }
}

/// The format that was asked for; nothing where the files are to show it.
fn feed(args: &ReadCallsArgs) -> Result<Option<Feed>, Failure> {
    let needs = |option: &str, what: &str| Failure::usage(format!("this needs {option}: {what}"));
    let template = args.template.as_deref().map(template).transpose()?;
    let mapping = args.mapping.as_deref().map(mapping).transpose()?;
    let contradiction = match args.format_of_files {
        Some(CallsFormat::Freeswitch) | None => false,
        Some(_) => template.is_some(),
    } || match args.format_of_files {
        Some(CallsFormat::Mapped) | None => false,
        Some(_) => mapping.is_some(),
    };
    if contradiction {
        return Err(Failure::usage(
            "--template is for FreeSWITCH and --mapping for sheets; leave out --as",
        ));
    }
    Ok(match args.format_of_files {
        Some(CallsFormat::Asterisk) => Some(Feed::Asterisk),
        Some(CallsFormat::Cucm) => Some(Feed::Cucm),
        Some(CallsFormat::Teams) => Some(Feed::Teams),
        Some(CallsFormat::Graph) => Some(Feed::Graph),
        Some(CallsFormat::Freeswitch) if template.is_none() => {
            let what = "the <template> of cdr_csv.conf.xml that wrote the rows";
            return Err(needs("--template", what));
        }
        Some(CallsFormat::Mapped) if mapping.is_none() => {
            let what = "a file that says what the columns are called (docs/reference/calls.md)";
            return Err(needs("--mapping", what));
        }
        _ => template.or(mapping),
    })
}

fn template(given: &str) -> Result<Feed, Failure> {
    let text = match given.contains("${") {
        true => given.to_owned(),
        false => settings_file(Path::new(given))?,
    };
    match Template::read(&text) {
        Ok(template) => Ok(Feed::Freeswitch(Box::new(template))),
        Err(error) => Err(Failure::usage(format!(
            "the template cannot be used: {error}"
        ))),
    }
}

fn mapping(path: &Path) -> Result<Feed, Failure> {
    match Mapping::read(&settings_file(path)?) {
        Ok(mapping) => Ok(Feed::Mapped(Box::new(mapping))),
        Err(error) => Err(Failure::usage(format!(
            "`{}` cannot be used: {}",
            path.display(),
            crate::failure::chain(&error)
        ))),
    }
}

fn settings_file(path: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::usage(format!("cannot read `{}`: {error}", path.display()));
    let mut text = String::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(LONGEST_SETTINGS)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    Ok(text)
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufReader::with_capacity(AT_ONCE, io::stdin())));
    }
    let file = File::open(path)
        .map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", path.display())))?;
    Ok(Box::new(BufReader::with_capacity(AT_ONCE, file)))
}

fn unreadable(path: &Path, error: &OpenError) -> Failure {
    let hint = match error {
        OpenError::Undetected(cdr::format::Undetected::NeedsTemplate) => " (--template)",
        OpenError::Undetected(cdr::format::Undetected::Uncertain) => {
            " (--as FORMAT, or --mapping FILE for a sheet)"
        }
        _ => "",
    };
    Failure::usage(format!(
        "`{}`: {}{hint}",
        path.display(),
        crate::failure::chain(error)
    ))
}

/// What is said while reading, and counted for the end.
struct Telling {
    format: Format,
    summary: Summary,
    bar: ProgressBar,
}

impl Telling {
    fn file(
        &mut self,
        path: &Path,
        reading: &mut Reading<Box<dyn BufRead>>,
        joiner: &mut Joiner,
    ) -> Result<(), Failure> {
        let before = self.summary.rows();
        while print::is_read() {
            let next = reading.next().map_err(|error| {
                Failure::usage(format!("cannot read `{}`: {error}", path.display()))
            })?;
            match next {
                None => break,
                Some(Item::Leg(leg)) => self.calls(joiner.add(*leg)),
                Some(Item::Quality(quality)) => {
                    self.summary.count_quality();
                    self.line(&Line::Quality { quality: &quality });
                }
                Some(Item::SetAside(bad)) => {
                    self.summary.set_aside(path, &bad);
                    self.line(&Line::SetAside {
                        source: &path.to_string_lossy(),
                        row: bad.row,
                        reason: bad.reason.to_string(),
                    });
                }
            }
            if reading.rows().is_multiple_of(BETWEEN_LOOKS) {
                self.bar.set_position(before + reading.rows());
            }
        }
        self.summary.file(reading.rows(), reading.passed_over());
        Ok(())
    }

    fn calls(&mut self, calls: impl IntoIterator<Item = Call>) {
        for call in calls {
            self.summary.call(&call);
            self.line(&Line::Call { call: &call });
        }
    }

    fn line(&self, line: &Line<'_>) {
        if self.format != Format::Json {
            return;
        }
        match serde_json::to_string(line) {
            Ok(text) => say!("{text}"),
            Err(error) => print::tell(&format!("probity: cannot print as JSON: {error}")),
        }
    }
}

/// A line of what programs read.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Line<'a> {
    Call {
        call: &'a Call,
    },
    Quality {
        quality: &'a Quality,
    },
    SetAside {
        source: &'a str,
        row: u64,
        reason: String,
    },
}
