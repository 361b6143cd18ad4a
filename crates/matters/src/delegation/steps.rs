//! The steps the sharing of a mailbox takes.

use jiff::SignedDuration;

use super::*;
use crate::event::Act;
use crate::id::PostId;
use crate::machine::Machine;
use crate::waiting::Word;
use crate::world::World;
use crate::{acting, field, guard, waiting, working_days};

/// Days without an answer after which those awaited are reminded, and again until it is said that it
/// takes long.
const REMINDED_EVERY: u32 = 5;
/// Furthest ahead sharing can begin, in days.
const FURTHEST_AHEAD: u32 = 366;

impl Machine for Delegation {
    const KIND: &'static str = "delegation";
    const PREFIX: &'static str = "DG";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = &world.settings.delegation;
        let actor = acting::person(act)?;
        suitable(&opening, world)?;
        let (from, until) = period(&opening.when, act.at)?;
        let order = opening.basis == Basis::Continuity;
        let days = if order {
            rules.continuity_days
        } else {
            rules.longest_days
        };
        // One hour more: from midnight to midnight is that long when summer time ends in between.
        let longest = SignedDuration::from_hours(24 * i64::from(days) + 1);
        if until.duration_since(from) > longest {
            let problem = format!("at most {days} days are possible; choose an earlier day");
            return Err(Refused::field("until", problem));
        }
        if from > working_days::days_after(act.at, FURTHEST_AHEAD) {
            return Err(Refused::field("from", "this is too far ahead"));
        }
        let authority = if order {
            let posts = posts(&rules.continuity_by);
            let named = [opening.delegate.clone()];
            Some(world.authority(actor, &posts, &opening.owner, &named, act.at)?)
        } else {
            if *actor != opening.delegate {
                acting::only(act, &opening.owner)?;
            }
            None
        };
        let agreed = |who: &PersonId| (!order && actor == who).then_some(act.at);
        let proposed = Self {
            proposed_by: actor.clone(),
            why: field::words("why", &opening.why)?,
            owner_agreed: agreed(&opening.owner),
            delegate_agreed: agreed(&opening.delegate),
            approved: None,
            owner_told: None,
            ending: None,
            state: State::Proposed,
            clauses: rules.clauses.clone(),
            waiting: Waiting::from(act.at),
            owner: opening.owner,
            delegate: opening.delegate,
            rights: opening.rights,
            basis: opening.basis,
            from,
            until,
        };
        if order {
            return Ok(proposed.agreed("order", authority, act.at, world));
        }
        let mut effects = vec![telling::one(proposed.awaited(), "delegation-proposed")];
        effects.extend(proposed.warning(world));
        Ok(proposed.taken("propose", None, effects))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        match step {
            Step::OwnerAgree => self.agree("owner-agree", act, world),
            Step::DelegateAgree => self.agree("delegate-agree", act, world),
            Step::Decline => {
                let not_begun = [
                    State::Proposed,
                    State::AwaitingApproval,
                    State::Agreed,
                    State::Informed,
                ];
                self.needs("decline", &not_begun)?;
                if self.is_order() {
                    return Err(Refused::State {
                        state: self.state(),
                        step: "decline",
                    });
                }
                if acting::person(act)? != &self.delegate {
                    acting::only(act, &self.owner)?;
                }
                let declined = self.with(State::Declined);
                Ok(declined.told("decline", None, "delegation-declined"))
            }
            Step::Approve => self.approve(act, world),
            Step::Refuse => self.refuse(act, world),
            Step::Inform => self.inform(act, world),
            Step::End => self.end(act, world),
            Step::Left { who } => self.follow("left", &who, Ending::Leaver, act, world),
            Step::Moved { who } => self.follow("moved", &who, Ending::Mover, act, world),
            Step::Acknowledge => {
                acting::only(act, &self.owner)?;
                if !self.is_order() || self.owner_told.is_some() || self.is_over() {
                    return Err(Refused::State {
                        state: self.state(),
                        step: "acknowledge",
                    });
                }
                let mut told = self.clone();
                told.owner_told = Some(act.at);
                if told.state == State::OwnerToBeTold {
                    told.state = told.over();
                }
                Ok(told.taken("acknowledge", None, Vec::new()))
            }
            Step::Begin | Step::Expire | Step::Remind | Step::Escalate | Step::Lapse => {
                acting::on_time(act, &step, self.due(world))?;
                Ok(self.pass(&step, act.at, world))
            }
        }
    }

    fn subject(&self) -> &PersonId {
        &self.owner
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        use State::{Declined, Ended, Expired, Lapsed, Refused};
        matches!(self.state, Ended | Expired | Declined | Refused | Lapsed)
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        let next = self.waiting.next(waiting::days(REMINDED_EVERY));
        let next = next.map(|(when, word)| match word {
            Word::Remind => (when, Step::Remind),
            Word::Escalate => (when, Step::Escalate),
        });
        match self.state {
            State::Proposed | State::AwaitingApproval | State::Agreed => {
                let days = world.settings.access.expires_after_days;
                let lapses = working_days::days_after(self.waiting.since, days).min(self.until);
                let next = next.filter(|(when, _)| *when < lapses);
                Some(next.unwrap_or((lapses, Step::Lapse)))
            }
            State::Informed => Some((self.from, Step::Begin)),
            State::Active => Some((self.until, Step::Expire)),
            State::OwnerToBeTold => next,
            _ => None,
        }
    }
}

impl Delegation {
    /// The one of the two who has not agreed.
    fn awaited(&self) -> &PersonId {
        match self.owner_agreed {
            Some(_) => &self.delegate,
            None => &self.owner,
        }
    }

    /// Between an officer and a councillor: council mail is no place for party matters, and it has to
    /// be clear in which capacity each acts. Said, not forbidden.
    fn warning(&self, world: &World<'_>) -> Vec<Effect> {
        let councillor = &world.settings.withdrawal.councillor.audience;
        let both = [&self.owner, &self.delegate];
        let is_councillor = |who: &&&PersonId| {
            let person = world.people.person(who);
            person.is_some_and(|person| person.audience == *councillor)
        };
        if both.iter().filter(is_councillor).count() != 1 {
            return Vec::new();
        }
        let notice = "delegation-officer-and-councillor";
        both.map(|who| telling::one(who, notice)).into()
    }

    fn agree(
        &self,
        step: &'static str,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Taken<Self>, Refused> {
        self.needs(step, &[State::Proposed])?;
        let mut agreed = self.clone();
        let (who, place) = match step {
            "owner-agree" => (&self.owner, &mut agreed.owner_agreed),
            _ => (&self.delegate, &mut agreed.delegate_agreed),
        };
        acting::only(act, who)?;
        if place.is_some() {
            return Err(Refused::State {
                state: self.state(),
                step,
            });
        }
        *place = Some(act.at);
        let approved_by = posts(&world.settings.delegation.approved_by);
        if approved_by.is_empty() {
            return Ok(agreed.agreed(step, None, act.at, world));
        }
        agreed.state = State::AwaitingApproval;
        agreed.waiting = Waiting::from(act.at);
        let mut effects = agreed.to_approve(act.at, world, "delegation-to-approve");
        effects.extend(self.warning(world));
        Ok(agreed.taken(step, None, effects))
    }

    /// By somebody over the owner; neither of the two, nor whoever acts on the authority of either.
    fn approve(&self, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        self.needs("approve", &[State::AwaitingApproval])?;
        let authority = self.approver(act, world)?;
        self.is_still_to_come(act.at)?;
        let mut approved = self.clone();
        approved.approved = Some(Approved {
            by: acting::person(act)?.clone(),
            at: act.at,
        });
        Ok(approved.agreed("approve", Some(authority), act.at, world))
    }

    fn refuse(&self, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        self.needs("refuse", &[State::AwaitingApproval])?;
        let authority = self.approver(act, world)?;
        guard::reason(act)?;
        let refused = self.with(State::Refused);
        Ok(refused.told("refuse", Some(authority), "delegation-refused"))
    }

    fn approver(&self, act: &Act, world: &World<'_>) -> Result<Authority, Refused> {
        let approved_by = &world.settings.delegation.approved_by;
        let named = [self.delegate.clone()];
        guard::decider(world, act, approved_by, &self.owner, &named)
    }

    /// Whoever may approve it is told.
    fn to_approve(&self, at: Timestamp, world: &World<'_>, notice: &'static str) -> Vec<Effect> {
        let posts = posts(&world.settings.delegation.approved_by);
        let named = [self.delegate.clone()];
        telling::posts(world, &posts, &self.owner, &named, at, notice)
    }

    fn is_still_to_come(&self, at: Timestamp) -> Result<(), Refused> {
        if at < self.until {
            return Ok(());
        }
        Err(Refused::Rule {
            problem: "its time is over; propose it again for a time to come".to_owned(),
            clauses: self.clauses.clone(),
        })
    }

    /// Nothing is missing but the desk.
    fn agreed(
        mut self,
        step: &'static str,
        authority: Option<Authority>,
        at: Timestamp,
        world: &World<'_>,
    ) -> Taken<Self> {
        self.state = State::Agreed;
        self.waiting = Waiting::from(at);
        let notice = match (self.basis, &self.approved) {
            (Basis::Continuity, _) => "continuity-access-ordered",
            (Basis::Agreement, Some(_)) => "delegation-approved",
            (Basis::Agreement, None) => "delegation-agreed",
        };
        let mut effects: Vec<_> = [&self.owner, &self.delegate]
            .map(|who| telling::one(who, notice))
            .into();
        effects.push(Effect::Task {
            task: "inform-it",
            service: Some("email".to_owned()),
            post: PostId::from(world.settings.delegation.informed.as_str()),
        });
        if self.approved.is_none() {
            effects.extend(self.warning(world));
        }
        self.taken(step, authority, effects)
    }

    fn inform(&self, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        self.needs("inform", &[State::Agreed])?;
        let posts = [PostId::from(world.settings.delegation.informed.as_str())];
        let named = [self.delegate.clone()];
        let actor = acting::person(act)?;
        let authority = world.authority(actor, &posts, &self.owner, &named, act.at)?;
        self.is_still_to_come(act.at)?;
        if act.at < self.from {
            let informed = self.with(State::Informed);
            return Ok(informed.told("inform", Some(authority), "delegation-set-up"));
        }
        let mut active = self.with(State::Active);
        active.from = act.at;
        Ok(active.told("inform", Some(authority), "delegation-begins"))
    }

    fn end(&self, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        let set_up = [State::Informed, State::Active];
        let ordered = [State::Agreed, State::Informed, State::Active];
        self.needs("end", if self.is_order() { &ordered } else { &set_up })?;
        let actor = acting::person(act)?;
        let (ending, authority) = if *actor == self.owner {
            (Ending::ByOwner, None)
        } else if *actor == self.delegate {
            (Ending::ByDelegate, None)
        } else if self.is_order() {
            let posts = posts(&world.settings.delegation.continuity_by);
            let authority = world.authority(actor, &posts, &self.owner, &[], act.at)?;
            (Ending::ByOrder, Some(authority))
        } else {
            return Err(Refused::OnlyBy(self.owner.clone()));
        };
        let mut ended = self.ended(ending, act.at);
        if ending == Ending::ByOwner && self.is_order() {
            // Whoever ends it knows of it.
            ended.owner_told = ended.owner_told.or(Some(act.at));
            ended.state = ended.over();
        }
        let mut taken = ended.told("end", authority, "delegation-ended");
        taken.effects.extend(undo(world));
        Ok(taken)
    }

    /// What follows when one of the two leaves or moves.
    fn follow(
        &self,
        step: &'static str,
        who: &PersonId,
        ending: Ending,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Taken<Self>, Refused> {
        acting::by_itself(act)?;
        if ![&self.owner, &self.delegate].contains(&who) {
            return Err(Refused::field(
                "who",
                "this is neither the owner nor the delegate",
            ));
        }
        let owner_left = *who == self.owner && ending == Ending::Leaver;
        if self.is_over() || (self.state == State::OwnerToBeTold && !owner_left) {
            self.needs(step, &[])?;
        }
        let mut ended = self.ended(ending, act.at);
        if owner_left {
            // There is nobody left to be told.
            ended.state = State::Ended;
        }
        let mut taken = ended.told(step, None, "delegation-ended");
        if matches!(self.state, State::Informed | State::Active) {
            taken.effects.extend(undo(world));
        }
        Ok(taken)
    }

    fn ended(&self, ending: Ending, at: Timestamp) -> Self {
        let mut ended = self.clone();
        ended.ending = ended.ending.or(Some(ending));
        ended.state = ended.over();
        ended.waiting = Waiting::from(at);
        ended
    }

    /// The state once its time is over or somebody ended it.
    fn over(&self) -> State {
        if self.is_order() && self.owner_told.is_none() {
            State::OwnerToBeTold
        } else if self.ending.is_some() {
            State::Ended
        } else {
            State::Expired
        }
    }

    /// What time does to it; the step is the one that was due.
    fn pass(&self, step: &Step, at: Timestamp, world: &World<'_>) -> Taken<Self> {
        let said = |word| {
            let mut said = self.clone();
            said.waiting.say(word);
            said
        };
        match step {
            Step::Begin => self
                .with(State::Active)
                .told("begin", None, "delegation-begins"),
            Step::Expire => {
                let mut expired = self.with(self.over());
                expired.waiting = Waiting::from(at);
                let mut taken = expired.told("expire", None, "delegation-expired");
                taken.effects.extend(undo(world));
                taken
            }
            Step::Remind => {
                let effects = self.to_remind(at, world);
                said(Word::Remind).taken("remind", None, effects)
            }
            Step::Escalate => {
                let mut effects = self.to_remind(at, world);
                effects.push(telling::one(&self.proposed_by, "delegation-takes-long"));
                said(Word::Escalate).taken("escalate", None, effects)
            }
            _ => self
                .with(State::Lapsed)
                .told("lapse", None, "delegation-lapsed"),
        }
    }

    fn to_remind(&self, at: Timestamp, world: &World<'_>) -> Vec<Effect> {
        match self.state {
            State::Proposed => vec![telling::one(self.awaited(), "delegation-waits")],
            State::AwaitingApproval => self.to_approve(at, world, "delegation-to-approve"),
            State::OwnerToBeTold => vec![
                telling::one(&self.owner, "continuity-access-ordered"),
                telling::one(&self.proposed_by, "continuity-owner-to-be-told"),
            ],
            _ => {
                let desk = PostId::from(world.settings.delegation.informed.as_str());
                let named = [self.delegate.clone()];
                telling::posts(world, [&desk], &self.owner, &named, at, "delegation-waits")
            }
        }
    }
}

/// Whether these two may share at all, and for what.
fn suitable(opening: &Opening, world: &World<'_>) -> Result<(), Refused> {
    let rules = &world.settings.delegation;
    let refused = |problem: &str| Refused::Rule {
        problem: problem.to_owned(),
        clauses: rules.clauses.clone(),
    };
    if opening.owner == opening.delegate {
        let problem = "a mailbox is shared with somebody else";
        return Err(Refused::field("delegate", problem));
    }
    for who in [&opening.owner, &opening.delegate] {
        let person = world.person(who)?;
        if !rules.audiences.contains(&person.audience) {
            return Err(refused(&format!(
                "the policy lets only these share a mailbox: {}; {} is {}",
                rules.audiences.join(", "),
                person.name,
                person.audience,
            )));
        }
    }
    if opening.rights.contains(&Right::SendAs) {
        return Err(refused(
            "mail always shows who sent it and for whom, so nobody can send as somebody else; \
             choose to send on behalf",
        ));
    }
    if opening.rights.is_empty() {
        return Err(Refused::field("rights", "choose what the other may do"));
    }
    if opening.basis == Basis::Continuity && opening.rights.contains(&Right::SendOnBehalf) {
        return Err(refused(
            "without the owner's agreement a mailbox can be read, not written from",
        ));
    }
    Ok(())
}

fn posts(names: &[String]) -> Vec<PostId> {
    names.iter().map(PostId::new).collect()
}

/// The desk closes what it opened.
fn undo(world: &World<'_>) -> Vec<Effect> {
    vec![Effect::Task {
        task: "end-delegation",
        service: Some("email".to_owned()),
        post: PostId::from(world.settings.delegation.informed.as_str()),
    }]
}
