//! The gates' append-only record: what was decided is on disk before anything is enforced.
//!
//! A [`Journal`] is a directory of *segments*, files of numbered, checksummed entries with one
//! writer. [`Journal::append`] returns when the kernel has the entry (it survives the death of the
//! process); [`Journal::append_synced`] when the disk has it (it survives a power cut). Either way
//! the caller gets its value back as a [`Recorded`], which nothing else can make.
//!
//! A [`Sealer`] follows behind and signs the Merkle root of all entries (see the `ledger` crate),
//! so that [`verify`] can later show that none was changed, removed, inserted or reordered, or say
//! where. A [`Reader`] streams entries while the writer goes on.
//!
//! The journal does not know what an entry means. Entries should be text (JSON, say): after damage
//! the search for the next whole entry looks for binary frames, which text cannot imitate.
//!
//! It needs no async runtime: waiting works in any executor and in plain threads.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::SystemTime;
//! use journal::{Journal, Options, Recorded, SealEvery, SealKey, Sealer};
//! # let parent = tempfile::tempdir()?;
//! # let dir = parent.path().join("mail");
//!
//! fn answer(decision: Recorded<&str>) -> &str {
//!     decision.value()
//! }
//!
//! # let options = Options { min_free_bytes: 0, ..Options::default() };
//! let (journal, recovery) = Journal::open(&dir, options)?;
//! assert_eq!(recovery.entries.0, 0);
//! let recorded = journal.append_synced_blocking("hold", br#"{"outcome":"hold"}"#)?;
//! assert_eq!(answer(recorded), "hold");
//!
//! let key = SealKey::load_or_create(dir.join("key"), "records.example.gov.uk/mail")?;
//! let verifier = key.verifier().clone();
//! let (mut sealer, _) = Sealer::open(&dir, key, SealEvery::default())?;
//! sealer.seal_if_due(&journal, SystemTime::now())?;
//!
//! let report = journal::verify(&dir, &verifier)?;
//! assert!(report.is_sound());
//! assert_eq!(report.verified, 1);
//! # Ok(())
//! # }
//! ```

mod commit;
mod damage;
mod disk;
mod format;
mod frames;
mod journal;
mod options;
mod read;
mod recorded;
mod recover;
mod seal;
mod segments;
#[cfg(test)]
mod tests;
mod verify;
mod writer;

pub use damage::{Damage, DamageKind};
pub use format::{MAX_ENTRY_BYTES, VERSION};
pub use journal::{CannotRecord, Journal};
pub use options::Options;
pub use read::{Entry, ReadError, Reader};
pub use recorded::Recorded;
pub use recover::{Cut, OpenError, Recovery};
pub use seal::{Seal, SealError, SealEvery, SealKey, SealKeyError, SealRecovery, Sealer};
pub use verify::{Finding, MAX_FINDINGS, Verification, VerifyError, VerifyReport, verify};
