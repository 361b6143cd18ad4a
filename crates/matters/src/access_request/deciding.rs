//! Deciding: need or certificate, permission, identity; and what the gates then let through.

use jiff::Timestamp;

use super::gates::{Gate, Given, Identity};
use super::steps::entry_of;
use super::{AccessRequest, Stage, Step};
use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::machine::{Effect, Refused};
use crate::world::World;
use crate::{acting, guard};

/// How a standing rule that permits is named, before its own name.
const STANDING_RULE: &str = "standing-rule:";

impl AccessRequest {
    pub(super) fn authorise(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let person = world.person(&self.person)?;
        let authority = self.decider(&entry_of(person, world)?.authorised_by, act, world)?;
        self.gates.authorised = Some(Given::now(act, Some(authority.clone()), person));
        self.moved_on(Some(authority), act, world)
    }

    pub(super) fn certify(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let person = world.person(&self.person)?;
        let authority = self.decider(&entry_of(person, world)?.certified_by, act, world)?;
        self.gates.certified = Some(Given::now(act, Some(authority.clone()), person));
        self.moved_on(Some(authority), act, world)
    }

    pub(super) fn permit(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let person = world.person(&self.person)?;
        let authority = if guard::is_rule(act, STANDING_RULE) {
            None
        } else {
            Some(self.decider(&world.settings.access.permitted_by, act, world)?)
        };
        self.gates.permitted = Some(Given::now(act, authority.clone(), person));
        self.moved_on(authority, act, world)
    }

    pub(super) fn send_back(
        &mut self,
        clause: String,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let follows = self.turned_down(clause, "access-request-returned", act, world)?;
        self.stand(Stage::Returned, act.at);
        Ok(follows)
    }

    pub(super) fn refuse(
        &mut self,
        clause: String,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let follows = self.turned_down(clause, "access-request-refused", act, world)?;
        self.stand(Stage::Refused, act.at);
        Ok(follows)
    }

    pub(super) fn verify(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let authority = self.hr(act, world)?;
        self.gates.identity = Identity::Verified(act.at);
        self.moved_on(authority, act, world)
    }

    pub(super) fn mismatch(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        guard::reason(act)?;
        let authority = self.hr(act, world)?;
        self.gates.identity = Identity::Mismatch(act.at);
        let mut follows = self.moved_on(authority, act, world)?;
        follows
            .effects
            .extend(self.both_told("access-request-mismatch"));
        Ok(follows)
    }

    /// Something changed elsewhere. Refused where that changes nothing here, so that it leaves no
    /// event.
    pub(super) fn recheck(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        acting::by_itself(act)?;
        let before = self.clone();
        let follows = self.moved_on(None, act, world)?;
        if *self == before {
            return Err(self.not_now(&Step::Recheck));
        }
        Ok(follows)
    }

    /// Goes as far as the gates let it, forward or back.
    pub(super) fn advance(
        &mut self,
        at: Timestamp,
        world: &World<'_>,
    ) -> Result<Vec<Effect>, Refused> {
        let person = world.person(&self.person)?;
        self.gates.note(person, world, at);
        let stage = match self.shut(world)?.first() {
            Some(Gate::Certificate) => Stage::AwaitingCertification,
            Some(Gate::Need) => Stage::AwaitingAuthorisation,
            Some(Gate::Permission) => Stage::AwaitingPermission,
            Some(Gate::Identity | Gate::Signature) => Stage::Permitted,
            None if self.stage == Stage::Partial => Stage::Partial,
            None => Stage::Provisioning,
        };
        if stage == self.stage {
            return Ok(Vec::new());
        }
        let mut effects = self.undone(world);
        self.stand(stage, at);
        effects.extend(self.arrival(world));
        Ok(effects)
    }

    fn moved_on(
        &mut self,
        authority: Option<Authority>,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        Ok(Follows::by(authority).then(self.advance(act.at, world)?))
    }

    /// Sent back or refused: with a reason, and with a clause that speaks of requests.
    fn turned_down(
        &self,
        clause: String,
        notice: &'static str,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let authority = self.decider(&self.awaited(world), act, world)?;
        guard::reason(act)?;
        if !self.clauses(world).contains(&clause) {
            let problem = "choose the clause this rests on from those about requests";
            return Err(Refused::field("clause", problem));
        }
        Ok(Follows::by(authority)
            .citing(vec![clause])
            .then(self.both_told(notice)))
    }

    /// HR confirms identity; its feed does so too.
    fn hr(&self, act: &Act, world: &World<'_>) -> Result<Option<Authority>, Refused> {
        let entry = entry_of(world.person(&self.person)?, world)?;
        if !entry.hr_verifies {
            return Err(Refused::Rule {
                problem: "HR does not confirm people of this kind".to_owned(),
                clauses: entry.clauses.clone(),
            });
        }
        if guard::is_feed(act, &[guard::HR_FEED]) {
            return Ok(None);
        }
        let hr = [guard::HR.to_owned()];
        self.decider(&hr, act, world).map(Some)
    }
}
