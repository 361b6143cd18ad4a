//! Commands about the lake.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use lake::{Day, Kind, Month};

use super::{Format, FormatArg};

/// What can be asked of the lake.
#[derive(Debug, Subcommand)]
pub(crate) enum LakeCommand {
    /// How much is in it, and how far behind the record it is
    Status {
        /// Where.
        #[command(flatten)]
        lake: LakeArg,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// Ask a question in SQL, of tables with pseudonyms in place of people
    Query(QueryArgs),
    /// The tables `query` can be asked of, with their columns
    Tables {
        /// Where.
        #[command(flatten)]
        lake: LakeArg,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// The Parquet files that count, one path a line, for other engines
    Files {
        /// Only events of this kind (once or more)
        #[arg(long, value_name = "KIND")]
        kind: Vec<Kind>,
        /// From this day on, UTC
        #[arg(long, value_name = "DAY")]
        from: Option<Day>,
        /// Up to this day, UTC
        #[arg(long, value_name = "DAY")]
        to: Option<Day>,
        /// Where.
        #[command(flatten)]
        lake: LakeArg,
    },
    /// Print events for a SIEM, one JSON object a line, with pseudonyms in place of people
    Export(ExportArgs),
    /// Join small files into large ones
    Compact {
        /// Where.
        #[command(flatten)]
        lake: LakeArg,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// Whether every file is whole and every entry of the record there once, or disposed of
    Verify {
        /// Where.
        #[command(flatten)]
        lake: LakeArg,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// Dispose of whole days and record a certificate of it, while the gates are stopped
    Dispose(DisposeArgs),
}

/// Where the lake is.
#[derive(Debug, Clone, Args)]
pub(crate) struct LakeArg {
    /// The data directory
    #[arg(long, value_name = "FOLDER", default_value = "/var/lib/probity")]
    pub(crate) data: PathBuf,
    /// The lake's own folder, where it is not in the data directory
    #[arg(long, value_name = "FOLDER")]
    pub(crate) store: Option<PathBuf>,
}

/// Options of `lake query`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  probity lake query --purpose 'capacity plan 2027' \\
    \"SELECT month, count(*) AS pages, sum(bytes) FROM web WHERE month >= '2026-10' GROUP BY month\"
  probity lake query --purpose 'FOI 2026-114' --format csv --limit 100000 \\
    \"SELECT day, outcome, count(DISTINCT person) FROM mail WHERE day BETWEEN '2026-11-01' AND '2026-11-30' GROUP BY 1, 2\"
  probity lake query --purpose 'slow report' \"EXPLAIN SELECT count(*) FROM web WHERE at >= now() - interval '7 days'\"
  probity lake tables                            what can be asked of

Only questions: SELECT, WITH, EXPLAIN, DESCRIBE, SHOW TABLES, SHOW COLUMNS. What is sealed is in no table. Say which
days or months you mean, and no other files are read. Who asked, what for, and the question are on the record
before anything is shown. Run it as the user the gates run as. Figures of fewer than five people can point
at one of them: leave them out of what you pass on. Ctrl-C ends a question at any moment.")]
pub(crate) struct QueryArgs {
    /// The question, in SQL as DataFusion has it
    pub(crate) sql: String,
    /// What the answer is for; it stands on the record
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: String,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: QueryFormat,
    /// Print at most so many rows
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = up_to::<10_000_000>())]
    pub(crate) limit: u64,
    /// Give up after so many seconds
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = up_to::<1800>())]
    pub(crate) seconds: u64,
    /// Gather at most so many megabytes in memory; nothing is written to the disk
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = up_to::<65_536>())]
    pub(crate) memory: u64,
    /// Where.
    #[command(flatten)]
    pub(crate) lake: LakeArg,
}

/// A number of which there is at least one. Files that were replaced stay for an hour; no question lasts longer.
fn up_to<const MOST: u64>() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=MOST)
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum QueryFormat {
    /// For people
    #[default]
    Table,
    /// One JSON object a line
    Json,
    /// For spreadsheets
    Csv,
}

/// Options of `lake export`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  probity lake export --as ocsf --from 2026-11-30 --to 2026-11-30 > yesterday.jsonl
  probity lake export --as cloud-events --kind web --from-entry 4711 --out pages.jsonl")]
pub(crate) struct ExportArgs {
    /// How events are spelled
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub(crate) form: ExportForm,
    /// Only events of this kind (once or more)
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Vec<Kind>,
    /// From this day on, UTC
    #[arg(long, value_name = "DAY")]
    pub(crate) from: Option<Day>,
    /// Up to this day, UTC
    #[arg(long, value_name = "DAY")]
    pub(crate) to: Option<Day>,
    /// From this entry of the record on
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) from_entry: u64,
    /// A file, in place of standard output; it must not be there yet
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Where.
    #[command(flatten)]
    pub(crate) lake: LakeArg,
}

/// How events are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportForm {
    /// Open Cybersecurity Schema Framework 1.6.0
    Ocsf,
    /// CloudEvents 1.0, JSON
    CloudEvents,
}

/// Options of `lake dispose`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  probity lake dispose --before 2025-12-01 --authorised-by monitoring-officer --dry-run
  probity lake dispose --before 2025-12-01 --authorised-by monitoring-officer --held-month 2025-03

The gates dispose by themselves, by [lake] keep_days. What is disposed of cannot be had back: with the
last day of a month its key goes too.")]
pub(crate) struct DisposeArgs {
    /// Everything that happened before this day goes, UTC
    #[arg(long, value_name = "DAY")]
    pub(crate) before: Day,
    /// The post on whose word
    #[arg(long, value_name = "POST")]
    pub(crate) authorised_by: String,
    /// What the rule is called in the certificate
    #[arg(long, value_name = "NAME", default_value = "by-hand")]
    pub(crate) rule: String,
    /// A month of which nothing goes (once or more)
    #[arg(long, value_name = "MONTH")]
    pub(crate) held_month: Vec<Month>,
    /// Say what would go, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where.
    #[command(flatten)]
    pub(crate) lake: LakeArg,
    /// How to print.
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

impl LakeCommand {
    /// How it prints.
    pub(crate) fn format(&self) -> Format {
        match self {
            Self::Status { format, .. }
            | Self::Tables { format, .. }
            | Self::Compact { format, .. }
            | Self::Verify { format, .. } => format.format,
            Self::Dispose(args) => args.format.format,
            Self::Query(_) | Self::Export(_) | Self::Files { .. } => Format::Human,
        }
    }
}
