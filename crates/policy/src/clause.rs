//! Clauses: the numbered sentences of an adopted policy, in our own words.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Identifies one clause across all packs, for example `walsall-7.2.16`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClauseId(String);

impl ClauseId {
    /// Names a clause; whether it exists is for the pack to say.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The clause's number as its policy prints it: `walsall-7.2.16` gives `7.2.16`.
    pub fn number(&self) -> &str {
        self.0
            .split_once('-')
            .map_or(self.0.as_str(), |(_, number)| number)
    }
}

impl fmt::Display for ClauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for ClauseId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// What a clause asks of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Control {
    /// Stop it before it happens.
    Prevent,
    /// Notice it and tell somebody.
    Detect,
    /// Let it happen only with a recorded permission.
    Permit,
    /// A process with steps and deciders.
    Workflow,
    /// Keep a record.
    Record,
    /// Tell somebody regularly.
    Report,
    /// A person says that they know and agree.
    Attest,
    /// A setting of the system or the pack.
    Config,
}

/// One clause of a pack, as `clauses.toml` holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Stable id, the council's name first.
    pub id: ClauseId,
    /// A few words, shown on refusal pages and in SMTP replies.
    pub title: String,
    /// One or two sentences in plain English.
    pub gist: String,
    /// Whom it binds or empowers, in the policy's own groups.
    pub audience: Vec<String>,
    /// The channel it speaks of: `email`, `web`, `account` …
    pub channel: String,
    /// What it asks of the system.
    pub control: Control,
    /// How this system meets it, or will.
    pub how: String,
    /// The end-to-end test or test function that drives the process meeting it, if one does:
    /// a path below the repository root, with `::function` for a test function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
}
