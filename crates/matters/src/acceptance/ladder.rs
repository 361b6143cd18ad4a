//! Not signed: the ladder of reminders, restricting, declining, and absence, which stops the clock.

use jiff::Timestamp;

use super::{Acceptance, Stage, Step};
use crate::event::Act;
use crate::follows::Follows;
use crate::machine::{Effect, Refused};
use crate::people::LINE_MANAGER;
use crate::waiting::{Word, days};
use crate::working_days::days_after;
use crate::world::World;
use crate::{acting, guard, withdrawal};

impl Acceptance {
    /// The withdrawal a decision to restrict brings with it. Whoever keeps matters opens it in the
    /// same transaction, as the rule `acceptance:` and this matter's reference, and restores it so
    /// once the policy is signed.
    pub fn restriction(&self, effective_at: Timestamp) -> Option<withdrawal::Opening> {
        (self.stage == Stage::Restricted).then(|| withdrawal::Opening {
            person: self.person.clone(),
            kind: withdrawal::Kind::Temporary,
            effective_at,
            until: None,
        })
    }

    pub(super) fn next_in_time(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        let rules = &world.settings.acceptance;
        let rung = days(rules.overdue_step_days);
        let next_rung = days_after(self.waiting.since, rules.overdue_step_days);
        match self.stage {
            Stage::Due => Some((self.waiting.since, Step::Notified)),
            Stage::Notified | Stage::Opened if self.reminded => Some((self.due_by, Step::Overdue)),
            // Half of the time is gone.
            Stage::Notified | Stage::Opened => {
                let half = days(rules.due_within_days) / 2;
                let remind_at = self.due_by.checked_sub(half).unwrap_or(self.due_by);
                Some((remind_at.max(self.waiting.since), Step::Remind))
            }
            Stage::OverdueOnce => Some((next_rung, Step::Overdue)),
            Stage::OverdueTwice if !self.is_councillor(world) => {
                Some((next_rung, Step::ProposeRestriction))
            }
            Stage::OverdueTwice if !self.referred => Some((next_rung, Step::Refer)),
            Stage::RestrictProposed | Stage::Unchecked => {
                let (at, word) = self.waiting.next(rung)?;
                match word {
                    Word::Remind => Some((at, Step::Remind)),
                    Word::Escalate => Some((at, Step::Escalate)),
                }
            }
            Stage::Deferred => self.absent_until.map(|until| (until, Step::Return)),
            _ => None,
        }
    }

    pub(super) fn pass_time(&mut self, step: &Step, at: Timestamp, world: &World<'_>) -> Follows {
        let awaited = self.awaited(world);
        let person = |notice| guard::tell_person(&self.person, notice);
        let effects = match step {
            Step::Remind if self.stage.is_open() => {
                let told = person("policy-to-sign-reminder");
                self.reminded = true;
                vec![told]
            }
            Step::Remind => {
                self.waiting.say(Word::Remind);
                guard::tell(&awaited, "signature-decision-reminder")
            }
            Step::Escalate => {
                self.waiting.say(Word::Escalate);
                guard::tell(
                    &guard::above(&awaited, world),
                    "signature-decision-escalated",
                )
            }
            Step::Overdue if self.stage == Stage::OverdueOnce => {
                let mut told = vec![person("signature-overdue")];
                told.extend(guard::tell(
                    &self.answerable(world),
                    "signature-overdue-team",
                ));
                self.stand(Stage::OverdueTwice, at);
                told
            }
            Step::Overdue => {
                let told = person("signature-overdue");
                self.stand(Stage::OverdueOnce, at);
                vec![told]
            }
            Step::ProposeRestriction => {
                let told = person("restriction-proposed");
                self.stand(Stage::RestrictProposed, at);
                [told].into_iter().chain(self.to_decide(world)).collect()
            }
            Step::Refer => {
                self.referred = true;
                let raised_by = &world.settings.withdrawal.councillor.raised_by;
                vec![guard::task("consider-member-misuse", None, raised_by)]
            }
            _ => {
                let told = person("policy-to-sign");
                self.stand(Stage::Notified, at);
                vec![told]
            }
        };
        Follows::default().then(effects)
    }

    /// The person says no. That is talked about; it is no misconduct, and the person may still sign.
    pub(super) fn decline(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        acting::only(act, &self.person)?;
        self.stand(Stage::Declined, act.at);
        let posts = self.answerable(world);
        let talk = posts
            .iter()
            .map(|post| guard::task("conversation", None, post));
        Ok(Follows::default().then(talk))
    }

    pub(super) fn restrict(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let rules = &world.settings.acceptance;
        if self.is_councillor(world) {
            let clauses = &world.settings.withdrawal.councillor.clauses;
            return Err(Refused::Rule {
                problem: "a councillor's services are not restricted this way; the matter goes to \
                          whoever raises misuse with councillors"
                    .to_owned(),
                clauses: clauses.clone(),
            });
        }
        guard::reason(act)?;
        let authority = guard::decider(world, act, &rules.restricted_by, &self.person, &[])?;
        self.stand(Stage::Restricted, act.at);
        let told = guard::tell_person(&self.person, "services-restricted");
        let team = guard::tell(&self.answerable(world), "services-restricted-team");
        Ok(Follows::by(authority).then([told]).then(team))
    }

    /// Not now. The ladder asks again after another rung.
    pub(super) fn let_stand(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        guard::reason(act)?;
        let posts = &world.settings.acceptance.restricted_by;
        let authority = guard::decider(world, act, posts, &self.person, &[])?;
        self.stand(Stage::OverdueTwice, act.at);
        Ok(Follows::by(authority))
    }

    pub(super) fn defer(
        &mut self,
        until: Option<Timestamp>,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let follows = self.by_hr(act, world)?;
        if let Some(until) = until {
            guard::ahead("until", until, act.at)?;
        }
        self.absent_until = until;
        self.stand(Stage::Deferred, act.at);
        Ok(follows)
    }

    /// Back: due again some days later, and the person is told again.
    pub(super) fn come_back(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let follows = self.by_hr(act, world)?;
        let again = days_after(act.at, world.settings.acceptance.days_after_return);
        self.due_by = self.due_by.max(again);
        self.absent_until = None;
        self.reminded = false;
        self.stand(Stage::Due, act.at);
        Ok(follows)
    }

    /// Absence is HR's to say: a person there, their feed, or the end of an absence with a date.
    fn by_hr(&self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        if guard::is_feed(act, &[guard::HR_FEED]) || guard::is_rule(act, "") {
            return Ok(Follows::default());
        }
        let hr = [guard::HR.to_owned()];
        guard::decider(world, act, &hr, &self.person, &[]).map(Follows::by)
    }

    fn to_decide(&self, world: &World<'_>) -> Vec<Effect> {
        let posts = world.settings.acceptance.restricted_by.iter();
        let tasks = posts.map(|post| guard::task("decide-restriction", None, post));
        tasks.collect()
    }

    fn awaited(&self, world: &World<'_>) -> Vec<String> {
        match self.stage {
            Stage::RestrictProposed => world.settings.acceptance.restricted_by.clone(),
            _ => vec![world.settings.access.provisioned_by.clone()],
        }
    }

    /// Who talks with the person: the manager, or for councillors whoever raises things with them.
    fn answerable(&self, world: &World<'_>) -> Vec<String> {
        let councillors = &world.settings.withdrawal.councillor;
        if self.is_councillor(world) {
            vec![councillors.raised_by.clone()]
        } else {
            vec![LINE_MANAGER.to_owned()]
        }
    }

    fn is_councillor(&self, world: &World<'_>) -> bool {
        let audience = &world.settings.withdrawal.councillor.audience;
        let person = world.people.person(&self.person);
        person.is_some_and(|person| person.audience == *audience)
    }
}
