//! From tables to the image: all of it, or what changed since.

use futures_util::TryStreamExt as _;
use matters::authority::{Delegated, Holding, Posts};
use matters::event::Event;
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use matters::mailbox::GenericMailbox;
use matters::signing_method::SigningMethod;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use crate::error::StoreError;
use crate::image::Image;
use crate::kind::{Fact, Said};

/// Events behind which an image is brought up one by one; further behind, it is read afresh.
const FOLLOWED: u64 = 5_000;

/// Kinds of the events that are not about a matter.
pub(crate) const PERSON: &str = "person";
pub(crate) const UNIT: &str = "unit";
pub(crate) const POST: &str = "post";
pub(crate) const POST_DELEGATION: &str = "post-delegation";

/// A number tables hold as BIGINT and that is never negative.
pub(crate) fn number(stored: i64) -> u64 {
    stored.max(0).cast_unsigned()
}

/// Takes into the image what a matter says now.
pub(crate) fn put_matter(
    image: &mut Image,
    kind: &str,
    id: &MatterId,
    subject: &PersonId,
    said: Said,
) {
    if said.is_remembered {
        image.put_signed_earlier(subject.clone());
    }
    match said.fact {
        Some(Fact::Mailbox(mailbox)) => image.put_mailbox(id, Some(mailbox)),
        None if kind == GenericMailbox::KIND => image.put_mailbox(id, None),
        Some(Fact::Signing(posts)) => image.put_signing(id, Some(posts)),
        None if kind == SigningMethod::KIND => image.put_signing(id, None),
        fact => image.put_fact(id, subject, fact),
    }
}

/// Brings an image up to what the tables hold, of which `head` is the last event.
pub(crate) async fn catch_up(
    image: &mut Image,
    sql: &mut AnyConnection,
    head: u64,
) -> Result<(), StoreError> {
    if head <= image.seq {
        return Ok(());
    }
    if image.seq == 0 || head - image.seq > FOLLOWED {
        return read_all(image, sql, head).await;
    }
    let missed = sqlx::query("SELECT body FROM events WHERE seq > $1 AND seq <= $2 ORDER BY seq")
        .bind(image.seq.cast_signed())
        .bind(head.cast_signed())
        .fetch_all(&mut *sql)
        .await?;
    let mut posts = false;
    for row in missed {
        let event: Event = parse("event", row.try_get(0)?)?;
        match event.kind.as_str() {
            PERSON => {
                let row = sqlx::query("SELECT body FROM people WHERE id = $1");
                if let Some(row) = one(row, &event.matter, sql).await? {
                    image.put_person(row);
                }
            }
            UNIT => {
                let row = sqlx::query("SELECT body FROM units WHERE id = $1");
                if let Some(row) = one(row, &event.matter, sql).await? {
                    image.put_unit(row);
                }
            }
            POST | POST_DELEGATION => posts = true,
            kind => {
                let row = sqlx::query("SELECT fact, remembered FROM matters WHERE id = $1")
                    .bind(event.matter.as_str())
                    .fetch_optional(&mut *sql)
                    .await?;
                if let Some(row) = row {
                    let fact: Option<&str> = row.try_get(0)?;
                    let said = Said {
                        fact: fact
                            .map(|fact| parse(event.matter.as_str(), fact))
                            .transpose()?,
                        is_remembered: row.try_get::<i64, _>(1)? != 0,
                    };
                    put_matter(image, kind, &event.matter, &event.subject, said);
                }
            }
        }
    }
    if posts {
        image.put_posts(read_posts(sql).await?);
    }
    image.seq = head;
    Ok(())
}

/// What a matter says, as it is read by the thousand.
#[derive(serde::Deserialize)]
struct StoredFact {
    id: MatterId,
    kind: String,
    fact: Fact,
}

/// Reads everything an image holds.
async fn read_all(image: &mut Image, sql: &mut AnyConnection, head: u64) -> Result<(), StoreError> {
    let mut read = Image::empty(image.pack.clone());
    let mut rows = sqlx::query("SELECT id, body FROM units").fetch(&mut *sql);
    while let Some(row) = rows.try_next().await? {
        read.put_unit(body(&row)?);
    }
    drop(rows);
    let mut rows = sqlx::query("SELECT id, body FROM people").fetch(&mut *sql);
    while let Some(row) = rows.try_next().await? {
        read.put_person(body(&row)?);
    }
    drop(rows);
    read.put_posts(read_posts(sql).await?);
    // A row for each person rather than for each matter: with twenty times fewer rows to hand over,
    // a council is read in a fraction of the time. What is joined here is our own: references and
    // kinds need no escaping.
    let mut rows = sqlx::query(
        r#"SELECT subject, string_agg('{"id":"' || id || '","kind":"' || kind || '","fact":' ||
        fact || '}', ',') FROM matters WHERE fact IS NOT NULL GROUP BY subject"#,
    )
    .fetch(&mut *sql);
    while let Some(row) = rows.try_next().await? {
        let subject = PersonId::from(row.try_get::<&str, _>(0)?);
        let facts = format!("[{}]", row.try_get::<&str, _>(1)?);
        let facts: Vec<StoredFact> = parse(subject.as_str(), &facts)?;
        for StoredFact { id, kind, fact } in facts {
            let said = Said {
                fact: Some(fact),
                is_remembered: false,
            };
            put_matter(&mut read, &kind, &id, &subject, said);
        }
    }
    drop(rows);
    let mut rows =
        sqlx::query("SELECT DISTINCT subject FROM matters WHERE remembered = 1").fetch(&mut *sql);
    while let Some(row) = rows.try_next().await? {
        read.put_signed_earlier(PersonId::from(row.try_get::<&str, _>(0)?));
    }
    drop(rows);
    read.seq = head;
    *image = read;
    Ok(())
}

async fn read_posts(sql: &mut AnyConnection) -> Result<Posts, StoreError> {
    let order = "SELECT post, body FROM post_holdings ORDER BY post, unit, from_at, person";
    let holdings = sqlx::query(order).fetch_all(&mut *sql).await?;
    let holdings: Result<Vec<Holding>, _> = holdings.iter().map(body).collect();
    let order = "SELECT reference, body FROM post_delegations ORDER BY reference";
    let delegations = sqlx::query(order).fetch_all(&mut *sql).await?;
    let delegations: Result<Vec<Delegated>, _> = delegations.iter().map(body).collect();
    Ok(Posts::new(holdings?, delegations?))
}

/// The one row a query finds by its id.
async fn one<T: DeserializeOwned>(
    query: sqlx::query::Query<'_, sqlx::Any, sqlx::any::AnyArguments>,
    id: &MatterId,
    sql: &mut AnyConnection,
) -> Result<Option<T>, StoreError> {
    let row = query.bind(id.as_str()).fetch_optional(sql).await?;
    row.map(|row| parse(id.as_str(), row.try_get(0)?))
        .transpose()
}

/// Reads a row of which the first column is its id and the second its JSON.
pub(crate) fn body<T: DeserializeOwned>(row: &AnyRow) -> Result<T, StoreError> {
    parse(row.try_get(0)?, row.try_get(1)?)
}

pub(crate) fn parse<T: DeserializeOwned>(id: &str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(StoreError::unreadable(id))
}
