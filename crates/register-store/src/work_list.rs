//! Work lists: tasks of several posts together, narrowed, a page at a time.

use jiff::Timestamp;
use matters::id::{MatterId, PostId};
use sqlx::AssertSqlSafe;

use crate::error::StoreError;
use crate::matters_kept::Page;
use crate::store::Store;
use crate::tasks::{Task, TaskState};

/// Most tasks on one page.
const MOST: usize = 500;

/// Which tasks to list. What is left empty matches all.
#[derive(Debug, Clone)]
pub struct WorkList<'a> {
    /// Whose work lists; nobody's if empty.
    pub posts: &'a [PostId],
    /// To be done, the oldest first; or done, the newest first.
    pub state: TaskState,
    /// What is to be done: `provision`.
    pub task: &'a str,
    /// Which service it is about.
    pub service: &'a str,
    /// Only those that came before this.
    pub before: Option<Timestamp>,
    /// The last of the page before.
    pub after: Option<&'a MatterId>,
    /// Most on the page, up to 500.
    pub limit: usize,
}

/// What every query here reads.
const COLUMNS: &str = "id, task, service, post, matter, subject, opened_at, finished_at";

impl Store {
    /// One page of work lists.
    pub async fn work(&self, which: &WorkList<'_>) -> Result<Page<Task>, StoreError> {
        let limit = which.limit.min(MOST);
        let (sql, values) = which.query(limit + 1);
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in values {
            query = query.bind(value);
        }
        let rows = query.fetch_all(self.inner.db.readers()).await?;
        let items = rows.iter().take(limit).map(Task::of);
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            more: rows.len() > limit,
        })
    }

    /// One task, done or not.
    pub async fn task(&self, id: &MatterId) -> Result<Task, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM tasks WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.as_str())
            .fetch_optional(self.inner.db.readers())
            .await?;
        let row = row.ok_or_else(|| StoreError::Missing(id.clone()))?;
        Ok(Task::of(&row)?)
    }

    /// Tasks of one matter that are still to be done, the oldest first, at most 500.
    pub async fn open_tasks_of(&self, matter: &MatterId) -> Result<Vec<Task>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM tasks WHERE matter = $1 AND finished_at IS NULL \
             ORDER BY seq, id LIMIT {MOST}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(matter.as_str())
            .fetch_all(self.inner.db.readers())
            .await?;
        Ok(rows.iter().map(Task::of).collect::<Result<_, _>>()?)
    }
}

impl<'a> WorkList<'a> {
    /// Put together from our own words and numbers; whatever comes from outside is bound.
    fn query(&self, limit: usize) -> (String, Vec<&'a str>) {
        let mut values: Vec<&str> = self.posts.iter().map(PostId::as_str).collect();
        let posts: Vec<_> = (1..=values.len()).map(|n| format!("${n}")).collect();
        // No list is empty in SQL; nobody's tasks are none.
        let posts = if posts.is_empty() {
            "NULL".to_owned()
        } else {
            posts.join(", ")
        };
        let (done, beyond, order) = match self.state {
            TaskState::Open => ("IS NULL", ">", "seq, id"),
            TaskState::Finished => ("IS NOT NULL", "<", "seq DESC, id DESC"),
        };
        let mut sql =
            format!("SELECT {COLUMNS} FROM tasks WHERE post IN ({posts}) AND finished_at {done}");
        let after = self.after.map_or("", MatterId::as_str);
        let narrowed = [(" AND task =", self.task), (" AND service =", self.service)];
        for (condition, value) in narrowed {
            if !value.is_empty() {
                values.push(value);
                sql += &format!("{condition} ${}", values.len());
            }
        }
        if !after.is_empty() {
            values.push(after);
            let place = values.len();
            sql +=
                &format!(" AND (seq, id) {beyond} (SELECT seq, id FROM tasks WHERE id = ${place})");
        }
        if let Some(before) = self.before {
            sql += &format!(" AND opened_at < {}", before.as_microsecond());
        }
        sql += &format!(" ORDER BY {order} LIMIT {limit}");
        (sql, values)
    }
}
