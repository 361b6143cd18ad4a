//! Lines of chat, as they were decided. What was said is not on the record.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{
    Act, CONFIDENTIAL, Channel, Context, Counted, Decision, Detail, Kind, Volume, Whose, bounded,
};

#[derive(Debug, Deserialize)]
struct Entry {
    at: Timestamp,
    #[serde(default)]
    person: Option<String>,
    from: String,
    #[serde(default)]
    room: bool,
    #[serde(default)]
    incoming: bool,
    #[serde(default)]
    bytes: u64,
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
    recipient: BTreeSet<String>,
    findings: BTreeSet<String>,
}

/// What a line counts as: once, for whoever wrote it.
pub(super) fn count(payload: &[u8], _: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let entry: Entry = serde_json::from_slice(payload)?;
    let what = &entry.request.what;
    let is_left_out = !entry.permissions.is_empty()
        || entry.decision.is_released()
        || what.recipient.contains(CONFIDENTIAL);
    let detail = (!is_left_out).then(|| Detail {
        action: match (entry.incoming, entry.room) {
            (true, _) => "line-from-outside",
            (false, true) => "line-to-a-room",
            (false, false) if what.recipient.contains("internal") => "line-inside",
            (false, false) => "line-to-outside",
        }
        .to_owned(),
        outcome: entry.decision.outcome,
        clause: entry.decision.clause(),
        labels: bounded(what.findings.iter().cloned()),
    });
    Ok(Counted::one(Act {
        at: entry.at,
        whose: entry
            .person
            .map_or(Whose::Unnamed(entry.from), Whose::Person),
        kind: Kind::Use {
            channel: Channel::Chat,
            detail,
        },
        volume: Volume {
            count: 1,
            bytes: entry.bytes,
            ..Volume::default()
        },
    }))
}
