//! A permission: somebody asks for what the policy lets them do only with leave, those the pack names
//! decide, and it ends on its own.
//!
//! Several signatures are given by several people. A decision can grant less than was asked for and
//! never more. There is no extension: that is a new permission. Ends are told apart: one that ran out
//! of time (`expired`), of uses (`exhausted`), or was taken back (`revoked`).
//!
//! A kind may let an act in an emergency be entered afterwards; such an entry, once approved, covers
//! that act and nothing to come.

mod signatures;
mod steps;
mod terms;

use jiff::Timestamp;
use policy::people::{PermissionKind, Scope};
use serde::{Deserialize, Serialize};

pub use self::signatures::{Seat, Signature};
pub use self::terms::{Narrowed, Terms};
use crate::authority::Authority;
use crate::event::Act;
use crate::id::{PersonId, PostId};
use crate::machine::{Machine, Refused, Taken};
use crate::stage::stages;
use crate::waiting::{Waiting, Word};
use crate::world::World;
use crate::{acting, field, guard, telling, waiting, working_days};

/// Furthest ahead a permission can begin, in days.
const FURTHEST_AHEAD: u32 = 366;
/// Days without a decision after which deciders are reminded, and again until it is said that it
/// takes long.
const REMINDED_EVERY: u32 = 5;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Who would be permitted. Asked for by themselves or by their line manager.
    pub person: PersonId,
    /// The kind, as the pack's rules spell it.
    pub kind: String,
    /// Hosts, recipients, items, devices or occasions, as the kind says.
    #[serde(default)]
    pub scope: Vec<String>,
    /// What for.
    pub why: String,
    /// For when.
    pub when: When,
}

/// For when a permission is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum When {
    /// For a time to come. A beginning that has passed means at once.
    Ahead {
        /// First moment.
        from: Timestamp,
        /// First moment after.
        until: Timestamp,
    },
    /// For something already done.
    Afterwards {
        /// When it was done.
        done_at: Timestamp,
    },
}

/// What can be done with a permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// The method to be used is advised, where the kind needs that first.
    Advise {
        /// How to do it.
        method: String,
    },
    /// One decider signs; the last signature grants.
    Approve {
        /// Less than was asked for.
        #[serde(default)]
        narrowed: Narrowed,
    },
    /// One decider refuses, with a reason; that is enough.
    Refuse,
    /// Whoever asked asks no longer.
    Withdraw,
    /// A decider takes it back, with a reason, or the person gives it up.
    Revoke,
    /// The person is no longer a user; follows from that.
    Left,
    /// One use is taken.
    Use {
        /// The activity it is for, by a name of its own, so that none counts twice.
        what: String,
    },
    /// Its time begins.
    Begin,
    /// Its time is over.
    Expire,
    /// Those awaited are reminded.
    Remind,
    /// Those who asked are told that it takes long.
    Escalate,
    /// Nobody decided in time.
    Lapse,
}

stages! {
    /// Where a permission stands.
    State {
        /// Asked for.
        Requested = "requested",
        /// Asked for, and advice was given.
        Advised = "advised",
        /// Granted, for later.
        Approved = "approved",
        /// In force.
        Active = "active",
        /// Out of time.
        Expired = "expired",
        /// Out of uses.
        Exhausted = "exhausted",
        /// Taken back or given up.
        Revoked = "revoked",
        /// Not granted.
        Refused = "refused",
        /// Not decided in time.
        Lapsed = "lapsed",
        /// No longer asked for.
        Withdrawn = "withdrawn",
    }
}

/// What the pack said of the kind when it was asked for; the matter is judged by this to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Each list is a signature that is needed; any post in it may give it.
    pub deciders: Vec<Vec<PostId>>,
    /// Posts of which one must advise first.
    pub advised_by: Vec<PostId>,
    /// What has to be named.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub scope: Option<Scope>,
    /// Shown to nobody but its deciders and the person.
    pub sealed: bool,
    /// Clauses it rests on.
    pub clauses: Vec<String>,
}

/// One use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Used {
    /// The activity.
    pub what: String,
    /// When.
    pub at: Timestamp,
}

/// What a gate may rely on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant<'a> {
    /// The kind, as rules spell it.
    pub kind: &'a str,
    /// To whom.
    pub person: &'a PersonId,
    /// First moment.
    pub from: Timestamp,
    /// First moment after.
    pub until: Timestamp,
    /// What the scope names; nothing if the kind is not limited.
    pub limit: Option<Scope>,
    /// Hosts, recipients, items, devices or occasions it is limited to.
    pub scope: &'a [String],
    /// Uses left, at least one; any number if absent.
    pub uses_left: Option<u32>,
}

/// One permission, from the request to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Who is or would be permitted.
    pub person: PersonId,
    /// Who asked: the person, or their manager for them.
    pub asked_by: PersonId,
    /// The kind, as the pack's rules spell it.
    pub kind: String,
    /// What for.
    pub why: String,
    /// When it was done, if it is asked for afterwards.
    pub done_at: Option<Timestamp>,
    /// What the pack says of the kind.
    pub rules: Rules,
    /// What is asked for or granted.
    pub terms: Terms,
    /// How to do it, as advised.
    pub advice: Option<String>,
    /// Who has signed.
    pub signatures: Vec<Signature>,
    /// Uses taken; never more than the terms allow.
    pub used: Vec<Used>,
    /// Where it stands.
    pub state: State,
    waiting: Waiting,
}

impl Permission {
    /// What a gate may rely on at a moment; nothing unless it is active, in time and has a use left.
    pub fn grants(&self, at: Timestamp) -> Option<Grant<'_>> {
        let in_force = self.state == State::Active && self.terms.cover(at);
        let uses_left = self.uses_left();
        (in_force && uses_left != Some(0)).then_some(Grant {
            kind: &self.kind,
            person: &self.person,
            from: self.terms.from,
            until: self.terms.until,
            limit: self.rules.scope,
            scope: &self.terms.scope,
            uses_left,
        })
    }

    /// Uses left; any number if absent.
    pub fn uses_left(&self) -> Option<u32> {
        let used = u32::try_from(self.used.len()).unwrap_or(u32::MAX);
        self.terms.uses.map(|uses| uses.saturating_sub(used))
    }

    /// Whether a use was taken for this activity.
    pub fn was_used_for(&self, what: &str) -> bool {
        self.used.iter().any(|used| used.what == what)
    }

    /// Signatures still needed: any post of a list may give that one.
    pub fn still_to_sign(&self) -> Vec<&[PostId]> {
        signatures::missing(&self.signatures, &self.rules.deciders)
            .map(Vec::as_slice)
            .collect()
    }

    /// Posts whose act it waits for.
    fn awaited(&self) -> Vec<&PostId> {
        match (self.state, self.advice.as_ref()) {
            (State::Requested, None) if !self.rules.advised_by.is_empty() => {
                self.rules.advised_by.iter().collect()
            }
            _ => self.still_to_sign().into_iter().flatten().collect(),
        }
    }

    fn is_undecided(&self) -> bool {
        matches!(self.state, State::Requested | State::Advised)
    }

    fn needs(&self, step: &'static str, states: &[State]) -> Result<(), Refused> {
        if states.contains(&self.state) {
            return Ok(());
        }
        Err(Refused::State {
            state: self.state(),
            step,
        })
    }

    fn rule(&self, problem: &str) -> Refused {
        Refused::Rule {
            problem: problem.to_owned(),
            clauses: self.rules.clauses.clone(),
        }
    }

    /// A decider's authority over it, whichever signature is theirs.
    fn decider(&self, act: &Act, world: &World<'_>) -> Result<Authority, Refused> {
        let posts: Vec<_> = self.rules.deciders.iter().flatten().cloned().collect();
        world.authority(acting::person(act)?, &posts, &self.person, &[], act.at)
    }

    fn with(&self, state: State) -> Self {
        Self {
            state,
            ..self.clone()
        }
    }

    fn taken(self, step: &'static str, authority: Option<Authority>) -> Taken<Self> {
        Taken {
            step,
            authority,
            clauses: self.rules.clauses.clone(),
            effects: Vec::new(),
            matter: self,
        }
    }

    /// As [`Self::taken`], and the person is told, and whoever asked for them.
    fn told(
        self,
        step: &'static str,
        authority: Option<Authority>,
        notice: &'static str,
    ) -> Taken<Self> {
        let mut taken = self.taken(step, authority);
        let Self {
            person, asked_by, ..
        } = &taken.matter;
        taken.effects.push(telling::one(person, notice));
        if asked_by != person {
            taken.effects.push(telling::one(asked_by, notice));
        }
        taken
    }

    /// As [`Self::taken`], and those whose act it waits for are told.
    fn asks(
        self,
        step: &'static str,
        authority: Option<Authority>,
        at: Timestamp,
        world: &World<'_>,
        notice: &'static str,
    ) -> Taken<Self> {
        let signed: Vec<_> = self.signatures.iter().map(|one| one.by.clone()).collect();
        let effects = telling::posts(world, self.awaited(), &self.person, &signed, at, notice);
        Taken {
            effects,
            ..self.taken(step, authority)
        }
    }
}
