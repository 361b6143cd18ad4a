//! The steps a held message takes.

use super::*;
use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::id::PostId;
use crate::machine::{Effect, Machine, Taken};
use crate::waiting;
use crate::world::World;
use crate::{acting, guard, telling, working_days};

impl Machine for HeldMail {
    const KIND: &'static str = "held-mail";
    const PREFIX: &'static str = "HM";
    type Opening = Opening;
    type Step = Step;

    /// Whatever a message says of itself, it can be kept: what is too long is cut.
    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        by_the_gate(act)?;
        let rules = &world.settings.held_mail;
        let findings: Vec<Found> = opening.findings.into_iter().take(MOST).collect();
        let labels = || findings.iter().map(|found| found.label.as_str());
        let clauses = || opening.clauses.iter().map(String::as_str);
        let class = rules
            .classes
            .iter()
            .find(|class| class.covers(labels(), clauses()));
        let class = class.map(|class| class.label.clone());
        let known = |who: &PersonId| world.people.person(who).is_some();
        let mut here = opening
            .person
            .into_iter()
            .chain(opening.others)
            .filter(known);
        let person = here.next().unwrap_or_else(|| PersonId::from(NOBODY));
        let recipients = opening.recipients.iter().take(MOST);
        let held = Self {
            copy: opening.copy,
            entry: opening.entry,
            at: opening.at,
            sent: opening.sent,
            others: here.filter(|other| *other != person).take(MOST).collect(),
            person: person.clone(),
            mail_from: cut(&opening.mail_from),
            recipients: recipients.map(|to| cut(to)).collect(),
            subject: cut(&opening.subject),
            held_under: opening.clauses,
            findings: findings.into_iter().map(Found::cut).collect(),
            sha256: guard::sha256("sha256", &opening.sha256)?,
            class,
            asked: None,
            read: Vec::new(),
            first: None,
            second: None,
            verdicts: Vec::new(),
            refused: Vec::new(),
            state: State::Held,
            waiting: Waiting::from(act.at),
        };
        let told = held.tell(world, act.at, "held-mail-waits");
        Ok(held.taken("hold", Follows::by(None).then(told), world))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let mut next = self.clone();
        let waits = matches!(self.state, State::Held | State::SecondNeeded);
        match step {
            Step::Ask if waits && self.asked.is_none() => {
                let by = acting::person(act)?;
                if !self.is_of(by) {
                    return Err(Refused::OnlyBy(self.person.clone()));
                }
                next.asked = Some(Said::because(by, act)?);
                let told = self.tell(world, act.at, "held-mail-asked-for");
                Ok(next.taken("ask", Follows::by(None).then(told), world))
            }
            Step::Read if self.keeps_message() => {
                let (by, authority) = self.decider(act, world)?;
                next.read.push(Said::because(by, act)?);
                if next.read.len() > MOST {
                    next.read.remove(0);
                }
                Ok(next.taken("read", Follows::by(authority), world))
            }
            Step::Release { verdicts } if waits => {
                let (by, authority) = self.decider(act, world)?;
                self.one_each(&verdicts)?;
                next.verdicts = verdicts;
                let said = Said::by(by, act);
                if self.state == State::Held && self.has_second(world) {
                    next.first = Some(said);
                    next.state = State::SecondNeeded;
                    next.waiting = Waiting::from(act.at);
                    let told = next.tell(world, act.at, "held-mail-second");
                    return Ok(next.taken("propose", Follows::by(authority).then(told), world));
                }
                match self.state {
                    State::Held => next.first = Some(said),
                    _ => next.second = Some(said),
                }
                next.state = State::Released;
                let told = self.answer("held-mail-released");
                Ok(next.taken("release", Follows::by(authority).then(told), world))
            }
            Step::Reject { verdicts } if waits => {
                let (by, authority) = self.decider(act, world)?;
                guard::reason(act)?;
                self.one_each(&verdicts)?;
                next.verdicts = verdicts;
                next.first.get_or_insert(Said::by(by, act));
                next.state = State::Rejected;
                let told = self.answer("held-mail-rejected");
                Ok(next.taken("reject", Follows::by(authority).then(told), world))
            }
            Step::Seal if waits => {
                let (by, authority) = self.decider(act, world)?;
                next.first.get_or_insert(Said::because(by, act)?);
                next.state = State::Sealed;
                // Nobody is told: what is kept as evidence may be evidence against them.
                Ok(next.taken("seal", Follows::by(authority), world))
            }
            Step::HandOver { refused } if self.state == State::Released => {
                by_the_gate(act)?;
                next.refused = refused.iter().take(MOST).map(|to| cut(to)).collect();
                next.state = State::Delivered;
                let told = match next.refused.is_empty() {
                    true => Vec::new(),
                    false => self.answer("held-mail-undelivered"),
                };
                Ok(next.taken("hand-over", Follows::by(None).then(told), world))
            }
            Step::Remind | Step::Expire => {
                acting::on_time(act, &step, self.due(world))?;
                if step == Step::Remind {
                    next.waiting.say(waiting::Word::Remind);
                    let told = self.tell(world, act.at, "held-mail-still-waits");
                    return Ok(next.taken("remind", Follows::by(None).then(told), world));
                }
                next.state = State::Expired;
                let told = self.answer("held-mail-expired");
                Ok(next.taken("expire", Follows::by(None).then(told), world))
            }
            Step::Ask => Err(self.wrong_state("ask")),
            Step::Read => Err(self.wrong_state("read")),
            Step::Release { .. } => Err(self.wrong_state("release")),
            Step::Reject { .. } => Err(self.wrong_state("reject")),
            Step::Seal => Err(self.wrong_state("seal")),
            Step::HandOver { .. } => Err(self.wrong_state("hand-over")),
        }
    }

    fn subject(&self) -> &PersonId {
        &self.person
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        match self.state {
            State::Held | State::SecondNeeded | State::Released => false,
            State::Delivered | State::Rejected | State::Expired | State::Sealed => true,
        }
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        if !matches!(self.state, State::Held | State::SecondNeeded) {
            return None;
        }
        let rules = &world.settings.held_mail;
        let expires = working_days::days_after(self.at, rules.expires_after_days);
        let remind = working_days::after(self.waiting.since, rules.reminder_working_days);
        let is_quiet = self.waiting.said == waiting::Said::Nothing;
        if is_quiet && remind < expires && !self.deciders(world).is_empty() {
            return Some((remind, Step::Remind));
        }
        Some((expires, Step::Expire))
    }
}

impl HeldMail {
    /// Posts that decide now.
    fn deciders<'w>(&self, world: &World<'w>) -> &'w [String] {
        let rules = &world.settings.held_mail;
        match (self.class(rules), self.state) {
            (Some(class), State::SecondNeeded) => &class.second_by,
            (Some(class), _) => &class.decided_by,
            (None, _) => world.settings.held_mail_deciders(),
        }
    }

    fn has_second(&self, world: &World<'_>) -> bool {
        let class = self.class(&world.settings.held_mail);
        class.is_some_and(|class| !class.second_by.is_empty())
    }

    /// Whoever acts, and their authority to decide now. Neither the sender nor a recipient, and not
    /// twice the same person.
    fn decider<'a>(
        &self,
        act: &'a Act,
        world: &World<'_>,
    ) -> Result<(&'a PersonId, Authority), Refused> {
        let by = acting::person(act)?;
        let first = self
            .first
            .as_ref()
            .filter(|_| self.state == State::SecondNeeded);
        if first.is_some_and(|first| first.by == *by) {
            let problem = "you would release this already; somebody else has to agree";
            return Err(Refused::Rule {
                problem: problem.to_owned(),
                clauses: world.settings.held_mail.clauses.clone(),
            });
        }
        let authority = self.authority(by, self.deciders(world), act.at, world)?;
        Ok((by, authority))
    }

    /// Whether somebody may know of it who neither wrote it nor is to get it: those who decide about
    /// it, now or as the second. Where nobody does, whoever decides about other mail.
    pub fn is_shown_to(&self, who: &PersonId, at: Timestamp, world: &World<'_>) -> bool {
        let rules = &world.settings.held_mail;
        let class = self
            .class(rules)
            .filter(|class| !class.decided_by.is_empty());
        let (first, second) = match class {
            Some(class) => (class.decided_by.as_slice(), class.second_by.as_slice()),
            None => (world.settings.held_mail_deciders(), &[][..]),
        };
        self.authority(who, first, at, world).is_ok()
            || self.authority(who, second, at, world).is_ok()
    }

    fn authority(
        &self,
        actor: &PersonId,
        posts: &[String],
        at: Timestamp,
        world: &World<'_>,
    ) -> Result<Authority, Refused> {
        let posts = posts.iter().map(|post| PostId::from(post.as_str()));
        let posts: Vec<PostId> = posts.collect();
        if self.person.as_str() == NOBODY {
            // About nobody in particular: whoever holds the post anywhere.
            let mut held = world.posts.of(actor, at);
            return held
                .find(|held| posts.contains(&held.post))
                .ok_or(Refused::Authority { posts });
        }
        let others: Vec<PersonId> = self.others.iter().cloned().collect();
        world.authority(actor, &posts, &self.person, &others, at)
    }

    fn one_each(&self, verdicts: &[Verdict]) -> Result<(), Refused> {
        if verdicts.len() == self.findings.len() {
            return Ok(());
        }
        let problem = "say of each finding whether it is right";
        Err(Refused::field("verdicts", problem))
    }

    fn tell(&self, world: &World<'_>, at: Timestamp, notice: &'static str) -> Vec<Effect> {
        let posts = self.deciders(world);
        if self.person.as_str() == NOBODY {
            return guard::tell(posts, notice);
        }
        let posts: Vec<PostId> = posts
            .iter()
            .map(|post| PostId::from(post.as_str()))
            .collect();
        let others: Vec<PersonId> = self.others.iter().cloned().collect();
        telling::posts(world, &posts, &self.person, &others, at, notice)
    }

    /// A word to those here who wrote it, or are to get it.
    fn answer(&self, notice: &'static str) -> Vec<Effect> {
        let of = self.others.iter().chain([&self.person]);
        let known = of.filter(|person| person.as_str() != NOBODY);
        known.map(|person| telling::one(person, notice)).collect()
    }

    fn taken(self, step: &'static str, follows: Follows, world: &World<'_>) -> Taken<Self> {
        let own = &world.settings.held_mail.clauses;
        let clauses = self.held_under.iter().chain(own).cloned().collect();
        follows.taken(self, step, || clauses)
    }
}

impl Said {
    fn by(by: &PersonId, act: &Act) -> Self {
        Self {
            by: by.clone(),
            at: act.at,
            why: act.reason.clone().unwrap_or_default(),
        }
    }

    fn because(by: &PersonId, act: &Act) -> Result<Self, Refused> {
        let why = guard::reason(act)?;
        Ok(Self {
            why,
            ..Self::by(by, act)
        })
    }
}

impl Found {
    fn cut(self) -> Self {
        Self {
            words: cut(&self.words),
            ..self
        }
    }
}

fn by_the_gate(act: &Act) -> Result<(), Refused> {
    match &act.actor {
        crate::event::Actor::Rule(rule) if rule == GATE => Ok(()),
        _ => Err(Refused::Rule {
            problem: "the mail gate says this by itself; nobody has to".to_owned(),
            clauses: Vec::new(),
        }),
    }
}

/// On one line, and not without end.
fn cut(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(LONGEST).collect()
}
