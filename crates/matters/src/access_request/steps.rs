//! Which step is taken from where, and what all steps share.

use jiff::Timestamp;
use policy::people::Entry;

use super::gates::Gate;
use super::{AccessRequest, Opening, Stage, Step};
use crate::authority::Authority;
use crate::event::Act;
use crate::id::PersonId;
use crate::machine::{Effect, Machine, Refused, Taken};
use crate::people::Person;
use crate::waiting::Waiting;
use crate::world::World;
use crate::{acting, guard};

impl Machine for AccessRequest {
    const KIND: &'static str = "access-request";
    const PREFIX: &'static str = "AR";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let (matter, follows) = Self::asked(opening, act, world)?;
        let clauses = matter.clauses(world);
        Ok(follows.taken(matter, "open", || clauses))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        if !step.fits(self.stage) {
            return Err(self.not_now(&step));
        }
        let name = step.name();
        let mut next = self.clone();
        let follows = match step {
            Step::Revise { wanted } => next.revise(wanted, act, world),
            Step::Submit => next.submit(act, world),
            Step::Check => next.check(act, world),
            Step::Withdraw => next.take_back(act, world),
            Step::Authorise => next.authorise(act, world),
            Step::Certify => next.certify(act, world),
            Step::Return { clause } => next.send_back(clause, act, world),
            Step::Refuse { clause } => next.refuse(clause, act, world),
            Step::HrVerify => next.verify(act, world),
            Step::HrMismatch => next.mismatch(act, world),
            Step::Permit => next.permit(act, world),
            Step::Recheck => next.recheck(act, world),
            Step::Provisioned => next.provisioned(act, world),
            Step::ProvisionFailed => next.provision_failed(act, world),
            Step::MoverReview => next.review(act, world),
            Step::Confirm => next.confirm(act, world),
            Step::Suspend { withdrawal } => next.suspend(withdrawal, act, world),
            Step::Restore { withdrawal } => next.restore(&withdrawal, act, world),
            Step::End { withdrawal } => next.end(withdrawal, act, world),
            Step::ReachEnd | Step::Remind | Step::Escalate | Step::Expire => {
                acting::on_time(act, &step, self.due(world))
                    .map(|()| next.pass_time(&step, act.at, world))
            }
        }?;
        let clauses = next.clauses(world);
        Ok(follows.taken(next, name, || clauses))
    }

    fn subject(&self) -> &PersonId {
        &self.person
    }

    fn state(&self) -> &'static str {
        self.stage.name()
    }

    fn is_over(&self) -> bool {
        self.stage.is_over()
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        self.next_in_time(world)
    }
}

impl AccessRequest {
    /// Gates still shut as things stand, in the order they are asked.
    pub fn shut(&self, world: &World<'_>) -> Result<Vec<Gate>, Refused> {
        let person = world.person(&self.person)?;
        let entry = entry_of(person, world)?;
        Ok(self.gates.shut(person, entry, &world.settings.access))
    }

    /// Those who have an interest, and so decide nothing: who asks, who answers for the person, who
    /// typed the form in.
    pub(super) fn named(&self) -> Vec<PersonId> {
        let sponsor = self.wanted.sponsor.iter();
        let typist = self.paper.iter().map(|paper| &paper.entered_by);
        let named = [&self.requester].into_iter().chain(sponsor).chain(typist);
        named.cloned().collect()
    }

    /// The authority by which whoever acts decides as one of these posts.
    pub(super) fn decider(
        &self,
        posts: &[String],
        act: &Act,
        world: &World<'_>,
    ) -> Result<Authority, Refused> {
        guard::decider(world, act, posts, &self.person, &self.named())
    }

    pub(super) fn stand(&mut self, stage: Stage, at: Timestamp) {
        if self.stage != stage {
            self.stage = stage;
            self.waiting = Waiting::from(at);
        }
    }

    pub(super) fn both_told(&self, notice: &'static str) -> Vec<Effect> {
        let mut told = vec![guard::tell_person(&self.person, notice)];
        if self.requester != self.person {
            told.push(guard::tell_person(&self.requester, notice));
        }
        told
    }

    /// Clauses every step rests on: those of requests, and those of the person's way in.
    pub(super) fn clauses(&self, world: &World<'_>) -> Vec<String> {
        let mut clauses = world.settings.access.clauses.clone();
        let entry = world.person(&self.person);
        if let Ok(entry) = entry.and_then(|person| entry_of(person, world)) {
            clauses.extend(entry.clauses.iter().cloned());
        }
        clauses
    }

    pub(super) fn not_now(&self, step: &Step) -> Refused {
        Refused::State {
            state: self.stage.name(),
            step: step.name(),
        }
    }
}

/// How people of this person's audience become users.
pub(super) fn entry_of<'a>(person: &Person, world: &World<'a>) -> Result<&'a Entry, Refused> {
    let settings = world.settings;
    let entry = settings.entry.get(&person.audience);
    entry.ok_or_else(|| Refused::Rule {
        problem: format!(
            "the policy has no way for somebody who is `{}` to become a user; ask the service desk \
             whether the record is right",
            person.audience
        ),
        clauses: settings.access.clauses.clone(),
    })
}

impl Stage {
    /// Sent off, and not yet in use.
    pub(super) fn is_in_hand(self) -> bool {
        use Stage::*;
        matches!(
            self,
            AwaitingAuthorisation
                | AwaitingCertification
                | AwaitingPermission
                | Permitted
                | Provisioning
                | Partial
        )
    }

    /// Was in use, and may be still.
    pub(super) fn is_granted(self) -> bool {
        matches!(self, Self::Active | Self::MoverReview | Self::Suspended)
    }

    pub(super) fn is_over(self) -> bool {
        use Stage::*;
        matches!(self, Refused | Withdrawn | Expired | Ended)
    }
}

impl Step {
    /// Whether it can be taken from there at all.
    fn fits(&self, from: Stage) -> bool {
        use Stage::*;
        match self {
            Self::Revise { .. } | Self::Submit => matches!(from, Draft | Returned),
            Self::Check => from == PaperUnchecked,
            Self::Authorise => from == AwaitingAuthorisation,
            Self::Certify => from == AwaitingCertification,
            Self::Return { .. } => matches!(
                from,
                PaperUnchecked | AwaitingAuthorisation | AwaitingCertification
            ),
            // A certificate says who somebody is. It is given or the form goes back; nobody refuses.
            Self::Refuse { .. } => matches!(from, AwaitingAuthorisation | AwaitingPermission),
            Self::Permit => from == AwaitingPermission,
            Self::HrVerify | Self::HrMismatch | Self::Recheck => from.is_in_hand(),
            Self::Provisioned | Self::ProvisionFailed => matches!(from, Provisioning | Partial),
            Self::Withdraw | Self::Expire => !from.is_granted() && !from.is_over(),
            Self::MoverReview => from == Active,
            Self::Confirm => from == MoverReview,
            Self::Suspend { .. } => matches!(from, Active | MoverReview),
            Self::Restore { .. } => from == Suspended,
            Self::End { .. } => !from.is_over(),
            Self::ReachEnd => from.is_granted(),
            Self::Remind | Self::Escalate => !from.is_over(),
        }
    }
}
