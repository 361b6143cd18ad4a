//! Pages, uploads and downloads.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Act, Channel, Context, Counted, Decision, Detail, Kind, Volume, Whose, bounded};

#[derive(Debug, Deserialize)]
struct Entry {
    at: Timestamp,
    client: String,
    #[serde(default)]
    person: Option<String>,
    host: String,
    #[serde(default)]
    visit: bool,
    #[serde(default)]
    bytes: Option<u64>,
    #[serde(default)]
    permissions: Vec<IgnoredAny>,
    request: Request,
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
    categories: BTreeSet<String>,
    findings: BTreeSet<String>,
}

/// What a request counts as.
pub(super) fn count(payload: &[u8], context: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let entry: Entry = serde_json::from_slice(payload)?;
    let is_permitted = !entry.permissions.is_empty() || entry.decision.is_released();
    let detail = (!is_permitted).then(|| entry.detail(context));
    Ok(Counted::one(Act {
        at: entry.at,
        volume: Volume {
            count: 1,
            bytes: entry.bytes.unwrap_or(0),
            ..Volume::default()
        },
        kind: Kind::Use {
            channel: Channel::Web,
            detail,
        },
        whose: match entry.person {
            Some(person) => Whose::Person(person),
            None => Whose::Unnamed(entry.client),
        },
    }))
}

impl Entry {
    fn detail(&self, context: &Context<'_>) -> Detail {
        let what = &self.request.what;
        let own = is_own(&self.host, context).then(|| "council-site".to_owned());
        let labels = what.categories.iter().chain(&what.findings).cloned();
        Detail {
            action: match self.request.action.as_str() {
                "submit" => "upload",
                "download" => "download",
                _ if self.visit => "page",
                _ => "part-of-a-page",
            }
            .to_owned(),
            outcome: self.decision.outcome,
            clause: self.decision.clause(),
            labels: bounded(own.into_iter().chain(labels)),
        }
    }
}

/// Whether a site is the council's own.
fn is_own(host: &str, context: &Context<'_>) -> bool {
    let host = host.to_ascii_lowercase();
    context.domains.iter().any(|domain| {
        host.strip_suffix(domain.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}
