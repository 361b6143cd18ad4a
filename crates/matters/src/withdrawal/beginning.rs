//! Notices and orders, until their moment comes.

use jiff::Timestamp;

use super::{Kind, Opening, Stage, Verified, Withdrawal, is_councillor, notifiers, orderers};
use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::guard;
use crate::id::PersonId;
use crate::machine::{Effect, Refused};
use crate::people::Person;
use crate::waiting::Waiting;
use crate::world::World;

/// What a decision about a councillor's misuse acts as.
const MISUSE_RULE: &str = "member-misuse:";
/// What a decision to restrict somebody who did not sign acts as.
const ACCEPTANCE_RULE: &str = "acceptance:";

impl Withdrawal {
    pub(super) fn begun(
        opening: Opening,
        act: &Act,
        world: &World<'_>,
    ) -> Result<(Self, Follows), Refused> {
        let person = world.person(&opening.person)?;
        let authority = opening.kind.authority(person, act, world)?;
        if let Kind::Partial { services } | Kind::NetworkProtection { services } = &opening.kind {
            guard::services(services, world)?;
        }
        guard::not_too_far("effective_at", opening.effective_at, act.at)?;
        let begun = Self {
            person: opening.person,
            stage: match opening.kind {
                Kind::Leaving => Stage::Notified,
                _ => Stage::Scheduled,
            },
            kind: opening.kind,
            effective_at: opening.effective_at,
            until: opening.until,
            by: act.actor.clone(),
            verified: None,
            ended_at: None,
            waiting: Waiting::from(act.at),
        };
        begun.ends_after_it_begins(act.at)?;
        let effects = begun.announced(world);
        Ok((begun, Follows::by(authority).then(effects)))
    }

    /// A second source: not whoever said so first.
    pub(super) fn verify(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let follows = if guard::is_feed(act, &[guard::HR_FEED]) {
            if self.by == act.actor {
                return Err(Refused::Rule {
                    problem: "the feed cannot confirm what it said itself".to_owned(),
                    clauses: world.settings.withdrawal.clauses.clone(),
                });
            }
            Follows::default()
        } else {
            let named: Vec<PersonId> = self.by.person().cloned().into_iter().collect();
            let posts = self.deciders(world)?;
            Follows::by(guard::decider(world, act, &posts, &self.person, &named)?)
        };
        self.verified = Some(Verified {
            by: act.actor.clone(),
            at: act.at,
        });
        let stage = match self.stage {
            Stage::Notified => Stage::Verified,
            stage => stage,
        };
        self.stand(stage, act.at);
        Ok(follows)
    }

    pub(super) fn schedule(
        &mut self,
        effective_at: Timestamp,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let follows = self.decided(act, world)?;
        guard::not_too_far("effective_at", effective_at, act.at)?;
        self.effective_at = effective_at;
        self.ends_after_it_begins(act.at)?;
        self.stand(Stage::Scheduled, act.at);
        Ok(follows)
    }

    pub(super) fn reject(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        guard::reason(act)?;
        let follows = self.decided(act, world)?;
        self.ended_at = Some(act.at);
        self.stand(Stage::Rejected, act.at);
        let desk = [world.settings.access.provisioned_by.clone()];
        Ok(follows
            .then(guard::tell(&desk, "withdrawal-rejected"))
            .then(guard::tell(&self.line(world), "withdrawal-rejected")))
    }

    /// Whoever could have begun it decides; for leavers HR's feed does too.
    pub(super) fn decided(&self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        if self.kind == Kind::Leaving && guard::is_feed(act, &[guard::HR_FEED]) {
            return Ok(Follows::default());
        }
        let posts = self.deciders(world)?;
        guard::decider(world, act, &posts, &self.person, &[]).map(Follows::by)
    }

    /// What another matter decided acts under that matter's name.
    pub(super) fn is_from_another_matter(act: &Act) -> bool {
        guard::is_rule(act, MISUSE_RULE) || guard::is_rule(act, ACCEPTANCE_RULE)
    }

    fn ends_after_it_begins(&self, now: Timestamp) -> Result<(), Refused> {
        match self.until {
            None => Ok(()),
            Some(_) if self.is_for_good() => {
                let problem = "a withdrawal for good has no last day; choose a temporary one";
                Err(Refused::field("until", problem))
            }
            Some(until) => {
                let first = self.effective_at.max(now);
                guard::ahead("until", until, first)
            }
        }
    }

    /// Who hears at once, and what the line has to see to before the day.
    fn announced(&self, world: &World<'_>) -> Vec<Effect> {
        let desk = world.settings.access.provisioned_by.clone();
        if !self.is_for_good() {
            return guard::tell(&[desk], "withdrawal-ordered");
        }
        let mut effects = guard::tell(std::slice::from_ref(&desk), "leaver-notified");
        for post in self.line(world) {
            effects.extend(guard::tell(std::slice::from_ref(&post), "leaver-notified"));
            effects.push(guard::task("handover", None, &post));
            effects.push(guard::task("equipment", None, &post));
        }
        // Shared mailboxes may be left with fewer administrators than they need.
        effects.push(guard::task("shared-mailboxes", None, &desk));
        effects
    }
}

impl Kind {
    /// On whose authority it begins.
    fn authority(
        &self,
        person: &Person,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Option<Authority>, Refused> {
        let settings = world.settings;
        let decider =
            |posts: &[String]| guard::decider(world, act, posts, &person.id, &[]).map(Some);
        let reasoned = |authority| guard::reason(act).map(|_| authority);
        match self {
            Self::Leaving => {
                let own = act.actor.person() == Some(&person.id);
                // A councillor's office ends by law, not by their word to us.
                let own_notice = own && !is_councillor(person, settings);
                if own_notice || guard::is_feed(act, &[guard::HR_FEED]) {
                    return Ok(None);
                }
                decider(&notifiers(person, settings))
            }
            Self::NetworkProtection { .. } => {
                decider(&settings.withdrawal.limited_by).and_then(reasoned)
            }
            _ if guard::is_rule(act, MISUSE_RULE) => Ok(None),
            _ if is_councillor(person, settings) => Err(Refused::Rule {
                problem: "a councillor's services are withdrawn only after the views on their \
                          misuse were heard; raise it that way"
                    .to_owned(),
                clauses: settings.withdrawal.councillor.clauses.clone(),
            }),
            _ if guard::is_rule(act, ACCEPTANCE_RULE) => Ok(None),
            _ => decider(&orderers(person, settings)).and_then(reasoned),
        }
    }
}
