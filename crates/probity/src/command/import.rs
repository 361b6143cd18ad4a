//! `probity import`: people and clock events, from files and from the directory.

use std::fs::File;
use std::path::Path;

use directory::import::{Imported, Importer, Progress, counts};
use directory::plan::Plan;
use directory::raw_files::{RawFile, RawFiles};
use directory::reconcile::Difference;
use indicatif::ProgressBar;
use jiff::Timestamp;
use register_store::feeds::Counts;
use serde_json::{Value, json};

use crate::cli::Format;
use crate::cli::people::{FileArgs, HereArgs, ImportCommand};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::operator::Operator;
use crate::print::{safe, say};
use crate::progress;

/// Rows set aside that people are shown; the console's *Feeds health* has all.
const SHOWN: usize = 20;

pub(crate) fn run(command: ImportCommand) -> Result<(), Failure> {
    match command {
        ImportCommand::Hr(args) => hr(&args),
        ImportCommand::Clocks(args) => clocks(&args),
        ImportCommand::Directory { dry_run, here } => directory(dry_run, &here),
    }
}

fn hr(args: &FileArgs) -> Result<(), Failure> {
    let work = Work::begin(&args.here)?;
    let now = Timestamp::now();
    if args.dry_run {
        let mut planned = Planned::default();
        let show = |plan: &Plan, progress| {
            work.follow(progress);
            work.bar.suspend(|| planned.add(plan, work.format));
        };
        let imported = work.importer.plan_hr(&args.file, now, show);
        let imported = work.operator.block_on(imported)?;
        return work.would(&planned, imported.counts);
    }
    let file = work.keep(&args.file)?;
    let imported = work
        .importer
        .import_hr(&file, now, |so_far| work.follow(so_far));
    let imported = work.operator.block_on(imported)?;
    work.did(imported, &[])
}

fn clocks(args: &FileArgs) -> Result<(), Failure> {
    let work = Work::begin(&args.here)?;
    if args.dry_run {
        let (counts, quarantined) = work.importer.plan_clocks(&args.file)?;
        let mut planned = Planned::default();
        let plan = Plan {
            quarantined,
            ..Plan::default()
        };
        planned.add(&plan, work.format);
        return work.would(&planned, counts);
    }
    let file = work.keep(&args.file)?;
    let now = Timestamp::now();
    let imported = work
        .importer
        .import_clocks(&file, now, |so_far| work.follow(so_far));
    let imported = work.operator.block_on(imported)?;
    work.did(imported, &[])
}

fn directory(dry_run: bool, here: &HereArgs) -> Result<(), Failure> {
    let work = Work::begin(here)?;
    let Some(config) = &work.operator.config.feeds.directory else {
        return Err(Failure::usage(
            "the configuration has no [feeds.directory]: there is no directory to read",
        ));
    };
    let (connector, now) = (config.connector()?, Timestamp::now());
    if dry_run {
        let found = work.importer.plan_from(&connector, now);
        let plan = work.operator.block_on(found)?.plan;
        let mut planned = Planned::default();
        planned.add(&plan, work.format);
        return work.would(&planned, counts(&plan));
    }
    let taken = work.importer.take_in(&connector, &work.raw, now);
    let taken = work.operator.block_on(taken)?;
    work.did(taken.imported, &taken.differences)
}

/// What every import needs.
struct Work {
    operator: Operator,
    importer: Importer,
    raw: RawFiles,
    format: Format,
    bar: ProgressBar,
}

impl Work {
    fn begin(here: &HereArgs) -> Result<Self, Failure> {
        let operator = Operator::open(here)?;
        let format = here.format.format;
        Ok(Self {
            importer: Importer::new(&operator.store)?,
            raw: RawFiles::new(DataDir::received(&operator.data)),
            operator,
            format,
            bar: progress::counter("rows", format),
        })
    }

    fn keep(&self, path: &Path) -> Result<RawFile, Failure> {
        let file = File::open(path).map_err(|error| {
            Failure::usage(format!("cannot read `{}`: {error}", path.display()))
        })?;
        Ok(self.raw.keep(file)?)
    }

    fn follow(&self, so_far: Progress) {
        self.bar.set_position(so_far.rows);
        if so_far.of > 0 {
            self.bar.set_message(format!("of {} rows", so_far.of));
        }
    }

    /// Says what a dry run found.
    fn would(&self, planned: &Planned, counts: Counts) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        match self.format {
            Format::Json => say!(
                "{}",
                json!({
                    "dry_run": true,
                    "counts": counts,
                    "changes": planned.changes,
                    "quarantined": planned.quarantined,
                })
            ),
            Format::Human => say!("Would be {}. Nothing was changed.", in_words(counts)),
        }
        Ok(())
    }

    /// Says what an import did.
    fn did(&self, imported: Imported, differences: &[Difference]) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        let run = imported.run.unwrap_or_default();
        let store = &self.operator.store;
        let aside = self.operator.block_on(store.quarantined(run, 0, SHOWN))?;
        if self.format == Format::Json {
            say!(
                "{}",
                json!({
                    "run": run,
                    "counts": imported.counts,
                    "quarantined": aside,
                    "differences": differences,
                })
            );
            return Ok(());
        }
        for row in &aside {
            say!("{}", set_aside(row));
        }
        for difference in differences.iter().take(SHOWN) {
            say!("{}", differs(difference));
        }
        if let Some(more) = differences
            .len()
            .checked_sub(SHOWN)
            .filter(|more| *more > 0)
        {
            say!("and {more} more differences: see Reconciliation in the console");
        }
        say!("Run {run}: {}.", in_words(imported.counts));
        Ok(())
    }
}

/// What a dry run found, as it finds it: printed for people, gathered for programs.
#[derive(Default)]
struct Planned {
    changes: Vec<Value>,
    quarantined: Vec<Value>,
}

impl Planned {
    fn add(&mut self, plan: &Plan, format: Format) {
        let aside = plan.quarantined.iter();
        if format == Format::Human {
            for change in &plan.changes {
                // A line for each field that differs, so line breaks stay.
                let lines = change.to_string();
                lines.lines().for_each(|line| say!("{}", safe(line)));
            }
            aside.for_each(|aside| say!("set aside: {}", safe(&aside.to_string())));
            return;
        }
        let changes = plan.changes.iter().map(|change| {
            let fields = change.differences().into_iter().map(
                |field| json!({"field": field.field, "before": field.before, "after": field.after}),
            );
            json!({
                "row": change.row,
                "kind": change.kind.name(),
                "person": change.after.id,
                "leaves": change.leaves,
                "differences": fields.collect::<Vec<_>>(),
            })
        });
        self.changes.extend(changes);
        self.quarantined.extend(aside.map(|aside| json!(aside)));
    }
}

fn set_aside(row: &Value) -> String {
    let text = |name: &str| safe(row[name].as_str().unwrap_or_default());
    format!(
        "set aside: row {}, {}: {}; {}",
        row["row"],
        text("field"),
        text("reason"),
        text("hint")
    )
}

fn differs(difference: &Difference) -> String {
    let what = json!(difference.what);
    let said = |part: &str, text: Option<&str>| {
        text.map_or_else(String::new, |text| format!(", {part} {}", safe(text)))
    };
    format!(
        "differs: {}{}{}{}",
        what.as_str().unwrap_or_default(),
        said("account", difference.account.as_deref()),
        said("person", difference.person.as_ref().map(|id| id.as_str())),
        said("service", difference.service.as_deref()),
    )
}

fn in_words(counts: Counts) -> String {
    let Counts {
        added,
        changed,
        leaving,
        unchanged,
        repeated,
        quarantined,
    } = counts;
    format!(
        "{added} added, {changed} changed ({leaving} leaving), {unchanged} as before, \
         {repeated} repeated, {quarantined} set aside"
    )
}
