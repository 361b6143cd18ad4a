//! The steps a permission takes.

use super::terms::named;
use super::*;

impl Machine for Permission {
    const KIND: &'static str = "permission";
    const PREFIX: &'static str = "PE";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let actor = acting::person(act)?;
        let person = world.person(&opening.person)?;
        if *actor != person.id && person.manager.as_ref() != Some(actor) {
            return Err(Refused::OnlyBy(person.id.clone()));
        }
        let Some(kind) = world.settings.permissions.get(&opening.kind) else {
            let problem = "there is no such permission; choose one from the list";
            return Err(Refused::field("kind", problem));
        };
        let refused = |problem: &str| Refused::Rule {
            problem: problem.to_owned(),
            clauses: kind.clauses.clone(),
        };
        if !kind.audiences.is_empty() && !kind.audiences.contains(&person.audience) {
            return Err(refused(
                "people of this kind need no such permission or cannot have it",
            ));
        }
        if kind.deciders.is_empty() && kind.advised_by.is_empty() {
            return Err(refused("nobody is set to decide about this permission"));
        }
        let (from, until, done_at) = time(&opening.when, kind, act.at)?;
        let terms = Terms {
            scope: named(&opening.scope, kind.scope)?,
            from,
            until,
            uses: kind.uses,
            conditions: kind.conditions.clone(),
        };
        if done_at.is_none() {
            terms.at_most(kind.longest_days)?;
        }
        let requested = Self {
            person: person.id.clone(),
            asked_by: actor.clone(),
            kind: opening.kind,
            why: field::words("why", &opening.why)?,
            done_at,
            rules: Rules::of(kind),
            terms,
            advice: None,
            signatures: Vec::new(),
            used: Vec::new(),
            state: State::Requested,
            waiting: Waiting::from(act.at),
        };
        Ok(requested.asks("request", None, act.at, world, "permission-requested"))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        match step {
            Step::Advise { method } => self.advise(&method, act, world),
            Step::Approve { narrowed } => self.approve(&narrowed, act, world),
            Step::Refuse => {
                self.needs("refuse", &[State::Requested, State::Advised])?;
                let authority = self.decider(act, world)?;
                guard::reason(act)?;
                let refused = self.with(State::Refused);
                Ok(refused.told("refuse", Some(authority), "permission-refused"))
            }
            Step::Withdraw => {
                self.needs("withdraw", &[State::Requested, State::Advised])?;
                if acting::person(act)? != &self.asked_by {
                    acting::only(act, &self.person)?;
                }
                Ok(self.with(State::Withdrawn).taken("withdraw", None))
            }
            Step::Revoke => self.revoke(act, world),
            Step::Left => {
                acting::by_itself(act)?;
                if self.is_undecided() {
                    return Ok(self.with(State::Withdrawn).taken("left", None));
                }
                self.needs("left", &[State::Approved, State::Active])?;
                Ok(self.with(State::Revoked).taken("left", None))
            }
            Step::Use { what } => self.use_one(what, act),
            Step::Begin | Step::Expire | Step::Remind | Step::Escalate | Step::Lapse => {
                acting::on_time(act, &step, self.due(world))?;
                Ok(self.pass(&step, act.at, world))
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
        !self.is_undecided() && !matches!(self.state, State::Approved | State::Active)
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        match self.state {
            State::Requested | State::Advised => {
                let days = world.settings.access.expires_after_days;
                let waited = working_days::days_after(self.waiting.since, days);
                // There is no point in deciding about a time that is over.
                let lapses = match self.done_at {
                    None => waited.min(self.terms.until),
                    Some(_) => waited,
                };
                Some(match self.waiting.next(waiting::days(REMINDED_EVERY)) {
                    Some((when, Word::Remind)) if when < lapses => (when, Step::Remind),
                    Some((when, Word::Escalate)) if when < lapses => (when, Step::Escalate),
                    _ => (lapses, Step::Lapse),
                })
            }
            State::Approved => Some((self.terms.from, Step::Begin)),
            State::Active => Some((self.terms.until, Step::Expire)),
            _ => None,
        }
    }
}

impl Permission {
    fn advise(&self, method: &str, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        self.needs("advise", &[State::Requested])?;
        let posts = &self.rules.advised_by;
        let authority = world.authority(acting::person(act)?, posts, &self.person, &[], act.at)?;
        let mut advised = self.with(State::Advised);
        advised.advice = Some(field::words("method", method)?);
        advised.waiting = Waiting::from(act.at);
        if advised.still_to_sign().is_empty() {
            return advised.grant("advise", authority, act.at);
        }
        let notice = "permission-requested";
        Ok(advised.asks("advise", Some(authority), act.at, world, notice))
    }

    fn approve(
        &self,
        narrowed: &Narrowed,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Taken<Self>, Refused> {
        self.needs("approve", &[State::Requested, State::Advised])?;
        if self.state == State::Requested && !self.rules.advised_by.is_empty() {
            return Err(self.rule("advice on the method has to come first"));
        }
        let actor = acting::person(act)?;
        let (given, needed) = (&self.signatures, &self.rules.deciders);
        let (signatures, authority) =
            signatures::sign(given, needed, actor, &self.person, act.at, world)?;
        if self.done_at.is_some() && (narrowed.from.is_some() || narrowed.until.is_some()) {
            return Err(Refused::field("from", "it was done when it was done"));
        }
        let signed = Self {
            signatures,
            terms: self.terms.narrowed(narrowed, self.rules.scope)?,
            ..self.clone()
        };
        if signed.still_to_sign().is_empty() {
            return signed.grant("approve", authority, act.at);
        }
        let notice = "permission-requested";
        Ok(signed.asks("sign", Some(authority), act.at, world, notice))
    }

    fn grant(
        mut self,
        step: &'static str,
        authority: Authority,
        at: Timestamp,
    ) -> Result<Taken<Self>, Refused> {
        self.state = match self.done_at {
            Some(_) => State::Exhausted,
            None if self.terms.until <= at => {
                return Err(self.rule("the time asked for is over; ask again for a time to come"));
            }
            None if self.terms.from <= at => State::Active,
            None => State::Approved,
        };
        if self.state == State::Active {
            // Nothing done before the decision was permitted by it.
            self.terms.from = at;
        }
        Ok(self.told(step, Some(authority), "permission-approved"))
    }

    fn revoke(&self, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        self.needs("revoke", &[State::Approved, State::Active])?;
        let authority = if acting::person(act)? == &self.person {
            None
        } else {
            let authority = self.decider(act, world)?;
            guard::reason(act)?;
            Some(authority)
        };
        let revoked = self.with(State::Revoked);
        Ok(revoked.told("revoke", authority, "permission-revoked"))
    }

    fn use_one(&self, what: String, act: &Act) -> Result<Taken<Self>, Refused> {
        self.needs("use", &[State::Active])?;
        acting::by_itself(act)?;
        if self.terms.uses.is_none() {
            return Err(self.rule("it is good for any number of uses, so none is counted"));
        }
        if self.grants(act.at).is_none() {
            return Err(self.rule("its time has not come, or is over"));
        }
        let what = field::name("what", &what)?;
        if self.was_used_for(&what) {
            return Err(self.rule("this use was counted before"));
        }
        let mut used = self.clone();
        used.used.push(Used { what, at: act.at });
        if used.uses_left() == Some(0) {
            used.state = State::Exhausted;
            return Ok(used.told("use", None, "permission-exhausted"));
        }
        Ok(used.taken("use", None))
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
                .told("begin", None, "permission-begins"),
            Step::Expire => self
                .with(State::Expired)
                .told("expire", None, "permission-expired"),
            Step::Remind => said(Word::Remind).asks("remind", None, at, world, "permission-waits"),
            Step::Escalate => {
                let mut taken =
                    said(Word::Escalate).told("escalate", None, "permission-takes-long");
                let deciders =
                    self.clone()
                        .asks("escalate", None, at, world, "permission-takes-long");
                taken.effects.extend(deciders.effects);
                taken
            }
            _ => self
                .with(State::Lapsed)
                .told("lapse", None, "permission-lapsed"),
        }
    }
}

impl Rules {
    fn of(kind: &PermissionKind) -> Self {
        let posts = |names: &Vec<String>| names.iter().map(PostId::new).collect();
        Self {
            deciders: kind.deciders.iter().map(posts).collect(),
            advised_by: posts(&kind.advised_by),
            scope: kind.scope,
            sealed: kind.sealed,
            clauses: kind.clauses.clone(),
        }
    }
}

/// First moment, first moment after, and when it was done if that is over.
fn time(
    when: &When,
    kind: &PermissionKind,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp, Option<Timestamp>), Refused> {
    match *when {
        When::Ahead { from, until } if from <= working_days::days_after(now, FURTHEST_AHEAD) => {
            Ok((from.max(now), until, None))
        }
        When::Ahead { .. } => Err(Refused::field("from", "this is too far ahead")),
        When::Afterwards { done_at } if done_at > now => {
            Err(Refused::field("done_at", "this has not happened yet"))
        }
        When::Afterwards { done_at } => {
            let days = kind.retrospective_working_days;
            let in_time = days.is_some_and(|days| now < working_days::after(done_at, days));
            if in_time {
                return Ok((done_at, now, Some(done_at)));
            }
            Err(Refused::Rule {
                problem: days.map_or_else(
                    || "this has to be asked for before it is done".to_owned(),
                    |days| format!("this can be entered until {days} working days after"),
                ),
                clauses: kind.clauses.clone(),
            })
        }
    }
}
