//! Messages: once for whoever sent one, under the strictest of its outcomes, and once for everybody who
//! was sent it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{
    Act, CONFIDENTIAL, Channel, Context, Counted, Decision, Detail, Kind, Outcome, Volume, Whose,
    bounded,
};

#[derive(Debug, Deserialize)]
struct Entry {
    at: Timestamp,
    client: String,
    #[serde(default)]
    authenticated: Option<IgnoredAny>,
    #[serde(default)]
    sender: Option<String>,
    #[serde(default)]
    bytes: u64,
    groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
struct Group {
    #[serde(default)]
    person: Option<String>,
    request: Request,
    #[serde(default)]
    permissions: Vec<IgnoredAny>,
    decision: Decision,
}

#[derive(Debug, Deserialize)]
struct Request {
    action: String,
    #[serde(default)]
    what: What,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct What {
    sender: BTreeSet<String>,
    recipient: BTreeSet<String>,
    findings: BTreeSet<String>,
}

impl Group {
    fn is_confidential(&self) -> bool {
        let what = &self.request.what;
        what.sender.contains(CONFIDENTIAL) || what.recipient.contains(CONFIDENTIAL)
    }

    fn is_permitted(&self) -> bool {
        !self.permissions.is_empty() || self.decision.is_released()
    }

    fn is_inside(&self) -> bool {
        self.request.what.recipient.contains("internal")
    }

    fn is_received(&self) -> bool {
        self.request.action == "receive"
    }
}

/// What a message counts as.
pub(super) fn count(payload: &[u8], _: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let entry: Entry = serde_json::from_slice(payload)?;
    let mut acts = Vec::new();
    let sent: Vec<_> = entry
        .groups
        .iter()
        .filter(|group| !group.is_received())
        .collect();
    if !sent.is_empty() {
        acts.push(entry.sent(&sent));
    }
    let received = entry.groups.iter().filter(|group| group.is_received());
    for (place, group) in received.enumerate() {
        // The message came once, whoever it was for.
        let bytes = if place == 0 { entry.bytes } else { 0 };
        let is_left_out = group.is_confidential() || group.is_permitted();
        let detail = Detail {
            action: "received".to_owned(),
            outcome: group.decision.outcome,
            clause: group.decision.clause(),
            labels: bounded(group.request.what.findings.iter().cloned()),
        };
        let whose = group.person.clone().map_or_else(
            || Whose::Unnamed("an address of nobody".to_owned()),
            Whose::Person,
        );
        acts.push(act(
            entry.at,
            whose,
            (!is_left_out).then_some(detail),
            bytes,
        ));
    }
    Ok(Counted {
        acts,
        ..Counted::default()
    })
}

impl Entry {
    fn sent(&self, groups: &[&Group]) -> Act {
        let strictest = groups.iter().max_by_key(|group| group.decision.outcome);
        let is_inside = groups.iter().all(|group| group.is_inside());
        let is_left_out = groups
            .iter()
            .any(|group| group.is_confidential() || group.is_permitted());
        let findings = groups.iter().flat_map(|group| &group.request.what.findings);
        let findings: BTreeSet<_> = findings.cloned().collect();
        let detail = strictest.filter(|_| !is_left_out).map(|group| Detail {
            action: match is_inside {
                true => "sent-inside",
                false => "sent-outside",
            }
            .to_owned(),
            outcome: group.decision.outcome,
            clause: group.decision.clause(),
            labels: bounded(findings),
        });
        let whose = match (&self.sender, &self.authenticated) {
            (Some(person), Some(_)) => Whose::Person(person.clone()),
            // An address on an envelope says who it was meant to be and binds nobody.
            (Some(claimed), None) => Whose::Unnamed(claimed.clone()),
            (None, _) => Whose::Unnamed(self.client.clone()),
        };
        act(self.at, whose, detail, self.bytes)
    }
}

#[derive(Debug, Deserialize)]
struct Unread {
    at: Timestamp,
    client: String,
}

/// What a message counts as that was refused before it was read.
pub(super) fn count_unread(payload: &[u8], _: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let entry: Unread = serde_json::from_slice(payload)?;
    let detail = Detail {
        action: "too-large-to-read".to_owned(),
        outcome: Outcome::Refuse,
        ..Detail::default()
    };
    let whose = Whose::Unnamed(entry.client);
    Ok(Counted::one(act(entry.at, whose, Some(detail), 0)))
}

fn act(at: Timestamp, whose: Whose, detail: Option<Detail>, bytes: u64) -> Act {
    Act {
        at,
        whose,
        kind: Kind::Use {
            channel: Channel::Mail,
            detail,
        },
        volume: Volume {
            count: 1,
            bytes,
            ..Volume::default()
        },
    }
}
