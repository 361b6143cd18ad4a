//! Facts of a call.

use serde::{Deserialize, Serialize};

use super::Labels;

/// A call between one of our people and a number: before it is put through, or as it was recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Call {
    /// What kind of number the other one is.
    pub number: Labels,
    /// What the exchange, the bill or the caller says of it.
    pub manner: Labels,
    /// It has ended; else leave is asked to put it through.
    pub ended: bool,
    /// Seconds from answer to end; 0 when it was not answered, or has not ended.
    pub seconds: u64,
    /// Calls of this person with numbers of the same kind within the pack's window, this one included.
    pub n_recent: u64,
}

impl Call {
    pub(super) fn sets(&self) -> Vec<(&'static str, &Labels)> {
        vec![("number", &self.number), ("manner", &self.manner)]
    }
}
