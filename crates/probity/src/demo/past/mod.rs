//! The made-up council's past, entered into its store: who works there, what they signed, asked for
//! and were given.
//!
//! Every step is taken by whoever may take it, so that all of it is on the record as it would be had
//! it happened. What a council does is its policy's to say: posts, services and kinds of permission
//! come from the pack, and a story that a pack has no room for is left out.

mod access;
mod clocks;
mod granted;
mod leaving;
mod people;
mod sign_ins;
mod signing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use matters::event::{Act, Actor};
use matters::id::{PersonId, PostId};
use policy::pack::Pack;
use register_store::Store;
use register_store::image::Image;

use crate::data_dir::DataDir;
use crate::demo::council::hours_before;
use crate::failure::Failure;
use crate::packs;

pub(super) use sign_ins::{Account, SignIns};

/// Days since the policy in force came into force, beyond those everybody had to sign it.
const SINCE_DUE: i64 = 5;

/// Since when those work here who are not new.
const LONG_AGO: i64 = 3 * 365;

/// Matters dealt with in one transaction.
const AT_ONCE: usize = 50;

/// The days of the council's past.
#[derive(Debug, Clone, Copy)]
struct Days {
    now: Timestamp,
    /// Days since the policy in force was put to everybody.
    in_force: i64,
}

impl Days {
    fn of(pack: &Pack, now: Timestamp) -> Self {
        let to_sign = i64::from(pack.people().acceptance.due_within_days);
        Self {
            now,
            in_force: to_sign + SINCE_DUE,
        }
    }

    fn ago(self, days: i64) -> Timestamp {
        hours_before(self.now, 24 * days)
    }

    fn ahead(self, days: i64) -> Timestamp {
        self.ago(-days)
    }

    /// So many days after the policy in force came into force.
    fn into_force(self, days: i64) -> Timestamp {
        self.ago(self.in_force - days)
    }
}

/// Enters the past into an empty store at `url`, unless somebody is in it already, and makes sign-ins
/// for people of each role.
pub(super) async fn enter(
    url: &str,
    (name, pack): (&str, Arc<Pack>),
    data: &DataDir,
    now: Timestamp,
) -> Result<SignIns, Failure> {
    data.create()?;
    let store = Store::open(url, pack.clone()).await?;
    let is_empty = store.image().people().all().next().is_none();
    if is_empty {
        let days = Days::of(&pack, now);
        let before = Store::open(url, Arc::new(before(name)?)).await?;
        people::arrive(&before, days).await?;
        signing::agreed(&before, days.ago(366)).await?;
        signing::an_earlier_version(&before, days).await?;
        drop(before);
        store.refresh().await?;
        under_the_policy_in_force(&store, days).await?;
    }
    SignIns::make(&store, data, now).await
}

async fn under_the_policy_in_force(store: &Store, days: Days) -> Result<(), Failure> {
    signing::the_version_in_force(store, days).await?;
    access::everybody(store, days).await?;
    granted::permissions(store, days).await?;
    granted::sharing(store, days).await?;
    leaving::whoever_goes(store, days).await?;
    people::join(store, days).await?;
    signing::who_is_back(store, days).await?;
    access::in_hand(store, days).await?;
    leaving::a_report(store, days).await?;
    clocks::today(store, days).await?;
    while store.run_due(days.now).await? > 0 {}
    Ok(())
}

/// The pack as it was before its version in force.
fn before(name: &str) -> Result<Pack, Failure> {
    let mut files = packs::files(name)?;
    if let Some(text) = files.get_mut("pack.toml") {
        let mut settings: toml::Table = toml::from_str(text)?;
        let version = settings.get("version").and_then(toml::Value::as_str);
        let version = format!("before {}", version.unwrap_or_default());
        settings.insert("version".to_owned(), version.into());
        *text = toml::to_string(&settings)?;
    }
    Ok(Pack::load(&files)?)
}

/// The personnel system says so.
fn hr_feed(at: Timestamp) -> Act {
    Act::of(Actor::Feed("hr".to_owned()), at)
}

fn hours_after(at: Timestamp, hours: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_hours(hours))
        .unwrap_or(at)
}

/// Somebody who may act as one of these posts in a matter about a person, in which others are named.
fn who(
    image: &Image,
    posts: &[PostId],
    over: &PersonId,
    named: &[PersonId],
    at: Timestamp,
) -> Option<PersonId> {
    let world = image.world();
    let manager = image.people().person(over)?.manager.iter();
    let holders = image.posts().holdings().iter().map(|held| &held.person);
    manager
        .chain(holders)
        .find(|who| world.authority(who, posts, over, named, at).is_ok())
        .cloned()
}

fn posts(names: &[String]) -> Vec<PostId> {
    names.iter().map(PostId::new).collect()
}
