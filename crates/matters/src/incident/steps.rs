//! The steps a report takes.

use jiff::SignedDuration;

use super::*;
use crate::event::{Act, Actor};
use crate::machine::{Addressee, Machine};
use crate::people::LINE_MANAGER;
use crate::waiting::{Said, Word};
use crate::world::World;
use crate::{acting, field, guard, telling, working_days};

impl Machine for Incident {
    const KIND: &'static str = "incident";
    const PREFIX: &'static str = "IN";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = &world.settings.incidents;
        let reporter = reporter(&opening, act, world)?;
        if opening.happened_at > act.at {
            let problem = "this has not happened yet; check the day";
            return Err(Refused::field("happened_at", problem));
        }
        if let Some(implicated) = &opening.implicated {
            world.person(implicated)?;
            if *implicated == reporter {
                let problem = "name somebody else, or nobody";
                return Err(Refused::field("implicated", problem));
            }
        }
        let hash = |key: &String| guard::sha256("key_sha256", key);
        let at_once = SignedDuration::from_hours(i64::from(rules.good_faith_hours));
        let mut incident = Self {
            words: field::words("words", &opening.words)?,
            happened_at: opening.happened_at,
            reported_at: act.at,
            url: opening.url.as_deref().map(page).transpose()?,
            message_id: (opening.message_id.as_deref())
                .map(|id| field::name("message_id", id))
                .transpose()?,
            in_good_faith: opening.kind != Kind::ReportSomeone
                && act.at.duration_since(opening.happened_at) <= at_once,
            key_sha256: opening.key_sha256.as_ref().map(hash).transpose()?,
            acknowledged: BTreeMap::new(),
            advice: Vec::new(),
            feedback: None,
            state: State::Reported,
            clauses: (rules.clauses.get(opening.kind.name()).cloned()).unwrap_or_default(),
            waiting: Waiting::from(act.at),
            implicated: opening.implicated,
            kind: opening.kind,
            reporter,
        };
        incident.advised_by_policy(world);
        let mut effects =
            incident.tell(incident.awaited(world), act.at, world, "incident-reported");
        effects.extend(incident.answer("incident-received"));
        effects.extend(incident.task(world));
        Ok(incident.taken("report", None, effects))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let mut next = self.clone();
        match step {
            Step::Acknowledge => {
                if self.state != State::Reported {
                    return Err(self.wrong_state("acknowledge"));
                }
                let awaited = self.awaited(world);
                let by = acting::person(act)?;
                let mut authority = None;
                for post in &awaited {
                    // Somebody who is both the manager and the desk has read it as both.
                    let Ok(found) = self.authority(by, std::slice::from_ref(post), act.at, world)
                    else {
                        continue;
                    };
                    authority = authority.or(Some(found));
                    let (by, at) = (by.clone(), act.at);
                    next.acknowledged
                        .insert(post.clone(), Acknowledged { by, at });
                }
                if authority.is_none() {
                    // Says which of the reasons it is.
                    self.authority(by, &awaited, act.at, world)?;
                }
                if next.awaited(world).is_empty() {
                    next.state = State::Acknowledged;
                    next.waiting = Waiting::from(act.at);
                }
                Ok(next.taken("acknowledge", authority, Vec::new()))
            }
            Step::Advise { steps } => self.advise(&steps, act, world),
            Step::Confirm { number } => self.confirm(number, act),
            Step::Close { feedback } => {
                let awaited = !self.awaited(world).is_empty() || self.acknowledged.is_empty();
                if self.is_over() || awaited || self.waits_for_reporter(act.at, world) {
                    return Err(self.wrong_state("close"));
                }
                let by = acting::person(act)?;
                let authority = self.authority(by, &self.told(world), act.at, world)?;
                next.feedback = Some(field::words("feedback", &feedback)?);
                next.state = State::Closed;
                let effects = next.answer("incident-closed");
                Ok(next.taken("close", Some(authority), effects))
            }
            Step::Remind | Step::Escalate => {
                acting::on_time(act, &step, self.due(world))?;
                let mut posts = match self.state {
                    State::Reported => self.awaited(world),
                    _ => self.told(world),
                };
                if step == Step::Remind {
                    next.waiting.say(Word::Remind);
                    let mut effects = self.tell(posts, act.at, world, "incident-waits");
                    if self.waits_for_reporter(act.at, world) {
                        effects.extend(self.answer("incident-advised"));
                    }
                    return Ok(next.taken("remind", None, effects));
                }
                next.waiting.say(Word::Escalate);
                posts.push(PostId::from(world.settings.incidents.auditor.as_str()));
                let effects = self.tell(posts, act.at, world, "incident-takes-long");
                Ok(next.taken("escalate", None, effects))
            }
        }
    }

    fn subject(&self) -> &PersonId {
        &self.reporter
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        self.state == State::Closed
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        if self.is_over() {
            return None;
        }
        let days = world.settings.incidents.acknowledged_working_days;
        let after =
            |times: u32| working_days::after(self.waiting.since, days.saturating_mul(times));
        match self.waiting.said {
            Said::Nothing => Some((after(1), Step::Remind)),
            Said::Reminded => Some((after(2), Step::Escalate)),
            Said::Escalated => None,
        }
    }
}

impl Incident {
    /// Whether somebody may read it: the reporter, and those who are told.
    pub fn may_be_read_by(&self, who: &PersonId, at: Timestamp, world: &World<'_>) -> bool {
        (*who == self.reporter && !self.is_anonymous())
            || self.authority(who, &self.told(world), at, world).is_ok()
    }

    /// Posts that are told.
    pub(super) fn told(&self, world: &World<'_>) -> Vec<PostId> {
        let rules = &world.settings.incidents;
        if self.is_confidential() {
            return vec![PostId::from(rules.auditor.as_str())];
        }
        let reporter = world.people.person(&self.reporter);
        let manager = reporter.and_then(|reporter| reporter.manager.as_ref());
        let manager = manager.filter(|who| **who != self.reporter && !self.named().contains(who));
        let manager = manager.map(|_| PostId::from(LINE_MANAGER));
        let desk = PostId::from(rules.service_desk.as_str());
        manager.into_iter().chain([desk]).collect()
    }

    /// Posts that were told and have not said that they read it.
    fn awaited(&self, world: &World<'_>) -> Vec<PostId> {
        let mut told = self.told(world);
        told.retain(|post| !self.acknowledged.contains_key(post));
        told
    }

    pub(super) fn authority(
        &self,
        actor: &PersonId,
        posts: &[PostId],
        at: Timestamp,
        world: &World<'_>,
    ) -> Result<Authority, Refused> {
        if !self.is_anonymous() {
            return world.authority(actor, posts, &self.reporter, self.named(), at);
        }
        if let Some(implicated) = &self.implicated {
            return world.authority(actor, posts, implicated, &[], at);
        }
        // About nobody in particular: whoever holds the post anywhere.
        let mut held = world.posts.of(actor, at);
        held.find(|held| posts.contains(&held.post))
            .ok_or_else(|| Refused::Authority {
                posts: posts.to_vec(),
            })
    }

    fn tell(
        &self,
        posts: Vec<PostId>,
        at: Timestamp,
        world: &World<'_>,
        notice: &'static str,
    ) -> Vec<Effect> {
        let over = match &self.implicated {
            Some(implicated) if self.is_anonymous() => implicated,
            _ => &self.reporter,
        };
        telling::posts(world, &posts, over, self.named(), at, notice)
    }

    /// A word to the reporter; the reference goes with every notice.
    pub(super) fn answer(&self, notice: &'static str) -> Vec<Effect> {
        if self.is_anonymous() {
            return Vec::new();
        }
        vec![Effect::Notify {
            to: Addressee::Person(self.reporter.clone()),
            notice,
        }]
    }

    /// What has to be done at once, before anybody has looked into it.
    fn task(&self, world: &World<'_>) -> Option<Effect> {
        let task = match self.kind {
            Kind::PasswordDisclosed => "change-password",
            Kind::TooMuchAccess => "correct-access",
            Kind::Virus => "clean-device",
            Kind::Accident | Kind::Misdirected | Kind::Spam | Kind::ReportSomeone => return None,
        };
        Some(guard::task(
            task,
            None,
            &world.settings.incidents.service_desk,
        ))
    }
}

/// Who reports, by name or without.
fn reporter(opening: &Opening, act: &Act, world: &World<'_>) -> Result<PersonId, Refused> {
    match (&act.actor, &opening.key_sha256) {
        (Actor::Person(who), None) => Ok(world.person(who)?.id.clone()),
        (Actor::Person(_), Some(_)) => Err(Refused::field(
            "key_sha256",
            "a report without a name is made without signing in",
        )),
        (Actor::Rule(rule), Some(_)) if rule == ANONYMOUS => match opening.kind {
            Kind::ReportSomeone => Ok(PersonId::from(ANONYMOUS)),
            _ => Err(Refused::field(
                "kind",
                "only a report about somebody can be made without a name",
            )),
        },
        _ => acting::person(act).cloned(),
    }
}

/// Where a page is, without what was asked of it and without credentials.
fn page(url: &str) -> Result<String, Refused> {
    let url = url.trim();
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (site, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let site = site.rsplit('@').next().unwrap_or_default();
    match scheme {
        "" => field::words("url", &format!("{site}{path}")),
        _ => field::words("url", &format!("{scheme}://{site}{path}")),
    }
}
