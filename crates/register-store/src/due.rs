//! Time's own steps: reminders, expiries, days that come.

use std::time::Duration;

use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use sqlx::Row as _;

use crate::change::{Change, Row};
use crate::error::StoreError;
use crate::kind::{self, Kind, OnTime, Outcome};
use crate::store::Store;

/// Most matters one call looks at: a fraction of a second, in which others wait for their turn.
const BATCH: i64 = 200;

/// When a step that could not be taken is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(3600);

/// Who acts when time does.
const TIME: &str = "time";

/// What becomes of a matter whose moment has come.
enum Came {
    Step(Box<Outcome>),
    Wait(Option<Timestamp>),
}

impl Store {
    /// Takes the steps that time takes by itself up to `now`, at most 200, and gives how many it
    /// took. Call it again while it gives any: one matter may have several steps to catch up with.
    ///
    /// A matter that cannot take its step is looked at again an hour later, and said in the log; the
    /// others do not wait for it.
    pub async fn run_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut change = self.change().await?;
        let act = Act::of(Actor::Rule(TIME.to_owned()), now);
        let due = sqlx::query(
            "SELECT id, state, version, opened_at, changed_at, body, kind FROM matters \
             WHERE is_over = 0 AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        )
        .bind(now.as_microsecond())
        .bind(BATCH)
        .fetch_all(change.sql())
        .await?;
        let mut taken = 0;
        for due in due {
            let name: String = due.try_get("kind")?;
            let id = MatterId::new(due.try_get::<String, _>("id")?);
            // Read again: what followed from a step before it may have moved it on.
            let row = change.row(&id, &name).await?;
            match kind::named(&name).map(|kind| came(&change, kind, &row, &act)) {
                Some(Came::Step(outcome)) => {
                    change.step(&row, *outcome, &act).await?;
                    change.follow().await?;
                    taken += 1;
                }
                Some(Came::Wait(until)) => change.wait(&id, until).await?,
                // Of a kind this release does not know: nothing can be done with it here.
                None => change.wait(&id, now.checked_add(AGAIN_AFTER).ok()).await?,
            }
        }
        change.commit().await?;
        Ok(taken)
    }
}

fn came(change: &Change<'_>, kind: &Kind, row: &Row, act: &Act) -> Came {
    let again = act.at.checked_add(AGAIN_AFTER).ok();
    match (kind.on_time)(&row.body, act, &change.image.world()) {
        Ok(OnTime::Taken(outcome)) => Came::Step(outcome),
        Ok(OnTime::NotBefore(until)) => Came::Wait(until),
        Ok(OnTime::Refused(refused)) => {
            let why = &refused as &dyn std::error::Error;
            tracing::warn!(matter = %row.id, why, "a step of time was refused");
            Came::Wait(again)
        }
        Err(error) => {
            let why = &error as &dyn std::error::Error;
            tracing::error!(matter = %row.id, why, "a matter cannot be read");
            Came::Wait(again)
        }
    }
}

impl Change<'_> {
    /// Says when time next does something to a matter. No step, so no event.
    async fn wait(&mut self, id: &MatterId, until: Option<Timestamp>) -> Result<(), StoreError> {
        sqlx::query("UPDATE matters SET due_at = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(until.map(Timestamp::as_microsecond))
            .execute(self.sql())
            .await?;
        Ok(())
    }

    /// Works out anew when things are due for somebody whose absence or days of service changed.
    pub(crate) async fn look_when_due(&mut self, person: &PersonId) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "SELECT id, kind, body, due_at FROM matters WHERE subject = $1 AND is_over = 0",
        )
        .bind(person.as_str())
        .fetch_all(self.sql())
        .await?;
        for row in rows {
            let Some(kind) = kind::named(row.try_get(1)?) else {
                continue;
            };
            let id: &str = row.try_get(0)?;
            let due = (kind.due)(row.try_get(2)?, &self.image.world())
                .map_err(StoreError::unreadable(id))?;
            if due.map(Timestamp::as_microsecond) != row.try_get(3)? {
                self.wait(&MatterId::from(id), due).await?;
            }
        }
        Ok(())
    }
}
