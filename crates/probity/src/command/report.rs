//! `probity report …`

use jiff::Timestamp;
use jiff::fmt::strtime;
use reports::closed::ClosedMonth;
use reports::compliance::Clause;
use reports::month::Month;
use reports::report::Report;
use reports::{capacity, compliance, csv, html, pdf, service, text, usage};

use crate::cli::report::{HowArgs, MonthArgs, ReportCommand, ReportFormat};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::print::{self, say};
use crate::reports::{Keeping, Patience};
use crate::{knowledge, people};

/// Most months a forecast rests on: three years.
const MOST_MONTHS: usize = 36;

/// Runs one of them.
pub(crate) fn run(command: ReportCommand) -> Result<(), Failure> {
    match command {
        ReportCommand::Usage { unit, of } => {
            let (desk, month) = Desk::of(&of)?;
            let earlier = desk.keeping.before(of.month, usage::LOOKS_BACK)?;
            let report = usage::report(unit.as_deref(), &month, &earlier);
            let report = report.map_err(|error| Failure::usage(error.to_string()))?;
            desk.print(&report, of.how.format)?;
        }
        ReportCommand::Compliance { of } => {
            let (desk, month) = Desk::of(&of)?;
            let report = compliance::report(&month, &desk.clauses);
            desk.print(&report, of.how.format)?;
        }
        ReportCommand::Service { of } => {
            let (desk, month) = Desk::of(&of)?;
            desk.print(&service::report(&month), of.how.format)?;
        }
        ReportCommand::Capacity { how } => {
            let desk = Desk::open(&how)?;
            let Some(last) = desk.keeping.closed()?.last().copied() else {
                return Err(nothing_yet());
            };
            let months = desk.keeping.before(last.next(), MOST_MONTHS)?;
            let report = capacity::report(&months).ok_or_else(nothing_yet)?;
            desk.print(&report, how.format)?;
        }
        ReportCommand::Months { how } => {
            let months = Desk::open(&how)?.keeping.closed()?;
            match how.format {
                ReportFormat::Json => print::json(&months),
                _ => months.iter().for_each(|month| say!("{month}")),
            }
        }
    }
    Ok(())
}

fn nothing_yet() -> Failure {
    Failure::usage("no month can be reported yet: each can three days after its end")
}

/// The figures of a data directory, up to date.
struct Desk {
    council: String,
    keeping: Keeping,
    clauses: Vec<Clause>,
}

impl Desk {
    fn open(how: &HowArgs) -> Result<Self, Failure> {
        let config = Config::read(&how.config.config)?;
        let data = DataDir::new(&config.data_dir);
        if !data.record().is_dir() {
            return Err(Failure::usage(format!(
                "there is no record in `{}` yet: `probity serve` makes it",
                data.path().display()
            )));
        }
        let adopted = knowledge::adopt(&config.pack)?;
        let pack = adopted.pack();
        let register = match &config.register {
            Some(path) => knowledge::register(path)?.0,
            None => people::kept_register(&data).unwrap_or_default(),
        };
        let tariff = config.calls.unwrap_or_default().tariff()?;
        let zone = &pack.settings().zone;
        let mut keeping = Keeping::new(&data, zone, &config.record.name).with_tariff(tariff);
        let done = keeping.bring_up_to_date(&register, Timestamp::now(), false, Patience::Wait)?;
        if done.is_err() {
            tracing::debug!("somebody else keeps the figures up to date");
        }
        let clauses = pack.clauses().iter().map(|clause| Clause {
            id: clause.id.to_string(),
            title: clause.title.clone(),
        });
        Ok(Self {
            council: pack.settings().council.clone(),
            clauses: clauses.collect(),
            keeping,
        })
    }

    fn print(&self, report: &Report, format: ReportFormat) -> Result<(), Failure> {
        match format {
            ReportFormat::Human => print::text(&text::text(report)),
            ReportFormat::Html => print::text(&html::page(report)),
            ReportFormat::Csv => print::text(&csv::csv(report)),
            ReportFormat::Json => print::json(report),
            ReportFormat::Pdf => {
                print::bytes(&paper::pdf(&pdf::document(report, &self.council))?);
            }
        }
        Ok(())
    }

    /// The same, with a month that has to be there.
    fn of(of: &MonthArgs) -> Result<(Self, ClosedMonth), Failure> {
        let desk = Self::open(&of.how)?;
        match desk.keeping.month(of.month)? {
            Some(month) => Ok((desk, month)),
            None => Err(desk.missing(of.month)),
        }
    }

    /// Why there is no report of a month.
    fn missing(&self, month: Month) -> Failure {
        let closes = self.keeping.closes_at(month);
        let name = month.in_words();
        if Timestamp::now() < closes {
            let day = closes.to_zoned(self.keeping.zone().clone());
            let day = strtime::format("%-d %B %Y", &day).unwrap_or_else(|_| day.to_string());
            return Failure::usage(format!(
                "{name} can be reported from {day}: three days after its end, when what comes late has come"
            ));
        }
        Failure::usage(format!("the record has nothing of {name}"))
    }
}
