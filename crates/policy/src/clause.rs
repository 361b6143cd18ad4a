//! Clauses: the numbered sentences of an adopted policy, in our own words.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

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
    /// The tests that drive the process meeting it, if any does, each a path below the repository
    /// root, with `::function` for a test function. One alone may stand without brackets.
    #[serde(
        default,
        rename = "test",
        deserialize_with = "one_or_several",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tests: Vec<String>,
}

fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Named {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Named::deserialize(deserializer)? {
        Named::One(test) => vec![test],
        Named::Several(tests) => tests,
    })
}
