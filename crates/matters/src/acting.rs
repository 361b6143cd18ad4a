//! Who may take a step, where that does not depend on a post.

use jiff::Timestamp;

use crate::event::Act;
use crate::id::PersonId;
use crate::machine::Refused;

/// The person who acts, where neither a feed nor time can.
pub(crate) fn person(act: &Act) -> Result<&PersonId, Refused> {
    act.actor.person().ok_or_else(|| Refused::Rule {
        problem: "only a person can do this, neither a feed nor the passing of time".to_owned(),
        clauses: Vec::new(),
    })
}

/// Refuses everybody but one person.
pub(crate) fn only(act: &Act, who: &PersonId) -> Result<(), Refused> {
    match act.actor.person() {
        Some(actor) if actor == who => Ok(()),
        _ => Err(Refused::OnlyBy(who.clone())),
    }
}

/// Refuses people: this follows from something else that was recorded.
pub(crate) fn by_itself(act: &Act) -> Result<(), Refused> {
    match act.actor.person() {
        None => Ok(()),
        Some(_) => Err(Refused::Rule {
            problem: "this happens by itself; nobody has to do it".to_owned(),
            clauses: Vec::new(),
        }),
    }
}

/// Refuses a step of time's own that is not the next one, or whose moment has not come.
pub(crate) fn on_time<S: PartialEq>(
    act: &Act,
    step: &S,
    due: Option<(Timestamp, S)>,
) -> Result<(), Refused> {
    by_itself(act)?;
    match due {
        Some((when, next)) if next == *step && when <= act.at => Ok(()),
        _ => Err(Refused::Rule {
            problem: "the moment for this has not come, or has passed".to_owned(),
            clauses: Vec::new(),
        }),
    }
}
