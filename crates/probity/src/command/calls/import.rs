//! `probity calls import`

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use decision_point::information::InformationPoint;
use decision_point::point::DecisionPoint;
use directory::raw_files::{RawFile, RawFiles};
use indicatif::ProgressBar;
use register::snapshot::Snapshot;
use tokio::runtime::Runtime;

use crate::calls::How;
use crate::calls::intake::{Intake, TakenIn};
use crate::calls::spool::{Answer, Order, Spool};
use crate::cli::Format;
use crate::cli::calls::ImportCallsArgs;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::people::People;
use crate::print::{self, safe, say};
use crate::{gates, knowledge, operator, progress, upkeep};

/// Rows set aside that people are shown; the data directory has more.
const SHOWN: usize = 20;
/// How often the answer of the gates is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long it is waited for: a year of a large council's calls takes a few minutes.
const WAIT: Duration = Duration::from_secs(600);

pub(super) fn run(args: &ImportCallsArgs) -> Result<(), Failure> {
    let config = Config::read(&args.config.config)?;
    operator::refuse_as_root(&config.data_dir)?;
    let data = DataDir::new(&config.data_dir);
    data.create()?;
    let adopted = knowledge::adopt(&config.pack)?;
    let zone = adopted.pack().settings().zone.clone();
    let how = How::new(
        args.how.format_of_files,
        args.how.template.as_deref(),
        args.how.mapping.as_deref(),
        args.zone.as_deref().unwrap_or(&zone),
    )?;
    let raw = RawFiles::new(data.received());
    let files = args.files.iter().map(|path| keep(path, &raw));
    let files = files.collect::<Result<Vec<_>, Failure>>()?;
    let format = args.format.format;
    let bar = progress::counter("files", format);
    let taken = match Alone::begin(&config, &data)? {
        Some(alone) => {
            let taken = take_in(&files, &how, &alone, &config, &data, &bar);
            upkeep::seal(&alone.point, &data, &config.record)?;
            taken?
        }
        None if config.calls.is_none() => {
            return Err(Failure::usage(
                "the gates run and take no calls in: their configuration has no [calls]",
            ));
        }
        None => hand_over(&files, &how, &data, &bar)?,
    };
    bar.finish_and_clear();
    taken.iter().for_each(|taken| tell(taken, format));
    match taken.iter().all(|taken| taken.n_set_aside == 0) {
        true => Ok(()),
        false => Err(Failure::Found),
    }
}

/// A file that is kept, and what it was called.
type Kept = (RawFile, String);

fn keep(path: &Path, raw: &RawFiles) -> Result<Kept, Failure> {
    let file = File::open(path)
        .map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", path.display())))?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok((raw.keep(file)?, name.to_string_lossy().into_owned()))
}

/// The record, written by this process.
struct Alone {
    runtime: Runtime,
    point: Arc<DecisionPoint>,
}

impl Alone {
    /// Opens the record; nothing where the gates have it.
    fn begin(config: &Config, data: &DataDir) -> Result<Option<Self>, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let adopted = knowledge::adopt(&config.pack)?;
        let (register, people) = match (&config.register, &config.people) {
            (Some(path), _) => (knowledge::register(path)?.0, None),
            (None, Some(people)) => {
                let opening = People::open(people, adopted.pack().clone(), data);
                let (people, register) = runtime.block_on(opening)?;
                (register, Some(people))
            }
            (None, None) => (Snapshot::default(), None),
        };
        let information = InformationPoint::new(adopted, register, None);
        let mut point = match gates::open_point(information, data, &config.record, None) {
            Ok(point) => point,
            Err(Failure::Failed(error)) if is_in_use(&*error) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        if let Some(people) = &people {
            point.count_uses_with(Arc::new(people.uses()));
        }
        let point = Arc::new(point);
        Ok(Some(Self { runtime, point }))
    }
}

fn is_in_use(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    matches!(
        error.downcast_ref::<journal::OpenError>(),
        Some(journal::OpenError::InUse { .. })
    )
}

fn take_in(
    files: &[Kept],
    how: &How,
    alone: &Alone,
    config: &Config,
    data: &DataDir,
    bar: &ProgressBar,
) -> Result<Vec<TakenIn>, Failure> {
    let calls = config.calls.clone().unwrap_or_default();
    let numbers = calls.numbers()?;
    let intake = Intake::open(alone.point.clone(), data, numbers, calls.late_after_hours)?;
    let mut taken = Vec::new();
    for (file, name) in files {
        taken.push(intake.take_in(file, name, how, alone.runtime.handle())?);
        bar.inc(1);
    }
    Ok(taken)
}

fn hand_over(
    files: &[Kept],
    how: &How,
    data: &DataDir,
    bar: &ProgressBar,
) -> Result<Vec<TakenIn>, Failure> {
    let spool = Spool::new(data);
    let mut taken = Vec::new();
    for (file, name) in files {
        spool.order(&Order {
            sha256: file.sha256.clone(),
            source: name.clone(),
            how: how.clone(),
        })?;
        let since = Instant::now();
        let answer = loop {
            if let Some(answer) = spool.answer(&file.sha256)? {
                break answer;
            }
            if since.elapsed() > WAIT {
                return Err(Failure::usage(format!(
                    "the gates have not taken `{name}` in yet; it waits for them, see their log"
                )));
            }
            std::thread::sleep(LOOK_EVERY);
        };
        match answer {
            Answer::TakenIn(report) => taken.push(report),
            Answer::Refused(why) => {
                return Err(Failure::usage(format!("`{name}` was not taken in: {why}")));
            }
        }
        bar.inc(1);
    }
    Ok(taken)
}

fn tell(taken: &TakenIn, format: Format) {
    if format == Format::Json {
        return print::json(taken);
    }
    say!(
        "{}: {} rows of {}; {} calls recorded ({} late), {} on the record before",
        safe(&taken.source),
        taken.rows,
        taken.format,
        taken.recorded,
        taken.late,
        taken.known
    );
    if taken.unfinished > 0 {
        say!(
            "  {} calls had not ended: they wait for the next file",
            taken.unfinished
        );
    }
    for aside in taken.set_aside.iter().take(SHOWN) {
        say!("  row {} set aside: {}", aside.row, safe(&aside.reason));
    }
    let more = taken.n_set_aside.saturating_sub(SHOWN as u64);
    if more > 0 {
        say!("  and {more} more rows set aside");
    }
}
