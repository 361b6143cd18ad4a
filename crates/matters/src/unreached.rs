//! Calls that do not reach somebody's telephone.
//!
//! One for each person at a time. It follows from call records alone: a call from outside that was diverted
//! outside, or that nobody answered while its person was at work, begins it; one that is answered there
//! ends it. Whoever leaves it for longer than the pack allows is reminded once, and their manager told after
//! that. Nobody is found to have done anything: a telephone may be out of order.

use jiff::Timestamp;
use policy::people::UnreachedRules;
use serde::{Deserialize, Serialize};

use crate::event::Act;
use crate::follows::Follows;
use crate::id::PersonId;
use crate::machine::{Machine, Refused, Taken};
use crate::people::LINE_MANAGER;
use crate::stage::stages;
use crate::world::World;
use crate::{acting, field, guard, telling, working_days};

/// Days after the last such call when nothing more is asked.
pub const FORGOTTEN_AFTER_DAYS: u32 = 30;

/// A call did not reach a telephone, and none waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Whose.
    pub person: PersonId,
    /// Which telephone.
    pub extension: String,
    /// When it was.
    pub missed_at: Timestamp,
    /// Whether it was sent elsewhere; else nobody answered.
    pub diverted: bool,
}

/// What can happen to it; all of it by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Another call did not reach it.
    Miss {
        /// When.
        missed_at: Timestamp,
        /// Whether it was sent elsewhere; else nobody answered.
        diverted: bool,
    },
    /// One was answered there.
    Reach {
        /// When.
        reached_at: Timestamp,
    },
    /// Somebody called from there: it is looked after, though it may be diverted.
    Use {
        /// When.
        used_at: Timestamp,
    },
    /// It lasts for too long.
    Remind,
    /// And still does.
    Escalate,
    /// Nobody asks for it any more.
    Forget,
}

stages! {
    /// Where it stands.
    State {
        /// Calls do not reach it.
        Watched = "watched",
        /// They do not, and the person was reminded.
        Reminded = "reminded",
        /// They do not, and their manager was told.
        Escalated = "escalated",
        /// They do.
        Reached = "reached",
        /// It is too long ago to ask.
        Forgotten = "forgotten",
    }
}

/// A telephone that calls do not reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unreached {
    /// Whose.
    pub person: PersonId,
    /// Which telephone, of the last such call.
    pub extension: String,
    /// When the first call was that did not reach it.
    pub since: Timestamp,
    /// When the last was.
    pub last_at: Timestamp,
    /// How many there were.
    pub calls: u32,
    /// Whether one of them was sent elsewhere.
    pub diverted: bool,
    /// Where it stands.
    pub state: State,
}

impl Machine for Unreached {
    const KIND: &'static str = "unreached";
    const PREFIX: &'static str = "UR";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        acting::by_itself(act)?;
        let rules = rules(world)?;
        world.person(&opening.person)?;
        let missed = Self {
            person: opening.person,
            extension: field::name("extension", &opening.extension)?,
            since: opening.missed_at,
            last_at: opening.missed_at,
            calls: 1,
            diverted: opening.diverted,
            state: State::Watched,
        };
        Ok(missed.taken("miss", Follows::default(), rules))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world)?;
        let mut next = self.clone();
        match step {
            Step::Miss {
                missed_at,
                diverted,
            } => {
                acting::by_itself(act)?;
                self.is_open("miss")?;
                next.since = self.since.min(missed_at);
                next.last_at = self.last_at.max(missed_at);
                next.calls = self.calls.saturating_add(1);
                next.diverted |= diverted;
                Ok(next.taken("miss", Follows::default(), rules))
            }
            Step::Reach { reached_at } => {
                acting::by_itself(act)?;
                self.is_open("reach")?;
                next.reached(reached_at);
                Ok(next.taken("reach", Follows::default(), rules))
            }
            Step::Use { used_at } => {
                acting::by_itself(act)?;
                self.is_open("use")?;
                if !self.diverted {
                    next.reached(used_at);
                }
                Ok(next.taken("use", Follows::default(), rules))
            }
            Step::Remind => {
                acting::on_time(act, &step, self.due(world))?;
                next.state = State::Reminded;
                let told = telling::one(&self.person, "telephone-unreached");
                Ok(next.taken("remind", Follows::default().then([told]), rules))
            }
            Step::Escalate => {
                acting::on_time(act, &step, self.due(world))?;
                next.state = State::Escalated;
                let told = guard::tell(&[LINE_MANAGER.to_owned()], "telephone-unreached-long");
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
        matches!(self.state, State::Reached | State::Forgotten)
    }

    /// Whoever is away has the whole time once back; nothing is due while nobody knows when that is.
    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        let rules = world.settings.unreached.as_ref()?;
        let forgotten = working_days::days_after(self.last_at, FORGOTTEN_AFTER_DAYS);
        let forget = Some((forgotten, Step::Forget));
        let (days, step) = match self.state {
            _ if self.calls < rules.fewest_calls => return forget,
            State::Watched => (rules.reminded_after_working_days, Step::Remind),
            State::Reminded => (rules.escalated_after_working_days, Step::Escalate),
            _ => return forget,
        };
        let person = world.people.person(&self.person)?;
        let Some(from) = person.could_see_to(self.since) else {
            return forget;
        };
        let due = working_days::after(from, days);
        // One call long ago and one today say nothing of the days between.
        match due < forgotten && self.lasted(days) {
            true => Some((due, step)),
            false => forget,
        }
    }
}

impl Unreached {
    /// Whether calls went astray on the last of so many working days too.
    fn lasted(&self, days: u32) -> bool {
        self.last_at >= working_days::after(self.since, days.saturating_sub(1))
    }

    /// Records come in any order: what missed it after that still does. When those between the two were is
    /// not known; the last is in the person's favour.
    fn reached(&mut self, at: Timestamp) {
        if at >= self.last_at {
            self.state = State::Reached;
        } else if at >= self.since {
            self.since = self.last_at;
            self.calls = 1;
            self.state = State::Watched;
        }
    }

    fn is_open(&self, step: &'static str) -> Result<(), Refused> {
        let state = self.state.name();
        (!self.is_over())
            .then_some(())
            .ok_or(Refused::State { state, step })
    }

    fn taken(self, step: &'static str, follows: Follows, rules: &UnreachedRules) -> Taken<Self> {
        follows.taken(self, step, || rules.clauses.clone())
    }
}

fn rules<'w>(world: &World<'w>) -> Result<&'w UnreachedRules, Refused> {
    let rules = world.settings.unreached.as_ref();
    rules.ok_or_else(|| Refused::Rule {
        problem: "this council's policy says nothing about telephones that calls do not reach"
            .to_owned(),
        clauses: Vec::new(),
    })
}
