//! A councillor seems to have misused a service.
//!
//! One post raises it with the councillor. If it is not settled there, every holder of the posts the
//! pack names is asked, the councillor themselves never; a view that does not come stops waiting to
//! be heard after some days. Then one post decides. Before services go, it is on record how statutory
//! summons and papers reach the councillor without them. Silence limits nobody: a matter nobody
//! decides expires.

mod consulting;
mod deciding;
mod steps;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{MatterId, PersonId, PostId};
use crate::stage::stages;
use crate::waiting::Waiting;

/// One councillor's matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberMisuse {
    /// Whom it is about.
    pub councillor: PersonId,
    /// What seems to have happened.
    pub about: String,
    /// The incident it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<MatterId>,
    /// Who raised it.
    pub raised_by: PersonId,
    /// When it was raised with the councillor.
    pub raised_with_at: Timestamp,
    /// What the councillor answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Everybody who is asked, and their view.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
    /// How summons and papers reach the councillor without the services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub papers: Option<String>,
    /// What was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Where it stands.
    pub stage: Stage,
    /// Since when it stands there.
    pub waiting: Waiting,
}

/// Somebody whose view is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Asked {
    /// Who.
    pub person: PersonId,
    /// As the holder of which post, or in whose place.
    pub post: PostId,
    /// What they said; none as long as they have not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<View>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct View {
    /// In their words.
    pub words: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who recorded it: themselves, or whoever raised the matter, from a letter.
    pub recorded_by: PersonId,
}

/// What is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing more.
    NoAction,
    /// Some services go.
    Limit {
        /// Which.
        services: BTreeSet<String>,
    },
    /// All services go.
    Withdraw,
}

stages! {
    /// Where a councillor's matter stands.
    Stage {
        /// Raised with the councillor.
        Raised = "raised",
        /// Settled between them.
        Settled = "settled",
        /// Views are being heard.
        Consulting = "consulting",
        /// Every view is heard, or the time for it is over.
        AwaitingDecision = "awaiting-decision",
        /// Nothing more was found needed.
        NoAction = "no-action",
        /// Some services are withdrawn.
        Limited = "limited",
        /// All services are withdrawn.
        Withdrawn = "withdrawn",
        /// They were given back.
        Lifted = "lifted",
        /// Nobody decided.
        Expired = "expired",
    }
}

/// What is raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Whom it is about.
    pub councillor: PersonId,
    /// What seems to have happened.
    pub about: String,
    /// The incident it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<MatterId>,
    /// When it was raised with the councillor, who hears of it first.
    pub raised_with_at: Timestamp,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// The councillor answers; or whoever raised it records a letter.
    Answer {
        /// In the councillor's words.
        words: String,
    },
    /// Settled between them, with a reason.
    Settle,
    /// Passed on: views are asked.
    Consult {
        /// Who is asked in the councillor's place, where they hold a post that is asked and nobody
        /// deputises.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<PersonId>,
    },
    /// A view is given, or recorded from a letter.
    View {
        /// Whose.
        of: PersonId,
        /// In their words.
        words: String,
    },
    /// Time: views that did not come are waited for no longer.
    CloseConsultation,
    /// How summons and papers reach the councillor without the services.
    RecordPapers {
        /// In words.
        how: String,
    },
    /// Decided, with a reason.
    Decide {
        /// What.
        outcome: Outcome,
    },
    /// The services are given back, with a reason.
    Lift,
    /// Time: whoever it waits for is reminded.
    Remind,
    /// Time: those above whoever it waits for are told.
    Escalate,
    /// Time: nobody decided.
    Expire,
}

impl Step {
    /// As events spell it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::Settle => "settle",
            Self::Consult { .. } => "consult",
            Self::View { .. } => "view",
            Self::CloseConsultation => "close-consultation",
            Self::RecordPapers { .. } => "record-papers",
            Self::Decide { .. } => "decide",
            Self::Lift => "lift",
            Self::Remind => "remind",
            Self::Escalate => "escalate",
            Self::Expire => "expire",
        }
    }
}
