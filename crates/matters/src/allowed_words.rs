//! Words that were found by mistake and are passed over from now on.
//!
//! It follows from somebody's verdict about a held message and holds for everybody, as the mistake
//! was about the words and not about who wrote them. It ends by itself after the time the pack gives,
//! or when somebody who decides about such mail ends it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::acting;
use crate::event::Act;
use crate::follows::Follows;
use crate::guard;
use crate::held_mail::NOBODY_IN_PARTICULAR;
use crate::id::{MatterId, PersonId, PostId};
use crate::machine::{Machine, Refused, Taken};
use crate::stage::stages;
use crate::working_days;
use crate::world::World;

/// What was found by mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// What the words were found to be.
    pub label: String,
    /// The words.
    pub words: String,
    /// The held message somebody looked at.
    pub from: MatterId,
}

/// What can be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// The words count again; why is the act's reason.
    End,
    /// Its time is over.
    Expire,
}

stages! {
    /// Where it stands.
    State {
        /// The words are passed over.
        Active = "active",
        /// Somebody ended it.
        Ended = "ended",
        /// Its time was over.
        Expired = "expired",
    }
}

/// Words that are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AllowedWords {
    /// What they were found to be.
    pub label: String,
    /// The words.
    pub words: String,
    /// The held message somebody looked at.
    pub from: MatterId,
    /// First moment at which they count again.
    pub until: Timestamp,
    /// Where it stands.
    pub state: State,
}

impl Machine for AllowedWords {
    const KIND: &'static str = "allowed-words";
    const PREFIX: &'static str = "AW";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        acting::by_itself(act)?;
        let days = world.settings.held_mail.allowed_days;
        let allowed = Self {
            label: opening.label,
            words: opening.words,
            from: opening.from,
            until: working_days::days_after(act.at, days),
            state: State::Active,
        };
        Ok(allowed.taken("allow", Follows::by(None), world))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let mut next = self.clone();
        match step {
            Step::End if self.state == State::Active => {
                let by = acting::person(act)?;
                guard::reason(act)?;
                let posts = self.deciders(world);
                let mut held = world.posts.of(by, act.at);
                let authority = held
                    .find(|held| posts.contains(&held.post))
                    .ok_or(Refused::Authority { posts })?;
                next.state = State::Ended;
                Ok(next.taken("end", Follows::by(authority), world))
            }
            Step::End => Err(Refused::State {
                state: self.state.name(),
                step: "end",
            }),
            Step::Expire => {
                acting::on_time(act, &step, self.due(world))?;
                next.state = State::Expired;
                Ok(next.taken("expire", Follows::by(None), world))
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
        self.state != State::Active
    }

    fn due(&self, _: &World<'_>) -> Option<(Timestamp, Step)> {
        (!self.is_over()).then_some((self.until, Step::Expire))
    }
}

impl AllowedWords {
    /// Whoever decides about mail held for this.
    fn deciders(&self, world: &World<'_>) -> Vec<PostId> {
        let rules = &world.settings.held_mail;
        let mut classes = rules.classes.iter();
        let class =
            classes.find(|class| class.covers([self.label.as_str()].into_iter(), [].into_iter()));
        let posts = class.map_or(world.settings.held_mail_deciders(), |class| {
            &class.decided_by
        });
        posts
            .iter()
            .map(|post| PostId::from(post.as_str()))
            .collect()
    }

    fn taken(self, step: &'static str, follows: Follows, world: &World<'_>) -> Taken<Self> {
        let clauses = world.settings.held_mail.clauses.clone();
        follows.taken(self, step, || clauses)
    }
}
