//! From the people's database to the record: every step taken between people stands there once.
//!
//! A step and its numbered event are one transaction in the database. Here the events are written to
//! the record in order, and then marked as shipped. Killed between the two, the record knows better
//! than the mark; so a start asks the record for the last number it holds. A small file says from
//! which entry on it has to be asked.

use std::path::Path;
use std::time::Duration;

use decision_point::entry::MatterEntry;
use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use journal::Reader;
use ledger::EntryIndex;
use memchr::memmem::Finder;
use register_store::Store;
use register_store::outbox::{self, Holds, NumberedEvent};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::kept;
use crate::failure::chain;
use crate::troubles::{Part, Troubles};

/// After a failure, and at the latest, though nothing seems to have changed.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// How often the file is brought up to date though nothing was shipped: what a start has to read.
const NOTE_EVERY: Duration = Duration::from_secs(60);

/// How far the record has the events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Shipped {
    /// Number of the last event among the entries before `entry`.
    number: u64,
    /// An entry of the record.
    entry: u64,
}

/// Why events could not be shipped.
#[derive(Debug, thiserror::Error)]
enum ShipError {
    #[error(transparent)]
    Ship(#[from] outbox::ShipError<journal::CannotRecord>),
    #[error("the record cannot be read")]
    Read(#[from] journal::ReadError),
    #[error("reading the record ended badly")]
    Ended(#[from] tokio::task::JoinError),
}

/// Ships until dropped.
pub(super) async fn keep_shipping(
    store: &Store,
    point: &DecisionPoint,
    note: std::path::PathBuf,
    troubles: &Troubles,
) {
    let mut changes = store.changes();
    let mut shipped = None;
    let mut noted = std::time::Instant::now();
    loop {
        changes.borrow_and_update();
        match ship(store, point, &note, shipped).await {
            Ok(now) => {
                troubles.note(Part::Steps, Ok(()), Timestamp::now());
                if shipped.is_none_or(|before: Shipped| before.number != now.number)
                    || noted.elapsed() >= NOTE_EVERY
                {
                    write_note(&note, now);
                    noted = std::time::Instant::now();
                }
                shipped = Some(now);
                // An error would mean that the store is gone, which we hold.
                let _ = tokio::time::timeout(NOTE_EVERY, changes.changed()).await;
            }
            Err(error) => {
                troubles.note(Part::Steps, Err(chain(&error)), Timestamp::now());
                // Some may be on the record and not marked: ask it again.
                shipped = None;
                tokio::time::sleep(TRY_AGAIN).await;
            }
        }
    }
}

/// Ships what there is, and says so if that fails: it is tried again at the next start.
pub(super) async fn once(store: &Store, point: &DecisionPoint, note: &Path) {
    match ship(store, point, note, None).await {
        Ok(shipped) => write_note(note, shipped),
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the last steps of people's processes are recorded at the next start"
        ),
    }
}

async fn ship(
    store: &Store,
    point: &DecisionPoint,
    note: &Path,
    known: Option<Shipped>,
) -> Result<Shipped, ShipError> {
    let before = match known {
        Some(known) => known.number,
        None => {
            let (folder, from) = (point.journal().dir().to_owned(), read_note(note));
            tokio::task::spawn_blocking(move || last_in_record(&folder, from)).await??
        }
    };
    // Asked before, so that what is shipped meanwhile is found again and counted once.
    let entry = point.journal().written().0;
    let number = store.ship(before, &mut Record(point)).await?;
    Ok(Shipped { number, entry })
}

/// The record, as what events are shipped to.
struct Record<'p>(&'p DecisionPoint);

impl Holds for Record<'_> {
    type Error = journal::CannotRecord;

    async fn take(&mut self, events: &[NumberedEvent]) -> Result<(), Self::Error> {
        let told: Vec<(u64, Value)> = events
            .iter()
            .map(|event| {
                let mut told = serde_json::to_value(event).unwrap_or_default();
                if let Some(fields) = told.as_object_mut() {
                    // It is the entry's own number.
                    fields.remove("seq");
                }
                (event.seq, told)
            })
            .collect();
        let steps: Vec<_> = told
            .iter()
            .map(|(number, event)| MatterEntry {
                number: *number,
                event,
            })
            .collect();
        self.0.matters(&steps, Timestamp::now()).await.map(drop)
    }
}

/// The number of the last event on the record.
fn last_in_record(folder: &Path, from: Shipped) -> Result<u64, journal::ReadError> {
    #[derive(Deserialize)]
    struct Numbered {
        kind: String,
        number: Option<u64>,
    }
    let ours = Finder::new(br#""kind":"matter""#);
    let mut last = from.number;
    let mut reader = Reader::from(folder, EntryIndex(from.entry))?;
    while let Some(entry) = reader.next_entry()? {
        // Most entries are pages; only those that may be ours are read whole.
        if ours.find(entry.payload).is_none() {
            continue;
        }
        if let Ok(numbered) = serde_json::from_slice::<Numbered>(entry.payload)
            && numbered.kind == "matter"
        {
            last = last.max(numbered.number.unwrap_or_default());
        }
    }
    Ok(last)
}

/// What the file says; from the beginning if it says nothing.
fn read_note(path: &Path) -> Shipped {
    let bytes = std::fs::read(path).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn write_note(path: &Path, shipped: Shipped) {
    let written = serde_json::to_vec(&shipped).map_err(std::io::Error::from);
    if let Err(error) = written.and_then(|bytes| kept::replace(path, &bytes)) {
        tracing::debug!(%error, "the next start will read the record from further back");
    }
}
