//! What an event means for other matters of the same person.
//!
//! All rules of this sort are here. What follows is a step like any other, with an event of its own,
//! in the same transaction; its actor is the rule, named after what it follows from. A machine that
//! refuses has nothing to do: most of what is offered here changes nothing.

use jiff::tz::TimeZone;
use matters::acceptance::{self, Acceptance};
use matters::access_request::{self, AccessRequest};
use matters::allowed_words::{self, AllowedWords};
use matters::delegation::{self, Delegation};
use matters::event::{Act, Actor, Event};
use matters::held_mail::{self, HeldMail};
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use matters::mailbox::{self, GenericMailbox};
use matters::permission::{self, Permission};
use matters::withdrawal::{self, Withdrawal};
use serde_json::Value;
use sqlx::Row as _;

use crate::change::Change;
use crate::error::StoreError;
use crate::kind::{Fact, Stored};
use crate::load::{self, PERSON};

/// Fields of a person after whose change somebody has to say that access is still right.
const MOVES: [&str; 4] = ["name", "audience", "job_title", "unit"];

/// Fields of a person after whose change what they shared with others ends.
const WORKS_ELSEWHERE: [&str; 3] = ["audience", "job_title", "unit"];

/// Most live matters of one kind that follow one event: far more than a person has.
const MOST: i64 = 1_000;

impl Change<'_> {
    /// Draws the consequences of every event so far, and of those that come from them. It ends, as
    /// every step takes a matter further and no rule leads back.
    pub(crate) async fn follow(&mut self) -> Result<(), StoreError> {
        while let Some((event, detail)) = self.to_follow.pop_front() {
            let rule = Actor::Rule(format!("follows:{}", event.matter));
            let act = Act::of(rule, event.act.at);
            match event.kind.as_str() {
                PERSON => self.person_changed(&event, detail.as_ref(), &act).await?,
                Acceptance::KIND => self.signature_changed(&event, &act).await?,
                Withdrawal::KIND => self.withdrawn(&event, &act).await?,
                AccessRequest::KIND => self.close_provisioning(&event).await?,
                HeldMail::KIND => self.held_mail_decided(&event, &act).await?,
                GenericMailbox::KIND => self.mailbox_changed(&event, &act).await?,
                _ => {}
            }
        }
        Ok(())
    }

    async fn person_changed(
        &mut self,
        event: &Event,
        detail: Option<&Value>,
        act: &Act,
    ) -> Result<(), StoreError> {
        if event.step == "add" {
            return Ok(());
        }
        let who = &event.subject;
        let changed = detail.and_then(|detail| detail["changed"].as_array());
        let changed: Vec<_> = changed
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if changed.iter().any(|field| MOVES.contains(field)) {
            self.each(who, act, |_: &AccessRequest| {
                Some(access_request::Step::MoverReview)
            })
            .await?;
        }
        if changed.iter().any(|field| WORKS_ELSEWHERE.contains(field)) {
            let who = who.clone();
            self.each(&who.clone(), act, move |_: &Delegation| {
                Some(delegation::Step::Moved { who: who.clone() })
            })
            .await?;
        }
        if changed.contains(&"absent") {
            self.absence(who, act).await?;
        }
        self.recheck(who, act).await?;
        self.look_when_due(who).await
    }

    /// Whoever is away for long is not asked to sign until they are back.
    async fn absence(&mut self, who: &PersonId, act: &Act) -> Result<(), StoreError> {
        let person = self.image.people().person(who);
        let absent = person.and_then(|person| person.absent.clone());
        let zone = TimeZone::get(&self.image.pack.settings().zone).unwrap_or(TimeZone::UTC);
        let until = absent.as_ref().and_then(|absent| absent.until);
        let back = until.and_then(|last| last.tomorrow().ok()?.to_zoned(zone).ok());
        let until = back.map(|day| day.timestamp());
        let step = move |_: &Acceptance| match absent {
            Some(_) => Some(acceptance::Step::Defer { until }),
            None => Some(acceptance::Step::Return),
        };
        self.each(who, act, step).await
    }

    /// A signature takes the place of earlier ones; one that comes or goes opens or shuts gates.
    async fn signature_changed(&mut self, event: &Event, act: &Act) -> Result<(), StoreError> {
        let who = &event.subject;
        if event.from.is_none() {
            let row = self.row(&event.matter, Acceptance::KIND).await?;
            let new: Acceptance = load::parse(event.matter.as_str(), &row.body)?;
            let step = move |old: &Acceptance| {
                let version = new.version.clone();
                if old.version != version {
                    Some(acceptance::Step::Supersede { version })
                } else {
                    (old.edition != new.edition).then_some(acceptance::Step::Lapse)
                }
            };
            self.each(who, act, step).await?;
        }
        self.recheck(who, act).await
    }

    /// A signature, or what HR says, may open or shut a gate of a request, and keeps a mailbox.
    async fn recheck(&mut self, person: &PersonId, act: &Act) -> Result<(), StoreError> {
        self.each(person, act, |_: &AccessRequest| {
            Some(access_request::Step::Recheck)
        })
        .await?;
        self.each(person, act, |_: &GenericMailbox| {
            Some(mailbox::Step::Recheck { left: None })
        })
        .await
    }

    /// Once a request no longer waits to be set up, nobody has to set it up.
    async fn close_provisioning(&mut self, event: &Event) -> Result<(), StoreError> {
        if matches!(event.to.as_str(), "provisioning" | "partial") {
            return Ok(());
        }
        sqlx::query(
            "UPDATE tasks SET finished_at = $2, finished_by = $3 \
             WHERE matter = $1 AND task = 'provision' AND finished_at IS NULL",
        )
        .bind(event.matter.as_str())
        .bind(event.act.at.as_microsecond())
        .bind(event.act.actor.person().map_or("", PersonId::as_str))
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// What waits in a mailbox is for its new manager.
    async fn mailbox_changed(&mut self, event: &Event, act: &Act) -> Result<(), StoreError> {
        if event.step != "name-manager" {
            return Ok(());
        }
        let row = self.row(&event.matter, GenericMailbox::KIND).await?;
        let mailbox: GenericMailbox = load::parse(event.matter.as_str(), &row.body)?;
        self.hand_on_enquiries(&mailbox.address, &mailbox.manager, act)
            .await
    }

    /// What somebody who decided found to be a mistake is passed over from now on.
    async fn held_mail_decided(&mut self, event: &Event, act: &Act) -> Result<(), StoreError> {
        if !matches!(event.step.as_str(), "release" | "reject") {
            return Ok(());
        }
        let row = self.row(&event.matter, HeldMail::KIND).await?;
        let held: HeldMail = load::parse(event.matter.as_str(), &row.body)?;
        let nobody = PersonId::from(held_mail::NOBODY);
        for found in held.mistaken() {
            let is_same = |fact: &Fact| match fact {
                Fact::Allowed(one) => one.label == found.label && one.words == found.words,
                _ => false,
            };
            if self.image.facts(&nobody).any(|(_, fact)| is_same(fact)) {
                continue;
            }
            let opening = allowed_words::Opening {
                label: found.label.clone(),
                words: found.words.clone(),
                from: event.matter.clone(),
            };
            self.begin_matter::<AllowedWords>(opening, act).await?;
        }
        Ok(())
    }

    /// Services were withdrawn or given back.
    async fn withdrawn(&mut self, event: &Event, act: &Act) -> Result<(), StoreError> {
        let (who, id) = (&event.subject, &event.matter);
        if event.step == "disable" || (event.from.is_none() && event.to == "disabled") {
            let row = self.row(id, Withdrawal::KIND).await?;
            let withdrawal: Withdrawal = load::parse(id.as_str(), &row.body)?;
            return self.services_end(who, id, &withdrawal.kind, act).await;
        }
        if event.to != "restored" {
            return Ok(());
        }
        let step = |_: &AccessRequest| {
            let withdrawal = id.clone();
            Some(access_request::Step::Restore { withdrawal })
        };
        self.each(who, act, step).await
    }

    async fn services_end(
        &mut self,
        who: &PersonId,
        id: &MatterId,
        kind: &withdrawal::Kind,
        act: &Act,
    ) -> Result<(), StoreError> {
        use withdrawal::Kind::{Leaving, NetworkProtection, Partial, Permanent, Temporary};
        let for_good = matches!(kind, Leaving | Permanent);
        let step = |request: &AccessRequest| {
            let withdrawal = id.clone();
            match kind {
                Leaving | Permanent => Some(access_request::Step::End { withdrawal }),
                Temporary => Some(access_request::Step::Suspend { withdrawal }),
                Partial { services } | NetworkProtection { services } => services
                    .contains(&request.service)
                    .then_some(access_request::Step::Suspend { withdrawal }),
            }
        };
        self.each(who, act, step).await?;
        if !for_good {
            return Ok(());
        }
        self.each(who, act, |_: &Permission| Some(permission::Step::Left))
            .await?;
        let left = || who.clone();
        self.each(who, act, |_: &Delegation| {
            Some(delegation::Step::Left { who: left() })
        })
        .await?;
        self.each(who, act, |_: &GenericMailbox| {
            Some(mailbox::Step::Recheck { left: Some(left()) })
        })
        .await?;
        let bound_no_more = *kind == Leaving;
        self.each(who, act, |_: &Acceptance| {
            bound_no_more.then_some(acceptance::Step::Lapse)
        })
        .await
    }

    /// Offers a step to every matter of one kind that is about a person, or depends on them, and is
    /// not over.
    async fn each<M: Stored>(
        &mut self,
        person: &PersonId,
        act: &Act,
        mut step: impl FnMut(&M) -> Option<M::Step>,
    ) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "SELECT id FROM matters WHERE kind = $2 AND is_over = 0 AND (subject = $1 \
             OR id IN (SELECT matter FROM matter_people WHERE person = $1)) \
             ORDER BY opened_at, id LIMIT $3",
        )
        .bind(person.as_str())
        .bind(M::KIND)
        .bind(MOST)
        .fetch_all(self.sql())
        .await?;
        for row in rows {
            let id = row.try_get::<&str, _>(0)?.into();
            let row = self.row(&id, M::KIND).await?;
            let matter: M = load::parse(id.as_str(), &row.body)?;
            let Some(step) = step(&matter) else { continue };
            match self.advance(&row, &matter, step, act).await {
                Ok(()) | Err(StoreError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
