//! The steps a generic mailbox takes.

use super::*;
use crate::event::Act;
use crate::id::PostId;
use crate::machine::Machine;
use crate::waiting::Word;
use crate::{acting, field, guard, telling, waiting, working_days};

/// Most administrators one mailbox can have.
const MOST_ADMINISTRATORS: usize = 50;
/// Days after which it is reviewed.
const REVIEWED_EVERY: u32 = 365;
/// Days without an answer after which those awaited are reminded, and again until it is said that it
/// takes long.
const REMINDED_EVERY: u32 = 5;

impl Machine for GenericMailbox {
    const KIND: &'static str = "generic-mailbox";
    const PREFIX: &'static str = "GM";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = &world.settings.mailboxes;
        let manager = &world.person(&opening.manager)?.id;
        let authority = senior(act, manager, world)?;
        let address = field::address("address", &opening.address)?;
        let own = |own: &String| own.eq_ignore_ascii_case(&address);
        if world
            .people
            .all()
            .any(|person| person.addresses.iter().any(own))
        {
            let problem = "this is somebody's own address; a shared mailbox needs another";
            return Err(Refused::field("address", problem));
        }
        if world.people.unit(&opening.unit).is_none() {
            return Err(Refused::field("unit", "choose the unit it belongs to"));
        }
        if opening.administrators.len() > MOST_ADMINISTRATORS {
            return Err(too_many());
        }
        for who in &opening.administrators {
            world.person(who)?;
        }
        let names = opening.administrators.into_iter();
        let administrators: BTreeMap<_, _> = names.map(|who| (who, None)).collect();
        if administrators.len() < rules.min_administrators as usize {
            let problem = format!("name at least {} people", rules.min_administrators);
            return Err(Refused::field("administrators", problem));
        }
        let mailbox = Self {
            address,
            purpose: field::words("purpose", &opening.purpose)?,
            requested_by: acting::person(act)?.clone(),
            manager: opening.manager,
            manager_left: false,
            administrators,
            unit: opening.unit,
            reviewed_at: None,
            at_risk_since: None,
            redirect: None,
            state: State::Requested,
            clauses: rules.clauses.clone(),
            waiting: Some(Waiting::from(act.at)),
        };
        let mut effects = mailbox.ask_to_agree();
        effects.extend(mailbox.tell_desk(act.at, world, "mailbox-requested"));
        effects.push(telling::one(&mailbox.manager, "mailbox-requested"));
        Ok(mailbox.taken("request", Some(authority), effects))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let undecided = matches!(self.state, State::Requested | State::Checked);
        let mut next = self.clone();
        match step {
            Step::Check => {
                self.needs("check", self.state == State::Requested)?;
                let authority = self.desk(act, world)?;
                next.state = State::Checked;
                next.waiting = Some(Waiting::from(act.at));
                Ok(next.settled("check", Some(authority), Vec::new(), act.at, world))
            }
            Step::Refuse => {
                self.needs("refuse", undecided)?;
                let authority = self.desk(act, world)?;
                guard::reason(act)?;
                next.state = State::Refused;
                let effects = [&self.requested_by, &self.manager];
                let effects = effects.map(|who| telling::one(who, "mailbox-refused"));
                Ok(next.taken("refuse", Some(authority), effects.into()))
            }
            Step::Withdraw => {
                self.needs("withdraw", undecided)?;
                acting::only(act, &self.requested_by)?;
                next.state = State::Withdrawn;
                Ok(next.taken("withdraw", None, Vec::new()))
            }
            Step::Agree => {
                self.needs("agree", undecided || self.is_open())?;
                let actor = acting::person(act)?;
                match next.administrators.get_mut(actor) {
                    Some(agreed @ None) => *agreed = Some(act.at),
                    Some(Some(_)) => self.needs("agree", false)?,
                    None => return Err(self.rule("only those named as administrators can agree")),
                }
                Ok(next.settled("agree", None, Vec::new(), act.at, world))
            }
            Step::Add { who } => {
                self.needs("add", undecided || self.is_open())?;
                let authority = self.run_by(act, world)?;
                world.person(&who)?;
                if next.administrators.len() >= MOST_ADMINISTRATORS {
                    return Err(too_many());
                }
                if next.administrators.contains_key(&who) {
                    return Err(Refused::field("who", "they are an administrator already"));
                }
                let effects = vec![telling::one(&who, "mailbox-agree")];
                next.administrators.insert(who, None);
                Ok(next.taken("add", authority, effects))
            }
            Step::Remove { who } => {
                self.needs("remove", undecided || self.is_open())?;
                let own = acting::person(act)? == &who;
                let authority = if own { None } else { self.run_by(act, world)? };
                if next.administrators.remove(&who).is_none() {
                    return Err(Refused::field("who", "they are no administrator"));
                }
                let effects = vec![telling::one(&who, "mailbox-relieved")];
                Ok(next.settled("remove", authority, effects, act.at, world))
            }
            Step::NameManager { who } => {
                self.needs("name-manager", undecided || self.is_open())?;
                let authority = senior(act, &world.person(&who)?.id, world)?;
                let effects = vec![telling::one(&who, "mailbox-managed")];
                next.manager = who;
                next.manager_left = false;
                Ok(next.settled("name-manager", Some(authority), effects, act.at, world))
            }
            Step::Recheck { left } => {
                acting::by_itself(act)?;
                if let Some(who) = &left {
                    next.manager_left |= *who == next.manager;
                    next.administrators.remove(who);
                }
                let changed = next != *self || self.needs_recheck(world);
                self.needs("recheck", changed && (undecided || self.is_open()))?;
                Ok(next.settled("recheck", None, Vec::new(), act.at, world))
            }
            Step::Review => {
                self.needs("review", self.is_open() && !self.manager_left)?;
                acting::only(act, &self.manager)?;
                next.reviewed_at = Some(act.at);
                next.waiting = None;
                Ok(next.taken("review", None, Vec::new()))
            }
            Step::Close { redirect } => {
                self.needs("close", self.is_open())?;
                let authority = match self.run_by(act, world) {
                    Ok(authority) => authority,
                    Err(_) => Some(self.desk(act, world)?),
                };
                let redirect = redirect.as_deref();
                let redirect = redirect.map(|to| field::address("redirect", to));
                next.redirect = redirect.transpose()?;
                next.state = State::Closed;
                let mut effects = next.tell_all("mailbox-closed");
                effects.push(desk_task("close-mailbox", world));
                Ok(next.taken("close", authority, effects))
            }
            Step::Suspend | Step::ReviewDue | Step::Remind | Step::Escalate | Step::Lapse => {
                acting::on_time(act, &step, self.due(world))?;
                Ok(self.pass(&step, act.at, world))
            }
        }
    }

    fn subject(&self) -> &PersonId {
        &self.manager
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        use State::{Closed, Lapsed, Refused, Withdrawn};
        matches!(self.state, Closed | Refused | Withdrawn | Lapsed)
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        if self.is_over() {
            return None;
        }
        let awaited = self.waiting.as_ref().and_then(|waiting| {
            let (when, word) = waiting.next(waiting::days(REMINDED_EVERY))?;
            Some(match word {
                Word::Remind => (when, Step::Remind),
                Word::Escalate => (when, Step::Escalate),
            })
        });
        let own = match self.state {
            State::Requested | State::Checked => self.waiting.as_ref().map(|waiting| {
                let days = world.settings.access.expires_after_days;
                (working_days::days_after(waiting.since, days), Step::Lapse)
            }),
            State::AtRisk => self.at_risk_since.map(|since| {
                let days = world.settings.mailboxes.at_risk_working_days;
                (working_days::after(since, days), Step::Suspend)
            }),
            // Once asked for, the review is awaited like anything else.
            State::Active if self.waiting.is_none() => self.reviewed_at.map(|at| {
                (
                    working_days::days_after(at, REVIEWED_EVERY),
                    Step::ReviewDue,
                )
            }),
            _ => None,
        };
        own.into_iter().chain(awaited).min_by_key(|(when, _)| *when)
    }
}

impl GenericMailbox {
    /// The state that follows from who answers for it now, after some step.
    fn settled(
        mut self,
        step: &'static str,
        authority: Option<Authority>,
        mut effects: Vec<Effect>,
        at: Timestamp,
        world: &World<'_>,
    ) -> Taken<Self> {
        let before = self.state;
        if self.needs_recheck(world) {
            let at_risk = before == State::Active;
            self.state = if at_risk {
                State::AtRisk
            } else {
                State::Active
            };
            self.at_risk_since = at_risk.then_some(at);
        }
        match (before, self.state) {
            (State::Checked, State::Active) => {
                self.reviewed_at = Some(at);
                self.waiting = None;
                effects.extend(self.tell_all("mailbox-active"));
                effects.push(desk_task("open-mailbox", world));
            }
            (State::Suspended, State::Active) => {
                effects.extend(self.tell_all("mailbox-active"));
                effects.push(desk_task("resume-mailbox", world));
            }
            (State::AtRisk, State::Active) => effects.extend(self.tell_all("mailbox-active")),
            (State::Active, State::AtRisk) => {
                effects.extend(self.tell_all("mailbox-at-risk"));
                effects.extend(self.tell_senior(at, world, "mailbox-at-risk"));
            }
            _ => (),
        }
        self.taken(step, authority, effects)
    }

    /// What time does to it; the step is the one that was due.
    fn pass(&self, step: &Step, at: Timestamp, world: &World<'_>) -> Taken<Self> {
        let mut next = self.clone();
        let mut say = |word| {
            next.waiting
                .iter_mut()
                .for_each(|waiting| waiting.say(word))
        };
        match step {
            Step::Suspend => {
                next.state = State::Suspended;
                let mut effects = self.tell_all("mailbox-suspended");
                effects.extend(self.tell_senior(at, world, "mailbox-suspended"));
                effects.push(desk_task("suspend-mailbox", world));
                next.taken("suspend", None, effects)
            }
            Step::ReviewDue => {
                next.waiting = Some(Waiting::from(at));
                let effects = vec![telling::one(&self.manager, "mailbox-review")];
                next.taken("review-due", None, effects)
            }
            Step::Remind => {
                say(Word::Remind);
                next.taken("remind", None, self.remind(at, world))
            }
            Step::Escalate => {
                say(Word::Escalate);
                let mut effects = self.remind(at, world);
                effects.extend(self.tell_senior(at, world, "mailbox-waits"));
                next.taken("escalate", None, effects)
            }
            _ => {
                next.state = State::Lapsed;
                next.taken("lapse", None, self.tell_all("mailbox-lapsed"))
            }
        }
    }

    fn remind(&self, at: Timestamp, world: &World<'_>) -> Vec<Effect> {
        match self.state {
            State::Requested => self.tell_desk(at, world, "mailbox-requested"),
            State::Checked => self.ask_to_agree(),
            _ => vec![telling::one(&self.manager, "mailbox-review")],
        }
    }

    /// Whoever runs it from day to day: its manager, or somebody senior enough to ask for one.
    fn run_by(&self, act: &Act, world: &World<'_>) -> Result<Option<Authority>, Refused> {
        if !self.manager_left && act.actor.person() == Some(&self.manager) {
            return Ok(None);
        }
        senior(act, &self.manager, world).map(Some)
    }

    /// The desk, apart from those of its people who are named in the request.
    fn desk(&self, act: &Act, world: &World<'_>) -> Result<Authority, Refused> {
        let desk = [PostId::from(world.settings.mailboxes.checked_by.as_str())];
        let actor = acting::person(act)?;
        world.authority(actor, &desk, &self.manager, &self.named(), act.at)
    }

    fn named(&self) -> Vec<PersonId> {
        let administrators = self.administrators.keys();
        administrators
            .chain([&self.requested_by])
            .cloned()
            .collect()
    }

    fn tell_desk(&self, at: Timestamp, world: &World<'_>, notice: &'static str) -> Vec<Effect> {
        let desk = PostId::from(world.settings.mailboxes.checked_by.as_str());
        telling::posts(world, [&desk], &self.manager, &self.named(), at, notice)
    }

    fn tell_senior(&self, at: Timestamp, world: &World<'_>, notice: &'static str) -> Vec<Effect> {
        let posts = requesters(world);
        telling::posts(world, &posts, &self.manager, &[], at, notice)
    }

    fn tell_all(&self, notice: &'static str) -> Vec<Effect> {
        let manager = (!self.manager_left).then_some(&self.manager);
        let others = self
            .administrators
            .keys()
            .filter(|who| **who != self.manager);
        let all = manager.into_iter().chain(others);
        all.map(|who| telling::one(who, notice)).collect()
    }

    fn ask_to_agree(&self) -> Vec<Effect> {
        let asked = self.administrators.iter().filter(|(_, at)| at.is_none());
        asked
            .map(|(who, _)| telling::one(who, "mailbox-agree"))
            .collect()
    }

    fn rule(&self, problem: &str) -> Refused {
        Refused::Rule {
            problem: problem.to_owned(),
            clauses: self.clauses.clone(),
        }
    }
}

/// The authority of somebody senior enough to ask for a mailbox. They may manage it themselves:
/// asking is not deciding.
fn senior(act: &Act, manager: &PersonId, world: &World<'_>) -> Result<Authority, Refused> {
    let actor = acting::person(act)?;
    let over = world.person(manager)?;
    let posts = requesters(world);
    let mut each = posts.iter().filter_map(|post| {
        world
            .posts
            .authority(actor, post, over, world.people, act.at)
    });
    let found = each.next();
    found.ok_or_else(|| Refused::Authority {
        posts: posts.clone(),
    })
}

fn requesters(world: &World<'_>) -> Vec<PostId> {
    let posts = &world.settings.mailboxes.requested_by;
    posts.iter().map(PostId::new).collect()
}

fn desk_task(task: &'static str, world: &World<'_>) -> Effect {
    guard::task(task, Some("email"), &world.settings.mailboxes.checked_by)
}

fn too_many() -> Refused {
    let problem = format!("at most {MOST_ADMINISTRATORS} administrators are possible");
    Refused::field("administrators", problem)
}
