//! Which step is taken from where, and what all steps share.

use jiff::Timestamp;

use super::{Kind, Opening, Stage, Step, Withdrawal, notifiers, orderers};
use crate::event::Act;
use crate::id::PersonId;
use crate::machine::{Machine, Refused, Taken};
use crate::people::LINE_MANAGER;
use crate::waiting::Waiting;
use crate::world::World;
use crate::{acting, guard};

impl Machine for Withdrawal {
    const KIND: &'static str = "withdrawal";
    const PREFIX: &'static str = "WD";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let (matter, follows) = Self::begun(opening, act, world)?;
        let clauses = matter.clauses(world);
        Ok(follows.taken(matter, "open", || clauses))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        if !self.fits(&step) {
            return Err(Refused::State {
                state: self.stage.name(),
                step: step.name(),
            });
        }
        let name = step.name();
        let mut next = self.clone();
        let follows = match step {
            Step::Verify => next.verify(act, world),
            Step::Schedule { effective_at } => next.schedule(effective_at, act, world),
            Step::Reject => next.reject(act, world),
            Step::Disable => next.disable(act, world),
            Step::Restore => next.restore(act, world),
            Step::HandOver => next.hand_over(act, world),
            Step::Archive => next.archive(act, world),
            Step::Dispose => next.dispose(act, world),
            Step::Remind | Step::Escalate => {
                acting::on_time(act, &step, self.due(world)).map(|()| next.say(&step, world))
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

    /// A leaver's may still be restored after disposal: somebody came back years later.
    fn is_over(&self) -> bool {
        matches!(
            self.stage,
            Stage::Disposed | Stage::Rejected | Stage::Restored
        )
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        self.next_in_time(world)
    }
}

impl Withdrawal {
    /// Whether a step can be taken from where it stands at all.
    fn fits(&self, step: &Step) -> bool {
        use Stage::*;
        let from = self.stage;
        let leaving = self.kind == Kind::Leaving;
        let before = matches!(from, Notified | Verified | Scheduled);
        match step {
            Step::Verify => {
                leaving
                    && self.verified.is_none()
                    && (from == Notified || matches!(from, Disabled | Handover))
            }
            Step::Schedule { .. } => matches!(from, Verified | Scheduled),
            Step::Reject | Step::Disable => before,
            Step::Restore => {
                matches!(from, Disabled | Handover | Archived) || (leaving && from == Disposed)
            }
            Step::HandOver => from == Disabled && self.is_for_good(),
            Step::Archive => from == Handover,
            Step::Dispose => from == Archived,
            Step::Remind | Step::Escalate => true,
        }
    }

    /// Whether everything goes and is not expected back.
    pub(super) fn is_for_good(&self) -> bool {
        matches!(self.kind, Kind::Leaving | Kind::Permanent)
    }

    /// Whether a second source still has to say so.
    pub(super) fn is_unverified(&self) -> bool {
        self.kind == Kind::Leaving && self.verified.is_none()
    }

    pub(super) fn stand(&mut self, stage: Stage, at: Timestamp) {
        self.stage = stage;
        self.waiting = Waiting::from(at);
    }

    /// Posts that decide about this withdrawal: whoever could have begun it.
    pub(super) fn deciders(&self, world: &World<'_>) -> Result<Vec<String>, Refused> {
        let settings = world.settings;
        let person = world.person(&self.person)?;
        Ok(match self.kind {
            Kind::Leaving => {
                let mut posts = notifiers(person, settings);
                posts.push(guard::HR.to_owned());
                posts
            }
            Kind::Permanent | Kind::Temporary | Kind::Partial { .. } => orderers(person, settings),
            Kind::NetworkProtection { .. } => settings.withdrawal.limited_by.clone(),
        })
    }

    /// Who sees to what the person leaves behind: the manager, or else whoever speaks for them.
    pub(super) fn line(&self, world: &World<'_>) -> Vec<String> {
        let Some(person) = world.people.person(&self.person) else {
            return Vec::new();
        };
        if person.manager.is_some() {
            return vec![LINE_MANAGER.to_owned()];
        }
        let posts = notifiers(person, world.settings).into_iter();
        posts.filter(|post| post != LINE_MANAGER).take(1).collect()
    }

    fn clauses(&self, world: &World<'_>) -> Vec<String> {
        world.settings.withdrawal.clauses.clone()
    }
}
