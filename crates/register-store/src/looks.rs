//! Looking at a report: nothing changes by it, but who was told what, and who asked and was refused, has to
//! be known later. So each look is an event.

use matters::authority::Authority;
use matters::event::{Act, Event};
use matters::id::{MatterId, PersonId};

use crate::error::StoreError;
use crate::store::Store;

/// The kind of these events.
const REPORT: &str = "report";

/// What somebody asked to look at.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// What the report is for.
    pub purpose: &'a str,
    /// Its month.
    pub month: &'a str,
    /// Its unit; none for the whole council. One the register knows.
    pub unit: Option<&'a str>,
}

impl Look<'_> {
    /// What looks at this report are found by.
    pub fn id(&self) -> MatterId {
        let unit = self.unit.unwrap_or("");
        MatterId::new(format!("report {} {} {unit}", self.purpose, self.month))
    }
}

impl Store {
    /// Puts on the record that somebody asked for a report: that they were shown it, on this authority, or
    /// that they were refused, where there is none.
    pub async fn looked_at(
        &self,
        look: &Look<'_>,
        authority: Option<Authority>,
        clauses: Vec<String>,
        act: &Act,
    ) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        let subject = act.actor.person().cloned();
        let (step, to) = match authority {
            Some(_) => ("read", "shown"),
            None => ("ask", "refused"),
        };
        let event = Event {
            matter: look.id(),
            kind: REPORT.to_owned(),
            subject: subject.unwrap_or_else(|| PersonId::from("")),
            step: step.to_owned(),
            from: None,
            to: to.to_owned(),
            act: act.clone(),
            authority,
            policy_version: change.policy_version(),
            clauses,
        };
        change.record(event, None).await?;
        change.commit().await
    }
}
