//! What somebody, or a connector, has to do because of a step.

use jiff::Timestamp;
use matters::event::{Act, Event};
use matters::id::{MatterId, PersonId, PostId};
use matters::machine::{Effect, Refused};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::change::{Change, Numbered, instant};
use crate::error::StoreError;
use crate::store::Store;

/// Most tasks one answer holds.
const MOST: i64 = 500;

/// What the event of a finished task is called.
const TASK: &str = "task";

/// Whether a task is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// To be done.
    Open,
    /// Done.
    Finished,
}

impl TaskState {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Finished => "finished",
        }
    }
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its reference: `TA-7F3K-29QD`.
    pub id: MatterId,
    /// What: `provision`, `revoke`, `conversation` …
    pub task: String,
    /// Which service, where it is about one.
    pub service: Option<String>,
    /// Whose work list it stands on.
    pub post: PostId,
    /// The matter it comes from.
    pub matter: MatterId,
    /// Whom it is about.
    pub subject: PersonId,
    /// Since when.
    pub opened_at: Timestamp,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
}

impl Task {
    pub(crate) fn of(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let service: String = row.try_get("service")?;
        let finished_at: Option<i64> = row.try_get("finished_at")?;
        Ok(Self {
            id: MatterId::new(row.try_get::<String, _>("id")?),
            task: row.try_get("task")?,
            service: (!service.is_empty()).then_some(service),
            post: PostId::new(row.try_get::<String, _>("post")?),
            matter: MatterId::new(row.try_get::<String, _>("matter")?),
            subject: PersonId::new(row.try_get::<String, _>("subject")?),
            opened_at: instant(row.try_get("opened_at")?)?,
            finished_at: finished_at.map(instant).transpose()?,
        })
    }
}

/// Writes the tasks of one event.
pub(crate) async fn set(
    change: &mut Change<'_>,
    seq: u64,
    event: &Event,
    effects: &[Effect],
) -> Result<(), StoreError> {
    for effect in effects {
        let Effect::Task {
            task,
            service,
            post,
        } = effect
        else {
            continue;
        };
        let id = change.new_reference("TA", Numbered::Tasks).await?;
        sqlx::query(
            "INSERT INTO tasks (id, seq, matter, subject, task, service, post, opened_at, \
             finished_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '')",
        )
        .bind(id)
        .bind(seq.cast_signed())
        .bind(event.matter.as_str())
        .bind(event.subject.as_str())
        .bind(*task)
        .bind(service.as_deref().unwrap_or_default())
        .bind(post.as_str())
        .bind(event.act.at.as_microsecond())
        .execute(change.sql())
        .await?;
    }
    Ok(())
}

impl Store {
    /// Tasks on a post's work list, or on all, the oldest first, at most 500.
    pub async fn tasks(
        &self,
        post: Option<&PostId>,
        state: TaskState,
    ) -> Result<Vec<Task>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, task, service, post, matter, subject, opened_at, finished_at FROM tasks \
             WHERE ($1 = '' OR post = $1) \
             AND (CASE WHEN finished_at IS NULL THEN 'open' ELSE 'finished' END) = $2 \
             ORDER BY seq, id LIMIT $3",
        )
        .bind(post.map_or("", PostId::as_str))
        .bind(state.name())
        .bind(MOST)
        .fetch_all(self.inner.db.readers())
        .await?;
        Ok(rows.iter().map(Task::of).collect::<Result<_, _>>()?)
    }

    /// Says that a task is done. Doing so twice is refused. Leaves an event of the kind `task`.
    pub async fn finish_task(&self, id: &MatterId, act: &Act) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        let row = sqlx::query("SELECT subject, finished_at FROM tasks WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(change.sql())
            .await?
            .ok_or_else(|| StoreError::Missing(id.clone()))?;
        if row.try_get::<Option<i64>, _>(1)?.is_some() {
            return Err(StoreError::Refused(Refused::State {
                state: TaskState::Finished.name(),
                step: "finish",
            }));
        }
        let subject = PersonId::new(row.try_get::<String, _>(0)?);
        let by = act.actor.person().map_or("", PersonId::as_str);
        sqlx::query("UPDATE tasks SET finished_at = $2, finished_by = $3 WHERE id = $1")
            .bind(id.as_str())
            .bind(act.at.as_microsecond())
            .bind(by)
            .execute(change.sql())
            .await?;
        let event = Event {
            matter: id.clone(),
            kind: TASK.to_owned(),
            subject,
            step: "finish".to_owned(),
            from: Some(TaskState::Open.name().to_owned()),
            to: TaskState::Finished.name().to_owned(),
            act: act.clone(),
            authority: None,
            policy_version: change.policy_version(),
            clauses: Vec::new(),
        };
        change.record(event, None).await?;
        change.commit().await
    }
}
