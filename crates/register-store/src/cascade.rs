//! What an event means for other matters of the same person.
//!
//! All rules of this sort are here. What follows is a step like any other, with an event of its own,
//! in the same transaction; its actor is the rule, named after what it follows from. A machine that
//! refuses has nothing to do: most of what is offered here changes nothing.

use matters::access_request::{self, AccessRequest};
use matters::event::{Act, Actor, Event};
use matters::id::PersonId;
use matters::permission::{self, Permission};
use serde_json::Value;
use sqlx::Row as _;

use crate::change::Change;
use crate::error::StoreError;
use crate::kind::{Outcome, Stored};
use crate::load::{self, PERSON};

/// Fields of a person after whose change somebody has to say that access is still right.
const MOVES: [&str; 4] = ["name", "audience", "job_title", "unit"];

/// Most live matters of one kind that follow one event: far more than a person has.
const MOST: i64 = 1_000;

impl Change<'_> {
    /// Draws the consequences of every event so far, and of those that come from them. It ends, as
    /// every step takes a matter further and no rule leads back.
    pub(crate) async fn follow(&mut self) -> Result<(), StoreError> {
        while let Some((event, detail)) = self.to_follow.pop_front() {
            let act = Act::of(
                Actor::Rule(format!("follows:{}", event.matter)),
                event.act.at,
            );
            match event.kind.as_str() {
                PERSON => self.person_changed(&event, detail.as_ref(), &act).await?,
                "acceptance" => self.recheck(&event.subject, &act).await?,
                "access-request" => self.close_provisioning(&event).await?,
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
        let changed = detail.and_then(|detail| detail["changed"].as_array());
        let moved = changed
            .into_iter()
            .flatten()
            .any(|field| field.as_str().is_some_and(|name| MOVES.contains(&name)));
        if moved {
            let step = |_: &AccessRequest| Some(access_request::Step::MoverReview);
            self.each(&event.subject, act, step).await?;
        }
        self.recheck(&event.subject, act).await?;
        self.look_when_due(&event.subject).await
    }

    /// A signature, or what HR says, may open or shut a gate of a request.
    async fn recheck(&mut self, person: &PersonId, act: &Act) -> Result<(), StoreError> {
        let step = |_: &AccessRequest| Some(access_request::Step::Recheck);
        self.each(person, act, step).await
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

    /// Offers a step to every matter of one kind that a person has and that is not over.
    async fn each<M: Stored>(
        &mut self,
        person: &PersonId,
        act: &Act,
        step: impl Fn(&M) -> Option<M::Step>,
    ) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "SELECT id FROM matters WHERE subject = $1 AND kind = $2 AND is_over = 0 \
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
            let world = self.image.world();
            let Ok(taken) = matter.take(step, act, &world) else {
                continue;
            };
            let outcome =
                Outcome::of(taken, &world).map_err(StoreError::unreadable(id.as_str()))?;
            self.step(&row, outcome, act).await?;
        }
        Ok(())
    }

    /// Somebody is no longer a user: what was permitted to them ends.
    #[allow(dead_code)]
    async fn permissions_end(&mut self, person: &PersonId, act: &Act) -> Result<(), StoreError> {
        let step = |_: &Permission| Some(permission::Step::Left);
        self.each(person, act, step).await
    }
}
