//! Decisions: the one plain value that pages, replies, command line and record all render.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clause::ClauseId;
use crate::obligation::Obligation;

/// What happens to the activity. Ordered: the strictest that applies wins.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It goes through.
    #[default]
    Permit,
    /// It goes through once the person has been told.
    Warn,
    /// It waits for somebody to decide.
    Hold,
    /// It does not go through.
    Refuse,
}

impl Outcome {
    /// As tables and sentences say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Warn => "warn",
            Self::Hold => "hold",
            Self::Refuse => "refuse",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a rule stands in the order of precedence. A rule of a higher tier can release lower ones;
/// nothing releases a rule of its own tier or above.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// What the policy says for everybody it binds.
    #[default]
    Clause,
    /// A recorded permission.
    Permission,
    /// A recorded exemption.
    Exemption,
    /// Service withdrawn from the person.
    Withdrawal,
    /// A freeze or a hold on evidence.
    Freeze,
    /// A stop the law demands.
    LegalStop,
}

/// One rule that held, and what it contributed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The clause it rests on.
    pub clause: ClauseId,
    /// The clause's title.
    pub title: String,
    /// The rule, unique in the pack.
    pub rule: String,
    /// What the rule asked for.
    pub outcome: Outcome,
    /// The rule's place in the order of precedence.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tier: Tier,
    /// What the person may do now, in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The rule that released this one, by a permission or an exemption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_by: Option<String>,
}

fn is_default(tier: &Tier) -> bool {
    *tier == Tier::Clause
}

/// Which pack decided. With the request it is enough to work the decision out again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRef {
    /// The pack's name, for example `walsall`.
    pub name: String,
    /// The edition the person falls under.
    pub edition: String,
    /// The version the council adopted.
    pub version: String,
    /// SHA-256 over the pack's files, hexadecimal.
    pub hash: String,
}

/// What was decided and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The strictest outcome of the reasons that stand.
    pub outcome: Outcome,
    /// Every rule that held, the weightiest first; released ones last.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// What the gate must do, each once.
    #[serde(default)]
    pub obligations: Vec<Obligation>,
    /// Rules that could not be evaluated. Not empty means that the gate's failure mode applies.
    #[serde(default)]
    pub unevaluated: Vec<String>,
    /// The pack that decided.
    pub pack: PackRef,
}

impl Decision {
    /// The weightiest reason that stands: what a refusal names first.
    pub fn leading(&self) -> Option<&Reason> {
        self.reasons
            .iter()
            .find(|reason| reason.released_by.is_none())
    }

    /// Reasons that stand, weightiest first.
    pub fn standing(&self) -> impl Iterator<Item = &Reason> {
        self.reasons
            .iter()
            .filter(|reason| reason.released_by.is_none())
    }
}
