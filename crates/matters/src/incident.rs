//! Something went wrong, and somebody says so.
//!
//! An accident is told to the line manager and the service desk at once; a manager who is implicated
//! is passed over. A report about somebody else goes to internal audit and nobody else sees it; it
//! can be made without a name. What was met is never uploaded: words, an address or a message id say
//! where it is.
//!
//! Whoever reports may be asked to do something about it, step by step: at once by the pack, as for mail
//! that went astray, or by those who were told, as about a virus. It cannot be answered before they said
//! of each step that it is done.
//!
//! An incident does not lapse. Those who were told are reminded, and it stays until it is answered.

mod advice;
mod steps;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::id::{PersonId, PostId};
use crate::machine::{Effect, Refused, Taken};
use crate::stage::stages;
use crate::waiting::Waiting;

/// Who reports where nobody gave a name.
pub const ANONYMOUS: &str = "anonymous";

stages! {
    /// What is reported.
    Kind {
        /// Opened or received by accident what the policy bans.
        Accident = "accident",
        /// Mail that went to the wrong person.
        Misdirected = "misdirected",
        /// Access one should not have.
        TooMuchAccess = "too-much-access",
        /// A virus, or what looks like one.
        Virus = "virus",
        /// Unwanted mail.
        Spam = "spam",
        /// Somebody else knows a password.
        PasswordDisclosed = "password-disclosed",
        /// What somebody else did.
        ReportSomeone = "report-someone",
    }
}

/// What is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// What kind of thing.
    pub kind: Kind,
    /// What happened, in the reporter's words.
    pub words: String,
    /// When.
    pub happened_at: Timestamp,
    /// The page, if there was one; what follows `?` or `#` is not kept.
    #[serde(default)]
    pub url: Option<String>,
    /// The message, if there was one.
    #[serde(default)]
    pub message_id: Option<String>,
    /// Who else has to do with it; not told of it.
    #[serde(default)]
    pub implicated: Option<PersonId>,
    /// SHA-256 of the key somebody without a name was given to ask about their report later. Such a
    /// report is opened by the rule [`ANONYMOUS`], so that no name comes near it.
    #[serde(default)]
    pub key_sha256: Option<String>,
}

/// What can be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Somebody who was told has read it.
    Acknowledge,
    /// Somebody who was told asks the reporter to do something.
    Advise {
        /// What, one after the other.
        steps: Vec<String>,
    },
    /// The reporter has done one of the things they were asked to do.
    Confirm {
        /// Which, counted from 1.
        number: u32,
    },
    /// It is answered.
    Close {
        /// What came of it, for the reporter.
        feedback: String,
    },
    /// Those who said nothing are reminded.
    Remind,
    /// Internal audit is told that it takes long.
    Escalate,
}

stages! {
    /// Where it stands.
    State {
        /// Told to those it concerns.
        Reported = "reported",
        /// Everybody who was told has read it.
        Acknowledged = "acknowledged",
        /// Answered.
        Closed = "closed",
    }
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// Who reported it, or [`ANONYMOUS`].
    pub reporter: PersonId,
    /// What kind of thing.
    pub kind: Kind,
    /// What happened, in the reporter's words.
    pub words: String,
    /// When.
    pub happened_at: Timestamp,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// The page, without query or credentials.
    pub url: Option<String>,
    /// The message.
    pub message_id: Option<String>,
    /// Who else has to do with it.
    pub implicated: Option<PersonId>,
    /// Reported at once and about oneself: what it explains is not held against the reporter.
    pub in_good_faith: bool,
    /// SHA-256 of the key of somebody without a name.
    pub key_sha256: Option<String>,
    /// Who has read it, by the post they were told as.
    pub acknowledged: BTreeMap<PostId, Acknowledged>,
    /// What the reporter is asked to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<Advice>,
    /// What came of it, for the reporter.
    pub feedback: Option<String>,
    /// Where it stands.
    pub state: State,
    clauses: Vec<String>,
    waiting: Waiting,
}

/// Somebody has read a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Acknowledged {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// One thing the reporter is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// What.
    pub step: String,
    /// Who asked for it; the policy itself where nobody did.
    pub by: Option<PersonId>,
    /// When they said that it is done.
    pub done_at: Option<Timestamp>,
}

impl Incident {
    /// Whether only internal audit, and the reporter, may know that there is such a report.
    pub fn is_confidential(&self) -> bool {
        self.kind == Kind::ReportSomeone
    }

    fn is_anonymous(&self) -> bool {
        self.key_sha256.is_some()
    }

    fn named(&self) -> &[PersonId] {
        self.implicated.as_slice()
    }

    fn taken(
        self,
        step: &'static str,
        authority: Option<Authority>,
        effects: Vec<Effect>,
    ) -> Taken<Self> {
        Taken {
            step,
            authority,
            clauses: self.clauses.clone(),
            effects,
            matter: self,
        }
    }

    fn wrong_state(&self, step: &'static str) -> Refused {
        Refused::State {
            state: self.state.name(),
            step,
        }
    }
}
