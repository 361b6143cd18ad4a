//! Reports of what the record comes to.

use clap::{Args, Subcommand, ValueEnum};
use reports::month::Month;

use super::ConfigArg;

/// Reports there are.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  probity report usage --unit parks --month 2026-03 --format html > parks.html
  probity report compliance --month 2026-03
  probity report capacity --format csv
  probity report service --month 2026-03 --format pdf > service.pdf
  probity report months                          which months can be reported

A month can be reported three days after its end, once what comes late has come. No figure is about
fewer than five people, and none can be worked out that is; docs/reference/reports.md says how.")]
pub(crate) enum ReportCommand {
    /// What one unit used in a month, and what the policy stopped
    Usage {
        /// The unit, by id; the whole council if absent
        #[arg(long)]
        unit: Option<String>,
        /// Which month.
        #[command(flatten)]
        of: MonthArgs,
    },
    /// What each clause led to in a month, also where nothing came of it
    Compliance {
        /// Which month.
        #[command(flatten)]
        of: MonthArgs,
    },
    /// Volumes month by month, with a forecast and its bounds
    Capacity {
        /// How.
        #[command(flatten)]
        how: HowArgs,
    },
    /// How long the gates ran in a month and what they stopped
    Service {
        /// Which month.
        #[command(flatten)]
        of: MonthArgs,
    },
    /// Months that can be reported
    Months {
        /// How.
        #[command(flatten)]
        how: HowArgs,
    },
}

/// Which month, and how.
#[derive(Debug, Clone, Args)]
pub(crate) struct MonthArgs {
    /// The month
    #[arg(long, value_name = "YYYY-MM")]
    pub(crate) month: Month,
    /// How.
    #[command(flatten)]
    pub(crate) how: HowArgs,
}

/// Of what, and how it is printed.
#[derive(Debug, Clone, Args)]
pub(crate) struct HowArgs {
    /// The configuration.
    #[command(flatten)]
    pub(crate) config: ConfigArg,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ReportFormat,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people.
    #[default]
    Human,
    /// A page with charts.
    Html,
    /// For spreadsheets: one line a value.
    Csv,
    /// For programs: one JSON document.
    Json,
    /// To print and keep: tagged, tables included.
    Pdf,
}
