//! A sign that somebody's sign-in is misused: many failures under one name, a name used at a computer
//! that is another's, or one used in many places at once.
//!
//! It is found in what sign-ins to this console and to other systems say. The service desk is told,
//! and so is the person whose name it was, who may say whether it was them. It is never held against
//! that person, and accuses nobody: an address tells of a computer and not of who sat before it.
//!
//! It does not lapse: the desk is reminded, and it stays until it is answered.

mod steps;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::PersonId;
use crate::stage::stages;
use crate::waiting::Waiting;

/// Most addresses one of them names: more tell nothing more.
pub const MOST_ADDRESSES: usize = 10;

stages! {
    /// What was seen.
    What {
        /// So many failures under one name.
        Failures = "failures",
        /// The name was used at a computer that is somebody else's.
        OthersComputer = "others-computer",
        /// The name was used in many places at once.
        ManyPlaces = "many-places",
    }
}

/// What was seen, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// How often: failures, or uses.
    pub count: u32,
    /// The first and the last of them.
    pub first_at: Timestamp,
    /// The last of them.
    pub last_at: Timestamp,
    /// Addresses it came from, as far as they are known; no more than [`MOST_ADDRESSES`] are kept.
    pub addresses: BTreeSet<String>,
}

/// What is found. Nobody reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Whose name it was.
    pub person: PersonId,
    /// What was seen.
    pub what: What,
    /// Where they signed in: `console`, `mail`, `web` …
    pub system: String,
    /// How often, when, from where.
    pub seen: Seen,
    /// Whether somebody was let in under the name.
    pub let_in: bool,
    /// The computer it came from, where it is known whose it is.
    #[serde(default)]
    pub computer: Option<Computer>,
}

/// Whose a computer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Computer {
    /// Whose.
    pub person: PersonId,
    /// How far that can be relied on.
    pub certainty: Certainty,
}

stages! {
    /// How far it can be relied on that an address is a person's computer.
    Certainty {
        /// The address is that computer's alone, and does not change.
        Fixed = "fixed",
        /// It was given to that computer, and may be another's by now.
        Lent = "lent",
    }
}

/// What can be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// It was seen again.
    Again {
        /// How often, when, from where.
        seen: Seen,
        /// Whether somebody was let in this time.
        let_in: bool,
    },
    /// The desk has read it.
    Acknowledge,
    /// The person says whether it was them.
    Answer {
        /// Whether it was.
        was_me: bool,
    },
    /// The desk says what came of it, for the person.
    Close {
        /// In words.
        finding: String,
    },
    /// Those who said nothing are reminded.
    Remind,
    /// Internal audit is told that it takes long.
    Escalate,
}

stages! {
    /// Where it stands.
    State {
        /// The desk and the person were told.
        Found = "found",
        /// The desk looks into it.
        Acknowledged = "acknowledged",
        /// It is answered.
        Closed = "closed",
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInMisuse {
    /// Whose name it was.
    pub person: PersonId,
    /// What was seen.
    pub what: What,
    /// Where.
    pub system: String,
    /// How often, when, from where.
    pub seen: Seen,
    /// Whether somebody was let in under the name.
    pub let_in: bool,
    /// The computer it came from, where it is known whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computer: Option<Computer>,
    /// Whether the person says it was them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was_them: Option<bool>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// Where it stands.
    pub state: State,
    waiting: Waiting,
}
