//! What *Reports of use* asks of whoever keeps the figures of closed months.
//!
//! The console keeps no figures. The program that serves it lends it this. What it lends tells of nobody,
//! whoever looks: which figures may be told was decided when a month was closed.

use ::reports::month::Month;
use ::reports::report::Report;
use ::reports::usage::Exception;

/// Gives reports about closed months.
pub trait Figures: Send + Sync {
    /// Months that can be reported, the oldest first.
    fn months(&self) -> Result<Vec<Month>, FiguresGone>;

    /// The report of a unit, or of the whole council. Nothing where the month is not closed, or the unit was
    /// not there.
    fn usage(&self, unit: Option<&str>, month: Month) -> Result<Option<Usage>, FiguresGone>;
}

/// A report of use.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    /// The report.
    pub report: Report,
    /// What was stopped, line by line.
    pub exceptions: Vec<Exception>,
}

/// They cannot be read just now.
#[derive(Debug, thiserror::Error)]
#[error("the figures cannot be read")]
pub struct FiguresGone(#[source] pub Box<dyn std::error::Error + Send + Sync>);
