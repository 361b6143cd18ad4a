//! Voicemail that nobody has listened to.
//!
//! One for each person at a time. It follows from call records alone: a message that is left begins it, a
//! call to the mailbox ends it. Whoever has left it for longer than the pack allows is reminded once, and
//! their manager told after that. What a message says, or who left it, is not known here.

use jiff::Timestamp;
use policy::people::VoicemailRules;
use serde::{Deserialize, Serialize};

use crate::event::Act;
use crate::follows::Follows;
use crate::id::PersonId;
use crate::machine::{Machine, Refused, Taken};
use crate::people::LINE_MANAGER;
use crate::stage::stages;
use crate::world::World;
use crate::{acting, field, guard, telling, working_days};

/// Days after the last message when nothing more is asked: systems delete what is as old.
pub const FORGOTTEN_AFTER_DAYS: u32 = 90;

/// A message was left, and none waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// For whom.
    pub person: PersonId,
    /// At which telephone.
    pub extension: String,
    /// When.
    pub left_at: Timestamp,
}

/// What can happen to it; all of it by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Another message was left.
    Leave {
        /// When.
        left_at: Timestamp,
    },
    /// The mailbox was listened to.
    Listen {
        /// When.
        listened_at: Timestamp,
    },
    /// It waits for too long.
    Remind,
    /// And still does.
    Escalate,
    /// Nobody asks for it any more.
    Forget,
}

stages! {
    /// Where it stands.
    State {
        /// Nobody has listened.
        Waiting = "waiting",
        /// Nobody has, and the person was reminded.
        Reminded = "reminded",
        /// Nobody has, and their manager was told.
        Escalated = "escalated",
        /// The mailbox was listened to.
        Heard = "heard",
        /// It is too old to ask for.
        Forgotten = "forgotten",
    }
}

/// Messages that wait for one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Voicemail {
    /// For whom.
    pub person: PersonId,
    /// At which telephone the last was left.
    pub extension: String,
    /// When the oldest was left that may not have been heard.
    pub since: Timestamp,
    /// When the last was.
    pub last_at: Timestamp,
    /// Where it stands.
    pub state: State,
}

impl Machine for Voicemail {
    const KIND: &'static str = "voicemail";
    const PREFIX: &'static str = "VM";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        acting::by_itself(act)?;
        let rules = rules(world)?;
        world.person(&opening.person)?;
        let left = Self {
            person: opening.person,
            extension: field::name("extension", &opening.extension)?,
            since: opening.left_at,
            last_at: opening.left_at,
            state: State::Waiting,
        };
        Ok(left.taken("leave", Follows::default(), rules))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world)?;
        let mut next = self.clone();
        match step {
            Step::Leave { left_at } => {
                acting::by_itself(act)?;
                self.is_open("leave")?;
                next.since = self.since.min(left_at);
                next.last_at = self.last_at.max(left_at);
                Ok(next.taken("leave", Follows::default(), rules))
            }
            Step::Listen { listened_at } => {
                acting::by_itself(act)?;
                self.is_open("listen")?;
                if listened_at < self.last_at {
                    // Records come in any order: what was left after that has not been heard. When
                    // those between the two were left is not known; the last is in the person's favour.
                    if listened_at >= self.since {
                        next.since = self.last_at;
                        next.state = State::Waiting;
                    }
                } else {
                    next.state = State::Heard;
                }
                Ok(next.taken("listen", Follows::default(), rules))
            }
            Step::Remind => {
                acting::on_time(act, &step, self.due(world))?;
                next.state = State::Reminded;
                let told = telling::one(&self.person, "voicemail-waits");
                Ok(next.taken("remind", Follows::default().then([told]), rules))
            }
            Step::Escalate => {
                acting::on_time(act, &step, self.due(world))?;
                next.state = State::Escalated;
                let told = guard::tell(&[LINE_MANAGER.to_owned()], "voicemail-waits-long");
                Ok(next.taken("escalate", Follows::default().then(told), rules))
            }
            Step::Forget => {
                acting::on_time(act, &step, self.due(world))?;
                next.state = State::Forgotten;
                Ok(next.taken("forget", Follows::default(), rules))
            }
        }
    }

    fn subject(&self) -> &PersonId {
        &self.person
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        matches!(self.state, State::Heard | State::Forgotten)
    }

    /// Whoever is away has the whole time once back; nothing is due while nobody knows when that is.
    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        let rules = world.settings.voicemail.as_ref()?;
        let forgotten = working_days::days_after(self.last_at, FORGOTTEN_AFTER_DAYS);
        let forget = Some((forgotten, Step::Forget));
        let (days, step) = match self.state {
            State::Waiting => (rules.reminded_after_working_days, Step::Remind),
            State::Reminded => (rules.escalated_after_working_days, Step::Escalate),
            _ => return forget,
        };
        let person = world.people.person(&self.person)?;
        let Some(from) = person.could_see_to(self.since) else {
            return forget;
        };
        let due = working_days::after(from, days);
        if due < forgotten {
            Some((due, step))
        } else {
            forget
        }
    }
}

impl Voicemail {
    fn is_open(&self, step: &'static str) -> Result<(), Refused> {
        let state = self.state.name();
        (!self.is_over())
            .then_some(())
            .ok_or(Refused::State { state, step })
    }

    fn taken(self, step: &'static str, follows: Follows, rules: &VoicemailRules) -> Taken<Self> {
        follows.taken(self, step, || rules.clauses.clone())
    }
}

fn rules<'w>(world: &World<'w>) -> Result<&'w VoicemailRules, Refused> {
    let rules = world.settings.voicemail.as_ref();
    rules.ok_or_else(|| Refused::Rule {
        problem: "this council's policy says nothing about voicemail".to_owned(),
        clauses: Vec::new(),
    })
}
