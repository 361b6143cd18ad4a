//! Central services of a school, withdrawn from it as a whole because it misuses them.
//!
//! A school is a unit that has governors. They are told before and after: a concern is raised with
//! them, which they answer; then services are withdrawn, or the concern is dropped. Where it cannot wait
//! services are withdrawn at once. What is withdrawn is shut for everybody who works there, and says
//! nothing about any of them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use policy::people::SchoolRules;
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::held_mail::NOBODY;
use crate::id::{PersonId, PostId, UnitId};
use crate::machine::{Effect, Machine, Refused, Taken};
use crate::stage::stages;
use crate::world::World;
use crate::{acting, guard, telling};

/// Whom it is about: a school, and nobody in it.
static NOBODY_IN_PARTICULAR: LazyLock<PersonId> = LazyLock::new(|| PersonId::from(NOBODY));

/// What is raised. Why is the act's reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Which school.
    pub school: UnitId,
    /// Which services it is about, by the pack's labels.
    pub services: BTreeSet<String>,
    /// Whether they are withdrawn at once, before the governors are heard.
    pub at_once: bool,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// A governor says what the school does about it, in the act's reason.
    Answer,
    /// The services are withdrawn.
    Withdraw,
    /// Nothing is withdrawn after all.
    Drop,
    /// They are given back.
    Restore,
}

stages! {
    /// Where it stands.
    State {
        /// The governors were told and have not answered.
        Concern = "concern",
        /// They have answered.
        Answered = "answered",
        /// The services are withdrawn.
        Withdrawn = "withdrawn",
        /// They were given back.
        Restored = "restored",
        /// Nothing came of it.
        Dropped = "dropped",
    }
}

/// A school's central services, and whether they are withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SchoolServices {
    /// Which school.
    pub school: UnitId,
    /// Which services.
    pub services: BTreeSet<String>,
    /// Since when they are withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
    /// Where it stands.
    pub state: State,
}

impl Machine for SchoolServices {
    const KIND: &'static str = "school-services";
    const PREFIX: &'static str = "SS";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world)?;
        let authority = decider(act, rules, world)?;
        guard::reason(act)?;
        if !schools(world, act.at).contains(&opening.school) {
            let problem = "choose a school: a unit that has governors";
            return Err(Refused::field("school", problem));
        }
        guard::services(&opening.services, world)?;
        let mut raised = Self {
            school: opening.school,
            services: opening.services,
            withdrawn_at: None,
            state: State::Concern,
        };
        let (step, notice) = if opening.at_once {
            raised.withdraw(act.at);
            ("withdraw", "school-services-withdrawn")
        } else {
            ("raise", "school-concern-raised")
        };
        let told = raised.tell_governors(act.at, world, notice);
        let follows = Follows::by(authority).then(told);
        Ok(raised.taken(step, follows, rules))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world)?;
        let mut next = self.clone();
        let is_open = matches!(self.state, State::Concern | State::Answered);
        match step {
            Step::Answer => {
                self.needs("answer", self.state == State::Concern)?;
                let authority = self.governor(act, rules, world)?;
                guard::reason(act)?;
                next.state = State::Answered;
                let told = guard::tell(&rules.withdrawn_by, "school-concern-answered");
                Ok(next.taken("answer", Follows::by(authority).then(told), rules))
            }
            Step::Withdraw => {
                self.needs("withdraw", is_open)?;
                let authority = decider(act, rules, world)?;
                guard::reason(act)?;
                next.withdraw(act.at);
                let told = self.tell_governors(act.at, world, "school-services-withdrawn");
                Ok(next.taken("withdraw", Follows::by(authority).then(told), rules))
            }
            Step::Drop => {
                self.needs("drop", is_open)?;
                let authority = decider(act, rules, world)?;
                guard::reason(act)?;
                next.state = State::Dropped;
                let told = self.tell_governors(act.at, world, "school-concern-dropped");
                Ok(next.taken("drop", Follows::by(authority).then(told), rules))
            }
            Step::Restore => {
                self.needs("restore", self.state == State::Withdrawn)?;
                let authority = decider(act, rules, world)?;
                guard::reason(act)?;
                next.state = State::Restored;
                let told = self.tell_governors(act.at, world, "school-services-restored");
                Ok(next.taken("restore", Follows::by(authority).then(told), rules))
            }
        }
    }

    fn subject(&self) -> &PersonId {
        &NOBODY_IN_PARTICULAR
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        matches!(self.state, State::Restored | State::Dropped)
    }
}

impl SchoolServices {
    /// Whether somebody governs the school at a moment.
    pub fn is_governed_by(&self, who: &PersonId, at: Timestamp, world: &World<'_>) -> bool {
        let rules = world.settings.schools.as_ref();
        rules.is_some_and(|rules| self.holding(who, at, rules, world).is_some())
    }

    fn withdraw(&mut self, at: Timestamp) {
        self.state = State::Withdrawn;
        self.withdrawn_at = Some(at);
    }

    fn needs(&self, step: &'static str, holds: bool) -> Result<(), Refused> {
        let state = self.state.name();
        holds.then_some(()).ok_or(Refused::State { state, step })
    }

    fn governor(
        &self,
        act: &Act,
        rules: &SchoolRules,
        world: &World<'_>,
    ) -> Result<Authority, Refused> {
        let posts = vec![PostId::from(rules.governed_by.as_str())];
        let by = acting::person(act)?;
        let authority = self.holding(by, act.at, rules, world);
        authority.ok_or(Refused::Authority { posts })
    }

    fn holding(
        &self,
        who: &PersonId,
        at: Timestamp,
        rules: &SchoolRules,
        world: &World<'_>,
    ) -> Option<Authority> {
        let mut held = world.posts.of(who, at);
        held.find(|held| {
            held.post.as_str() == rules.governed_by && held.unit.as_ref() == Some(&self.school)
        })
    }

    /// Each governor of this school, and of no other.
    fn tell_governors(
        &self,
        at: Timestamp,
        world: &World<'_>,
        notice: &'static str,
    ) -> Vec<Effect> {
        let held = world.posts.holdings().iter();
        let theirs = held.filter(|held| held.unit.as_ref() == Some(&self.school));
        let people: BTreeSet<_> = theirs.map(|held| &held.person).collect();
        let governors = people
            .into_iter()
            .filter(|who| self.is_governed_by(who, at, world));
        governors.map(|who| telling::one(who, notice)).collect()
    }

    fn taken(self, step: &'static str, follows: Follows, rules: &SchoolRules) -> Taken<Self> {
        follows.taken(self, step, || rules.clauses.clone())
    }
}

/// Units that have a governor at a moment.
pub fn schools(world: &World<'_>, at: Timestamp) -> BTreeSet<UnitId> {
    let Some(rules) = &world.settings.schools else {
        return BTreeSet::new();
    };
    let held = world.posts.holdings().iter();
    let governed = held.filter(|held| {
        held.post.as_str() == rules.governed_by
            && held.from <= at
            && held.until.is_none_or(|until| at < until)
    });
    governed.filter_map(|held| held.unit.clone()).collect()
}

fn rules<'w>(world: &World<'w>) -> Result<&'w SchoolRules, Refused> {
    let rules = world.settings.schools.as_ref();
    rules.ok_or_else(|| Refused::Rule {
        problem: "this council's policy says nothing about schools".to_owned(),
        clauses: Vec::new(),
    })
}

/// Whoever may withdraw a school's services. Nobody's own matter is decided: it is about no person.
fn decider(act: &Act, rules: &SchoolRules, world: &World<'_>) -> Result<Authority, Refused> {
    let posts: Vec<_> = rules
        .withdrawn_by
        .iter()
        .map(|post| PostId::from(post.as_str()))
        .collect();
    let by = acting::person(act)?;
    let mut held = world.posts.of(by, act.at);
    let authority = held.find(|held| posts.contains(&held.post));
    authority.ok_or(Refused::Authority { posts })
}
