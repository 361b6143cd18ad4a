//! Facts of a page, or of what is sent to it or comes from it.

use serde::{Deserialize, Serialize};

use super::Labels;

/// A request for, or a body sent to or from, a site.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    /// Categories of the site; empty when none is known.
    pub categories: Labels,
    /// HTTP method, upper case.
    pub method: String,
    /// Labels of how the site is reached.
    pub site: Labels,
    /// Today's minutes for private browsing are used up.
    pub quota_spent: bool,
    /// Bytes of the body; 0 when not known, and always 0 for a visit. The gate gives the smallest
    /// number the pack's rules cannot tell from the real one.
    pub bytes: u64,
    /// Kinds of the body. Always empty for a visit.
    pub media: Labels,
    /// What the body holds, with confidence.
    pub findings: Labels,
    /// What the body may hold.
    pub suspicions: Labels,
}

impl Web {
    pub(super) fn sets(&self) -> Vec<(&'static str, &Labels)> {
        vec![
            ("categories", &self.categories),
            ("site", &self.site),
            ("media", &self.media),
            ("findings", &self.findings),
            ("suspicions", &self.suspicions),
        ]
    }
}
