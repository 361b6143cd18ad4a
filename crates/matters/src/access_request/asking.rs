//! Asking: the form, on a page or on paper, until it is sent off or taken back.

use jiff::Timestamp;
use policy::people::Entry;

use super::steps::entry_of;
use super::{AccessRequest, Gates, Opening, Paper, PaperForm, Stage, Step, Wanted};
use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::id::PersonId;
use crate::machine::Refused;
use crate::people::Person;
use crate::waiting::Waiting;
use crate::working_days::days_after;
use crate::world::World;
use crate::{acting, field, guard};

impl AccessRequest {
    pub(super) fn asked(
        opening: Opening,
        act: &Act,
        world: &World<'_>,
    ) -> Result<(Self, Follows), Refused> {
        let person = world.person(&opening.person)?;
        guard::services([&opening.service], world)?;
        let wanted = opening.wanted.checked(person, act.at, world)?;
        let mut follows = Follows::default();
        let (requester, paper, stage) = match opening.paper {
            None => (acting::person(act)?.clone(), None, Stage::Draft),
            Some(form) => {
                let (paper, authority) = form.entered(person, act, world)?;
                follows.authority = Some(authority);
                (form.requester, Some(paper), Stage::PaperUnchecked)
            }
        };
        if !may_ask(&requester, person) {
            let problem = "somebody can ask for themselves, for their own team, or for a person \
                           they answer for";
            return Err(Refused::field("person", problem));
        }
        let asked = Self {
            person: opening.person,
            service: opening.service,
            wanted,
            requester,
            paper,
            gates: Gates::default(),
            stage,
            waiting: Waiting::from(act.at),
            expires_at: days_after(act.at, world.settings.access.expires_after_days),
            withdrawal: None,
        };
        follows.effects = asked.arrival(world);
        Ok((asked, follows))
    }

    /// Whoever wrote the form puts it right. What was decided about the old one is void.
    pub(super) fn revise(
        &mut self,
        wanted: Wanted,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let person = world.person(&self.person)?;
        let mut follows = Follows::default();
        match &mut self.paper {
            None => acting::only(act, &self.requester)?,
            Some(paper) => {
                let form = PaperForm {
                    scan: paper.scan.clone(),
                    requester: self.requester.clone(),
                };
                let (entered, authority) = form.entered(person, act, world)?;
                *paper = entered;
                follows.authority = Some(authority);
                self.stand(Stage::PaperUnchecked, act.at);
            }
        }
        self.wanted = wanted.checked(person, act.at, world)?;
        self.gates = Gates {
            identity: self.gates.identity.clone(),
            ..Gates::default()
        };
        Ok(follows)
    }

    pub(super) fn submit(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        if self.paper.is_some() {
            return Err(self.not_now(&Step::Submit));
        }
        acting::only(act, &self.requester)?;
        self.send_off(None, act, world)
    }

    /// A second person compares what was typed in with the scan, which sends it off.
    pub(super) fn check(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let desk = [world.settings.access.provisioned_by.clone()];
        let authority = self.decider(&desk, act, world)?;
        if let Some(paper) = &mut self.paper {
            paper.checked_by = act.actor.person().cloned();
        }
        self.send_off(Some(authority), act, world)
    }

    pub(super) fn take_back(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        if act.actor.person() != Some(&self.person) {
            acting::only(act, &self.requester)?;
        }
        let mut effects = self.undone(world);
        effects.extend(guard::tell(
            &self.awaited(world),
            "access-request-withdrawn",
        ));
        self.stand(Stage::Withdrawn, act.at);
        Ok(Follows::default().then(effects))
    }

    /// From here on it is in the hands of others. The form is judged once more: it may be old.
    fn send_off(
        &mut self,
        authority: Option<Authority>,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let person = world.person(&self.person)?;
        self.wanted = self.wanted.clone().checked(person, act.at, world)?;
        let mut effects = self.advance(act.at, world)?;
        if entry_of(person, world)?.hr_verifies && !self.gates.identity.is_confirmed() {
            effects.push(guard::task("verify", None, guard::HR));
        }
        if self.requester != self.person {
            effects.push(guard::tell_person(&self.person, "access-requested-for-you"));
        }
        Ok(Follows::by(authority).then(effects))
    }
}

/// A person asks for themselves; a manager, or who answers for them, for somebody who cannot yet.
fn may_ask(requester: &PersonId, person: &Person) -> bool {
    *requester == person.id
        || person.manager.as_ref() == Some(requester)
        || person.sponsor.as_ref() == Some(requester)
}

impl PaperForm {
    /// The service desk types it in; nobody types in their own.
    fn entered(
        &self,
        person: &Person,
        act: &Act,
        world: &World<'_>,
    ) -> Result<(Paper, Authority), Refused> {
        let desk = [world.settings.access.provisioned_by.clone()];
        let named = [self.requester.clone()];
        let authority = guard::decider(world, act, &desk, &person.id, &named)?;
        let paper = Paper {
            scan: field::name("scan", &self.scan)?,
            entered_by: acting::person(act)?.clone(),
            checked_by: None,
        };
        Ok((paper, authority))
    }
}

impl Wanted {
    /// The same, once everything the person's audience has to say is said.
    fn checked(self, person: &Person, at: Timestamp, world: &World<'_>) -> Result<Self, Refused> {
        let entry = entry_of(person, world)?;
        let equipment = self.equipment.as_deref();
        let sponsor = self.sponsor.or_else(|| person.sponsor.clone());
        match &self.until {
            Some(until) => guard::ahead("until", *until, at)?,
            None if entry.end_date => {
                return Err(Refused::field("until", "enter the day access is to end"));
            }
            None => (),
        }
        if entry.sponsor || sponsor.is_some() {
            sponsor_of(person, sponsor.as_ref(), world)?;
        }
        Ok(Self {
            need: field::words("need", &self.need)?,
            equipment: equipment
                .map(|text| field::words("equipment", text))
                .transpose()?,
            until: self.until,
            sponsor,
        })
    }
}

/// Somebody of the council answers for the person: not the person, and nobody who needs one too.
fn sponsor_of(
    person: &Person,
    sponsor: Option<&PersonId>,
    world: &World<'_>,
) -> Result<(), Refused> {
    let own = |entry: &&Entry| !entry.sponsor;
    let sound = sponsor
        .filter(|sponsor| **sponsor != person.id)
        .and_then(|sponsor| world.people.person(sponsor))
        .and_then(|sponsor| world.settings.entry.get(&sponsor.audience))
        .filter(own);
    match sound {
        Some(_) => Ok(()),
        None => Err(Refused::field(
            "sponsor",
            "name somebody of the council who answers for this person",
        )),
    }
}
