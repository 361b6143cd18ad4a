//! Who clocked in and out today, as the clocks' feed brings it.

use policy::request::Clock;
use register::document::Clocking;
use register_store::Store;
use register_store::clockings::ClockingRow;
use register_store::feeds::RunStatus;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::Days;
use super::people::hex;
use crate::demo::council;
use crate::failure::Failure;

/// One run of the feed, with what the cast's stories need.
pub(super) async fn today(store: &Store, days: Days) -> Result<(), Failure> {
    let cast = council::cast(store.image().pack(), days.now);
    let clocked = cast.iter().flat_map(|person| {
        person
            .clock
            .iter()
            .map(|clocking| row(&person.id, clocking))
    });
    let rows: Vec<_> = clocked.collect();
    let said: Vec<_> = rows.iter().map(|row| &row.body).collect();
    let sha256 = hex(&Sha256::digest(serde_json::to_vec(&said)?));
    let run = store.begin_run("clock", &sha256, 1, days.now).await?;
    store.keep_clockings(run, &rows, &[]).await?;
    Ok(store.finish_run(run, RunStatus::Done, days.now).await?)
}

fn row(person: &str, clocking: &Clocking) -> ClockingRow {
    let state = match clocking.state {
        Clock::On => "in",
        Clock::Off => "out",
        _ => "unknown",
    };
    let body = json!({
        "row": 1,
        "person": person,
        "at": clocking.at,
        "at_latest": clocking.at,
        "state": state,
        "site": "Civic Centre",
        "source": "door",
    });
    ClockingRow {
        id: hex(&Sha256::digest(body.to_string())),
        person: person.into(),
        at: clocking.at,
        body,
    }
}
