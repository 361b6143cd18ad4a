//! Rules: Cedar policies and the annotations that tie them to clauses.
//!
//! A `forbid` says what happens (`@outcome`) when it holds; a `permit` adds obligations, or
//! releases clauses for somebody who holds a permission. Annotations:
//!
//! - `@id("personal-webmail")`: unique in the pack, shown in every decision;
//! - `@clause("walsall-7.2.16")`: one or more clause ids, separated by spaces;
//! - `@outcome("refuse")`: on every `forbid`: warn, hold or refuse;
//! - `@notice("…")`: what the person may do now;
//! - `@obligation("incident:low; tag:[X]")`: see [`crate::obligation`];
//! - `@tier("permission")` and `@releases("walsall-7.2.16")`: see [`crate::decision::Tier`].

use std::collections::BTreeSet;

use crate::clause::ClauseId;
use crate::decision::{Outcome, Tier};
use crate::obligation::Obligation;

/// Cedar's effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It stops, or at least warns.
    Forbid,
    /// It adds obligations or releases.
    Permit,
}

/// What a rule's condition looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// Attributes of the person.
    pub person: BTreeSet<String>,
    /// Anything of the act or of the moment. A rule that does not look there says the same to the
    /// person whatever they do.
    pub act: bool,
    /// Labels of what content holds or may hold: the words behind them are what it is about.
    pub content: BTreeSet<String>,
}

/// One rule, without its condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Unique in the pack.
    pub id: String,
    /// Clauses it rests on; at least one.
    pub clauses: Vec<ClauseId>,
    /// Cedar's effect.
    pub effect: Effect,
    /// What happens when it holds.
    pub outcome: Outcome,
    /// Its place in the order of precedence.
    pub tier: Tier,
    /// What the person may do now.
    pub notice: Option<String>,
    /// What the gate must do.
    pub obligations: Vec<Obligation>,
    /// Clauses whose lower rules it releases.
    pub releases: Vec<ClauseId>,
    /// What its condition looks at.
    pub reads: Reads,
    /// The only edition it belongs to, if not all.
    pub edition: Option<String>,
    /// The file it stands in.
    pub file: String,
}

impl Rule {
    /// Reads the annotations of one Cedar policy. All that is wrong comes back at once.
    pub(crate) fn read<'a>(
        file: &str,
        edition: Option<String>,
        effect: Effect,
        annotations: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<String>> {
        let mut rule = Self {
            id: String::new(),
            clauses: Vec::new(),
            effect,
            outcome: Outcome::Permit,
            tier: Tier::Clause,
            notice: None,
            obligations: Vec::new(),
            releases: Vec::new(),
            reads: Reads::default(),
            edition,
            file: file.to_owned(),
        };
        let mut wrong = Vec::new();
        for (key, value) in annotations {
            match key {
                "id" => value.clone_into(&mut rule.id),
                "clause" => rule.clauses = clause_ids(value),
                "releases" => rule.releases = clause_ids(value),
                "notice" => rule.notice = Some(value.to_owned()),
                "outcome" => match value {
                    "warn" => rule.outcome = Outcome::Warn,
                    "hold" => rule.outcome = Outcome::Hold,
                    "refuse" => rule.outcome = Outcome::Refuse,
                    _ => wrong.push(format!(
                        "unknown outcome `{value}`; use warn, hold or refuse"
                    )),
                },
                "tier" => match serde_json::from_value(value.into()) {
                    Ok(tier) => rule.tier = tier,
                    Err(_) => wrong.push(format!(
                        "unknown tier `{value}`; use clause, permission, exemption, withdrawal, \
                         freeze or legal-stop"
                    )),
                },
                "obligation" => {
                    for text in value.split(';') {
                        match text.parse() {
                            Ok(obligation) => rule.obligations.push(obligation),
                            Err(error) => wrong.push(format!("{error}")),
                        }
                    }
                }
                _ => wrong.push(format!("unknown annotation `@{key}`")),
            }
        }
        wrong.extend(rule.contradictions());
        if wrong.is_empty() {
            Ok(rule)
        } else {
            Err(wrong)
        }
    }

    fn contradictions(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.id.is_empty() {
            wrong.push("has no @id".to_owned());
        }
        if self.clauses.is_empty() {
            wrong.push("has no @clause: every rule rests on one".to_owned());
        }
        match self.effect {
            Effect::Forbid if self.outcome == Outcome::Permit => {
                wrong.push("a forbid needs @outcome(\"warn\"), hold or refuse".to_owned());
            }
            Effect::Forbid if !self.releases.is_empty() => {
                wrong.push("only a permit can carry @releases".to_owned());
            }
            Effect::Permit if self.outcome != Outcome::Permit => {
                wrong.push("a permit cannot carry @outcome".to_owned());
            }
            Effect::Permit if self.releases.is_empty() && self.obligations.is_empty() => {
                wrong.push("a permit needs @obligation or @releases to say anything".to_owned());
            }
            Effect::Permit if !self.releases.is_empty() && self.tier == Tier::Clause => {
                wrong.push("a permit that releases needs a @tier above clause".to_owned());
            }
            _ => (),
        }
        wrong
    }
}

fn clause_ids(list: &str) -> Vec<ClauseId> {
    list.split_whitespace().map(ClauseId::new).collect()
}
