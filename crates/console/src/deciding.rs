//! Deciding about what others asked for: the list of what waits, one matter's page, and the way from
//! a choice over *check answers* to the act.
//!
//! Three pages stand on it, which differ only in what they offer: *To decide*, *Certify councillors*,
//! *Verify identity and post*. No rule of a process is here. Whether somebody may take a step now is
//! found out by trying it, with the machine that would take it, on the matter as it stands; the
//! console's own rules are asked besides ([`offer`]).

use matters::id::MatterId;
use matters::permission::{Narrowed, Terms};
use matters::world::World;
use register_store::Stored;
use serde::Serialize;

use crate::duty::Duty;
use crate::visit::Visit;

mod access;
mod given;
mod offer;
mod one;
mod permission;
mod queue;
mod reach;
mod scope;
mod sharing;
mod signature;
mod steps;
pub(crate) mod withdrawal;

pub(crate) use given::clause_in_words;
pub(crate) use scope::routes;

/// One thing that can be decided.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// Its name in forms.
    pub(crate) id: &'static str,
    /// Actions of the console's rules, of which one has to be allowed.
    pub(crate) actions: &'static [&'static str],
    /// On buttons and in lists: `Confirm the need`.
    pub(crate) label: &'static str,
    /// What has to be said with it.
    pub(crate) why: Why,
    /// Shown before it, one sentence each, where it takes something away.
    pub(crate) warning: &'static [&'static str],
    /// Steps it leaves on the record, and what is then said.
    pub(crate) done: &'static [(&'static str, &'static str)],
}

/// What has to be said with a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Nothing.
    Nothing,
    /// A reason.
    Reason,
    /// A reason and the clause it rests on.
    ReasonAndClause,
    /// How to do it.
    Method,
    /// How much of what was asked for is granted.
    Terms,
}

/// What was said with a decision.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    reason: Option<String>,
    clause: String,
    method: String,
    narrowed: Narrowed,
}

/// What was asked for, where less can be granted.
pub(crate) struct Grantable<'m> {
    terms: &'m Terms,
    /// A time to come; what is done cannot end sooner.
    has_time: bool,
}

impl Grantable<'_> {
    /// Some of what it names can be left out.
    fn has_choice(&self) -> bool {
        self.terms.scope.len() > 1
    }

    /// The number of uses can be lowered.
    fn is_counted(&self) -> bool {
        self.terms.uses != Some(1)
    }
}

/// A state in which somebody decides, and who may be asked: for finding matters, never for deciding.
pub(crate) struct Stand {
    state: &'static str,
    duties: &'static [Duty],
    /// Line managers too.
    managers: bool,
}

/// A row of a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fact {
    key: &'static str,
    value: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
}

impl Fact {
    pub(crate) fn new(key: &'static str, value: impl Into<String>) -> Self {
        Self {
            key,
            value: value.into(),
            values: Vec::new(),
            href: None,
        }
    }

    pub(crate) fn list(key: &'static str, values: Vec<String>) -> Self {
        Self {
            values,
            ..Self::new(key, "")
        }
    }

    fn changed_at(mut self, href: &str) -> Self {
        self.href = Some(href.to_owned());
        self
    }
}

/// A kind of matter that somebody decides about.
pub(crate) trait Decided: Stored + PartialEq {
    /// As the filter of the list spells it.
    const FILTER: &'static str;
    /// What seeing one is in the console's rules. Whoever may decide about one sees it too.
    const SEE: &'static str;
    /// Everything that can be decided, the usual first.
    const DECISIONS: &'static [Decision];
    /// Where one waits for somebody.
    const STANDS: &'static [Stand];

    /// The step a decision is.
    fn step(&self, decision: &Decision, given: &Given) -> Option<Self::Step>;

    /// What it is about: `Email`. Whom, is said beside it.
    fn title(&self, world: &World<'_>) -> String;

    /// What whoever decides has to know, and nothing else.
    fn facts(&self, visit: &Visit, world: &World<'_>) -> Vec<Fact>;

    /// Clauses it rests on.
    fn clauses(&self, world: &World<'_>) -> Vec<String>;

    /// Whether somebody is waiting for this decision. It may be possible all the same.
    fn is_asked(&self, _decision: &Decision, _world: &World<'_>) -> bool {
        true
    }

    /// What can be granted less of.
    fn terms(&self) -> Option<Grantable<'_>> {
        None
    }

    /// Shown to nobody but those who decide, and to its subject.
    fn is_sealed(&self) -> bool {
        false
    }
}

/// A reference from an address. What is none cannot be there.
fn reference(text: &str) -> Option<MatterId> {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
    let sound = (4..=32).contains(&text.len()) && text.bytes().all(plain);
    sound.then(|| MatterId::new(text))
}

#[cfg(test)]
mod tests;
