//! The event every step leaves on the record.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::id::{MatterId, PersonId};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A person who signed in.
    Person(PersonId),
    /// Time itself or a standing rule: `expiry`, `standing-rule:EMAIL-OFFICERS`.
    Rule(String),
    /// A feed: `hr`, `directory`, `scim`.
    Feed(String),
    /// Somebody at the server's own command line, by their account there. They look after the
    /// program and decide nothing.
    Operator(String),
}

impl Actor {
    /// The person, if it is one.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Rule(_) | Self::Feed(_) | Self::Operator(_) => None,
        }
    }
}

/// What comes with a step, whatever the step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Act {
    /// Who acts.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// Why, in the actor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// SHA-256 of the form as it was shown, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_sha256: Option<String>,
    /// References of scans and documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

impl Act {
    /// A person's act, with nothing beside it.
    pub fn by(person: &PersonId, at: Timestamp) -> Self {
        Self::of(Actor::Person(person.clone()), at)
    }

    /// Anybody's act, with nothing beside it.
    pub fn of(actor: Actor, at: Timestamp) -> Self {
        Self {
            actor,
            at,
            reason: None,
            form_sha256: None,
            evidence: Vec::new(),
        }
    }

    /// The same act with a reason.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// One step of one matter, as it stands on the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Which matter.
    pub matter: MatterId,
    /// Its kind: `access-request`, `permission` …
    pub kind: String,
    /// Whom it is about.
    pub subject: PersonId,
    /// What was done: `authorise`, `refuse` …
    pub step: String,
    /// State before; none when it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// State after.
    pub to: String,
    /// Who, when, why.
    #[serde(flatten)]
    pub act: Act,
    /// On whose authority; none where the step needs none (one's own request, the passing of time).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// Version of the policy in force.
    pub policy_version: String,
    /// Clauses the step rests on.
    pub clauses: Vec<String>,
}
