//! Figures as the console is lent them.

use console::figures::{Figures, FiguresGone, Usage};
use reports::month::Month;
use reports::usage::{self, LOOKS_BACK};

use super::Keeping;
use super::keeping::KeepError;

fn gone(error: KeepError) -> FiguresGone {
    FiguresGone(Box::new(error))
}

impl Figures for Keeping {
    fn months(&self) -> Result<Vec<Month>, FiguresGone> {
        self.closed().map_err(gone)
    }

    fn usage(&self, unit: Option<&str>, month: Month) -> Result<Option<Usage>, FiguresGone> {
        let Some(closed) = self.month(month).map_err(gone)? else {
            return Ok(None);
        };
        let earlier = self.before(month, LOOKS_BACK).map_err(gone)?;
        // A unit that was not there in that month has no report.
        let report = usage::report(unit, &closed, &earlier).ok();
        Ok(report.map(|report| Usage {
            report,
            exceptions: usage::exceptions(unit, &closed),
        }))
    }
}
