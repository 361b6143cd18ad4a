//! The second reading: each person's rows become a change, or nothing, or are set aside.

use std::collections::HashMap;

use matters::id::PersonId;

use crate::plan::Plan;
use crate::plan::known::Known;
use crate::plan::merge::Merge;
use crate::plan::survey::Survey;
use crate::plan::units::Units;
use crate::quarantine::Quarantined;
use crate::stated::{Stated, Who};

/// Rows one person may have in a feed: posts and spells.
const MOST_ROWS: u32 = 16;

/// Goes through a feed and plans.
#[derive(Debug)]
pub struct Planner<'a> {
    known: &'a Known<'a>,
    survey: &'a Survey<'a>,
    units: Units,
    claims: Claims,
    waiting: HashMap<PersonId, Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    seen: u32,
    rows: Vec<Stated>,
}

/// Whose a sign-in name or address is; nobody shares one.
#[derive(Debug, Default)]
pub(super) struct Claims(HashMap<String, PersonId>);

impl Claims {
    /// Takes it for a person, or says whose it is.
    pub(super) fn claim(&mut self, name: &str, person: &PersonId) -> Result<(), PersonId> {
        let holder = self
            .0
            .entry(name.to_lowercase())
            .or_insert_with(|| person.clone());
        if holder == person {
            Ok(())
        } else {
            Err(holder.clone())
        }
    }

    /// Lets go of a name an account no longer has.
    pub(super) fn release(&mut self, name: &str, person: &PersonId) {
        let name = name.to_lowercase();
        if self.0.get(&name) == Some(person) {
            self.0.remove(&name);
        }
    }
}

impl<'a> Planner<'a> {
    /// Begins, when the survey is closed.
    pub fn new(known: &'a Known<'a>, survey: &'a Survey<'a>) -> Self {
        let mut claims = Claims::default();
        for person in known.people.all() {
            for name in person.accounts.iter().chain(&person.addresses) {
                // Two who share a name already are for people to sort out.
                let _shared = claims.claim(name, &person.id);
            }
        }
        Self {
            known,
            survey,
            units: Units::of(known.people),
            claims,
            waiting: HashMap::new(),
        }
    }

    /// Plans what a row says, or keeps it until the person's other rows have come.
    pub fn take(&mut self, stated: Stated, plan: &mut Plan) {
        let person = self.known.subject(&stated);
        let about = stated.who.to_string();
        if self.survey.is_held(&person) {
            let reason = "waits, as another row about the same person cannot be read";
            let hint = "put the other row right and import again";
            let held = Quarantined::row(stated.row, "row", reason, hint);
            return plan.quarantined.push(held.about(about));
        }
        let rows = self.survey.rows(&person);
        if rows > MOST_ROWS {
            let reason = format!("is one of {rows} about the same person");
            let hint = "check the employee number";
            let many = Quarantined::row(stated.row, "row", reason, hint);
            return plan.quarantined.push(many.about(about));
        }
        if rows <= 1 {
            return self.merge(person, &[stated], plan);
        }
        let waiting = self.waiting.entry(person.clone()).or_default();
        waiting.seen += 1;
        let same = |row: &Stated| {
            Stated {
                row: stated.row,
                ..row.clone()
            } == stated
        };
        match waiting.rows.iter().any(same) {
            true => plan.repeated += 1,
            false => waiting.rows.push(stated),
        }
        if waiting.seen == rows
            && let Some(all) = self.waiting.remove(&person)
        {
            self.merge(person, &all.rows, plan);
        }
    }

    fn merge(&mut self, person: PersonId, rows: &[Stated], plan: &mut Plan) {
        let mut merge = Merge {
            known: self.known,
            survey: self.survey,
            units: &mut self.units,
            claims: &mut self.claims,
            plan,
        };
        match merge.person(person, rows) {
            Ok(Some(change)) => plan.changes.push(change),
            Ok(None) => plan.unchanged += 1,
            // All of a person's rows are set aside together.
            Err(aside) => plan.quarantined.extend(rows.iter().map(|row| Quarantined {
                row: row.row,
                about: Some(row.who.to_string()),
                ..aside.clone()
            })),
        }
    }
}

/// Plans a whole feed that fits into memory: a page of a directory, one SCIM resource, a test.
pub fn plan(known: &Known<'_>, feed: Vec<Result<Stated, Quarantined>>) -> Plan {
    let mut survey = Survey::new(known);
    for row in &feed {
        match row {
            Ok(stated) => survey.note(stated),
            Err(broken) => survey.note_broken(broken),
        }
    }
    survey.close();
    let mut planner = Planner::new(known, &survey);
    let mut plan = Plan::default();
    for row in feed {
        match row {
            Ok(stated) => planner.take(stated, &mut plan),
            Err(broken) => plan.quarantined.push(broken),
        }
    }
    plan
}

/// The one known as, for messages.
pub(super) fn said(who: &Who) -> String {
    crate::cell::clipped(&who.to_string())
}
