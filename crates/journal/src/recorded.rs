//! The proof, as a type, that something was recorded.

use std::ops::Deref;

use ledger::EntryIndex;

/// A value whose entry is in the journal.
///
/// Only [`Journal::append`](crate::Journal::append) and its synced siblings make one, and every
/// reply of a gate needs one: code that enforces an unrecorded decision does not compile.
#[derive(Debug)]
#[must_use = "recorded, and now to be carried out"]
pub struct Recorded<T> {
    value: T,
    entry: EntryIndex,
}

impl<T> Recorded<T> {
    pub(crate) fn new(value: T, entry: EntryIndex) -> Self {
        Self { value, entry }
    }

    /// Where in the journal the entry stands.
    pub fn entry(&self) -> EntryIndex {
        self.entry
    }

    /// What was recorded.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Gives the value up: from here on the compiler no longer knows that it was recorded.
    pub fn into_parts(self) -> (T, EntryIndex) {
        (self.value, self.entry)
    }
}

impl<T> Deref for Recorded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
