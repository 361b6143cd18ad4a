//! The register of permissions, narrowed by kind, state, people and end, a page at a time.

use jiff::Timestamp;
use matters::id::{MatterId, PersonId};
use matters::machine::Machine;
use matters::permission::Permission;
use sqlx::AssertSqlSafe;

use crate::change::Row;
use crate::error::StoreError;
use crate::matters_kept::{Kept, Page};
use crate::store::Store;
use crate::waiting::MOST_PEOPLE;

/// Most permissions on one page.
const MOST: usize = 500;

/// Which permissions to list. Everything left out matches all.
#[derive(Debug, Clone, Default)]
pub struct Register<'a> {
    /// Of this kind.
    pub kind: &'a str,
    /// In this state, as events spell it.
    pub state: &'a str,
    /// Of none of these kinds.
    pub without: &'a [String],
    /// Only of these people, at most [`MOST_PEOPLE`].
    pub people: Option<&'a [PersonId]>,
    /// Only those in force whose last moment comes before this.
    pub ends_before: Option<Timestamp>,
    /// The last of the page before.
    pub after: Option<&'a MatterId>,
    /// Most on the page, up to 500.
    pub limit: usize,
}

impl Store {
    /// One page of permissions, the newest first.
    pub async fn permissions(
        &self,
        which: &Register<'_>,
    ) -> Result<Page<Kept<Permission>>, StoreError> {
        let limit = which.limit.min(MOST);
        let (sql, values) = which.query(limit + 1);
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in values {
            query = query.bind(value);
        }
        let rows = query.fetch_all(self.inner.db.readers()).await?;
        let items = rows.iter().take(limit).map(|row| Kept::of(Row::of(row)?));
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            more: rows.len() > limit,
        })
    }
}

impl<'a> Register<'a> {
    /// Put together from our own words and numbers; whatever comes from outside is bound.
    fn query(&self, limit: usize) -> (String, Vec<&'a str>) {
        let mut values = vec![Permission::KIND];
        let mut bind = |value: &'a str| {
            values.push(value);
            format!("${}", values.len())
        };
        let mut sql = "SELECT id, state, version, opened_at, changed_at, body FROM matters \
                       WHERE kind = $1"
            .to_owned();
        for (column, value) in [("about", self.kind), ("state", self.state)] {
            if !value.is_empty() {
                sql += &format!(" AND {column} = {}", bind(value));
            }
        }
        for kind in self.without {
            sql += &format!(" AND about <> {}", bind(kind));
        }
        if let Some(people) = self.people {
            let people = people.iter().take(MOST_PEOPLE);
            let people: Vec<_> = people.map(|person| bind(person.as_str())).collect();
            // No list is empty in SQL; nobody's permissions are none.
            let people = if people.is_empty() {
                "NULL".to_owned()
            } else {
                people.join(", ")
            };
            sql += &format!(" AND subject IN ({people})");
        }
        if let Some(before) = self.ends_before {
            // What is due of one in force is its end.
            let before = before.as_microsecond();
            sql += &format!(" AND state = 'active' AND is_over = 0 AND due_at < {before}");
        }
        if let Some(after) = self.after {
            let place = bind(after.as_str());
            sql += &format!(
                " AND (opened_at, id) < (SELECT opened_at, id FROM matters WHERE id = {place})"
            );
        }
        sql += &format!(" ORDER BY opened_at DESC, id DESC LIMIT {limit}");
        (sql, values)
    }
}
