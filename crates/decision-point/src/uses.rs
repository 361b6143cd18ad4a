//! Permissions that are good for a number of uses.
//!
//! Such a permission is taken at the moment of use and not before: only where a decision rests on
//! it, that is, where the decision would be stricter without it. If it cannot be taken, because
//! somebody was quicker or the register is away, the activity is considered again without it.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use policy::decision::{Decision, Outcome};
use policy::request::Request;
use register::document::Permission;

use crate::adopted::Adopted;

/// What came of taking one use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is taken, and nobody else can take it.
    Yes,
    /// None is left, or the permission has ended.
    Spent,
    /// Whoever counts cannot be reached: nothing may rest on the permission meanwhile.
    Unknown,
}

/// The answer to come.
pub type Taking<'a> = Pin<Box<dyn Future<Output = Taken> + Send + 'a>>;

/// Whoever counts the uses of permissions.
pub trait Uses: Send + Sync {
    /// Takes one use of a permission for an activity. The same activity asking again, because its
    /// first answer was lost, is given the use it took.
    fn take<'a>(&'a self, reference: &'a str, activity: &'a str, at: Timestamp) -> Taking<'a>;

    /// Permissions a person had at a moment that is over, for this activity: those that have ended since,
    /// or were entered afterwards. Of counted ones those a use of which was taken for it or just then, or
    /// was left. Nothing where that cannot be told now. What the register lists need not be among them.
    fn held_then<'a>(
        &'a self,
        _person: &'a str,
        _activity: &'a str,
        _at: Timestamp,
    ) -> HeldThen<'a> {
        Box::pin(std::future::ready(Some(Vec::new())))
    }
}

/// The answer to come.
pub type HeldThen<'a> = Pin<Box<dyn Future<Output = Option<Vec<Permission>>> + Send + 'a>>;

/// Counts nothing and grants nothing: where there is only a register file, nobody can count.
#[derive(Debug, Clone, Copy, Default)]
pub struct NobodyCounts;

impl Uses for NobodyCounts {
    fn take<'a>(&'a self, _reference: &'a str, _activity: &'a str, _at: Timestamp) -> Taking<'a> {
        Box::pin(std::future::ready(Taken::Unknown))
    }
}

/// References of those counted permissions among the held ones that a decision rests on.
pub(crate) fn rests_on(
    held: &[&Permission],
    request: &Request,
    decision: &Decision,
    adopted: &Adopted,
) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    if decision.outcome >= Outcome::Hold || !held.iter().any(|permission| permission.counted) {
        return needed;
    }
    for counted in held.iter().filter(|permission| permission.counted) {
        let another = held
            .iter()
            .any(|other| !other.counted && other.kind == counted.kind);
        let one_is_enough = held
            .iter()
            .any(|other| other.kind == counted.kind && needed.contains(&other.reference));
        if another || one_is_enough {
            continue;
        }
        let mut without = request.clone();
        without.when.permissions.remove(&counted.kind);
        if adopted.decide(&without).outcome > decision.outcome {
            needed.insert(counted.reference.clone());
        }
    }
    needed
}
