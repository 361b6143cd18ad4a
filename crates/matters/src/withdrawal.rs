//! Somebody ceases to be a user, or services are withdrawn from them.
//!
//! What is withdrawn at a moment follows from the withdrawal alone ([`Withdrawal::withdraws`]): it
//! takes effect at its minute, whether or not anybody has verified it or set a switch by then, and a
//! notice that turns out mistaken gives back what it took. A limit that protects the network blames
//! nobody.

mod beginning;
mod ending;
mod steps;
mod time;

use std::collections::BTreeSet;

use jiff::Timestamp;
use policy::people::PeopleSettings;
use serde::{Deserialize, Serialize};

use crate::event::Actor;
use crate::id::{LONGEST, MatterId, PersonId};
use crate::machine::Refused;
use crate::people::Person;
use crate::stage::stages;
use crate::waiting::Waiting;

/// One withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Withdrawal {
    /// From whom.
    pub person: PersonId,
    /// Of what, and why.
    pub kind: Kind,
    /// First moment without.
    pub effective_at: Timestamp,
    /// First moment with it again, where that was said beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who said so first.
    pub by: Actor,
    /// Who else confirmed it; orders need nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Verified>,
    /// When it was rejected as mistaken, or lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Where it stands.
    pub stage: Stage,
    /// Since when it stands there.
    pub waiting: Waiting,
}

/// A second source says the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Verified {
    /// Which.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// What is withdrawn, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The person ceases to be a user: everything.
    Leaving,
    /// Everything, for good.
    Permanent,
    /// Everything, until a day or until it is lifted.
    Temporary,
    /// Some services.
    Partial {
        /// Which.
        services: BTreeSet<String>,
    },
    /// Some services, to protect the network. Nobody is to blame.
    NetworkProtection {
        /// Which.
        services: BTreeSet<String>,
    },
}

/// What is withdrawn from somebody at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawn<'a> {
    /// Every service.
    All,
    /// These.
    Services(&'a BTreeSet<String>),
}

stages! {
    /// Where a withdrawal stands. What is withdrawn is asked of [`Withdrawal::withdraws`].
    Stage {
        /// Somebody said the person leaves.
        Notified = "notified",
        /// A second source says so too.
        Verified = "verified",
        /// The moment is settled.
        Scheduled = "scheduled",
        /// Carried out.
        Disabled = "disabled",
        /// What the person leaves behind is handed over.
        Handover = "handover",
        /// Kept as long as it has to be.
        Archived = "archived",
        /// What was kept is gone.
        Disposed = "disposed",
        /// It was a mistake.
        Rejected = "rejected",
        /// Given back.
        Restored = "restored",
    }
}

/// What somebody says or orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// From whom.
    pub person: PersonId,
    /// Of what, and why.
    pub kind: Kind,
    /// First moment without. May be past: HR is late, and sometimes ahead of the first day.
    pub effective_at: Timestamp,
    /// First moment with it again; never for leavers and permanent withdrawals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// A second source says so too.
    Verify,
    /// The moment is settled, or put right before it comes.
    Schedule {
        /// First moment without.
        effective_at: Timestamp,
    },
    /// It was a mistake, with a reason.
    Reject,
    /// Its moment has come.
    Disable,
    /// The services are given back.
    Restore,
    /// What the person leaves behind begins to be handed over.
    HandOver,
    /// That is done; what must be kept is.
    Archive,
    /// What was kept is gone, with the certificate as evidence.
    Dispose,
    /// Time: whoever it waits for is reminded.
    Remind,
    /// Time: those above whoever it waits for are told.
    Escalate,
}

impl Step {
    /// As events spell it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Schedule { .. } => "schedule",
            Self::Reject => "reject",
            Self::Disable => "disable",
            Self::Restore => "restore",
            Self::HandOver => "hand-over",
            Self::Archive => "archive",
            Self::Dispose => "dispose",
            Self::Remind => "remind",
            Self::Escalate => "escalate",
        }
    }
}

impl Withdrawal {
    /// What is withdrawn at a moment, as far as is known now.
    pub fn withdraws(&self, at: Timestamp) -> Option<Withdrawn<'_>> {
        let begun = self.begins_at()? <= at;
        let over = [self.ended_at, self.until].into_iter().flatten();
        let over = over.min().is_some_and(|over| over <= at);
        (begun && !over).then(|| self.services())
    }

    /// What it is about, whenever.
    fn services(&self) -> Withdrawn<'_> {
        match &self.kind {
            Kind::Leaving | Kind::Permanent | Kind::Temporary => Withdrawn::All,
            Kind::Partial { services } | Kind::NetworkProtection { services } => {
                Withdrawn::Services(services)
            }
        }
    }

    /// First moment without, if it is known. Somebody's own notice counts from when it was verified:
    /// a slip of their own must not lock them out.
    fn begins_at(&self) -> Option<Timestamp> {
        if !self.is_own_notice() {
            return Some(self.effective_at);
        }
        let verified = self.verified.as_ref()?;
        Some(self.effective_at.max(verified.at))
    }

    fn is_own_notice(&self) -> bool {
        self.by.person() == Some(&self.person)
    }
}

/// Refuses what is not the reference of a withdrawal.
pub(crate) fn named(withdrawal: &MatterId) -> Result<(), Refused> {
    let reference = withdrawal.as_str();
    if reference.starts_with("WD-") && reference.len() <= LONGEST {
        Ok(())
    } else {
        let problem = "name the withdrawal by its reference, which begins with WD-";
        Err(Refused::field("withdrawal", problem))
    }
}

/// Posts that can withdraw services from this person, in one way or another.
pub(crate) fn posts_over(person: &Person, settings: &PeopleSettings) -> Vec<String> {
    let rules = &settings.withdrawal;
    let mut posts = notifiers(person, settings);
    posts.extend(rules.limited_by.iter().cloned());
    posts.extend(orderers(person, settings));
    posts
}

/// Posts that may say this person ceases to be a user.
fn notifiers(person: &Person, settings: &PeopleSettings) -> Vec<String> {
    let posts = settings.withdrawal.notified_by.get(&person.audience);
    posts.cloned().unwrap_or_default()
}

/// Posts that may order services withdrawn from this person.
fn orderers(person: &Person, settings: &PeopleSettings) -> Vec<String> {
    let rules = &settings.withdrawal;
    if is_councillor(person, settings) {
        vec![rules.councillor.decided_by.clone()]
    } else {
        rules.ordered_by.clone()
    }
}

fn is_councillor(person: &Person, settings: &PeopleSettings) -> bool {
    person.audience == settings.withdrawal.councillor.audience
}
