//! Print jobs as they were decided, and pages as they came out of the printer.
//!
//! A job counts when it is decided, its pages when they are logged: of the two only the log knows how
//! many there were.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Act, Channel, Context, Counted, Decision, Detail, Kind, Volume, Whose, bounded};

/// What a job is that its owner calls their own.
const PRIVATE: &str = "private";

#[derive(Debug, Deserialize)]
struct Entry {
    at: Timestamp,
    #[serde(default)]
    person: Option<String>,
    user: String,
    #[serde(default)]
    signed_in: bool,
    purpose: String,
    done: String,
    #[serde(default)]
    permissions: Vec<IgnoredAny>,
    request: Request,
    decision: Decision,
}

#[derive(Debug, Deserialize)]
struct Request {
    #[serde(default)]
    what: What,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct What {
    job: BTreeSet<String>,
}

/// What a job counts as.
pub(super) fn count(payload: &[u8], _: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let entry: Entry = serde_json::from_slice(payload)?;
    let is_private = entry.purpose == PRIVATE && !entry.decision.outcome.is_adverse();
    let is_left_out = !entry.permissions.is_empty() || entry.decision.is_released() || is_private;
    let colour = entry.request.what.job.get("colour").cloned();
    let detail = (!is_left_out).then(|| Detail {
        action: entry.done,
        outcome: entry.decision.outcome,
        clause: entry.decision.clause(),
        labels: bounded(colour),
    });
    let volume = Volume {
        count: 1,
        ..Volume::default()
    };
    let whose = whose(entry.person, entry.user, entry.signed_in);
    Ok(Counted::one(act(entry.at, whose, detail, volume)))
}

#[derive(Debug, Deserialize)]
struct Printed {
    at: Timestamp,
    #[serde(default)]
    person: Option<String>,
    user: String,
    #[serde(default)]
    signed_in: bool,
    pages: u64,
    purpose: String,
    #[serde(default)]
    permissions: Vec<IgnoredAny>,
    #[serde(default)]
    let_through: Option<bool>,
}

/// What pages count as: nothing where filters counted pages of a job that did not go on.
pub(super) fn count_printed(payload: &[u8], _: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let entry: Printed = serde_json::from_slice(payload)?;
    if entry.let_through == Some(false) {
        return Ok(Counted::default());
    }
    let is_left_out = entry.purpose == PRIVATE || !entry.permissions.is_empty();
    let detail = (!is_left_out).then(|| Detail {
        action: "print".to_owned(),
        ..Detail::default()
    });
    let volume = Volume {
        pages: entry.pages,
        ..Volume::default()
    };
    let whose = whose(entry.person, entry.user, entry.signed_in);
    Ok(Counted::one(act(entry.at, whose, detail, volume)))
}

/// A name nobody proved binds nobody.
fn whose(person: Option<String>, user: String, signed_in: bool) -> Whose {
    match person.filter(|_| signed_in) {
        Some(person) => Whose::Person(person),
        None => Whose::Unnamed(user),
    }
}

fn act(at: Timestamp, whose: Whose, detail: Option<Detail>, volume: Volume) -> Act {
    Act {
        at,
        whose,
        kind: Kind::Use {
            channel: Channel::Print,
            detail,
        },
        volume,
    }
}
