//! Looking at a report: nothing changes by it, but who was told what, and who asked and was refused, has to
//! be known later. So each look is an event.

use jiff::Timestamp;
use matters::authority::Authority;
use matters::event::{Act, Event};
use matters::held_mail::HeldMail;
use matters::id::{MatterId, PersonId, PostId};
use matters::machine::Machine as _;
use sqlx::Row as _;

use crate::error::StoreError;
use crate::load;
use crate::store::Store;

/// The kind of these events.
const REPORT: &str = "report";

/// The step by which somebody reads a held message.
const READ: &str = "read";

/// Most events of one person that are looked through.
const MOST_READ: i64 = 500;

/// Somebody read what was kept about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookOfOther {
    /// When.
    pub at: Timestamp,
    /// By which post.
    pub post: Option<PostId>,
}

/// What somebody asked to look at.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// What the report is for.
    pub purpose: &'a str,
    /// Its month.
    pub month: &'a str,
    /// Its unit; none for the whole council. One the register knows.
    pub unit: Option<&'a str>,
}

impl Look<'_> {
    /// What looks at this report are found by.
    pub fn id(&self) -> MatterId {
        let unit = self.unit.unwrap_or("");
        MatterId::new(format!("report {} {} {unit}", self.purpose, self.month))
    }
}

impl Store {
    /// When others read a held message somebody sent or was sent, the latest first.
    pub async fn looks_of_others(
        &self,
        person: &PersonId,
        most: usize,
    ) -> Result<Vec<LookOfOther>, StoreError> {
        let rows = sqlx::query(
            "SELECT body FROM events WHERE subject = $1 AND kind = $2 ORDER BY seq DESC LIMIT $3",
        )
        .bind(person.as_str())
        .bind(HeldMail::KIND)
        .bind(MOST_READ)
        .fetch_all(self.inner.db.readers())
        .await?;
        let mut looks = Vec::new();
        for row in &rows {
            let event: Event = load::parse(person.as_str(), row.try_get(0)?)?;
            if event.step == READ && event.act.actor.person() != Some(person) {
                looks.push(LookOfOther {
                    at: event.act.at,
                    post: event.authority.map(|authority| authority.post),
                });
            }
        }
        looks.truncate(most);
        Ok(looks)
    }

    /// Puts on the record that somebody asked for a report: that they were shown it, on this authority, or
    /// that they were refused, where there is none.
    pub async fn looked_at(
        &self,
        look: &Look<'_>,
        authority: Option<Authority>,
        clauses: Vec<String>,
        act: &Act,
    ) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        let subject = act.actor.person().cloned();
        let (step, to) = match authority {
            Some(_) => ("read", "shown"),
            None => ("ask", "refused"),
        };
        let event = Event {
            matter: look.id(),
            kind: REPORT.to_owned(),
            subject: subject.unwrap_or_else(|| PersonId::from("")),
            step: step.to_owned(),
            from: None,
            to: to.to_owned(),
            act: act.clone(),
            authority,
            policy_version: change.policy_version(),
            clauses,
        };
        change.record(event, None).await?;
        change.commit().await
    }
}
