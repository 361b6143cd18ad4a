//! Its moment has come: carried out, given back, or handed over, kept and in the end gone.

use super::{Kind, Stage, Withdrawal, Withdrawn};
use crate::event::Act;
use crate::follows::Follows;
use crate::guard;
use crate::machine::{Effect, Refused};
use crate::people::LINE_MANAGER;
use crate::world::World;

/// How disposal under the retention schedule is named, before the rule's own name.
const RETENTION_RULE: &str = "retention:";

impl Withdrawal {
    /// By time, a connector or the desk; never early. What is withdrawn does not wait for this step.
    pub(super) fn disable(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let follows = if act.actor.person().is_none() {
            Follows::default()
        } else {
            self.by_desk(act, world)?
        };
        if self.begins_at().is_none_or(|begins| act.at < begins) {
            let problem = "the moment for this has not come, or nobody has verified it".to_owned();
            let clauses = world.settings.withdrawal.clauses.clone();
            return Err(Refused::Rule { problem, clauses });
        }
        self.stand(Stage::Disabled, act.at);
        let mut effects = self.each_service("revoke", world);
        if let Kind::NetworkProtection { .. } = self.kind {
            // Nobody is to blame, so nobody but the person hears of it.
            effects.push(guard::tell_person(&self.person, "service-limited"));
            return Ok(follows.then(effects));
        }
        let desk = &world.settings.access.provisioned_by;
        if self.is_for_good() {
            let tasks = ["end-sessions", "end-sharing", "divert"];
            effects.extend(tasks.map(|task| guard::task(task, None, desk)));
        }
        effects.push(guard::tell_person(&self.person, "services-withdrawn"));
        let team = guard::tell(&self.line(world), "services-withdrawn-team");
        Ok(follows.then(effects).then(team))
    }

    /// By whoever could have begun it, by what made another matter begin it, or on the day it said.
    pub(super) fn restore(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let on_its_day = self.until.is_some_and(|until| until <= act.at);
        let by_rule = act.actor.person().is_none()
            && (on_its_day || (!self.is_for_good() && Self::is_from_another_matter(act)));
        let follows = if by_rule {
            Follows::default()
        } else {
            let follows = self.decided(act, world)?;
            if act.actor.person().is_some() {
                guard::reason(act)?;
            }
            follows
        };
        self.ended_at = Some(self.until.map_or(act.at, |until| until.min(act.at)));
        self.stand(Stage::Restored, act.at);
        let told = guard::tell_person(&self.person, "services-restored");
        Ok(follows
            .then(self.each_service("restore", world))
            .then([told]))
    }

    pub(super) fn hand_over(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let follows = if act.actor.person().is_none() {
            Follows::default()
        } else {
            self.by_desk_or_line(act, world)?
        };
        self.stand(Stage::Handover, act.at);
        Ok(follows)
    }

    /// Nothing of somebody's is put away on one source's word.
    pub(super) fn archive(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let follows = self.by_desk_or_line(act, world)?;
        if self.is_unverified() {
            return Err(Refused::Rule {
                problem: "a second source has to confirm first that the person has left".to_owned(),
                clauses: world.settings.withdrawal.clauses.clone(),
            });
        }
        self.stand(Stage::Archived, act.at);
        Ok(follows)
    }

    /// Only the retention schedule disposes, and leaves a certificate.
    pub(super) fn dispose(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        if !guard::is_rule(act, RETENTION_RULE) {
            return Err(Refused::Rule {
                problem: "only the retention schedule disposes of what was kept".to_owned(),
                clauses: world.settings.withdrawal.clauses.clone(),
            });
        }
        if act.evidence.is_empty() {
            let problem = "name the certificate of disposal";
            return Err(Refused::field("evidence", problem));
        }
        self.stand(Stage::Disposed, act.at);
        Ok(Follows::default())
    }

    fn each_service(&self, task: &'static str, world: &World<'_>) -> Vec<Effect> {
        let desk = &world.settings.access.provisioned_by;
        let one = |service: &String| guard::task(task, Some(service), desk);
        match self.services() {
            Withdrawn::All => world.settings.services.keys().map(one).collect(),
            Withdrawn::Services(services) => services.iter().map(one).collect(),
        }
    }

    fn by_desk(&self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let desk = [world.settings.access.provisioned_by.clone()];
        guard::decider(world, act, &desk, &self.person, &[]).map(Follows::by)
    }

    fn by_desk_or_line(&self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let mut posts = self.deciders(world)?;
        posts.push(world.settings.access.provisioned_by.clone());
        posts.push(LINE_MANAGER.to_owned());
        guard::decider(world, act, &posts, &self.person, &[]).map(Follows::by)
    }
}
