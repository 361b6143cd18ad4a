//! The directory beside the register: told what was decided, and read whole at night.

use std::time::{Duration, Instant};

use directory::connector::Connector;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use register_store::StoreError;
use register_store::feeds::RunStatus;
use register_store::reconciliation::FEED as COMPARISON;

use super::Intake;
use crate::daily::came_last;

/// How often due deliveries are looked for: ceasing is immediate.
const TRY_EVERY: Duration = Duration::from_secs(1);

/// How often tasks are looked through though nothing changed: what was given up is tried again some day.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// How often it is asked whether the hour has come, and how soon a failed reading is tried again.
const ASK_EVERY: Duration = Duration::from_secs(60);

/// Tells a directory, if there is one, what the register wants of it, until dropped.
pub(super) async fn tell(connector: Option<&Connector>, intake: &Intake) {
    let Some(connector) = connector else { return };
    let mut changes = intake.store.changes();
    let mut looked = None::<Instant>;
    loop {
        let is_new = looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY);
        match round(connector, intake, is_new, Timestamp::now()).await {
            Ok(()) if is_new => looked = Some(Instant::now()),
            Ok(()) => {}
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the directory is told later"
            ),
        }
        match tokio::time::timeout(TRY_EVERY, changes.changed()).await {
            Ok(Ok(())) => looked = None,
            Ok(Err(_)) => return,
            Err(_) => {}
        }
    }
}

/// Tasks are looked through when something may be new; what is due is tried in any case.
async fn round(
    connector: &Connector,
    intake: &Intake,
    is_new: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    // What is due already does not wait for a task that cannot be read.
    let planned = match is_new {
        true => connector.plan(&intake.store, now).await,
        false => Ok(()),
    };
    let tried = connector.deliver(&intake.store, now).await?;
    if is_new || tried > 0 {
        connector.close(&intake.store, now).await?;
    }
    planned
}

/// Reads a directory whole once a day from this hour on, until dropped.
pub(super) async fn read_at_night(
    connector: Option<&Connector>,
    hour: Option<Time>,
    intake: &Intake,
) {
    let (Some(connector), Some(hour)) = (connector, hour) else {
        return;
    };
    let zone = &intake.store.image().pack().settings().zone.clone();
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    loop {
        let now = Timestamp::now();
        match is_due(intake, hour, &zone, now).await {
            Ok(true) => read(connector, intake, now).await,
            Ok(false) => {}
            Err(error) => tracing::debug!(
                error = &error as &dyn std::error::Error,
                "the directory is read once the database is back"
            ),
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

/// Whether nobody has read and compared it since the hour last came.
async fn is_due(
    intake: &Intake,
    hour: Time,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let runs = intake.store.runs(Some(COMPARISON), 1).await?;
    let last = runs.first().filter(|run| run.status == RunStatus::Done);
    let since = came_last(hour, zone, now);
    Ok(last.is_none_or(|run| run.received_at < since))
}

async fn read(connector: &Connector, intake: &Intake, now: Timestamp) {
    match intake.importer.take_in(connector, &intake.raw, now).await {
        Ok(taken) => tracing::info!(
            counts = ?taken.imported.counts,
            differences = taken.differences.len(),
            "the directory was read and compared"
        ),
        Err(error) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "the directory could not be read; it is tried again in a minute"
        ),
    }
}
