//! A hold: what somebody has is kept although it would go, because it may be needed as evidence, for a
//! court or for somebody with a right to it.
//!
//! It stands from the moment it is placed. It ends when the post that placed it says that it is no longer
//! needed and the post the pack names agrees; that post alone where it placed the hold itself.
//! It takes nothing from the person and says nothing about them, so they are not told.

use jiff::Timestamp;
use jiff::civil::Date;
use policy::people::HoldRules;
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::id::{PersonId, PostId};
use crate::machine::{Machine, Refused, Taken};
use crate::stage::stages;
use crate::world::World;
use crate::{acting, field, guard, telling};

/// What is held. Why is the act's reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Whose.
    pub person: PersonId,
    /// What of theirs.
    pub covers: Covers,
}

/// What a hold is over. Everything of the person's, as far as nothing narrows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Covers {
    /// Only what was exchanged with this address, or with anybody of this domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// Only from this day on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Only up to and with this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Covers {
    /// Whether it is over a message between these addresses on a day. What is not known of a message
    /// never leaves it out.
    pub fn message<'a>(
        &self,
        mut addresses: impl Iterator<Item = &'a str>,
        day: Option<Date>,
    ) -> bool {
        let is_in_time = day.is_none_or(|day| {
            self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
        });
        let is_with = |with: &str| addresses.any(|address| is_of(address, with));
        is_in_time && self.with.as_deref().is_none_or(is_with)
    }
}

/// Whether an address is this one, or of this domain or one below it.
fn is_of(address: &str, with: &str) -> bool {
    let address = address.trim().to_ascii_lowercase();
    if with.contains('@') {
        return address == with;
    }
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let below = domain.strip_suffix(with);
    below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// It is no longer needed, or the post that has to agree does; why is the act's reason.
    Release,
    /// The post that has to agree does not; why is the act's reason.
    Keep,
}

stages! {
    /// Where it stands.
    State {
        /// It stands.
        InEffect = "in-effect",
        /// It stands; somebody says that it is no longer needed.
        ReleaseProposed = "release-proposed",
        /// It is over.
        Released = "released",
    }
}

/// One hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Whose things are kept.
    pub person: PersonId,
    /// What of theirs.
    pub covers: Covers,
    /// Which post placed it.
    pub placed_by: PostId,
    /// Who said that it is no longer needed, while that waits for agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_proposed_by: Option<PersonId>,
    /// Where it stands.
    pub state: State,
}

impl Machine for Hold {
    const KIND: &'static str = "hold";
    const PREFIX: &'static str = "HD";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world)?;
        world.person(&opening.person)?;
        let authority = guard::decider(world, act, &rules.placed_by, &opening.person, &[])?;
        guard::reason(act)?;
        let Covers { with, from, until } = opening.covers;
        let with = with
            .map(|with| field::recipient("with", &with))
            .transpose()?;
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            let problem = "the last day lies before the first; change one of the two";
            return Err(Refused::field("until", problem));
        }
        let placed = Self {
            person: opening.person,
            covers: Covers { with, from, until },
            placed_by: authority.post.clone(),
            release_proposed_by: None,
            state: State::InEffect,
        };
        let follows = if authority.post.as_str() == rules.released_with {
            Follows::by(authority)
        } else {
            let told = placed.tell(&rules.released_with, act.at, world, "hold-placed");
            Follows::by(authority).then(told)
        };
        Ok(placed.taken("place", follows, rules))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world)?;
        let agrees = std::slice::from_ref(&rules.released_with);
        let mut next = self.clone();
        match step {
            Step::Release => {
                self.needs("release", self.state != State::Released)?;
                let is_own = self.placed_by.as_str() == rules.released_with;
                let waits = self.state == State::ReleaseProposed;
                let placed_by = [self.placed_by.as_str().to_owned()];
                let posts = if waits || is_own { agrees } else { &placed_by };
                let authority = guard::decider(world, act, posts, &self.person, &[])?;
                guard::reason(act)?;
                if waits || is_own {
                    self.not_by_the_same(&authority, act, rules)?;
                    next.state = State::Released;
                    next.release_proposed_by = None;
                    let told = match is_own {
                        true => Vec::new(),
                        false => self.tell(self.placed_by.as_str(), act.at, world, "hold-released"),
                    };
                    return Ok(next.taken("release", Follows::by(authority).then(told), rules));
                }
                next.state = State::ReleaseProposed;
                next.release_proposed_by = Some(acting::person(act)?.clone());
                let told = self.tell(&rules.released_with, act.at, world, "hold-release-proposed");
                Ok(next.taken("propose-release", Follows::by(authority).then(told), rules))
            }
            Step::Keep => {
                self.needs("keep", self.state == State::ReleaseProposed)?;
                let authority = guard::decider(world, act, agrees, &self.person, &[])?;
                guard::reason(act)?;
                next.state = State::InEffect;
                next.release_proposed_by = None;
                let told = self.tell(self.placed_by.as_str(), act.at, world, "hold-kept");
                Ok(next.taken("keep", Follows::by(authority).then(told), rules))
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
        self.state == State::Released
    }
}

impl Hold {
    /// Nobody agrees to what they proposed themselves.
    fn not_by_the_same(
        &self,
        authority: &Authority,
        act: &Act,
        rules: &HoldRules,
    ) -> Result<(), Refused> {
        let by = acting::person(act)?;
        let proposed = self.release_proposed_by.as_ref();
        if proposed.is_some_and(|proposed| proposed == by || *proposed == authority.holder) {
            return Err(Refused::Rule {
                problem:
                    "you said yourself that it is no longer needed; somebody else has to agree"
                        .to_owned(),
                clauses: rules.clauses.clone(),
            });
        }
        Ok(())
    }

    fn needs(&self, step: &'static str, holds: bool) -> Result<(), Refused> {
        let state = self.state.name();
        holds.then_some(()).ok_or(Refused::State { state, step })
    }

    /// Whoever holds a post, but never the person whose things are held.
    fn tell(
        &self,
        post: &str,
        at: Timestamp,
        world: &World<'_>,
        notice: &'static str,
    ) -> Vec<crate::machine::Effect> {
        let post = PostId::from(post);
        telling::posts(world, [&post], &self.person, &[], at, notice)
    }

    fn taken(self, step: &'static str, follows: Follows, rules: &HoldRules) -> Taken<Self> {
        follows.taken(self, step, || rules.clauses.clone())
    }
}

fn rules<'w>(world: &World<'w>) -> Result<&'w HoldRules, Refused> {
    let rules = world.settings.holds.as_ref();
    rules.ok_or_else(|| Refused::Rule {
        problem: "this council's policy says nothing about holds".to_owned(),
        clauses: Vec::new(),
    })
}
