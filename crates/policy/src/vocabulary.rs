//! The labels facts are made of, and which of them somebody gathers already.
//!
//! A rule may rest on a label before anything produces it; coverage then says what the clause is
//! waiting for instead of calling it met. Each label belongs to one of the request's sets.

mod labels;

use crate::request::Request;

pub use labels::LABELS;

/// Where a label comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A gate or the register produces it today.
    Gathered,
    /// It has a name, and nothing produces it yet.
    Awaited,
}

/// The sets labels live in, as rules call them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// Labels of a sender.
    Sender,
    /// Labels of recipients.
    Recipient,
    /// Kinds of attachments and bodies.
    Kind,
    /// What headers and structure say.
    Mark,
    /// How a site is reached.
    Site,
    /// What content holds or may hold.
    Finding,
    /// What kind of number a call is with.
    Number,
    /// How a call is made.
    Manner,
    /// What is printed, copied or scanned, and how.
    Job,
    /// What is known of a device.
    Device,
    /// The network a device joins.
    Network,
}

/// One label and what it means.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    /// The set it belongs to.
    pub set: Set,
    /// As rules spell it.
    pub name: &'static str,
    /// Whether anything produces it.
    pub source: Source,
    /// What it says.
    pub means: &'static str,
}

/// Labels of a request that nothing produces yet.
pub fn awaited(request: &Request) -> Vec<&'static str> {
    let mut awaited = Vec::new();
    for (attribute, labels) in request.what.sets() {
        let waits = |label: &&Label| {
            Some(label.set) == set_of(attribute)
                && label.source == Source::Awaited
                && labels.contains(label.name)
        };
        awaited.extend(LABELS.iter().filter(waits).map(|label| label.name));
    }
    awaited
}

/// Labels of a request that the vocabulary does not know: usually a misspelling.
pub fn unknown(request: &Request) -> Vec<String> {
    let mut unknown = Vec::new();
    for (attribute, labels) in request.what.sets() {
        let strange = |given: &&String| !is_in_context(attribute, given);
        unknown.extend(labels.iter().filter(strange).cloned());
    }
    unknown
}

/// Whether a set named as in the context of a rule has this label. Open lists know every label.
pub(crate) fn is_in_context(attribute: &str, name: &str) -> bool {
    let Some(set) = set_of(attribute) else {
        return true;
    };
    LABELS
        .iter()
        .any(|label| label.set == set && label.name == name)
}

/// The set an attribute of the context holds; none where the list is open.
fn set_of(attribute: &str) -> Option<Set> {
    Some(match attribute {
        "sender" => Set::Sender,
        "recipient" => Set::Recipient,
        "attachments" | "media" => Set::Kind,
        "marks" => Set::Mark,
        "site" => Set::Site,
        "findings" | "suspicions" => Set::Finding,
        "number" => Set::Number,
        "manner" => Set::Manner,
        "job" => Set::Job,
        "device" => Set::Device,
        "network" => Set::Network,
        _ => return None,
    })
}
