//! `probity calls statistics`

mod csv;
mod table;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::calls::statistics::{self, Extension, Figures, Month, Row, Shown, Units};
use crate::cli::Format;
use crate::cli::calls::{By, StatisticsArgs, TableFormat};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::{knowledge, print, progress};

/// Fewest calls in of which a share is told.
const FEWEST_CALLS: u64 = 10;

pub(super) fn run(args: &StatisticsArgs) -> Result<(), Failure> {
    let config = Config::read(&args.config.config)?;
    let adopted = knowledge::adopt(&config.pack)?;
    let settings = adopted.pack().settings();
    let zone = TimeZone::get(&settings.zone)?;
    let month = Month::parse(&args.month, &zone).ok_or_else(|| {
        Failure::usage(format!(
            "`{}` is no month; give one such as 2026-03",
            args.month
        ))
    })?;
    let register = knowledge::people(&config, &adopted)?;
    let tariff = config.calls.clone().unwrap_or_default().tariff()?;
    let record = DataDir::new(&config.data_dir).record();
    if !record.is_dir() {
        let record = record.display();
        return Err(Failure::usage(format!("there is no record in `{record}`")));
    }
    let quiet = match args.format {
        TableFormat::Human => Format::Human,
        TableFormat::Json | TableFormat::Csv => Format::Json,
    };
    let bar = progress::counter("entries read", quiet);
    let read = |entries| bar.set_position(entries);
    let (extensions, units) = statistics::read(&record, &month, &register, tariff.as_ref(), read)?;
    bar.finish_and_clear();
    let rows = units.rows();
    let rows = match &args.unit {
        None => rows,
        Some(name) => below(&units, rows, name)?,
    };
    if args.by == By::Unit {
        return tell_units(&rows, &month, args.format);
    }
    // Of a unit that is not shown no telephone is shown either.
    let is_asked = |extension: &&Extension| match (&args.unit, rows.first()) {
        (Some(name), Some(row)) => row.shown != Shown::Suppressed && extension.units.contains(name),
        _ => true,
    };
    let report = Report {
        until: statistics::counted_until(&month, Timestamp::now()),
        attention: settings.calls.voicemail_attention_percent,
    };
    let all: Vec<_> = extensions.all().filter(is_asked).collect();
    tell_extensions(&all, &report, &month, args.format)
}

/// A unit and those in it.
fn below<'a>(units: &Units, rows: Vec<Row<'a>>, name: &str) -> Result<Vec<Row<'a>>, Failure> {
    if name.is_empty() || units.unit(name).is_none() {
        let known = rows.iter().map(|row| row.unit.name.as_str());
        let known: Vec<_> = known.filter(|name| !name.is_empty()).collect();
        return Err(Failure::usage(format!(
            "there is no unit `{name}`; there are {}",
            known.join(", ")
        )));
    }
    let mut rest = rows.into_iter().skip_while(|row| row.unit.name != name);
    let Some(first) = rest.next() else {
        return Ok(Vec::new());
    };
    let depth = first.depth;
    let inside = rest.take_while(|row| row.depth > depth);
    Ok(std::iter::once(first.clone()).chain(inside).collect())
}

/// What is asked of extensions beside their figures.
struct Report {
    until: Timestamp,
    attention: u64,
}

impl Report {
    /// The share of calls voicemail took, where it calls for attention.
    fn attention(&self, extension: &Extension) -> Option<u64> {
        let share = extension.figures.voicemail_share(FEWEST_CALLS);
        share.filter(|share| *share >= self.attention)
    }
}

fn tell_units(rows: &[Row<'_>], month: &Month, format: TableFormat) -> Result<(), Failure> {
    match format {
        TableFormat::Human => table::units(rows, month),
        TableFormat::Csv => csv::units(rows, month),
        TableFormat::Json => {
            let units: Vec<_> = rows.iter().map(unit_json).collect();
            print::json(&json!({ "month": month.name, "units": units }));
        }
    }
    Ok(())
}

fn tell_extensions(
    all: &[&Extension],
    report: &Report,
    month: &Month,
    format: TableFormat,
) -> Result<(), Failure> {
    match format {
        TableFormat::Human => table::extensions(all, report, month),
        TableFormat::Csv => csv::extensions(all, report, month),
        TableFormat::Json => {
            let all: Vec<_> = all
                .iter()
                .map(|extension| extension_json(extension, report))
                .collect();
            print::json(&json!({ "month": month.name, "extensions": all }));
        }
    }
    Ok(())
}

fn unit_json(row: &Row<'_>) -> Value {
    let name = Some(&row.unit.name).filter(|name| !name.is_empty());
    let mut unit = json!({ "unit": name, "within": row.unit.parent });
    match row.shown {
        Shown::Suppressed => unit["suppressed"] = true.into(),
        Shown::Figures(figures) => {
            unit["people"] = row.unit.people.into();
            unit["figures"] = figures_json(figures);
        }
    }
    unit
}

fn extension_json(extension: &Extension, report: &Report) -> Value {
    let mut value = json!({
        "extension": extension.number,
        "known": extension.is_known,
        "unused": extension.is_unused(),
        "figures": figures_json(&extension.figures),
    });
    if let Some(unattended) = extension.unattended(report.until) {
        value["unattended_voicemail"] = json!({
            "messages": unattended.messages, "oldest_days": unattended.oldest_days,
        });
    }
    if let Some(share) = report.attention(extension) {
        value["voicemail_percent_in_working_time"] = share.into();
    }
    value
}

fn figures_json(figures: &Figures) -> Value {
    // Made of numbers and texts, which always serialise.
    let mut value = serde_json::to_value(figures).unwrap_or_default();
    value["seconds_to_answer"] = figures.seconds_to_answer().into();
    value
}

/// What a figure is called, and what it is.
type Column = (&'static str, fn(&Figures) -> String);

/// The columns of figures, in order.
const COLUMNS: [Column; 9] = [
    ("calls_in", |f| f.calls_in.to_string()),
    ("answered", |f| f.answered.to_string()),
    ("voicemail", |f| f.voicemail.to_string()),
    ("missed", |f| f.missed.to_string()),
    ("seconds_to_answer", |f| {
        f.seconds_to_answer()
            .map_or_else(String::new, |s| s.to_string())
    }),
    ("calls_out", |f| f.calls_out.to_string()),
    ("seconds", |f| f.seconds.to_string()),
    ("cost", Figures::cost_text),
    ("unpriced", |f| f.unpriced.to_string()),
];
