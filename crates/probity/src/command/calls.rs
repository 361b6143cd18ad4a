//! `probity calls …`

mod import;
mod statistics;
mod summary;

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use cdr::call::Call;
use cdr::format::cucm::Quality;
use cdr::joining::Joiner;
use cdr::reading::{Item, OpenError, Reading, Settings};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::calls::How;
use crate::calls::config::numbers;
use crate::cli::Format;
use crate::cli::calls::{CallsCommand, ReadCallsArgs};
use crate::failure::Failure;
use crate::print;
use crate::print::say;
use summary::Summary;

/// How much of a file is read at once.
const AT_ONCE: usize = 256 * 1024;
/// Rows between two looks of the progress bar.
const BETWEEN_LOOKS: u64 = 10_000;

/// Runs one of them.
pub(crate) fn run(command: CallsCommand) -> Result<(), Failure> {
    match command {
        CallsCommand::Read(args) => read(&args),
        CallsCommand::Import(args) => import::run(&args),
        CallsCommand::Statistics(args) => statistics::run(&args),
    }
}

fn read(args: &ReadCallsArgs) -> Result<(), Failure> {
    let how = How::new(
        args.how.format_of_files,
        args.how.template.as_deref(),
        args.how.mapping.as_deref(),
        &args.zone,
    )?;
    let (feed, zone) = (how.feed()?, how.zone()?);
    let numbers = numbers(args.numbers.as_deref())?;
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
        let unfinished = reading.unfinished().calls;
        self.summary
            .file(reading.rows(), reading.passed_over(), unfinished);
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
