//! Who is to be told. The words are in `matters::notice`, by the name of the notice.

use jiff::Timestamp;
use matters::event::Event;
use matters::id::{MatterId, PersonId, PostId};
use matters::machine::{Addressee, Effect};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use crate::change::{Change, instant};
use crate::error::StoreError;
use crate::load;
use crate::store::Store;

/// Most notices one answer holds.
const MOST: i64 = 500;

/// Names a notice: the event it comes from, and its place among that event's notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticeId {
    /// The event's number.
    pub seq: u64,
    /// From 0.
    pub n: u32,
}

/// A notice to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its name.
    pub id: NoticeId,
    /// Which: `access-request-refused`.
    pub notice: String,
    /// What it is about.
    pub matter: MatterId,
    /// As holder of which post, if not as themselves.
    pub post: Option<PostId>,
    /// When it was sent.
    pub at: Timestamp,
    /// When the person saw it.
    pub seen_at: Option<Timestamp>,
}

impl Notice {
    fn of(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let post: String = row.try_get("post")?;
        let seen_at: Option<i64> = row.try_get("seen_at")?;
        Ok(Self {
            id: NoticeId {
                seq: load::number(row.try_get("seq")?),
                n: u32::try_from(row.try_get::<i64, _>("n")?).unwrap_or_default(),
            },
            notice: row.try_get("notice")?,
            matter: MatterId::new(row.try_get::<String, _>("matter")?),
            post: (!post.is_empty()).then(|| PostId::new(post)),
            at: instant(row.try_get("at")?)?,
            seen_at: seen_at.map(instant).transpose()?,
        })
    }
}

/// Writes the notices of one event. A post nobody holds gets one all the same, under no name, so
/// that it is not lost.
pub(crate) async fn send(
    change: &mut Change<'_>,
    seq: u64,
    event: &Event,
    effects: &[Effect],
) -> Result<(), StoreError> {
    let mut n = 0_i64;
    for effect in effects {
        let Effect::Notify { to, notice } = effect else {
            continue;
        };
        let (people, post) = match to {
            Addressee::Person(person) => (vec![person.as_str().to_owned()], ""),
            Addressee::Post(post) => (holders(change, post, event), post.as_str()),
        };
        for person in people {
            sqlx::query(
                "INSERT INTO notices (seq, n, person, post, notice, matter, at, mail_due_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(seq.cast_signed())
            .bind(n)
            .bind(person.as_str())
            .bind(post)
            .bind(*notice)
            .bind(event.matter.as_str())
            .bind(event.act.at.as_microsecond())
            // Nobody's notice has no mailbox to go to.
            .bind((!person.is_empty()).then(|| event.act.at.as_microsecond()))
            .execute(change.sql())
            .await?;
            n += 1;
        }
    }
    Ok(())
}

/// Ids of those who hold a post over the event's subject, or for the whole council where it is about nobody
/// known; one empty id if nobody does.
fn holders(change: &Change<'_>, post: &PostId, event: &Event) -> Vec<String> {
    let world = change.image.world();
    let (posts, at) = (world.posts, event.act.at);
    let holders: Vec<_> = match world.people.person(&event.subject) {
        Some(subject) => posts.holders(post, subject, world.people, at).collect(),
        None => posts.holders_for_all(post, at).collect(),
    };
    let mut holders: Vec<_> = holders
        .into_iter()
        .map(|holder| holder.as_str().to_owned())
        .collect();
    holders.sort_unstable();
    holders.dedup();
    if holders.is_empty() {
        holders.push(String::new());
    }
    holders
}

/// Notices to a person, or to nobody, newest first.
pub(crate) async fn to(person: &str, sql: &mut AnyConnection) -> Result<Vec<Notice>, StoreError> {
    let rows = sqlx::query(
        "SELECT seq, n, post, notice, matter, at, seen_at FROM notices WHERE person = $1 \
         ORDER BY seq DESC, n DESC LIMIT $2",
    )
    .bind(person)
    .bind(MOST)
    .fetch_all(sql)
    .await?;
    Ok(rows.iter().map(Notice::of).collect::<Result<_, _>>()?)
}

impl Store {
    /// Notices to a person, newest first, at most 500.
    pub async fn notices_for(&self, person: &PersonId) -> Result<Vec<Notice>, StoreError> {
        let mut sql = self.inner.db.readers().acquire().await?;
        to(person.as_str(), &mut sql).await
    }

    /// Notices to posts nobody held when they were sent, newest first, at most 500.
    pub async fn notices_for_nobody(&self) -> Result<Vec<Notice>, StoreError> {
        let mut sql = self.inner.db.readers().acquire().await?;
        to("", &mut sql).await
    }

    /// Says that a person has seen a notice of theirs. The first time counts.
    pub async fn saw_notice(
        &self,
        person: &PersonId,
        notice: NoticeId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.inner.db.begin().await?;
        sqlx::query(
            "UPDATE notices SET seen_at = $1 \
             WHERE seq = $2 AND n = $3 AND person = $4 AND seen_at IS NULL",
        )
        .bind(at.as_microsecond())
        .bind(notice.seq.cast_signed())
        .bind(i64::from(notice.n))
        .bind(person.as_str())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}
