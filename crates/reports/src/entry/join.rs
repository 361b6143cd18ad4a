//! Devices that wanted to join a network.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Act, Channel, Context, Counted, Decision, Detail, Kind, Volume, Whose, bounded};

#[derive(Debug, Deserialize)]
struct Entry {
    at: Timestamp,
    device: String,
    #[serde(default)]
    person: Option<String>,
    #[serde(default)]
    signed_in: bool,
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
    device: BTreeSet<String>,
    network: BTreeSet<String>,
}

/// What a joining counts as: for whoever signed in with the device. Whoever it was handed to may not be
/// the one who carries it.
pub(super) fn count(payload: &[u8], _: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let entry: Entry = serde_json::from_slice(payload)?;
    let is_left_out = !entry.permissions.is_empty() || entry.decision.is_released();
    let what = entry.request.what;
    let detail = (!is_left_out).then(|| Detail {
        action: "join".to_owned(),
        outcome: entry.decision.outcome,
        clause: entry.decision.clause(),
        labels: bounded(what.device.into_iter().chain(what.network)),
    });
    let whose = match entry.person.filter(|_| entry.signed_in) {
        Some(person) => Whose::Person(person),
        None => Whose::Unnamed(entry.device),
    };
    Ok(Counted::one(Act {
        at: entry.at,
        whose,
        kind: Kind::Use {
            channel: Channel::Device,
            detail,
        },
        volume: Volume {
            count: 1,
            ..Volume::default()
        },
    }))
}
