//! What is particular to one council.

use std::time::Duration;

use crate::tools::Tool;

/// What is particular to one council.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who may ask, and about what.
    pub tools: Vec<Tool>,
    /// Networks for equipment that is not the council's, by their names.
    pub guest_networks: Vec<String>,
    /// How long one answer may take, the reading of what is asked included.
    pub answer_within: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tools: Vec::new(),
            guest_networks: Vec::new(),
            // 3 s: below the 4 s after which FreeRADIUS gives up on us, so the reason is ours. A line
            // of chat is looked through in well under a tenth of one.
            answer_within: Duration::from_secs(3),
        }
    }
}
