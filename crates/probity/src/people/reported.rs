//! Messages that people report: what they say is remembered of them at the mail gate.
//!
//! Only what is told to the desk anyway: a report about somebody else is nobody's to know, and a refusal
//! that follows from it would tell.

use std::time::Duration;

use correspondence::Called;
use decision_point::point::DecisionPoint;
use matters::incident::{Incident, Kind};
use register_store::matters_kept::Filter;
use register_store::{Store, StoreError};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// Reports looked at each time, the newest. More than come in while nobody looks; what was seen before
/// is remembered already.
const NEWEST: usize = 100;

/// Has reported messages remembered until dropped.
pub(super) async fn keep_remembering(store: &Store, point: &DecisionPoint) {
    let mut changes = store.changes();
    loop {
        changes.borrow_and_update();
        if let Err(error) = remember(store, point).await {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "reported messages are looked for again"
            );
        }
        tokio::time::sleep(PAUSE).await;
        if changes.changed().await.is_err() {
            return;
        }
    }
}

async fn remember(store: &Store, point: &DecisionPoint) -> Result<(), StoreError> {
    let newest = Filter {
        limit: NEWEST,
        ..Filter::default()
    };
    let page = store.matters::<Incident>(&newest).await?;
    for incident in page.items.iter().map(|kept| &kept.matter) {
        if let Some(id) = &incident.message_id {
            for called in says(incident.kind) {
                let at = incident.reported_at;
                point.information().remember_called(id, *called, at);
            }
        }
    }
    Ok(())
}

/// What a report says of the message it names.
fn says(kind: Kind) -> &'static [Called] {
    match kind {
        Kind::Spam => &[Called::Junk, Called::Reported],
        Kind::Accident | Kind::Virus => &[Called::Reported],
        Kind::Misdirected | Kind::TooMuchAccess | Kind::PasswordDisclosed | Kind::ReportSomeone => {
            &[]
        }
    }
}

#[cfg(test)]
mod tests;
