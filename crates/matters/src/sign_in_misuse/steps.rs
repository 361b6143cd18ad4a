//! The steps it takes.

use policy::people::SignInMisuseRules;

use super::*;
use crate::event::Act;
use crate::follows::Follows;
use crate::id::PostId;
use crate::machine::{Effect, Machine, Refused, Taken};
use crate::waiting::{Said, Word};
use crate::world::World;
use crate::{acting, field, guard, telling, working_days};

/// The work that is put on the desk's list.
const TASK: &str = "look-into-sign-ins";

impl Machine for SignInMisuse {
    const KIND: &'static str = "sign-in-misuse";
    const PREFIX: &'static str = "MS";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        acting::by_itself(act)?;
        world.person(&opening.person)?;
        let is_own = |computer: &Computer| computer.person == opening.person;
        if opening.computer.as_ref().is_some_and(is_own) {
            let problem = "their own computer is nobody else's";
            return Err(Refused::field("computer", problem));
        }
        let found = Self {
            system: field::name("system", &opening.system)?,
            seen: bounded(opening.seen)?,
            person: opening.person,
            what: opening.what,
            let_in: opening.let_in,
            computer: opening.computer,
            was_them: None,
            finding: None,
            state: State::Found,
            waiting: Waiting::from(act.at),
        };
        let mut effects = found.tell_desk(act.at, world, "sign-in-misuse-found");
        effects.push(telling::one(&found.person, "sign-in-misused"));
        let desk = &world.settings.incidents.service_desk;
        effects.push(guard::task(TASK, None, desk));
        Ok(found.taken("find", Follows::default().then(effects), world))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let mut next = self.clone();
        match step {
            Step::Again { seen, let_in } => {
                acting::by_itself(act)?;
                self.is_open("again")?;
                let seen = bounded(seen)?;
                next.seen.count = self.seen.count.saturating_add(seen.count);
                next.seen.first_at = self.seen.first_at.min(seen.first_at);
                next.seen.last_at = self.seen.last_at.max(seen.last_at);
                next.seen.addresses.extend(seen.addresses);
                while next.seen.addresses.len() > MOST_ADDRESSES {
                    next.seen.addresses.pop_last();
                }
                // That somebody got in at last is news; one more failure is not.
                let news = let_in && !self.let_in;
                next.let_in |= let_in;
                let mut effects = Vec::new();
                if news {
                    effects = self.tell_desk(act.at, world, "sign-in-misuse-found");
                    effects.push(telling::one(&self.person, "sign-in-misused"));
                }
                Ok(next.taken("again", Follows::default().then(effects), world))
            }
            Step::Acknowledge => {
                if self.state != State::Found {
                    return Err(self.wrong_state("acknowledge"));
                }
                let authority = self.desk(act, world)?;
                next.state = State::Acknowledged;
                next.waiting = Waiting::from(act.at);
                Ok(next.taken("acknowledge", Follows::by(authority), world))
            }
            Step::Answer { was_me } => {
                self.is_open("answer")?;
                acting::only(act, &self.person)?;
                next.was_them = Some(was_me);
                let effects = self.tell_desk(act.at, world, "sign-in-misuse-answered");
                Ok(next.taken("answer", Follows::default().then(effects), world))
            }
            Step::Close { finding } => {
                self.is_open("close")?;
                let authority = self.desk(act, world)?;
                next.finding = Some(field::words("finding", &finding)?);
                next.state = State::Closed;
                let told = telling::one(&self.person, "sign-in-misuse-closed");
                Ok(next.taken("close", Follows::by(authority).then([told]), world))
            }
            Step::Remind | Step::Escalate => {
                acting::on_time(act, &step, self.due(world))?;
                if step == Step::Remind {
                    next.waiting.say(Word::Remind);
                    let told = self.tell_desk(act.at, world, "sign-in-misuse-waits");
                    return Ok(next.taken("remind", Follows::default().then(told), world));
                }
                next.waiting.say(Word::Escalate);
                let auditor = PostId::from(world.settings.incidents.auditor.as_str());
                let told = self.tell([auditor], act.at, world, "sign-in-misuse-waits");
                Ok(next.taken("escalate", Follows::default().then(told), world))
            }
        }
    }

    fn subject(&self) -> &PersonId {
        &self.person
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        self.state == State::Closed
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        let days = world.settings.incidents.acknowledged_working_days;
        let after =
            |times: u32| working_days::after(self.waiting.since, days.saturating_mul(times));
        match self.waiting.said {
            _ if self.is_over() => None,
            Said::Nothing => Some((after(1), Step::Remind)),
            Said::Reminded => Some((after(2), Step::Escalate)),
            Said::Escalated => None,
        }
    }
}

impl SignInMisuse {
    /// Whose computer it came from, who is left out of what is decided about it.
    pub fn named(&self) -> &[PersonId] {
        let computer = self.computer.as_ref();
        computer.map_or(&[], |computer| std::slice::from_ref(&computer.person))
    }

    fn desk(&self, act: &Act, world: &World<'_>) -> Result<crate::authority::Authority, Refused> {
        let desk = [world.settings.incidents.service_desk.clone()];
        guard::decider(world, act, &desk, &self.person, self.named())
    }

    fn tell_desk(&self, at: Timestamp, world: &World<'_>, notice: &'static str) -> Vec<Effect> {
        let desk = PostId::from(world.settings.incidents.service_desk.as_str());
        self.tell([desk], at, world, notice)
    }

    fn tell(
        &self,
        posts: [PostId; 1],
        at: Timestamp,
        world: &World<'_>,
        notice: &'static str,
    ) -> Vec<Effect> {
        telling::posts(world, &posts, &self.person, self.named(), at, notice)
    }

    fn is_open(&self, step: &'static str) -> Result<(), Refused> {
        let open = !self.is_over();
        open.then_some(()).ok_or_else(|| self.wrong_state(step))
    }

    fn wrong_state(&self, step: &'static str) -> Refused {
        let state = self.state.name();
        Refused::State { state, step }
    }

    fn taken(self, step: &'static str, follows: Follows, world: &World<'_>) -> Taken<Self> {
        let clauses = clauses(&world.settings.sign_in_misuse, self.what);
        follows.taken(self, step, || clauses)
    }
}

fn clauses(rules: &SignInMisuseRules, what: What) -> Vec<String> {
    rules.clauses.get(what.name()).cloned().unwrap_or_default()
}

fn bounded(mut seen: Seen) -> Result<Seen, Refused> {
    while seen.addresses.len() > MOST_ADDRESSES {
        seen.addresses.pop_last();
    }
    for address in &seen.addresses {
        field::name("addresses", address)?;
    }
    if seen.first_at > seen.last_at {
        let problem = "the first of them comes before the last";
        return Err(Refused::field("first_at", problem));
    }
    Ok(seen)
}
