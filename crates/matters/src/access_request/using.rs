//! In use: set up, reviewed when the person's work changes, suspended and ended by withdrawals.

use super::gates::Given;
use super::steps::entry_of;
use super::{AccessRequest, Stage};
use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::guard;
use crate::id::MatterId;
use crate::machine::Refused;
use crate::people::LINE_MANAGER;
use crate::withdrawal;
use crate::world::World;

impl AccessRequest {
    pub(super) fn provisioned(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let authority = self.provisioner(act, world)?;
        self.activate(act, world)?;
        Ok(Follows::by(authority).then(self.both_told("access-active")))
    }

    pub(super) fn provision_failed(
        &mut self,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        guard::reason(act)?;
        let authority = self.provisioner(act, world)?;
        self.stand(Stage::Partial, act.at);
        let desk = &world.settings.access.provisioned_by;
        Ok(Follows::by(authority).then(vec![guard::task("provision", Some(&self.service), desk)]))
    }

    /// The person's name, post, service or directorate changed. Access goes on meanwhile.
    pub(super) fn review(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let [directory, scim] = guard::CONNECTORS;
        let known_elsewhere =
            guard::is_rule(act, "") || guard::is_feed(act, &[guard::HR_FEED, directory, scim]);
        let authority = if known_elsewhere {
            None
        } else {
            let mut posts = self.confirmers(world);
            posts.extend([LINE_MANAGER, guard::HR].map(str::to_owned));
            // It decides nothing, so somebody named may: managers ask for their starters, too.
            Some(guard::decider(world, act, &posts, &self.person, &[])?)
        };
        self.stand(Stage::MoverReview, act.at);
        Ok(Follows::by(authority).then(self.arrival(world)))
    }

    /// Still needed where the person works now. Who does not find so orders a withdrawal.
    pub(super) fn confirm(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let person = world.person(&self.person)?;
        let entry = entry_of(person, world)?;
        let authority = self.decider(&self.confirmers(world), act, world)?;
        let given = Some(Given::now(act, Some(authority.clone()), person));
        if !entry.certified_by.is_empty() {
            self.gates.certified = given;
        } else if !entry.authorised_by.is_empty() {
            self.gates.authorised = given;
        } else {
            self.gates.permitted = given;
        }
        self.activate(act, world)?;
        Ok(Follows::by(authority).then(self.both_told("access-confirmed")))
    }

    pub(super) fn suspend(
        &mut self,
        withdrawal: MatterId,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let follows = self.by_withdrawal(&withdrawal, act, world)?;
        self.withdrawal = Some(withdrawal);
        self.stand(Stage::Suspended, act.at);
        Ok(follows)
    }

    /// Given back. Nothing comes back on a gate that shut meanwhile: that is confirmed first.
    pub(super) fn restore(
        &mut self,
        withdrawal: &MatterId,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let follows = self.by_withdrawal(withdrawal, act, world)?;
        if self.withdrawal.as_ref() != Some(withdrawal) {
            let problem = "another withdrawal suspended this; lift that one";
            return Err(Refused::field("withdrawal", problem));
        }
        self.withdrawal = None;
        if self.activate(act, world).is_ok() {
            return Ok(follows);
        }
        self.stand(Stage::MoverReview, act.at);
        Ok(follows.then(self.arrival(world)))
    }

    pub(super) fn end(
        &mut self,
        withdrawal: MatterId,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let follows = self.by_withdrawal(&withdrawal, act, world)?;
        self.withdrawal = Some(withdrawal);
        self.stand(Stage::Ended, act.at);
        Ok(follows)
    }

    /// Posts that confirm somebody where they work now.
    pub(super) fn confirmers(&self, world: &World<'_>) -> Vec<String> {
        let settings = world.settings;
        let person = world.person(&self.person);
        let entry = person.and_then(|person| entry_of(person, world)).ok();
        let by_entry = entry
            .into_iter()
            .flat_map(|entry| [&entry.certified_by, &entry.authorised_by]);
        let mut lists = by_entry.chain([&settings.access.permitted_by]);
        match lists.find(|posts| !posts.is_empty()) {
            Some(posts) => posts.clone(),
            None => vec![settings.access.provisioned_by.clone()],
        }
    }

    /// Invariant: nothing else makes a request active, and this does so only with every gate open.
    fn activate(&mut self, act: &Act, world: &World<'_>) -> Result<(), Refused> {
        self.gates.note(world.person(&self.person)?, world, act.at);
        let shut = self.shut(world)?;
        if shut.is_empty() {
            self.stand(Stage::Active, act.at);
            return Ok(());
        }
        let missing: Vec<_> = shut.into_iter().map(|gate| gate.missing()).collect();
        Err(Refused::Rule {
            problem: format!("access is not active yet: {}", missing.join("; ")),
            clauses: self.clauses(world),
        })
    }

    /// The service desk sets it up, or a connector. That decides nothing, so somebody named may.
    fn provisioner(&self, act: &Act, world: &World<'_>) -> Result<Option<Authority>, Refused> {
        if guard::is_feed(act, &guard::CONNECTORS) {
            return Ok(None);
        }
        let desk = [world.settings.access.provisioned_by.clone()];
        guard::decider(world, act, &desk, &self.person, &[]).map(Some)
    }

    /// What a withdrawal brings with it, or whoever may withdraw and names the withdrawal.
    fn by_withdrawal(
        &self,
        withdrawal: &MatterId,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        withdrawal::named(withdrawal)?;
        let authority = if act.actor.person().is_none() {
            None
        } else {
            let person = world.person(&self.person)?;
            let posts = withdrawal::posts_over(person, world.settings);
            Some(guard::decider(world, act, &posts, &self.person, &[])?)
        };
        Ok(Follows::by(authority))
    }
}
