//! A generic mailbox: an address of the council rather than of a person, with people who answer for
//! it.
//!
//! It is active only while one officer manages it and enough administrators have agreed to do it and
//! have signed the policy in force. The moment that is no longer so it is at risk, and after some
//! working days suspended; put right, it is active again. Whoever keeps matters takes a *recheck*
//! when somebody leaves or a signature lapses.

mod steps;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::id::{PersonId, UnitId};
use crate::machine::{Effect, Refused, Taken};
use crate::stage::stages;
use crate::waiting::Waiting;
use crate::world::World;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Its address.
    pub address: String,
    /// The council business it serves.
    pub purpose: String,
    /// The one officer who answers for it.
    pub manager: PersonId,
    /// Who would administer it.
    pub administrators: Vec<PersonId>,
    /// The unit it belongs to.
    pub unit: UnitId,
}

/// What can be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// The desk has checked the request.
    Check,
    /// The desk refuses it, with a reason.
    Refuse,
    /// Whoever asked asks no longer.
    Withdraw,
    /// An administrator agrees to be one.
    Agree,
    /// Another administrator is named, who still has to agree.
    Add {
        /// Who.
        who: PersonId,
    },
    /// An administrator steps down or is relieved.
    Remove {
        /// Who.
        who: PersonId,
    },
    /// Another manager is named.
    NameManager {
        /// Who.
        who: PersonId,
    },
    /// Something changed about the people who answer for it; follows from that.
    Recheck {
        /// Who is no longer a user.
        #[serde(default)]
        left: Option<PersonId>,
    },
    /// The manager confirms that it is still needed and by whom it is run.
    Review,
    /// It is closed: archived, and mail sent on.
    Close {
        /// Where mail goes from now on.
        #[serde(default)]
        redirect: Option<String>,
    },
    /// It was at risk too long.
    Suspend,
    /// A year has passed since it was last reviewed.
    ReviewDue,
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
        /// Asked for.
        Requested = "requested",
        /// Checked; administrators still have to agree or to sign.
        Checked = "checked",
        /// In use.
        Active = "active",
        /// In use, but too few answer for it.
        AtRisk = "at-risk",
        /// Out of use until enough answer for it.
        Suspended = "suspended",
        /// Archived, mail sent on.
        Closed = "closed",
        /// Not opened.
        Refused = "refused",
        /// No longer asked for.
        Withdrawn = "withdrawn",
        /// Not opened in time.
        Lapsed = "lapsed",
    }
}

/// One generic mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GenericMailbox {
    /// Its address, in lower case.
    pub address: String,
    /// The council business it serves.
    pub purpose: String,
    /// Who asked for it.
    pub requested_by: PersonId,
    /// The one officer who answers for it.
    pub manager: PersonId,
    /// The manager left and nobody was named instead.
    pub manager_left: bool,
    /// Who administers it, and when each agreed to.
    pub administrators: BTreeMap<PersonId, Option<Timestamp>>,
    /// The unit it belongs to.
    pub unit: UnitId,
    /// When it was first active or last reviewed.
    pub reviewed_at: Option<Timestamp>,
    /// Since when it is at risk.
    pub at_risk_since: Option<Timestamp>,
    /// Where mail goes once it is closed.
    pub redirect: Option<String>,
    /// Where it stands.
    pub state: State,
    clauses: Vec<String>,
    /// Since when somebody is awaited: for the decision, or for the yearly review.
    waiting: Option<Waiting>,
}

impl GenericMailbox {
    /// Administrators who agreed and whose signature on the policy stands.
    pub fn in_charge<'a>(&'a self, world: &'a World<'_>) -> impl Iterator<Item = &'a PersonId> {
        let agreed = self.administrators.iter().filter(|(_, at)| at.is_some());
        let signed = agreed.filter(|(who, _)| world.accepted.contains(*who));
        signed.map(|(who, _)| who)
    }

    /// Whether enough people answer for it.
    pub fn is_sound(&self, world: &World<'_>) -> bool {
        // Never by nobody, whatever the pack says.
        let least = world.settings.mailboxes.min_administrators.max(1) as usize;
        let managed = !self.manager_left && world.people.person(&self.manager).is_some();
        managed && self.in_charge(world).count() >= least
    }

    /// Whether a recheck would change anything.
    pub fn needs_recheck(&self, world: &World<'_>) -> bool {
        match self.state {
            State::Active => !self.is_sound(world),
            State::Checked | State::AtRisk | State::Suspended => self.is_sound(world),
            _ => false,
        }
    }

    fn is_open(&self) -> bool {
        use State::{Active, AtRisk, Suspended};
        matches!(self.state, Active | AtRisk | Suspended)
    }

    fn needs(&self, step: &'static str, may: bool) -> Result<(), Refused> {
        if may {
            return Ok(());
        }
        Err(Refused::State {
            state: self.state.name(),
            step,
        })
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
}
