//! Matters: opening one, taking a step, reading them and their history.

use std::marker::PhantomData;

use jiff::Timestamp;
use matters::event::{Act, Event};
use matters::id::{MatterId, PersonId};
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use crate::change::{Change, Row};
use crate::error::StoreError;
use crate::kind::{Outcome, Stored};
use crate::load;
use crate::store::Store;

/// Most matters on one page.
const MOST: usize = 500;

/// Counts a matter's steps, from 1. A caller who gives the one it saw is told if it is stale.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub i64);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A matter as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept<M> {
    /// Its reference.
    pub id: MatterId,
    /// Steps so far.
    pub version: Version,
    /// The matter.
    pub matter: M,
    /// When it began.
    pub opened_at: Timestamp,
    /// When the last step was taken.
    pub changed_at: Timestamp,
}

impl<M: Stored> Kept<M> {
    pub(crate) fn of(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            matter: load::parse(row.id.as_str(), &row.body)?,
            id: row.id,
            version: row.version,
            opened_at: row.opened_at,
            changed_at: row.changed_at,
        })
    }
}

/// Which matters to list. Everything left out matches all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Whom they are about.
    pub subject: Option<PersonId>,
    /// Whom they are about, or who is named in them beside the subject.
    pub concerning: Option<PersonId>,
    /// States as events spell them.
    pub states: Vec<String>,
    /// Only those that are over, or only those that are not.
    pub is_over: Option<bool>,
    /// What [`Stored::about`] gives, exactly.
    pub about: Option<String>,
    /// The last of the page before.
    pub after: Option<MatterId>,
    /// Most on the page, up to 500; 0 stands for 50.
    pub limit: usize,
}

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Whether there are more after the last.
    pub more: bool,
}

impl Store {
    /// Begins a matter.
    pub async fn open_matter<M: Stored>(
        &self,
        opening: M::Opening,
        act: &Act,
    ) -> Result<Kept<M>, StoreError> {
        let mut change = self.change().await?;
        let kept = change.open_matter(opening, act).await?;
        change.commit().await?;
        Ok(kept)
    }

    /// Takes a step. With `expected`, only if nobody took one since that version was read.
    pub async fn take<M: Stored>(
        &self,
        id: &MatterId,
        expected: Option<Version>,
        step: M::Step,
        act: &Act,
    ) -> Result<Kept<M>, StoreError> {
        let mut change = self.change().await?;
        let kept = change.take(id, expected, step, act).await?;
        change.commit().await?;
        Ok(kept)
    }

    /// One matter.
    pub async fn matter<M: Stored>(&self, id: &MatterId) -> Result<Kept<M>, StoreError> {
        let row = sqlx::query(
            "SELECT id, state, version, opened_at, changed_at, body \
             FROM matters WHERE id = $1 AND kind = $2",
        )
        .bind(id.as_str())
        .bind(M::KIND)
        .fetch_optional(self.inner.db.readers())
        .await?;
        match row {
            Some(row) => Kept::of(Row::of(&row)?),
            None => Err(StoreError::Missing(id.clone())),
        }
    }

    /// Matters of one kind, newest first.
    pub async fn matters<M: Stored>(&self, filter: &Filter) -> Result<Page<Kept<M>>, StoreError> {
        let mut lists = Lists::default();
        let list = lists.ask::<M>(filter);
        self.lists(lists).await?.page(list)
    }

    /// Several lists, by one question to the database: it costs little more than one of them.
    pub async fn lists(&self, lists: Lists) -> Result<Found, StoreError> {
        let mut sql = self.inner.db.readers().acquire().await?;
        lists.found(&mut sql).await
    }

    /// Every step of a matter, in order.
    pub async fn history(&self, id: &MatterId) -> Result<Vec<Event>, StoreError> {
        let rows = sqlx::query("SELECT matter, body FROM events WHERE matter = $1 ORDER BY seq")
            .bind(id.as_str())
            .fetch_all(self.inner.db.readers())
            .await?;
        rows.iter().map(load::body).collect()
    }
}

impl Change<'_> {
    /// Begins a matter, and gives it as it stands after what follows from that.
    pub(crate) async fn open_matter<M: Stored>(
        &mut self,
        opening: M::Opening,
        act: &Act,
    ) -> Result<Kept<M>, StoreError> {
        let id = self.begin_matter::<M>(opening, act).await?;
        self.followed(&id).await
    }

    /// The same, what follows from it still to be drawn.
    pub(crate) async fn begin_matter<M: Stored>(
        &mut self,
        opening: M::Opening,
        act: &Act,
    ) -> Result<MatterId, StoreError> {
        let world = self.image.world();
        let taken = M::open(opening, act, &world)?;
        let outcome = Outcome::of(taken, &world).map_err(StoreError::unreadable(M::KIND))?;
        self.open(M::PREFIX, outcome, act).await
    }

    /// Takes a step, and gives the matter as it stands after what follows from that.
    pub(crate) async fn take<M: Stored>(
        &mut self,
        id: &MatterId,
        expected: Option<Version>,
        step: M::Step,
        act: &Act,
    ) -> Result<Kept<M>, StoreError> {
        let row = self.row(id, M::KIND).await?;
        if let Some(expected) = expected.filter(|expected| *expected != row.version) {
            return Err(StoreError::Stale {
                expected,
                now: row.version,
            });
        }
        let matter: M = load::parse(id.as_str(), &row.body)?;
        self.advance(&row, &matter, step, act).await?;
        self.followed(id).await
    }

    /// Takes a step of a matter that was read, what follows from it still to be drawn.
    pub(crate) async fn advance<M: Stored>(
        &mut self,
        row: &Row,
        matter: &M,
        step: M::Step,
        act: &Act,
    ) -> Result<(), StoreError> {
        let world = self.image.world();
        let taken = matter.take(step, act, &world)?;
        let outcome =
            Outcome::of(taken, &world).map_err(StoreError::unreadable(row.id.as_str()))?;
        self.step(row, outcome, act).await
    }

    /// What follows from a step may have moved the matter on.
    async fn followed<M: Stored>(&mut self, id: &MatterId) -> Result<Kept<M>, StoreError> {
        self.follow().await?;
        Kept::of(self.row(id, M::KIND).await?)
    }
}

/// Lists to be asked for together.
#[derive(Debug, Default)]
pub struct Lists {
    /// One query each, put together from our own words; whatever comes from outside is bound.
    queries: Vec<String>,
    values: Vec<String>,
    limits: Vec<usize>,
}

/// One of several lists.
#[derive(Debug)]
pub struct List<M> {
    place: usize,
    of: PhantomData<M>,
}

/// What is on the lists that were asked for, each with its limit and one matter more where there is one.
#[derive(Debug)]
pub struct Found(Vec<(usize, Vec<Row>)>);

impl Lists {
    /// Asks for matters of one kind, newest first.
    pub fn ask<M: Stored>(&mut self, filter: &Filter) -> List<M> {
        let place = self.queries.len();
        let limit = match filter.limit {
            0 => 50,
            most => most.min(MOST),
        };
        let kind = self.bind(M::KIND);
        let mut text = format!(
            "SELECT {place} AS list, id, state, version, opened_at, changed_at, body \
             FROM matters WHERE kind = {kind}"
        );
        if let Some(subject) = &filter.subject {
            let subject = self.bind(subject.as_str());
            text.push_str(&format!(" AND subject = {subject}"));
        }
        if let Some(person) = &filter.concerning {
            let person = self.bind(person.as_str());
            text.push_str(&format!(
                " AND (subject = {person} OR id IN \
                 (SELECT matter FROM matter_people WHERE person = {person}))"
            ));
        }
        if let Some(about) = &filter.about {
            let about = self.bind(about);
            text.push_str(&format!(" AND about = {about}"));
        }
        if let Some(is_over) = filter.is_over {
            text.push_str(match is_over {
                true => " AND is_over = 1",
                false => " AND is_over = 0",
            });
        }
        if !filter.states.is_empty() {
            let states = filter.states.iter().map(|state| self.bind(state));
            let states = states.collect::<Vec<_>>().join(", ");
            text.push_str(&format!(" AND state IN ({states})"));
        }
        if let Some(after) = &filter.after {
            let after = self.bind(after.as_str());
            text.push_str(&format!(
                " AND (opened_at, id) < (SELECT opened_at, id FROM matters WHERE id = {after})"
            ));
        }
        // One more than asked for says whether there are more.
        let most = limit + 1;
        text.push_str(&format!(" ORDER BY opened_at DESC, id DESC LIMIT {most}"));
        self.queries.push(text);
        self.limits.push(limit);
        List {
            place,
            of: PhantomData,
        }
    }

    fn bind(&mut self, value: &str) -> String {
        self.values.push(value.to_owned());
        format!("${}", self.values.len())
    }

    pub(crate) async fn found(self, sql: &mut AnyConnection) -> Result<Found, StoreError> {
        if self.queries.is_empty() {
            return Ok(Found(Vec::new()));
        }
        let limits = self.limits.iter();
        let mut found: Vec<_> = limits.map(|limit| (*limit, Vec::new())).collect();
        let (text, values) = self.sql();
        let mut query = sqlx::query(AssertSqlSafe(text));
        for value in values {
            query = query.bind(value);
        }
        for row in query.fetch_all(sql).await? {
            let list = usize::try_from(row.try_get::<i64, _>("list")?).ok();
            if let Some((_, rows)) = list.and_then(|list| found.get_mut(list)) {
                rows.push(Row::of(&row)?);
            }
        }
        Ok(Found(found))
    }

    fn sql(self) -> (String, Vec<String>) {
        let text = match self.queries.as_slice() {
            [one] => one.clone(),
            several => {
                let each = several
                    .iter()
                    .enumerate()
                    .map(|(n, query)| format!("SELECT * FROM ({query}) AS list{n}"));
                let all = each.collect::<Vec<_>>().join(" UNION ALL ");
                format!("{all} ORDER BY list, opened_at DESC, id DESC")
            }
        };
        (text, self.values)
    }
}

impl Found {
    /// One of the lists.
    pub fn page<M: Stored>(&mut self, list: List<M>) -> Result<Page<Kept<M>>, StoreError> {
        let (limit, mut rows) = match self.0.get_mut(list.place) {
            Some((limit, rows)) => (*limit, std::mem::take(rows)),
            None => (0, Vec::new()),
        };
        let more = rows.len() > limit;
        rows.truncate(limit);
        let items = rows.into_iter().map(Kept::of);
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            more,
        })
    }
}
