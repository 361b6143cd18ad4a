//! One person asks for one service.
//!
//! Somebody senior confirms the need, or certifies who a councillor is; whoever runs the service
//! permits it; HR confirms identity beside that; the person signs the policy. Access is active only
//! when all of it is recorded, in whatever order it came, and ends only by a withdrawal or on the day
//! the request named.

mod asking;
mod deciding;
mod gates;
mod steps;
mod time;
mod using;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::gates::{Gate, Gates, Given, Identity};
use crate::id::{MatterId, PersonId};
use crate::stage::stages;
use crate::waiting::Waiting;

/// One person's request for one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccessRequest {
    /// Who is to have it.
    pub person: PersonId,
    /// A service of the pack.
    pub service: String,
    /// What it is needed for, and on what terms.
    pub wanted: Wanted,
    /// Who asks: the person, or who answers for them.
    pub requester: PersonId,
    /// The form, where it was asked for on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Paper>,
    /// What was recorded of the gates.
    pub gates: Gates,
    /// Where it stands.
    pub stage: Stage,
    /// Since when it stands there.
    pub waiting: Waiting,
    /// When it expires, unless it is active by then.
    pub expires_at: Timestamp,
    /// Withdrawal that suspended or ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<MatterId>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What it is needed for, in words.
    pub need: String,
    /// Equipment that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipment: Option<String>,
    /// First moment it is no longer needed. Some audiences must name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who of the council answers for the person, where they are not the council's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sponsor: Option<PersonId>,
}

/// A form on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Paper {
    /// Reference of the scan.
    pub scan: String,
    /// Who typed it in.
    pub entered_by: PersonId,
    /// Who compared that with the scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_by: Option<PersonId>,
}

stages! {
    /// Where a request for access stands.
    Stage {
        /// Being written.
        Draft = "draft",
        /// Typed in from paper; a second person has to compare it with the scan.
        PaperUnchecked = "paper-unchecked",
        /// Waits for somebody senior to confirm the need.
        AwaitingAuthorisation = "awaiting-authorisation",
        /// Waits for a certificate of who the person is.
        AwaitingCertification = "awaiting-certification",
        /// Sent back to be put right.
        Returned = "returned",
        /// Waits for whoever runs the service.
        AwaitingPermission = "awaiting-permission",
        /// Decided; HR or the signature is still missing.
        Permitted = "permitted",
        /// Being set up.
        Provisioning = "provisioning",
        /// Setting up failed in part.
        Partial = "partial",
        /// In use.
        Active = "active",
        /// In use; the person's work changed, so somebody has to confirm it anew.
        MoverReview = "mover-review",
        /// Withdrawn for a time.
        Suspended = "suspended",
        /// Not granted.
        Refused = "refused",
        /// Taken back by who asked.
        Withdrawn = "withdrawn",
        /// Nobody finished it in time.
        Expired = "expired",
        /// Was in use, and is no more.
        Ended = "ended",
    }
}

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Who is to have it.
    pub person: PersonId,
    /// A service of the pack.
    pub service: String,
    /// What it is needed for, and on what terms.
    pub wanted: Wanted,
    /// The form, where the service desk types it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperForm>,
}

/// A form on paper, as the service desk types it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PaperForm {
    /// Reference of the scan.
    pub scan: String,
    /// Whose signature is on it: the person's, or that of who answers for them.
    pub requester: PersonId,
}

/// What can be done with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// Who asked puts it right.
    Revise {
        /// What is asked for now.
        wanted: Wanted,
    },
    /// Who asked sends it off.
    Submit,
    /// A second person finds that what was typed in is what the scan says, which sends it off.
    Check,
    /// The need is confirmed.
    Authorise,
    /// Who the person is, is certified.
    Certify,
    /// Sent back to be put right, with a reason.
    Return {
        /// Clause it rests on.
        clause: String,
    },
    /// Not granted, with a reason.
    Refuse {
        /// Clause it rests on.
        clause: String,
    },
    /// HR confirms identity and post.
    HrVerify,
    /// HR knows no such person or post.
    HrMismatch,
    /// Whoever runs the service permits it, or a standing rule of theirs does.
    Permit,
    /// A signature or the person's record changed elsewhere: see whether the gates stand open.
    Recheck,
    /// It is set up.
    Provisioned,
    /// Setting it up failed, with a reason.
    ProvisionFailed,
    /// Who asked takes it back.
    Withdraw,
    /// The person's name, post, service or directorate changed.
    MoverReview,
    /// Still needed where the person works now.
    Confirm,
    /// Withdrawn for a time.
    Suspend {
        /// By which withdrawal.
        withdrawal: MatterId,
    },
    /// Given back.
    Restore {
        /// By which withdrawal.
        withdrawal: MatterId,
    },
    /// Withdrawn for good.
    End {
        /// By which withdrawal.
        withdrawal: MatterId,
    },
    /// Time: the day named in the request has come.
    ReachEnd,
    /// Time: whoever it waits for is reminded.
    Remind,
    /// Time: those above whoever it waits for are told.
    Escalate,
    /// Time: nobody finished it.
    Expire,
}

impl Step {
    /// As events spell it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Revise { .. } => "revise",
            Self::Submit => "submit",
            Self::Check => "check",
            Self::Authorise => "authorise",
            Self::Certify => "certify",
            Self::Return { .. } => "return",
            Self::Refuse { .. } => "refuse",
            Self::HrVerify => "hr-verify",
            Self::HrMismatch => "hr-mismatch",
            Self::Permit => "permit",
            Self::Recheck => "recheck",
            Self::Provisioned => "provisioned",
            Self::ProvisionFailed => "provision-failed",
            Self::Withdraw => "withdraw",
            Self::MoverReview => "mover-review",
            Self::Confirm => "confirm",
            Self::Suspend { .. } => "suspend",
            Self::Restore { .. } => "restore",
            Self::End { .. } => "end",
            Self::ReachEnd => "reach-end",
            Self::Remind => "remind",
            Self::Escalate => "escalate",
            Self::Expire => "expire",
        }
    }
}
