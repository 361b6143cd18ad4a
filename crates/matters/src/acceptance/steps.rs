//! Which step is taken from where, and what all steps share.

use jiff::Timestamp;

use super::{Acceptance, Opening, Stage, Step};
use crate::event::Act;
use crate::follows::Follows;
use crate::id::PersonId;
use crate::machine::{Machine, Refused, Taken};
use crate::waiting::Waiting;
use crate::working_days::days_after;
use crate::world::World;
use crate::{acting, field, guard};

impl Machine for Acceptance {
    const KIND: &'static str = "acceptance";
    const PREFIX: &'static str = "AC";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        acting::by_itself(act)?;
        world.person(&opening.person)?;
        let rules = &world.settings.acceptance;
        let matter = Self {
            person: opening.person,
            edition: field::name("edition", &opening.edition)?,
            version: field::name("version", &opening.version)?,
            text_sha256: guard::sha256("text_sha256", &opening.text_sha256)?,
            due_by: days_after(act.at.max(opening.in_force_at), rules.due_within_days),
            reminded: false,
            read: None,
            signature: None,
            before_check: None,
            absent_until: None,
            referred: false,
            void_asked: None,
            stage: Stage::Due,
            waiting: Waiting::from(act.at),
        };
        let clauses = || rules.clauses.clone();
        Ok(Follows::default().taken(matter, "open", clauses))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        if !step.fits(self.stage) {
            return Err(self.not_now(&step));
        }
        let name = step.name();
        let mut next = self.clone();
        let follows = match step {
            Step::Opened { format } => next.open_text(&format, act),
            Step::Accept {
                format,
                text_sha256,
                statement,
                method,
            } => {
                let signed = next.sign(&format, &text_sha256, &statement, method, act, world)?;
                next.entered(signed, act, world)
            }
            Step::Check => next.check(act, world),
            Step::Reject => next.reject(act, world),
            Step::Decline => next.decline(act, world),
            Step::Restrict => next.restrict(act, world),
            Step::LetStand => next.let_stand(act, world),
            Step::Defer { until } => next.defer(until, act, world),
            Step::Return => next.come_back(act, world),
            Step::Supersede { version } => next.supersede(&version, act),
            Step::Lapse => next.lapse(act),
            Step::ProposeVoid => next.propose_void(act, world),
            Step::Void => next.void(act, world),
            Step::Notified
            | Step::Remind
            | Step::Overdue
            | Step::ProposeRestriction
            | Step::Refer
            | Step::Escalate => acting::on_time(act, &step, self.due(world))
                .map(|()| next.pass_time(&step, act.at, world)),
        }?;
        let clauses = || world.settings.acceptance.clauses.clone();
        Ok(follows.taken(next, name, clauses))
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

impl Acceptance {
    /// Whether the signature counts.
    pub fn stands(&self) -> bool {
        self.stage == Stage::Accepted
    }

    pub(super) fn stand(&mut self, stage: Stage, at: Timestamp) {
        self.stage = stage;
        self.waiting = Waiting::from(at);
    }

    pub(super) fn not_now(&self, step: &Step) -> Refused {
        Refused::State {
            state: self.stage.name(),
            step: step.name(),
        }
    }

    fn supersede(&mut self, version: &str, act: &Act) -> Result<Follows, Refused> {
        acting::by_itself(act)?;
        if field::name("version", version)? == self.version {
            let problem = "a version does not take its own place";
            return Err(Refused::field("version", problem));
        }
        self.stand(Stage::Superseded, act.at);
        Ok(Follows::default())
    }

    fn lapse(&mut self, act: &Act) -> Result<Follows, Refused> {
        acting::by_itself(act)?;
        self.stand(Stage::Lapsed, act.at);
        Ok(Follows::default())
    }
}

impl Stage {
    /// Waits for the person, within the time given.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Due | Self::Notified | Self::Opened)
    }

    /// On the ladder or before it: not signed, not declined, not away.
    fn is_wanted(self) -> bool {
        use Stage::*;
        self.is_open() || matches!(self, OverdueOnce | OverdueTwice | RestrictProposed)
    }

    /// Somebody may still sign: also late, after all, or on the day before they come back.
    fn is_unsigned(self) -> bool {
        self.is_wanted() || matches!(self, Self::Restricted | Self::Declined | Self::Deferred)
    }

    fn is_over(self) -> bool {
        matches!(self, Self::Superseded | Self::Void | Self::Lapsed)
    }
}

impl Step {
    /// Whether it can be taken from there at all.
    fn fits(&self, from: Stage) -> bool {
        use Stage::*;
        match self {
            Self::Notified => from == Due,
            Self::Opened { .. } | Self::Accept { .. } => from.is_unsigned(),
            Self::Check | Self::Reject => from == Unchecked,
            Self::Decline | Self::Defer { .. } => from.is_wanted(),
            Self::Remind => from.is_open() || matches!(from, RestrictProposed | Unchecked),
            Self::Overdue => from.is_open() || from == OverdueOnce,
            Self::ProposeRestriction | Self::Refer => from == OverdueTwice,
            Self::Escalate => matches!(from, RestrictProposed | Unchecked),
            Self::Restrict => matches!(from, RestrictProposed | Declined),
            Self::LetStand => from == RestrictProposed,
            Self::Return => from == Deferred,
            Self::ProposeVoid | Self::Void => from == Accepted,
            Self::Supersede { .. } | Self::Lapse => !from.is_over(),
        }
    }
}
