//! Telling those who have to act, and nobody who may not.

use jiff::Timestamp;

use crate::id::{PersonId, PostId};
use crate::machine::{Addressee, Effect};
use crate::world::World;

/// A notice to one person.
pub(crate) fn one(to: &PersonId, notice: &'static str) -> Effect {
    Effect::Notify {
        to: Addressee::Person(to.clone()),
        notice,
    }
}

/// Notices to whoever can act as one of these posts about a person: somebody who may not decide,
/// because it is their own matter or they are named in it, is left out, and where that leaves nobody
/// the alternate is told.
pub(crate) fn posts<'p>(
    world: &World<'_>,
    posts: impl IntoIterator<Item = &'p PostId>,
    over: &PersonId,
    named: &[PersonId],
    at: Timestamp,
    notice: &'static str,
) -> Vec<Effect> {
    let mut told: Vec<Effect> = Vec::new();
    let each = posts
        .into_iter()
        .flat_map(|post| addressees(world, post, over, named, at));
    for effect in each.map(|to| Effect::Notify { to, notice }) {
        if !told.contains(&effect) {
            told.push(effect);
        }
    }
    told
}

fn addressees(
    world: &World<'_>,
    post: &PostId,
    over: &PersonId,
    named: &[PersonId],
    at: Timestamp,
) -> Vec<Addressee> {
    let Some(subject) = world.people.person(over) else {
        return vec![Addressee::Post(post.clone())];
    };
    let barred = |who: &PersonId| who == over || named.contains(who);
    let holders: Vec<_> = world
        .posts
        .holders(post, subject, world.people, at)
        .collect();
    if !holders.iter().any(|who| barred(who)) {
        return vec![Addressee::Post(post.clone())];
    }
    let free: Vec<_> = holders
        .into_iter()
        .filter(|who| !barred(who))
        .map(|who| Addressee::Person(who.clone()))
        .collect();
    if !free.is_empty() {
        return free;
    }
    let settings = world.settings.posts.get(post.as_str());
    let alternate = settings.and_then(|post| post.alternate.as_deref());
    alternate
        .map(|post| Addressee::Post(PostId::from(post)))
        .into_iter()
        .collect()
}
