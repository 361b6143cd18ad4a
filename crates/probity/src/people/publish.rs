//! From the people's database to the gates: facts in force within two seconds of the decision.

use std::sync::Arc;
use std::time::Duration;

use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use register::snapshot::Snapshot;
use register_store::Store;

use super::{People, kept};

/// Pause between two publications, so that an import of thousands of rows is a few of them.
const PAUSE: Duration = Duration::from_millis(250);

/// How often new clockings are looked for.
const CLOCKS_EVERY: Duration = Duration::from_secs(1);

/// How many contradictions are said one by one.
const SAID: usize = 5;

/// Publishes every change of the register until dropped.
pub(super) async fn keep_publishing(people: &People, store: &Store, point: &Arc<DecisionPoint>) {
    let mut changes = store.changes();
    loop {
        let seq = *changes.borrow_and_update();
        has_clocked(people, store).await;
        let (made_of, into) = (people.clone(), point.clone());
        let store_now = store.clone();
        let made = tokio::task::spawn_blocking(move || publish(&made_of, &store_now, &into, seq));
        if let Err(error) = made.await {
            tracing::error!(%error, "the register could not be published");
        }
        tokio::time::sleep(PAUSE).await;
        // Clockings are no steps of anybody's and come without an event.
        loop {
            match tokio::time::timeout(CLOCKS_EVERY, changes.changed()).await {
                Ok(Ok(())) => break,
                Ok(Err(_)) => return,
                Err(_) if has_clocked(people, store).await => break,
                Err(_) => (),
            }
        }
    }
}

/// Whether clocks said something new.
async fn has_clocked(people: &People, store: &Store) -> bool {
    let mut clocks = people.clocks.lock().await;
    clocks
        .refresh(store, Timestamp::now())
        .await
        .unwrap_or_else(|error| {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "clocks are asked again in a second"
            );
            false
        })
}

fn publish(people: &People, store: &Store, point: &DecisionPoint, seq: u64) {
    let document = people.document(store, &people.clocks.blocking_lock());
    if let Err(error) = kept::write(&people.data.kept_register(), &document) {
        tracing::warn!(%error, "the register cannot be kept for a start without the database");
    }
    let (snapshot, wrong) = Snapshot::tolerant(document);
    complain(&wrong);
    point.information().publish(snapshot);
    let version = format!("event {seq}");
    if let Err(error) = point.taken_up("register", &version, Timestamp::now()) {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "a new register is in use and cannot be recorded"
        );
    }
}

/// Says what contradicts itself in the register.
pub(super) fn complain(wrong: &[String]) {
    for what in wrong.iter().take(SAID) {
        tracing::warn!(what, "the register contradicts itself");
    }
    if let Some(more) = wrong.len().checked_sub(SAID).filter(|more| *more > 0) {
        tracing::warn!(more, "and contradicts itself elsewhere");
    }
}
