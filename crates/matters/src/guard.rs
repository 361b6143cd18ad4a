//! Questions most machines ask before a step, and how they say what follows from one.

use jiff::Timestamp;

use crate::acting;
use crate::authority::Authority;
use crate::event::{Act, Actor};
use crate::field;
use crate::id::{LONGEST, PersonId, PostId};
use crate::machine::{Addressee, Effect, Refused};
use crate::working_days::days_after;
use crate::world::World;

/// The post that confirms identity and employment, as packs spell it.
pub(crate) const HR: &str = "hr";
/// The post of internal audit, as packs spell it.
pub(crate) const INTERNAL_AUDIT: &str = "chief-internal-auditor";
/// The feed of the personnel system.
pub(crate) const HR_FEED: &str = "hr";
/// Feeds that speak for connectors: what they say was set up is set up.
pub(crate) const CONNECTORS: [&str; 2] = ["directory", "scim"];

/// Most references one act may carry.
const MOST_EVIDENCE: usize = 20;
/// Farthest a date may lie ahead, in days: five years. Beyond it is a slip of the pen.
const FARTHEST_DAYS: u32 = 5 * 366;

/// Refuses an act whose reason, form or evidence is out of bounds.
pub(crate) fn bounded(act: &Act) -> Result<(), Refused> {
    if let Some(reason) = &act.reason {
        field::words("reason", reason)?;
    }
    if let Some(form) = &act.form_sha256 {
        sha256("form", form)?;
    }
    if act.evidence.len() > MOST_EVIDENCE {
        let problem = format!("at most {MOST_EVIDENCE} documents go with one step");
        return Err(Refused::field("evidence", problem));
    }
    let mut evidence = act.evidence.iter();
    evidence.try_for_each(|reference| field::name("evidence", reference).map(drop))
}

/// The reason that has to go with a step.
pub(crate) fn reason(act: &Act) -> Result<String, Refused> {
    field::reason(act.reason.as_deref())
}

/// A SHA-256 in hexadecimal, in lower case.
pub(crate) fn sha256(field: &'static str, hash: &str) -> Result<String, Refused> {
    if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(hash.to_ascii_lowercase())
    } else {
        let problem = "a SHA-256 of 64 hexadecimal digits is needed here";
        Err(Refused::field(field, problem))
    }
}

/// Services the pack knows, at least one.
pub(crate) fn services<'a>(
    asked: impl IntoIterator<Item = &'a String>,
    world: &World<'_>,
) -> Result<(), Refused> {
    let mut asked = asked.into_iter().peekable();
    let known = |service: &String| world.settings.services.contains_key(service);
    if asked.peek().is_some() && asked.all(known) {
        Ok(())
    } else {
        Err(Refused::field("service", "choose from the services listed"))
    }
}

/// A moment that lies ahead, but not so far that it must be a slip.
pub(crate) fn ahead(field: &'static str, at: Timestamp, now: Timestamp) -> Result<(), Refused> {
    if at <= now {
        return Err(Refused::field(field, "this date must be in the future"));
    }
    not_too_far(field, at, now)
}

/// A moment that is not so far ahead that it must be a slip.
pub(crate) fn not_too_far(
    field: &'static str,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), Refused> {
    if at > days_after(now, FARTHEST_DAYS) {
        let problem = "this date must be within five years; check the year";
        return Err(Refused::field(field, problem));
    }
    Ok(())
}

/// The authority by which whoever acts decides about a person as one of these posts.
pub(crate) fn decider(
    world: &World<'_>,
    act: &Act,
    posts: &[String],
    over: &PersonId,
    named: &[PersonId],
) -> Result<Authority, Refused> {
    let posts: Vec<_> = posts
        .iter()
        .map(|post| PostId::from(post.as_str()))
        .collect();
    match &act.actor {
        Actor::Person(actor) => world.authority(actor, &posts, over, named, act.at),
        Actor::Rule(_) | Actor::Feed(_) | Actor::Operator(_) => Err(Refused::Authority { posts }),
    }
}

/// By which of these posts somebody acts where it is about no person, so that nobody's own matter is decided.
pub(crate) fn holder(world: &World<'_>, act: &Act, posts: &[String]) -> Result<Authority, Refused> {
    let by = acting::person(act)?;
    let mut held = world.posts.of(by, act.at);
    let held = held.find(|held| posts.iter().any(|post| post == held.post.as_str()));
    held.ok_or_else(|| {
        let posts = posts.iter().map(|post| PostId::from(post.as_str()));
        Refused::Authority {
            posts: posts.collect(),
        }
    })
}

/// Whether time or a standing rule acts, under a name that begins like this and says more.
pub(crate) fn is_rule(act: &Act, prefix: &str) -> bool {
    match &act.actor {
        Actor::Rule(rule) => {
            (prefix.len() + 1..=LONGEST).contains(&rule.len()) && rule.starts_with(prefix)
        }
        Actor::Person(_) | Actor::Feed(_) | Actor::Operator(_) => false,
    }
}

/// Whether one of these feeds acts.
pub(crate) fn is_feed(act: &Act, feeds: &[&str]) -> bool {
    matches!(&act.actor, Actor::Feed(feed) if feeds.contains(&feed.as_str()))
}

/// Whoever holds one of these posts is told.
pub(crate) fn tell(posts: &[String], notice: &'static str) -> Vec<Effect> {
    let told = posts.iter().map(|post| Effect::Notify {
        to: Addressee::Post(PostId::from(post.as_str())),
        notice,
    });
    told.collect()
}

/// This person is told.
pub(crate) fn tell_person(person: &PersonId, notice: &'static str) -> Effect {
    Effect::Notify {
        to: Addressee::Person(person.clone()),
        notice,
    }
}

/// Whoever holds this post has to do something.
pub(crate) fn task(task: &'static str, service: Option<&str>, post: &str) -> Effect {
    Effect::Task {
        task,
        service: service.map(str::to_owned),
        post: PostId::from(post),
    }
}

/// The posts that act where these cannot: told when these do not answer.
pub(crate) fn above(posts: &[String], world: &World<'_>) -> Vec<String> {
    let alternate = |post: &String| world.settings.posts.get(post)?.alternate.clone();
    let mut above: Vec<_> = posts.iter().filter_map(alternate).collect();
    above.sort();
    above.dedup();
    above
}
