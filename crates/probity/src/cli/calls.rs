//! Commands about telephone calls.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

use super::{ConfigArg, FormatArg};

/// What can be asked of call records.
#[derive(Debug, Subcommand)]
pub(crate) enum CallsCommand {
    /// Read call records: each call once, with the kinds of number in it
    Read(ReadCallsArgs),
    /// Bring call records onto the record: each call once, judged by the policy in force
    Import(ImportCallsArgs),
    /// A month's figures from the record: for units, with small ones suppressed, or for extensions
    Statistics(StatisticsArgs),
}

/// Options of `calls statistics`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  probity calls statistics --month 2026-03
  probity calls statistics --month 2026-03 --unit finance --format csv
  probity calls statistics --month 2026-03 --by extension

Units of fewer than five people are not shown, and neither is what would give them away. Extensions are
sorted by number and no names are given. Calls to emergency numbers and private lines count nowhere.")]
pub(crate) struct StatisticsArgs {
    /// The month, such as 2026-03
    #[arg(long, value_name = "YYYY-MM")]
    pub(crate) month: String,
    /// Only this unit and those in it
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<String>,
    /// What figures are about
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: By,
    /// The configuration.
    #[command(flatten)]
    pub(crate) config: ConfigArg,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TableFormat,
}

/// What figures are about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// Teams, services and directorates
    #[default]
    Unit,
    /// Telephones
    Extension,
}

/// How a table is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON document.
    Json,
    /// Comma-separated values, with a header.
    Csv,
}

/// How files of calls are read.
#[derive(Debug, Clone, Args)]
pub(crate) struct HowArgs {
    /// The format, where the first line does not show it for certain
    #[arg(long = "as", value_name = "FORMAT", value_enum)]
    pub(crate) format_of_files: Option<CallsFormat>,
    /// FreeSWITCH's template: the line, or a file that holds it
    #[arg(long, value_name = "LINE|FILE", conflicts_with = "mapping")]
    pub(crate) template: Option<String>,
    /// What the columns of a sheet are called, for mobile bills and others
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
}

/// Options of `calls import`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  probity calls import Master.csv
  probity calls import --mapping bill.toml february.csv

Where the gates run, they take the files in: only one process writes on the record. A file may be brought
in as often as you like: a call that is on the record is passed over. The files are kept as they are.")]
pub(crate) struct ImportCallsArgs {
    /// Files of call records.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How they are read.
    #[command(flatten)]
    pub(crate) how: HowArgs,
    /// Where local times without an offset are; the policy's zone if absent
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
    /// The configuration.
    #[command(flatten)]
    pub(crate) config: ConfigArg,
    /// How to print.
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

/// Options of `calls read`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  probity calls read Master.csv                          a summary; the format shows itself
  probity calls read --format json cdr_* > calls.jsonl   every call, one JSON object a line
  probity calls read --template template.txt a-leg.csv   FreeSWITCH, whose rows name nothing
  probity calls read --mapping bill.toml february.csv    a mobile bill, with private calls
  zcat Master.csv.gz | probity calls read - --numbers numbers.toml

Rows about one call (ring groups, transfers, both sides) are one call. Rows that cannot be read are set
aside with the reason, and the exit code is then 1. Nothing is recorded and nobody is judged. Formats,
mapping and numbers files: docs/reference/calls.md.")]
pub(crate) struct ReadCallsArgs {
    /// Files of call records; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How they are read.
    #[command(flatten)]
    pub(crate) how: HowArgs,
    /// Where local times without an offset are
    #[arg(long, value_name = "ZONE", default_value = "Europe/London")]
    pub(crate) zone: String,
    /// The council's own numbers: extensions, areas, partners, private lines
    #[arg(long, value_name = "FILE")]
    pub(crate) numbers: Option<PathBuf>,
    /// How to print.
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

/// Formats of call records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CallsFormat {
    /// Asterisk's cdr_csv
    Asterisk,
    /// Asterisk's Channel Event Logging, as cel_custom writes it
    AsteriskCel,
    /// FreeSWITCH's mod_cdr_csv; needs --template
    Freeswitch,
    /// Cisco Unified Communications Manager, CDR and CMR
    Cucm,
    /// Exports of Microsoft Teams
    Teams,
    /// Rows of Microsoft Graph, as JSON
    Graph,
    /// A sheet; needs --mapping
    Mapped,
}
