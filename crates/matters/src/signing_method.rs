//! The way in which people sign on a page, agreed by the posts that answer for it.
//!
//! Where the pack names such posts nobody signs on a page before every one of them has agreed to the
//! same description, each through another person. Until then, and again once one of them takes its
//! agreement back, what is signed in ink and entered from a scan is the only way. What was signed
//! meanwhile stays signed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use policy::people::SigningRules;
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::held_mail::NOBODY_IN_PARTICULAR;
use crate::id::{PersonId, PostId};
use crate::machine::{Effect, Machine, Refused, Taken};
use crate::stage::stages;
use crate::world::World;
use crate::{acting, field, guard};

/// What is proposed. Whoever proposes it agrees to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// How people sign, in plain words.
    pub description: String,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Another of the posts agrees to the description as it stands.
    Agree,
    /// One of them takes its agreement back, or does not give it; why is the act's reason.
    Withdraw,
}

stages! {
    /// Where it stands.
    State {
        /// Some of the posts have not agreed.
        Proposed = "proposed",
        /// All have.
        Agreed = "agreed",
        /// One does not agree, or no longer.
        Withdrawn = "withdrawn",
    }
}

/// One post's agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Which post.
    pub post: PostId,
    /// Who held it.
    pub holder: PersonId,
    /// Who agreed: the holder, or somebody with a written delegation of theirs.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// One way of signing, and who agreed to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SigningMethod {
    /// How people sign, in plain words.
    pub description: String,
    /// Who agreed, in order.
    pub agreed: Vec<Agreement>,
    /// Where it stands.
    pub state: State,
}

impl Machine for SigningMethod {
    const KIND: &'static str = "signing-method";
    const PREFIX: &'static str = "SM";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world)?;
        let authority = guard::holder(world, act, &rules.agreed_by)?;
        let description = field::words("description", &opening.description)?;
        if world.signing.is_some() {
            return Err(Refused::Rule {
                problem: "a way of signing is proposed or agreed already; agree to that one, \
                          or take it back first"
                    .to_owned(),
                clauses: rules.clauses.clone(),
            });
        }
        let mut proposed = Self {
            description,
            agreed: Vec::new(),
            state: State::Proposed,
        };
        proposed.agree("propose", authority, act, world)
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world)?;
        let mut next = self.clone();
        match step {
            Step::Agree => {
                self.needs("agree", self.state != State::Withdrawn)?;
                let missing = self.missing(rules);
                self.needs("agree", !missing.is_empty())?;
                let authority = guard::holder(world, act, &missing)?;
                self.only_once(&authority, act, rules)?;
                next.agree("agree", authority, act, world)
            }
            Step::Withdraw => {
                self.needs("withdraw", self.state != State::Withdrawn)?;
                let authority = guard::holder(world, act, &rules.agreed_by)?;
                guard::reason(act)?;
                next.state = State::Withdrawn;
                let told = told(rules, world, "signing-method-withdrawn");
                let follows = Follows::by(authority).then(told);
                Ok(follows.taken(next, "withdraw", || rules.clauses.clone()))
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
        self.state == State::Withdrawn
    }
}

impl SigningMethod {
    /// Posts that agreed.
    pub fn posts(&self) -> BTreeSet<PostId> {
        let agreed = self.agreed.iter();
        agreed.map(|agreement| agreement.post.clone()).collect()
    }

    /// Posts whose agreement is still wanted, also where the pack began to name one later.
    pub fn missing(&self, rules: &SigningRules) -> Vec<String> {
        let agreed = self.posts();
        let posts = rules.agreed_by.iter();
        posts
            .filter(|post| !agreed.contains(&PostId::from(post.as_str())))
            .cloned()
            .collect()
    }

    fn agree(
        &mut self,
        step: &'static str,
        authority: Authority,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Taken<Self>, Refused> {
        let rules = rules(world)?;
        self.agreed.push(Agreement {
            post: authority.post.clone(),
            holder: authority.holder.clone(),
            by: acting::person(act)?.clone(),
            at: act.at,
        });
        let missing = self.missing(rules);
        let told = if missing.is_empty() {
            self.state = State::Agreed;
            told(rules, world, "signing-method-agreed")
        } else {
            self.state = State::Proposed;
            guard::tell(&missing, "signing-method-proposed")
        };
        let follows = Follows::by(authority).then(told);
        Ok(follows.taken(self.clone(), step, || rules.clauses.clone()))
    }

    /// Nobody agrees for two posts, neither in person nor through somebody with a delegation.
    fn only_once(
        &self,
        authority: &Authority,
        act: &Act,
        rules: &SigningRules,
    ) -> Result<(), Refused> {
        let by = acting::person(act)?;
        let same = |who: &PersonId| who == by || *who == authority.holder;
        if self
            .agreed
            .iter()
            .any(|one| same(&one.by) || same(&one.holder))
        {
            return Err(Refused::Rule {
                problem: "you have agreed already; somebody else has to agree for the other post"
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
}

fn rules<'w>(world: &World<'w>) -> Result<&'w SigningRules, Refused> {
    let rules = &world.settings.signing;
    if rules.agreed_by.is_empty() {
        return Err(Refused::Rule {
            problem: "this council's policy asks nobody to agree to how people sign".to_owned(),
            clauses: Vec::new(),
        });
    }
    Ok(rules)
}

/// Whoever answers for the method, and the desk, which enters what is signed in ink.
fn told(rules: &SigningRules, world: &World<'_>, notice: &'static str) -> Vec<Effect> {
    let desk = &world.settings.access.provisioned_by;
    let mut posts = rules.agreed_by.clone();
    if !posts.contains(desk) {
        posts.push(desk.clone());
    }
    guard::tell(&posts, notice)
}
