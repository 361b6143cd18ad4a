//! Matters that wait for somebody, the longest waiting first, a part at a time.
//!
//! A list of what somebody may decide cannot be made in SQL: that is the machines' to say. So callers
//! read on from a place, a few hundred at a time, and keep what they may show. Each part costs its
//! own length, however long the list is: rows come in the order of the index `matters_in_state`.

use jiff::Timestamp;
use matters::id::{MatterId, PersonId};
use sqlx::AssertSqlSafe;

use crate::change::Row;
use crate::error::StoreError;
use crate::kind::Stored;
use crate::matters_kept::Kept;
use crate::store::Store;

/// Most matters in one part.
pub const MOST: usize = 500;

/// Most people a list can be narrowed to; SQLite takes 32,766 values, but a longer list is no longer
/// faster than reading on.
pub const MOST_PEOPLE: usize = 500;

/// A place in the list, between two matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When the matter there began.
    pub opened_at: Timestamp,
    /// Its reference.
    pub id: MatterId,
}

impl Place {
    /// Where a matter stands.
    pub fn of<M>(kept: &Kept<M>) -> Self {
        Self {
            opened_at: kept.opened_at,
            id: kept.id.clone(),
        }
    }

    /// Reads what `Display` writes: `1804671000000000.AR-7F3K-29QD`, for an address.
    pub fn parse(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once('.')?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if id.is_empty() || id.len() > 32 || !id.bytes().all(plain) {
            return None;
        }
        let opened_at = Timestamp::from_microsecond(micros.parse().ok()?).ok()?;
        let id = MatterId::new(id);
        Some(Self { opened_at, id })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.opened_at.as_microsecond(), self.id)
    }
}

/// Which matters, and which part of the list.
#[derive(Debug, Clone, Default)]
pub struct Waiting<'a> {
    /// States as events spell them.
    pub states: &'a [&'a str],
    /// Only about these people, at most [`MOST_PEOPLE`]; about anybody if absent.
    pub people: Option<&'a [PersonId]>,
    /// Only those that began before this.
    pub before: Option<Timestamp>,
    /// Those after this place; from the beginning if absent.
    pub after: Option<&'a Place>,
    /// Most in this part, up to [`MOST`].
    pub limit: usize,
}

impl Store {
    /// The next matters of one kind. Fewer than `limit` means that there are no more.
    pub async fn waiting<M: Stored>(
        &self,
        which: &Waiting<'_>,
    ) -> Result<Vec<Kept<M>>, StoreError> {
        let limit = which.limit.min(MOST);
        let mut all = Vec::new();
        // One query a state, as each then comes out of the index in order.
        for state in which.states {
            let (sql, values) = which.query(limit);
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(M::KIND).bind(*state);
            for value in values {
                query = query.bind(value);
            }
            let rows = query.fetch_all(self.inner.db.readers()).await?;
            for row in &rows {
                all.push(Kept::of(Row::of(row)?)?);
            }
        }
        let place = |kept: &Kept<M>| (kept.opened_at, kept.id.clone());
        all.sort_by_cached_key(place);
        all.truncate(limit);
        Ok(all)
    }
}

impl<'a> Waiting<'a> {
    /// Moments are numbers, so they stand in the text; names are bound, from `$3` on.
    fn query(&self, limit: usize) -> (String, Vec<&'a str>) {
        let mut sql = "SELECT id, state, version, opened_at, changed_at, body FROM matters \
                       WHERE kind = $1 AND state = $2"
            .to_owned();
        let mut values = Vec::new();
        let mut bind = |value: &'a str| {
            values.push(value);
            format!("${}", values.len() + 2)
        };
        if let Some(after) = self.after {
            let (at, id) = (after.opened_at.as_microsecond(), bind(after.id.as_str()));
            sql += &format!(" AND (opened_at, id) > ({at}, {id})");
        }
        if let Some(before) = self.before {
            sql += &format!(" AND opened_at < {}", before.as_microsecond());
        }
        if let Some(people) = self.people {
            let people = people.iter().take(MOST_PEOPLE);
            let people: Vec<_> = people.map(|person| bind(person.as_str())).collect();
            // No list is empty in SQL; nobody's matters are none.
            let people = if people.is_empty() {
                "''".to_owned()
            } else {
                people.join(", ")
            };
            sql += &format!(" AND subject IN ({people})");
        }
        sql += &format!(" ORDER BY opened_at, id LIMIT {limit}");
        (sql, values)
    }
}
