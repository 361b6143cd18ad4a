//! What requests and decisions say, as text for columns. Most pages have the facts of one before, spelled
//! alike, so what was made of them is kept.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use crate::entry::{Decision, Request};

/// Most spellings kept at once, of each sort.
const KEPT: usize = 4096;

/// Longest spelling that is kept, in bytes: 4,096 of them take 16 MB of each sort at the most.
const LONGEST_KEPT: usize = 4096;

/// What a request says.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) action: String,
    pub(crate) audience: String,
    pub(crate) clock: String,
    pub(crate) categories: String,
    pub(crate) method: String,
    pub(crate) site: String,
    pub(crate) sender: String,
    pub(crate) recipient: String,
    pub(crate) attachments: String,
    pub(crate) marks: String,
    pub(crate) findings: String,
    pub(crate) suspicions: String,
}

/// What was decided.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    pub(crate) outcome: String,
    pub(crate) clauses: String,
    pub(crate) obligations: String,
    pub(crate) unevaluated: String,
    pub(crate) edition: String,
    pub(crate) pack: String,
}

/// Facts that were met before.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    asked: HashMap<Box<str>, Arc<Asked>>,
    decided: HashMap<Box<str>, Arc<Decided>>,
}

impl Facts {
    /// What a request says; nothing where it cannot be read.
    pub(crate) fn asked(&mut self, request: Option<&RawValue>) -> Arc<Asked> {
        known(&mut self.asked, request, |text| {
            let request: Request<'_> = serde_json::from_str(text).ok()?;
            let what = &request.what;
            Some(Asked {
                action: request.action.into_owned(),
                audience: request.who.audience.into_owned(),
                clock: request.when.clock.into_owned(),
                categories: what.categories.joined(),
                method: what.method.clone().into_owned(),
                site: what.site.joined(),
                sender: what.sender.joined(),
                recipient: what.recipient.joined(),
                attachments: what.attachments.joined(),
                marks: what.marks.joined(),
                findings: what.findings.joined(),
                suspicions: what.suspicions.joined(),
            })
        })
    }

    /// What was decided; nothing where it cannot be read.
    pub(crate) fn decided(&mut self, decision: Option<&RawValue>) -> Arc<Decided> {
        known(&mut self.decided, decision, |text| {
            let decision: Decision<'_> = serde_json::from_str(text).ok()?;
            Some(Decided {
                clauses: decision.clauses(),
                obligations: decision.obligations.joined(),
                unevaluated: decision.unevaluated.joined(),
                pack: decision.pack().to_owned(),
                edition: decision.pack.edition.into_owned(),
                outcome: decision.outcome.into_owned(),
            })
        })
    }
}

fn known<T: Default>(
    kept: &mut HashMap<Box<str>, Arc<T>>,
    text: Option<&RawValue>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Arc<T> {
    let Some(text) = text.map(RawValue::get) else {
        return Arc::default();
    };
    if let Some(known) = kept.get(text) {
        return known.clone();
    }
    let made = Arc::new(read(text).unwrap_or_default());
    if text.len() <= LONGEST_KEPT {
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(text.into(), made.clone());
    }
    made
}
