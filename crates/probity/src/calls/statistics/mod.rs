//! Figures about a month's calls, read from the record: for each extension, or for units with the small
//! ones suppressed.
//!
//! Calls to emergency numbers and private lines name no extension on the record, so they count nowhere.

mod extensions;
mod figures;
mod month;
mod told;
mod units;

pub(crate) use extensions::{Extension, Extensions};
pub(crate) use figures::Figures;
pub(crate) use month::Month;
pub(crate) use units::{FEWEST, Row, Shown, Units};

use std::path::Path;

use cdr::tariff::Tariff;
use jiff::Timestamp;
use journal::Reader;
use ledger::EntryIndex;
use memchr::memmem::Finder;
use register::snapshot::Snapshot;

use told::Told;

/// What every entry of a call has in it.
const CALL: &[u8] = br#""kind":"call""#;

/// Reads a month's calls. `look` is told how many entries were read.
pub(crate) fn read(
    record: &Path,
    month: &Month,
    register: &Snapshot,
    tariff: Option<&Tariff>,
    look: impl Fn(u64),
) -> Result<(Extensions, Units), journal::ReadError> {
    let mut extensions = Extensions::of(register, month);
    let mut units = Units::of(register, month.until);
    let is_call = Finder::new(CALL);
    // A call may be learned of long after its month, so all of the record is looked through.
    let mut reader = Reader::from(record, EntryIndex(0))?;
    let mut read = 0_u64;
    while let Some(entry) = reader.next_entry()? {
        read += 1;
        if read.is_multiple_of(100_000) {
            look(read);
        }
        if is_call.find(entry.payload).is_none() {
            continue;
        }
        let Ok(told) = serde_json::from_slice::<Told>(entry.payload) else {
            continue;
        };
        if told.kind != "call" {
            continue;
        }
        // When voicemail was last listened to matters beyond the month.
        extensions.listened(&told);
        if month.holds(told.at) {
            for side in told.sides(tariff) {
                units.add(&side, register);
                extensions.add(side);
            }
        }
    }
    Ok((extensions, units))
}

/// The moment until which unheard messages are counted: the end of the month, or now if that is earlier.
pub(crate) fn counted_until(month: &Month, now: Timestamp) -> Timestamp {
    month.until.min(now)
}
