//! People, units, posts and written delegations: each change leaves an event.
//!
//! What an event says of a person is which fields changed, never their values: the record is kept
//! for longer than the person's data. Of posts and delegations it holds all, as authority is asked
//! after years later.

use jiff::Timestamp;
use matters::authority::{Delegated, Holding};
use matters::event::{Act, Event};
use matters::id::{MatterId, PersonId};
use matters::machine::Refused;
use matters::people::{Person, Unit};
use serde_json::{Value, json};

use crate::change::Change;
use crate::error::StoreError;
use crate::load::{PERSON, POST, POST_DELEGATION, UNIT};
use crate::store::Store;

impl Store {
    /// Adds a person or replaces what was known; nothing happens if nothing is new.
    pub async fn put_person(&self, person: Person, act: &Act) -> Result<(), StoreError> {
        self.put_people([person], [], act).await.map(drop)
    }

    /// Adds a unit or replaces what was known; nothing happens if nothing is new.
    pub async fn put_unit(&self, unit: Unit, act: &Act) -> Result<(), StoreError> {
        self.put_people([], [unit], act).await.map(drop)
    }

    /// Adds or replaces many in one transaction, as a feed brings them. Gives how many were new or
    /// changed.
    pub async fn put_people(
        &self,
        people: impl IntoIterator<Item = Person>,
        units: impl IntoIterator<Item = Unit>,
        act: &Act,
    ) -> Result<usize, StoreError> {
        let mut change = self.change().await?;
        let before = change.image.seq;
        for unit in units {
            change.put_unit(unit, act).await?;
        }
        for person in people {
            change.put_person(person, act).await?;
        }
        let changed = change.image.seq - before;
        change.commit().await?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// Says that somebody holds a post.
    pub async fn appoint(&self, holding: Holding, act: &Act) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        change.image.world().person(&holding.person)?;
        if holding.until.is_some_and(|until| until <= holding.from) {
            return Err(Refused::field("until", "this ends before it begins").into());
        }
        change.put_holding(holding, "appoint", act).await?;
        change.commit().await
    }

    /// Says that somebody ceases to hold a post at a moment. `holding` is as it is known.
    pub async fn end_holding(
        &self,
        holding: &Holding,
        until: Timestamp,
        act: &Act,
    ) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        let known = change.image.posts().holdings();
        if !known.contains(holding) {
            return Err(Refused::State {
                state: "not as you saw it",
                step: "end",
            }
            .into());
        }
        let ended = Holding {
            until: Some(until.max(holding.from)),
            ..holding.clone()
        };
        change.put_holding(ended, "end", act).await?;
        change.commit().await
    }

    /// Keeps a written delegation; one with the same reference is replaced, so it can be ended.
    pub async fn delegate(&self, given: Delegated, act: &Act) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        for person in [&given.by, &given.to] {
            change.image.world().person(person)?;
        }
        if given.until <= given.from {
            return Err(Refused::field("until", "this ends before it begins").into());
        }
        change.put_delegated(given, act).await?;
        change.commit().await
    }
}

impl Change<'_> {
    pub(crate) async fn put_person(&mut self, person: Person, act: &Act) -> Result<(), StoreError> {
        let known = self.image.people().person(&person.id);
        if known == Some(&person) {
            return Ok(());
        }
        let step = match known {
            Some(_) => "change",
            None => "add",
        };
        let new = serde_json::to_value(&person).map_err(StoreError::unreadable(PERSON))?;
        let old = serde_json::to_value(known).map_err(StoreError::unreadable(PERSON))?;
        sqlx::query(
            "INSERT INTO people (id, changed_at, body) VALUES ($1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at, body = excluded.body",
        )
        .bind(person.id.as_str())
        .bind(act.at.as_microsecond())
        .bind(new.to_string())
        .execute(self.sql())
        .await?;
        let detail = json!({ "changed": changed_fields(&old, &new) });
        let event = self.event(PERSON, person.id.as_str(), person.id.clone(), step, act);
        self.image.put_person(person);
        self.record(event, Some(detail)).await.map(drop)
    }

    pub(crate) async fn put_unit(&mut self, unit: Unit, act: &Act) -> Result<(), StoreError> {
        let known = self.image.people().unit(&unit.id);
        if known == Some(&unit) {
            return Ok(());
        }
        let step = match known {
            Some(_) => "change",
            None => "add",
        };
        let new = serde_json::to_value(&unit).map_err(StoreError::unreadable(UNIT))?;
        sqlx::query(
            "INSERT INTO units (id, changed_at, body) VALUES ($1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at, body = excluded.body",
        )
        .bind(unit.id.as_str())
        .bind(act.at.as_microsecond())
        .bind(new.to_string())
        .execute(self.sql())
        .await?;
        let nobody = PersonId::from("");
        let event = self.event(UNIT, unit.id.as_str(), nobody, step, act);
        self.image.put_unit(unit);
        self.record(event, Some(new)).await.map(drop)
    }

    async fn put_holding(
        &mut self,
        holding: Holding,
        step: &str,
        act: &Act,
    ) -> Result<(), StoreError> {
        let body = serde_json::to_value(&holding).map_err(StoreError::unreadable(POST))?;
        sqlx::query(
            "INSERT INTO post_holdings (post, unit, person, from_at, body) \
             VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (post, unit, person, from_at) DO UPDATE SET body = excluded.body",
        )
        .bind(holding.post.as_str())
        .bind(holding.unit.as_ref().map_or("", |unit| unit.as_str()))
        .bind(holding.person.as_str())
        .bind(holding.from.as_microsecond())
        .bind(body.to_string())
        .execute(self.sql())
        .await?;
        let person = holding.person.clone();
        let event = self.event(POST, holding.post.as_str(), person, step, act);
        self.image.put_holding(holding);
        self.record(event, Some(body)).await.map(drop)
    }

    async fn put_delegated(&mut self, given: Delegated, act: &Act) -> Result<(), StoreError> {
        let body = serde_json::to_value(&given).map_err(StoreError::unreadable(POST_DELEGATION))?;
        sqlx::query(
            "INSERT INTO post_delegations (reference, body) VALUES ($1, $2) \
             ON CONFLICT (reference) DO UPDATE SET body = excluded.body",
        )
        .bind(given.reference.as_str())
        .bind(body.to_string())
        .execute(self.sql())
        .await?;
        let reference = given.reference.as_str();
        let event = self.event(
            POST_DELEGATION,
            reference,
            given.to.clone(),
            "delegate",
            act,
        );
        self.image.put_delegated(given);
        self.record(event, Some(body)).await.map(drop)
    }

    /// An event of something that is not a matter. Its state is what was done last.
    fn event(&self, kind: &str, id: &str, subject: PersonId, step: &str, act: &Act) -> Event {
        Event {
            matter: MatterId::from(id),
            kind: kind.to_owned(),
            subject,
            step: step.to_owned(),
            from: None,
            to: "known".to_owned(),
            act: act.clone(),
            authority: None,
            policy_version: self.policy_version(),
            clauses: Vec::new(),
        }
    }
}

/// Names of the fields of `new` that `old` lacks or has otherwise, and of those it lost.
fn changed_fields(old: &Value, new: &Value) -> Vec<String> {
    let empty = serde_json::Map::new();
    let [old, new] = [old, new].map(|value| value.as_object().unwrap_or(&empty));
    let mut names: Vec<_> = new
        .iter()
        .filter(|(name, value)| old.get(*name) != Some(value))
        .map(|(name, _)| name.clone())
        .collect();
    names.extend(old.keys().filter(|name| !new.contains_key(*name)).cloned());
    names
}
