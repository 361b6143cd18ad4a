//! One person signs one version of the policy.
//!
//! Bound to the text as it was delivered, in the format it was read in, with the words above the
//! button. A signature never counts for more than it is: not signing is first reminded of, then
//! escalated, and only somebody the pack names decides to restrict; declining opens a conversation
//! and is no misconduct; absence stops the clock.

mod ladder;
mod signing;
mod steps;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::PersonId;
use crate::stage::stages;
use crate::waiting::Waiting;

/// One person's signature on one version, or the want of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acceptance {
    /// Who signs.
    pub person: PersonId,
    /// The edition that binds them: `officers`.
    pub edition: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its text, hexadecimal.
    pub text_sha256: String,
    /// When it is overdue.
    pub due_by: Timestamp,
    /// Whether it was reminded of before that.
    #[serde(default)]
    pub reminded: bool,
    /// What was last opened to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Read>,
    /// The signature; counts only where it stands as accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// Where it stood before a signature came that waits to be checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_check: Option<Stage>,
    /// When the absence ends during which it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent_until: Option<Timestamp>,
    /// Whether a councillor's want of a signature was laid before whoever raises such things.
    #[serde(default)]
    pub referred: bool,
    /// Who asked first that it be void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void_asked: Option<VoidAsked>,
    /// Where it stands.
    pub stage: Stage,
    /// Since when it stands there.
    pub waiting: Waiting,
}

/// The text was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Read {
    /// In this format: `html`, `large-print`, `braille` …
    pub format: String,
    /// When.
    pub at: Timestamp,
}

/// A signature as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Signature {
    /// When.
    pub at: Timestamp,
    /// The format that was read.
    pub format: String,
    /// The words above the button, as they were shown.
    pub statement: String,
    /// SHA-256 of the form as it was shown, hexadecimal.
    pub form_sha256: String,
    /// How.
    pub method: Method,
    /// Who entered it: the signer, the service desk or an assistant.
    pub entered_by: PersonId,
    /// The second person, for one that was not entered by the signer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_by: Option<PersonId>,
}

/// How somebody signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Method {
    /// On a page, in their own name.
    Electronic {
        /// When they last proved who they are.
        authenticated_at: Timestamp,
    },
    /// In ink; whoever acts typed it in.
    Manuscript {
        /// Reference of the scan.
        scan: String,
    },
    /// With somebody's help.
    Assisted {
        /// Who helped.
        assistant: PersonId,
        /// When the signer last proved who they are, where it is done in their own name. Otherwise
        /// the assistant enters it and a second person checks it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authenticated_at: Option<Timestamp>,
    },
}

/// The first of the two that are needed to void a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VoidAsked {
    /// Who asked.
    pub by: PersonId,
    /// Whether for internal audit; the other side must then agree.
    pub for_audit: bool,
}

stages! {
    /// Where a signature stands.
    Stage {
        /// To be signed; nobody has told the person.
        Due = "due",
        /// The person was told.
        Notified = "notified",
        /// The text was opened.
        Opened = "opened",
        /// Not signed in time.
        OverdueOnce = "overdue-1",
        /// Still not signed; the manager was told.
        OverdueTwice = "overdue-2",
        /// Somebody has to decide whether services are restricted.
        RestrictProposed = "restrict-proposed",
        /// Services are restricted until it is signed.
        Restricted = "restricted",
        /// Waits for the return from a long absence.
        Deferred = "deferred",
        /// Signed on paper or through an assistant; a second person has to check it.
        Unchecked = "unchecked",
        /// Signed.
        Accepted = "accepted",
        /// The person said no.
        Declined = "declined",
        /// A later version took its place.
        Superseded = "superseded",
        /// Signed by or for the wrong person.
        Void = "void",
        /// The person is bound no more.
        Lapsed = "lapsed",
    }
}

/// A version has come into force, or somebody has joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Who is to sign.
    pub person: PersonId,
    /// The edition that binds them.
    pub edition: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its text, hexadecimal.
    pub text_sha256: String,
    /// When the version comes into force.
    pub in_force_at: Timestamp,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// Time: the person is told.
    Notified,
    /// The person opens the text.
    Opened {
        /// In this format.
        format: String,
    },
    /// Signed. The form's hash comes with the act.
    Accept {
        /// The format that was read.
        format: String,
        /// SHA-256 of the text that was delivered.
        text_sha256: String,
        /// The words above the button, as they were shown.
        statement: String,
        /// How.
        method: Method,
    },
    /// A second person finds that the record is what was signed.
    Check,
    /// A second person finds that it is not, with a reason.
    Reject,
    /// The person says no; a reason is theirs to give.
    Decline,
    /// Time: reminded of before it is overdue.
    Remind,
    /// Time: the next rung of the ladder.
    Overdue,
    /// Time: restricting services is put to whoever decides.
    ProposeRestriction,
    /// Time: a councillor's want of a signature is laid before whoever raises such things.
    Refer,
    /// Time: whoever it waits for has not acted, and those above them are told.
    Escalate,
    /// Services are restricted, with a reason.
    Restrict,
    /// Services are not restricted for now, with a reason.
    LetStand,
    /// The person is away for long.
    Defer {
        /// First moment after the absence, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// The person is back.
    Return,
    /// A later version took its place.
    Supersede {
        /// Which.
        version: String,
    },
    /// The person is bound no more.
    Lapse,
    /// One of two posts asks that it be void, with a reason.
    ProposeVoid,
    /// The other agrees.
    Void,
}

impl Step {
    /// As events spell it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Notified => "notified",
            Self::Opened { .. } => "opened",
            Self::Accept { .. } => "accept",
            Self::Check => "check",
            Self::Reject => "reject",
            Self::Decline => "decline",
            Self::Remind => "remind",
            Self::Overdue => "overdue",
            Self::ProposeRestriction => "propose-restriction",
            Self::Refer => "refer",
            Self::Escalate => "escalate",
            Self::Restrict => "restrict",
            Self::LetStand => "let-stand",
            Self::Defer { .. } => "defer",
            Self::Return => "return",
            Self::Supersede { .. } => "supersede",
            Self::Lapse => "lapse",
            Self::ProposeVoid => "propose-void",
            Self::Void => "void",
        }
    }
}
