//! Sharing a mailbox: both people agree in writing, the desk is told, and it ends on its own.
//!
//! Where the pack names posts for it (`approved_by`), somebody who holds one of them over the owner
//! approves what the two agreed on before the desk is told; neither of the two does. Without such
//! posts their agreement is enough.
//!
//! The one who proposes agrees by proposing. Somebody can read for another, or send on behalf of
//! another with both names showing; nobody can send *as* another.
//!
//! Without the owner's agreement it is not sharing but *continuity access*: a post the pack names
//! orders it for a few days, for the business's sake, and the owner is told. That matter is not over
//! before they were.

mod steps;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::id::PersonId;
use crate::machine::{Effect, Refused, Taken};
use crate::stage::stages;
use crate::telling;
use crate::waiting::Waiting;

/// What a delegate may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// Read what is in the mailbox, apart from what is marked private.
    Read,
    /// Send with both names showing.
    SendOnBehalf,
    /// Send as if they were the owner. Always refused, with the reason.
    SendAs,
}

/// Why a mailbox is opened to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Both agree.
    Agreement,
    /// The owner is absent and cannot be asked; a post of the pack orders it.
    Continuity,
}

/// For when a mailbox is shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum When {
    /// From one moment to another. A beginning that has passed means at once.
    Between {
        /// First moment.
        from: Timestamp,
        /// First moment after.
        until: Timestamp,
    },
    /// For the days of an absence, both included; within an hour of local midnight.
    AbsenceCover {
        /// First day away.
        first: Date,
        /// Last day away.
        last: Date,
    },
}

/// What is proposed or ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Whose mailbox.
    pub owner: PersonId,
    /// Who may use it.
    pub delegate: PersonId,
    /// For what.
    pub rights: BTreeSet<Right>,
    /// By agreement or by order.
    pub basis: Basis,
    /// Why.
    pub why: String,
    /// For when.
    pub when: When,
}

/// What can be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// The owner agrees.
    OwnerAgree,
    /// The delegate agrees.
    DelegateAgree,
    /// The one who is asked says no, or the one who proposed takes it back.
    Decline,
    /// Somebody over the owner approves what both agreed on.
    Approve,
    /// They do not, and say why.
    Refuse,
    /// The desk, which was told in writing, has set it up.
    Inform,
    /// Either of the two ends it; of a continuity access also whoever may order one.
    End,
    /// One of the two is no longer a user; follows from that.
    Left {
        /// Which.
        who: PersonId,
    },
    /// One of the two has another post; follows from that.
    Moved {
        /// Which.
        who: PersonId,
    },
    /// The owner confirms having been told of a continuity access.
    Acknowledge,
    /// Its time begins.
    Begin,
    /// Its time is over.
    Expire,
    /// Those awaited are reminded.
    Remind,
    /// It is said that it takes long.
    Escalate,
    /// Nobody acted in time.
    Lapse,
}

stages! {
    /// Where it stands.
    State {
        /// One of the two has agreed.
        Proposed = "proposed",
        /// Both have agreed; a post of the pack has to approve it.
        AwaitingApproval = "awaiting-approval",
        /// Both have agreed, and it is approved where it has to be; or it was ordered. The desk has to
        /// set it up.
        Agreed = "agreed",
        /// Set up, for later.
        Informed = "informed",
        /// In force.
        Active = "active",
        /// Ended by somebody, or because one of the two left or moved.
        Ended = "ended",
        /// Out of time.
        Expired = "expired",
        /// Not agreed to.
        Declined = "declined",
        /// Not approved.
        Refused = "refused",
        /// Not agreed to, not approved or not set up, in time.
        Lapsed = "lapsed",
        /// A continuity access that is over, but the owner has not confirmed knowing of it.
        OwnerToBeTold = "owner-to-be-told",
    }
}

/// Why it ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The owner ended it.
    ByOwner,
    /// The delegate ended it.
    ByDelegate,
    /// Whoever may order one ended it.
    ByOrder,
    /// One of the two left.
    Leaver,
    /// One of the two moved.
    Mover,
}

/// An approval of what two people agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Approved {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// What gates and mail servers may rely on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared<'a> {
    /// Whose mailbox.
    pub owner: &'a PersonId,
    /// Who may use it.
    pub delegate: &'a PersonId,
    /// For what.
    pub rights: &'a BTreeSet<Right>,
    /// First moment.
    pub from: Timestamp,
    /// First moment after.
    pub until: Timestamp,
}

/// One sharing of a mailbox, from the proposal to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    /// Whose mailbox.
    pub owner: PersonId,
    /// Who may use it.
    pub delegate: PersonId,
    /// Who proposed or ordered it.
    pub proposed_by: PersonId,
    /// For what.
    pub rights: BTreeSet<Right>,
    /// By agreement or by order.
    pub basis: Basis,
    /// Why.
    pub why: String,
    /// First moment.
    pub from: Timestamp,
    /// First moment after.
    pub until: Timestamp,
    /// When the owner agreed.
    pub owner_agreed: Option<Timestamp>,
    /// When the delegate agreed.
    pub delegate_agreed: Option<Timestamp>,
    /// Who approved it, where the pack wants somebody to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Approved>,
    /// When the owner of a continuity access confirmed knowing of it.
    pub owner_told: Option<Timestamp>,
    /// Why it ended before its time.
    pub ending: Option<Ending>,
    /// Where it stands.
    pub state: State,
    clauses: Vec<String>,
    waiting: Waiting,
}

impl Delegation {
    /// What may be relied on at a moment; nothing unless it is active and in time.
    pub fn shares(&self, at: Timestamp) -> Option<Shared<'_>> {
        let in_force = self.state == State::Active && self.from <= at && at < self.until;
        in_force.then_some(Shared {
            owner: &self.owner,
            delegate: &self.delegate,
            rights: &self.rights,
            from: self.from,
            until: self.until,
        })
    }

    fn is_order(&self) -> bool {
        self.basis == Basis::Continuity
    }

    fn needs(&self, step: &'static str, states: &[State]) -> Result<(), Refused> {
        if states.contains(&self.state) {
            return Ok(());
        }
        Err(Refused::State {
            state: self.state.name(),
            step,
        })
    }

    fn with(&self, state: State) -> Self {
        Self {
            state,
            ..self.clone()
        }
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

    /// As [`Self::taken`], and both people are told.
    fn told(
        self,
        step: &'static str,
        authority: Option<Authority>,
        notice: &'static str,
    ) -> Taken<Self> {
        let both = [&self.owner, &self.delegate].map(|who| telling::one(who, notice));
        self.taken(step, authority, both.into())
    }
}

/// First moment, and first moment after.
fn period(when: &When, now: Timestamp) -> Result<(Timestamp, Timestamp), Refused> {
    let (from, until) = match when {
        When::Between { from, until } => (*from, *until),
        When::AbsenceCover { first, last } => {
            let midnight = |day: Date| Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp());
            let after = last.tomorrow().ok();
            midnight(*first)
                .zip(after.and_then(midnight))
                .ok_or_else(|| Refused::field("first", "these are no days to be away"))?
        }
    };
    let from = from.max(now);
    if until <= from {
        let problem = "it would end before it begins; choose a later day";
        return Err(Refused::field("until", problem));
    }
    Ok((from, until))
}
