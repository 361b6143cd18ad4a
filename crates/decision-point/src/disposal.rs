//! Disposals on the record: what was disposed of, and that it was carried out.
//!
//! They are not decisions about anybody, so they need no decision point: whoever holds the record can
//! write them, also while the gates are stopped.

use jiff::Timestamp;
use journal::{CannotRecord, Journal};
use serde_json::Value;

use crate::entry::{CarriedOut, CarriedOutEntry, CarriedOutcome, DisposalEntry, Entry, What};

/// What the entry of a disposal demanded, in the entry that says what came of it.
pub const OBLIGATION: &str = "dispose";

/// Records a certificate, and gives the number of its entry; it is on the disk when this returns.
pub fn certify(journal: &Journal, certificate: &Value, at: Timestamp) -> Result<u64, CannotRecord> {
    let what = What::Disposal(DisposalEntry { certificate });
    let recorded = journal.append_synced_blocking((), &Entry::new(at, what).bytes())?;
    Ok(recorded.entry().0)
}

/// Records that it was carried out; it is on the disk when this returns.
pub fn carried_out(journal: &Journal, of: u64, at: Timestamp) -> Result<(), CannotRecord> {
    let done = CarriedOut {
        obligation: OBLIGATION.to_owned(),
        outcome: CarriedOutcome::Done,
    };
    let what = What::CarriedOut(CarriedOutEntry {
        of,
        obligations: &[done],
    });
    journal
        .append_synced_blocking((), &Entry::new(at, what).bytes())
        .map(drop)
}
