//! Whether the policy is followed, clause by clause, for the council as a whole: what each led to at the
//! gates, and which processes began under it. A clause that led to nothing is shown with noughts.

use crate::closed::{ClosedMonth, Figure};
use crate::entry::Outcome;
use crate::facet::Facet;
use crate::report::{Purpose, Report, Row, Table, Value};
use crate::usage::volume;

/// A clause, as the pack has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// In full: `walsall-7.2.3`.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// Makes it of a month and every clause of the pack, in its order.
pub fn report(month: &ClosedMonth, clauses: &[Clause]) -> Report {
    let outcomes = [Outcome::Warn, Outcome::Hold, Outcome::Refuse];
    let processes = ["incident", "withdrawal", "member-misuse"];
    let row = |clause: &Clause| {
        let by_gates = outcomes.map(|outcome| Facet::Clause {
            clause: clause.id.clone(),
            outcome,
        });
        let by_people = processes.map(|process| Facet::Case {
            clause: clause.id.clone(),
            process: process.to_owned(),
        });
        let facets = by_gates.iter().chain(&by_people);
        Row {
            name: format!("{} {}", clause.id, clause.title),
            values: facets
                .map(|facet| value(month.figure(None, facet)))
                .collect(),
        }
    };
    Report {
        title: format!("How the policy is followed, {}", month.month().in_words()),
        purpose: Purpose::Compliance,
        unit: None,
        month: month.month(),
        notes: vec![
            "Each clause stands here, also where nothing came of it.".to_owned(),
            "Where a number would tell of fewer than five people it says `some`: it happened, and how often \
             is not told."
                .to_owned(),
            "What was permitted, or reported by the person themselves within a day, is not counted."
                .to_owned(),
        ],
        tables: vec![Table {
            caption: "What clauses led to".to_owned(),
            columns: [
                "Clause",
                "Warned",
                "Held",
                "Refused",
                "Incidents reported",
                "Services withdrawn",
                "Members' misuse",
            ]
            .map(str::to_owned)
            .into(),
            rows: clauses.iter().map(row).collect(),
            chart: None,
        }],
    }
}

fn value(figure: Figure) -> Value {
    match figure {
        Figure::NotTold => Value::Words("some".to_owned()),
        told => volume(told, |volume| Value::Count(volume.count)),
    }
}
