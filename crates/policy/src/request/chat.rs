//! Facts of a line of chat.

use serde::{Deserialize, Serialize};

use super::Labels;

/// What one of our people writes in a chat.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chat {
    /// Labels of whoever reads it.
    pub recipient: Labels,
    /// How many people read it; 0 when not known.
    pub n_recipients: u64,
    /// What it holds, with confidence.
    pub findings: Labels,
    /// What it may hold.
    pub suspicions: Labels,
}

impl Chat {
    pub(super) fn sets(&self) -> Vec<(&'static str, &Labels)> {
        vec![
            ("recipient", &self.recipient),
            ("findings", &self.findings),
            ("suspicions", &self.suspicions),
        ]
    }
}
