//! Questions put to the lake, on the record.
//!
//! The tables have pseudonyms in place of people, and still each row is what one person did: who asked, and
//! what for, has to be known later. As with disposals, whoever holds the record can write them.

use jiff::Timestamp;
use journal::{CannotRecord, Journal};

use crate::entry::{Entry, LakeQueryEntry, What};

/// Records a question, and gives the number of its entry; it is on the disk when this returns.
pub fn asked(
    journal: &Journal,
    query: LakeQueryEntry<'_>,
    at: Timestamp,
) -> Result<u64, CannotRecord> {
    let entry = Entry::new(at, What::LakeQuery(query));
    let recorded = journal.append_synced_blocking((), &entry.bytes())?;
    Ok(recorded.entry().0)
}
