//! Commands about telephone calls.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::FormatArg;

/// What can be asked of call records.
#[derive(Debug, Subcommand)]
pub(crate) enum CallsCommand {
    /// Read call records: each call once, with the kinds of number in it
    Read(ReadCallsArgs),
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
    /// The format, where the first line does not show it for certain
    #[arg(long = "as", value_name = "FORMAT", value_enum)]
    pub(crate) format_of_files: Option<CallsFormat>,
    /// FreeSWITCH's template: the line, or a file that holds it
    #[arg(long, value_name = "LINE|FILE", conflicts_with = "mapping")]
    pub(crate) template: Option<String>,
    /// What the columns of a sheet are called, for mobile bills and others
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CallsFormat {
    /// Asterisk's cdr_csv
    Asterisk,
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
