//! Facts of a print job.

use serde::{Deserialize, Serialize};

use super::Labels;

/// What somebody prints, copies or scans.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Print {
    /// What the device or its owner says of the job.
    pub job: Labels,
    /// Sides of paper, all copies together; 0 when not known.
    pub pages: u64,
}

impl Print {
    pub(super) fn sets(&self) -> Vec<(&'static str, &Labels)> {
        vec![("job", &self.job)]
    }
}
