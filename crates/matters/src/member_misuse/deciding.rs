//! Deciding, and what a decision brings with it.

use jiff::Timestamp;

use super::steps::rules;
use super::{MemberMisuse, Outcome, Stage};
use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::machine::Refused;
use crate::withdrawal::{Kind, Opening};
use crate::world::World;
use crate::{field, guard};

impl MemberMisuse {
    /// The withdrawal a decision brings with it. Whoever keeps matters opens it in the same
    /// transaction, as the rule `member-misuse:` and this matter's reference.
    pub fn withdrawal(&self, effective_at: Timestamp) -> Option<Opening> {
        let kind = match (self.stage, self.outcome.as_ref()?) {
            (Stage::Limited, Outcome::Limit { services }) => Kind::Partial {
                services: services.clone(),
            },
            (Stage::Withdrawn, Outcome::Withdraw) => Kind::Temporary,
            _ => return None,
        };
        Some(Opening {
            person: self.councillor.clone(),
            kind,
            effective_at,
            until: None,
        })
    }

    pub(super) fn record_papers(
        &mut self,
        how: &str,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let authority = self.raiser(act, world)?;
        self.papers = Some(field::words("how", how)?);
        Ok(Follows::by(authority))
    }

    pub(super) fn decide(
        &mut self,
        outcome: Outcome,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let authority = self.decider(act, world)?;
        guard::reason(act)?;
        if let Outcome::Limit { services } = &outcome {
            guard::services(services, world)?;
        }
        if outcome != Outcome::NoAction && self.papers.is_none() {
            return Err(Refused::Rule {
                problem: "record first how summons and papers will reach the councillor".to_owned(),
                clauses: rules(world).clauses.clone(),
            });
        }
        let stage = match outcome {
            Outcome::NoAction => Stage::NoAction,
            Outcome::Limit { .. } => Stage::Limited,
            Outcome::Withdraw => Stage::Withdrawn,
        };
        self.outcome = Some(outcome);
        self.stand(stage, act.at);
        Ok(self.told(authority, "member-misuse-decided", world))
    }

    /// Whoever keeps matters restores the withdrawal in the same transaction.
    pub(super) fn lift(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let authority = self.decider(act, world)?;
        guard::reason(act)?;
        self.stand(Stage::Lifted, act.at);
        Ok(self.told(authority, "member-misuse-lifted", world))
    }

    /// The post that decides; not whoever raised it, nor whoever gave a view.
    fn decider(&self, act: &Act, world: &World<'_>) -> Result<Authority, Refused> {
        let posts = std::slice::from_ref(&rules(world).decided_by);
        let mut named = vec![self.raised_by.clone()];
        named.extend(self.asked.iter().map(|asked| asked.person.clone()));
        guard::decider(world, act, posts, &self.councillor, &named)
    }

    fn told(&self, authority: Authority, notice: &'static str, world: &World<'_>) -> Follows {
        let councillor = guard::tell_person(&self.councillor, notice);
        let raised_by = std::slice::from_ref(&rules(world).raised_by);
        Follows::by(authority)
            .then([councillor])
            .then(guard::tell(raised_by, notice))
    }
}
