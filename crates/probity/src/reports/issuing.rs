//! Each month's report on its way to those who manage a unit, once the month is closed: built, checked and
//! issued, step by step, so that a stop in between goes on where it was.

use std::time::Duration;

use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::UnitId;
use matters::report_issue::{self, Opening, Purpose, ReportIssue, State, Step};
use register_store::matters_kept::{Filter, Kept};
use register_store::{Store, StoreError};
use reports::guard;
use reports::month::Month;
use reports::usage::{self, LOOKS_BACK};
use sha2::{Digest as _, Sha256};

use super::Keeping;
use super::keeping::KeepError;
use crate::failure::chain;
use crate::troubles::{Part, Troubles};

/// How often it is looked whether a month was closed. Nobody waits for it within a minute.
const EVERY: Duration = Duration::from_secs(60);

/// Who takes the steps.
const RULE: &str = "reports";

/// Why nothing is issued for now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IssueError {
    #[error("the people's database cannot be asked about reports")]
    Store(#[from] StoreError),
    #[error("the figures cannot be read")]
    Keep(#[from] KeepError),
    #[error("a report cannot be written down")]
    Written(#[from] serde_json::Error),
}

/// Issues reports until dropped.
pub(crate) async fn follow(store: &Store, keeping: &Keeping, troubles: &Troubles) {
    loop {
        once(store, keeping, troubles, Timestamp::now()).await;
        tokio::time::sleep(EVERY).await;
    }
}

async fn once(store: &Store, keeping: &Keeping, troubles: &Troubles, now: Timestamp) {
    let issued = issue(store, keeping, now).await;
    troubles.note(Part::Reports, issued.map_err(|error| chain(&error)), now);
}

/// Brings the reports of the last closed month to their readers. Earlier ones are there to be read and are
/// nobody's news.
pub(crate) async fn issue(
    store: &Store,
    keeping: &Keeping,
    now: Timestamp,
) -> Result<(), IssueError> {
    let Some(month) = keeping.closed()?.last().copied() else {
        return Ok(());
    };
    let image = store.image();
    for unit in report_issue::scheduled(&image.world(), now) {
        advance(store, keeping, (month, unit), now).await?;
    }
    Ok(())
}

/// Takes one report as far as it goes by itself.
async fn advance(
    store: &Store,
    keeping: &Keeping,
    (month, unit): (Month, Option<UnitId>),
    now: Timestamp,
) -> Result<(), IssueError> {
    let act = Act::of(Actor::Rule(RULE.to_owned()), now);
    let name = month.to_string();
    let mut kept = match find(store, &report_issue::about(&name, unit.as_ref())).await? {
        Some(kept) => kept,
        None => {
            // A unit that was not there in that month has no report.
            if built(keeping, month, unit.as_ref())?.is_none() {
                return Ok(());
            }
            let opening = Opening {
                purpose: Purpose::Usage,
                month: name,
                unit: unit.clone(),
            };
            store.open_matter::<ReportIssue>(opening, &act).await?
        }
    };
    while let Some(step) = next(kept.matter.state, keeping, month, unit.as_ref())? {
        let (id, version) = (kept.id, kept.version);
        kept = store
            .take::<ReportIssue>(&id, Some(version), step, &act)
            .await?;
    }
    Ok(())
}

async fn find(store: &Store, about: &str) -> Result<Option<Kept<ReportIssue>>, StoreError> {
    let filter = Filter {
        about: Some(about.to_owned()),
        limit: 1,
        ..Filter::default()
    };
    let found = store.matters::<ReportIssue>(&filter).await?;
    Ok(found.items.into_iter().next())
}

/// The step that comes next by itself; none once its readers have it.
fn next(
    state: State,
    keeping: &Keeping,
    month: Month,
    unit: Option<&UnitId>,
) -> Result<Option<Step>, IssueError> {
    let step = match state {
        State::Scheduled | State::Built => {
            let Some(built) = built(keeping, month, unit)? else {
                return Ok(None);
            };
            match state {
                State::Scheduled => Step::Build {
                    sha256: built.sha256,
                },
                _ => Step::Check {
                    faults: built.faults,
                },
            }
        }
        State::Checked => Step::Issue,
        State::Issued | State::Read | State::Recalled | State::Archived => return Ok(None),
    };
    Ok(Some(step))
}

/// A report as it was built.
struct Built {
    sha256: String,
    faults: Vec<String>,
}

fn built(
    keeping: &Keeping,
    month: Month,
    unit: Option<&UnitId>,
) -> Result<Option<Built>, IssueError> {
    let Some(closed) = keeping.month(month)? else {
        return Ok(None);
    };
    let earlier = keeping.before(month, LOOKS_BACK)?;
    let Ok(report) = usage::report(unit.map(UnitId::as_str), &closed, &earlier) else {
        return Ok(None);
    };
    let months: Vec<_> = earlier.iter().chain([&closed]).collect();
    let digest = Sha256::digest(serde_json::to_vec(&report)?);
    Ok(Some(Built {
        sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        faults: guard::faults(&report, &months),
    }))
}

#[cfg(test)]
mod tests;
