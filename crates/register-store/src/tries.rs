//! Trying what the policy would say to somebody else: nothing happens by it, but it tells whoever tries
//! something about that person. So each try is an event, and the person can see it.

use jiff::Timestamp;
use matters::authority::Authority;
use matters::event::{Act, Event};
use matters::id::{MatterId, PersonId};
use sqlx::{AnyConnection, Row as _};

use crate::change::instant;
use crate::error::StoreError;
use crate::load;
use crate::store::Store;

/// The kind of these events.
const TRIED: &str = "tried";

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    /// Who tried.
    pub by: PersonId,
    /// The post that let them.
    pub authority: Option<Authority>,
    /// What was tried: `page` or `message`. Not which: that is the business of whoever tried.
    pub what: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Puts on the record that somebody tried something as somebody else.
    pub async fn tried_as(
        &self,
        person: &PersonId,
        what: &str,
        authority: Option<Authority>,
        act: &Act,
    ) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        change.image.world().person(person)?;
        let event = Event {
            matter: MatterId::from(person.as_str()),
            kind: TRIED.to_owned(),
            subject: person.clone(),
            step: what.to_owned(),
            from: None,
            to: TRIED.to_owned(),
            act: act.clone(),
            authority,
            policy_version: change.policy_version(),
            clauses: Vec::new(),
        };
        change.record(event, None).await?;
        change.commit().await
    }
}

/// Who tried something as a person, the latest first.
pub(crate) async fn tries_as(
    person: &PersonId,
    most: u32,
    sql: &mut AnyConnection,
) -> Result<Vec<Try>, StoreError> {
    let rows = sqlx::query(
        "SELECT body, at FROM events WHERE matter = $1 AND kind = $2 \
         ORDER BY seq DESC LIMIT $3",
    )
    .bind(person.as_str())
    .bind(TRIED)
    .bind(i64::from(most))
    .fetch_all(sql)
    .await?;
    let mut tries = Vec::with_capacity(rows.len());
    for row in &rows {
        let event: Event = load::parse(person.as_str(), row.try_get(0)?)?;
        let at = instant(row.try_get(1)?)?;
        tries.extend(event.act.actor.person().map(|by| Try {
            by: by.clone(),
            authority: event.authority.clone(),
            what: event.step.clone(),
            at,
        }));
    }
    Ok(tries)
}
