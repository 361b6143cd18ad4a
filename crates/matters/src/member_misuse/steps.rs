//! Which step is taken from where, raising it, and time.

use jiff::Timestamp;
use policy::people::CouncillorMisuse;

use super::{MemberMisuse, Opening, Stage, Step};
use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::id::PersonId;
use crate::machine::{Machine, Refused, Taken};
use crate::waiting::{Waiting, Word, days};
use crate::working_days::days_after;
use crate::world::World;
use crate::{acting, field, guard};

/// A quarter, after which a matter nobody settled or decided expires.
const EXPIRES_DAYS: u32 = 90;

impl Machine for MemberMisuse {
    const KIND: &'static str = "member-misuse";
    const PREFIX: &'static str = "MM";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world);
        let councillor = world.person(&opening.councillor)?;
        if councillor.audience != rules.audience {
            return Err(Refused::Rule {
                problem: format!("this way is for people who are `{}` only", rules.audience),
                clauses: rules.clauses.clone(),
            });
        }
        let raised_by = std::slice::from_ref(&rules.raised_by);
        let authority = guard::decider(world, act, raised_by, &opening.councillor, &[])?;
        if opening.raised_with_at > act.at {
            let problem = "raise it with the councillor first";
            return Err(Refused::field("raised_with_at", problem));
        }
        if let Some(incident) = &opening.incident {
            field::name("incident", incident.as_str())?;
        }
        let told = guard::tell_person(&opening.councillor, "member-misuse-raised");
        let matter = Self {
            about: field::words("about", &opening.about)?,
            councillor: opening.councillor,
            incident: opening.incident,
            raised_by: acting::person(act)?.clone(),
            raised_with_at: opening.raised_with_at,
            answer: None,
            asked: Vec::new(),
            papers: None,
            outcome: None,
            stage: Stage::Raised,
            waiting: Waiting::from(act.at),
        };
        let follows = Follows::by(authority).then([told]);
        Ok(follows.taken(matter, "open", || rules.clauses.clone()))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        if !step.fits(self.stage) {
            return Err(Refused::State {
                state: self.stage.name(),
                step: step.name(),
            });
        }
        let name = step.name();
        let mut next = self.clone();
        let follows = match step {
            Step::Answer { words } => next.answer(&words, act, world),
            Step::Settle => next.settle(act, world),
            Step::Consult { instead } => next.consult(instead, act, world),
            Step::View { of, words } => next.view(&of, &words, act, world),
            Step::RecordPapers { how } => next.record_papers(&how, act, world),
            Step::Decide { outcome } => next.decide(outcome, act, world),
            Step::Lift => next.lift(act, world),
            Step::CloseConsultation | Step::Remind | Step::Escalate | Step::Expire => {
                acting::on_time(act, &step, self.due(world))
                    .map(|()| next.pass_time(&step, act.at, world))
            }
        }?;
        Ok(follows.taken(next, name, || rules(world).clauses.clone()))
    }

    fn subject(&self) -> &PersonId {
        &self.councillor
    }

    fn state(&self) -> &'static str {
        self.stage.name()
    }

    fn is_over(&self) -> bool {
        matches!(
            self.stage,
            Stage::Settled | Stage::NoAction | Stage::Lifted | Stage::Expired
        )
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        let wait = days(rules(world).consultation_days);
        let every = match self.stage {
            // Halfway, so that a view can still come.
            Stage::Consulting => wait / 2,
            _ => wait,
        };
        let word = self.waiting.next(every).map(|(at, word)| match word {
            Word::Remind => (at, Step::Remind),
            Word::Escalate => (at, Step::Escalate),
        });
        let after = |days, step| Some((days_after(self.waiting.since, days), step));
        let end = match self.stage {
            Stage::Raised | Stage::AwaitingDecision => after(EXPIRES_DAYS, Step::Expire),
            Stage::Consulting => after(rules(world).consultation_days, Step::CloseConsultation),
            _ => return None,
        };
        // Of two at one moment the end comes first.
        [end, word].into_iter().flatten().min_by_key(|(at, _)| *at)
    }
}

impl MemberMisuse {
    pub(super) fn stand(&mut self, stage: Stage, at: Timestamp) {
        self.stage = stage;
        self.waiting = Waiting::from(at);
    }

    /// The post that raised it.
    pub(super) fn raiser(&self, act: &Act, world: &World<'_>) -> Result<Authority, Refused> {
        let posts = std::slice::from_ref(&rules(world).raised_by);
        guard::decider(world, act, posts, &self.councillor, &[])
    }

    fn pass_time(&mut self, step: &Step, at: Timestamp, world: &World<'_>) -> Follows {
        let awaited = match self.stage {
            Stage::AwaitingDecision => vec![rules(world).decided_by.clone()],
            _ => vec![rules(world).raised_by.clone()],
        };
        let effects = match step {
            Step::Remind if self.stage == Stage::Consulting => {
                self.waiting.say(Word::Remind);
                self.silent("member-misuse-view-reminder").collect()
            }
            Step::Remind => {
                self.waiting.say(Word::Remind);
                guard::tell(&awaited, "member-misuse-reminder")
            }
            Step::Escalate => {
                self.waiting.say(Word::Escalate);
                guard::tell(&guard::above(&awaited, world), "member-misuse-escalated")
            }
            Step::CloseConsultation => self.put_to_decider(at, world),
            _ => {
                self.stand(Stage::Expired, at);
                let mut told = guard::tell(&awaited, "member-misuse-expired");
                told.push(guard::tell_person(
                    &self.councillor,
                    "member-misuse-expired",
                ));
                told
            }
        };
        Follows::default().then(effects)
    }
}

/// What the pack says about councillors' misuse.
pub(super) fn rules<'a>(world: &World<'a>) -> &'a CouncillorMisuse {
    &world.settings.withdrawal.councillor
}

impl Step {
    /// Whether it can be taken from there at all.
    fn fits(&self, from: Stage) -> bool {
        use Stage::*;
        let undecided = matches!(from, Raised | Consulting | AwaitingDecision);
        match self {
            Self::Answer { .. } | Self::RecordPapers { .. } | Self::Remind => undecided,
            Self::Escalate | Self::Expire => undecided,
            Self::Settle | Self::Consult { .. } => from == Raised,
            Self::View { .. } => matches!(from, Consulting | AwaitingDecision),
            Self::CloseConsultation => from == Consulting,
            Self::Decide { .. } => from == AwaitingDecision,
            Self::Lift => matches!(from, Limited | Withdrawn),
        }
    }
}
