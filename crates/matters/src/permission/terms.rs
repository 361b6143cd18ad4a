//! What is granted: to what it is limited, from when until when, how often, on what conditions.

use jiff::{SignedDuration, Timestamp};
use policy::people::Scope;
use serde::{Deserialize, Serialize};

use crate::field;
use crate::machine::Refused;

/// Most things one permission can name.
const MOST_NAMED: usize = 50;
/// Most conditions one permission can carry.
const MOST_CONDITIONS: usize = 20;

/// What is asked for, and once it is approved what is granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Hosts, recipients, items, devices or occasions, as the kind says; empty if it says none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// First moment.
    pub from: Timestamp,
    /// First moment after.
    pub until: Timestamp,
    /// Uses it is good for; any number if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// What the person has to keep to besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
}

/// What a decider grants less than was asked for. Nothing in it can grant more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Narrowed {
    /// Only these, each within what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<String>>,
    /// Later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Sooner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Less often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// Added conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
}

impl Terms {
    /// Whether a moment lies in them.
    pub fn cover(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// Refuses a time that is empty or longer than so many days.
    pub(super) fn at_most(&self, days: u32) -> Result<(), Refused> {
        if self.until <= self.from {
            let problem = "it would end before it begins; choose a later day";
            return Err(Refused::field("until", problem));
        }
        // One hour more: from midnight to midnight is that long when summer time ends in between.
        let longest = SignedDuration::from_hours(24 * i64::from(days) + 1);
        if self.until.duration_since(self.from) > longest {
            let problem = format!("at most {days} days are possible; choose an earlier day");
            return Err(Refused::field("until", problem));
        }
        Ok(())
    }

    /// These terms made narrower, or why the change would make them wider.
    pub(super) fn narrowed(&self, less: &Narrowed, limit: Option<Scope>) -> Result<Self, Refused> {
        let mut terms = self.clone();
        if let Some(scope) = &less.scope {
            terms.scope = self.narrower_scope(scope, limit)?;
        }
        if let Some(from) = less.from {
            terms.from = from;
        }
        if let Some(until) = less.until {
            terms.until = until;
        }
        if terms.from < self.from || terms.until > self.until || terms.until <= terms.from {
            let problem = "choose days within those that were asked for";
            return Err(Refused::field("until", problem));
        }
        if let Some(uses) = less.uses {
            if uses == 0 || self.uses.is_some_and(|asked| uses > asked) {
                let problem = "choose at least one use and no more than was asked for";
                return Err(Refused::field("uses", problem));
            }
            terms.uses = Some(uses);
        }
        for condition in &less.conditions {
            terms
                .conditions
                .push(field::words("conditions", condition)?);
        }
        if terms.conditions.len() > MOST_CONDITIONS {
            let problem = format!("at most {MOST_CONDITIONS} conditions are possible");
            return Err(Refused::field("conditions", problem));
        }
        Ok(terms)
    }

    fn narrower_scope(
        &self,
        scope: &[String],
        limit: Option<Scope>,
    ) -> Result<Vec<String>, Refused> {
        let scope = named(scope, limit)?;
        let outside = scope
            .iter()
            .find(|one| !self.scope.iter().any(|asked| within(limit, one, asked)));
        match outside {
            None => Ok(scope),
            Some(one) => Err(Refused::field(
                "scope",
                format!("`{one}` was not asked for; a decision can only grant less"),
            )),
        }
    }
}

/// Checks what a permission is limited to, in the spelling gates compare.
pub(super) fn named(scope: &[String], limit: Option<Scope>) -> Result<Vec<String>, Refused> {
    const FIELD: &str = "scope";
    let Some(limit) = limit else {
        return match scope {
            [] => Ok(Vec::new()),
            _ => Err(Refused::field(
                FIELD,
                "this kind is not limited to anything named",
            )),
        };
    };
    if scope.is_empty() || scope.len() > MOST_NAMED {
        let problem = format!("name what it is for: at least one, at most {MOST_NAMED}");
        return Err(Refused::field(FIELD, problem));
    }
    let one = |text: &String| match limit {
        Scope::Host => field::host(FIELD, text),
        Scope::Recipient => field::recipient(FIELD, text),
        Scope::Item | Scope::Device | Scope::Occasion => field::name(FIELD, text),
    };
    let mut scope = scope.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    scope.sort_unstable();
    scope.dedup();
    Ok(scope)
}

/// Whether one name means no more than another.
fn within(limit: Option<Scope>, one: &str, asked: &str) -> bool {
    let below = |separator| {
        one.strip_suffix(asked)
            .is_some_and(|rest| rest.ends_with(separator))
    };
    one == asked
        || match limit {
            Some(Scope::Host) => below('.'),
            Some(Scope::Recipient) => below('@'),
            _ => false,
        }
}
