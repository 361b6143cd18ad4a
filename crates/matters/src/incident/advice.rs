//! What a reporter is asked to do, and that they did it.

use super::*;
use crate::event::Act;
use crate::machine::Machine;
use crate::world::World;
use crate::{acting, field};

/// Most steps of one report: more is a conversation, and belongs on the telephone.
const MOST: usize = 20;

impl Incident {
    /// What the policy itself asks of whoever reports such a thing. Whoever gave no name is not asked:
    /// nobody could say that they did it.
    pub(super) fn advised_by_policy(&mut self, world: &World<'_>) {
        let steps = world.settings.incidents.advice.get(self.kind.name());
        let steps = steps.filter(|_| !self.is_anonymous());
        self.advice = steps
            .into_iter()
            .flatten()
            .map(|step| by_policy(step))
            .collect();
    }

    pub(super) fn advise(
        &self,
        steps: &[String],
        act: &Act,
        world: &World<'_>,
    ) -> Result<Taken<Self>, Refused> {
        if self.is_over() || self.is_anonymous() {
            return Err(self.wrong_state("advise"));
        }
        let by = acting::person(act)?;
        let authority = self.authority(by, &self.told(world), act.at, world)?;
        if steps.is_empty() {
            return Err(Refused::field("steps", "say what they are to do"));
        }
        if self.advice.len() + steps.len() > MOST {
            let problem = format!("at most {MOST} steps go with one report");
            return Err(Refused::field("steps", problem));
        }
        let mut next = self.clone();
        for step in steps {
            next.advice.push(Advice {
                step: field::words("steps", step)?,
                by: Some(by.clone()),
                done_at: None,
            });
        }
        let effects = next.answer("incident-advised");
        Ok(next.taken("advise", Some(authority), effects))
    }

    pub(super) fn confirm(&self, number: u32, act: &Act) -> Result<Taken<Self>, Refused> {
        acting::only(act, &self.reporter)?;
        if self.is_over() {
            return Err(self.wrong_state("confirm"));
        }
        let mut next = self.clone();
        let place = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        let advice = place.and_then(|place| next.advice.get_mut(place));
        let advice = advice.ok_or_else(|| Refused::field("number", "there is no such step"))?;
        // Said twice, it was done when it was said first.
        advice.done_at.get_or_insert(act.at);
        Ok(next.taken("confirm", None, Vec::new()))
    }

    /// Whether the reporter has yet to say that something is done. Of somebody who has left nobody
    /// waits for that.
    pub fn waits_for_reporter(&self, at: Timestamp, world: &World<'_>) -> bool {
        let open = self.advice.iter().any(|advice| advice.done_at.is_none());
        open && !has_left(&self.reporter, at, world)
    }
}

fn by_policy(step: &str) -> Advice {
    Advice {
        step: step.to_owned(),
        by: None,
        done_at: None,
    }
}

fn has_left(person: &PersonId, at: Timestamp, world: &World<'_>) -> bool {
    let today = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let spells = world
        .people
        .person(person)
        .map_or(&[][..], |person| &person.employed);
    let is_past = |until: Option<jiff::civil::Date>| until.is_some_and(|until| until < today);
    !spells.is_empty() && spells.iter().all(|spell| is_past(spell.until))
}
