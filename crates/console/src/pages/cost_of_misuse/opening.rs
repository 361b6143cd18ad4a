//! Opening the time sheet of a case.

use std::collections::BTreeSet;

use matters::case_time::{CaseTime, Opening};
use minijinja::context;

use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::visit::{Answer, Visit};

/// Longest reference of a case, in characters.
const LONGEST_CASE: usize = 100;
/// Longest list of clauses, in characters.
const LONGEST_CLAUSES: usize = 500;

pub(super) async fn ask(visit: Visit) -> Answer {
    shown(&visit, &Form::default())
}

fn shown(visit: &Visit, form: &Form) -> Answer {
    let example = visit.image();
    let example = example
        .pack()
        .clauses()
        .first()
        .map(|clause| clause.id.to_string());
    let values = context! { title => "Open a time sheet", example };
    visit.show_form("cost-of-misuse/open.html", form, values)
}

pub(super) async fn open(visit: Visit, mut form: Form) -> Answer {
    let Some(opening) = read(&visit, &mut form) else {
        return shown(&visit, &form);
    };
    let store = &visit.console.store;
    let act = visit.act();
    match store.open_matter::<CaseTime>(opening, &act).await {
        Ok(kept) => visit.to(&format!("/{}", kept.id)),
        Err(error) => {
            form.refused(Failure::from(error))?;
            shown(&visit, &form)
        }
    }
}

fn read(visit: &Visit, form: &mut Form) -> Option<Opening> {
    let case = Text::required("Enter the reference or number of the case").longest(LONGEST_CASE);
    let case = form.text("case", &case);
    let began = Day::required("The day the case began").not_after(visit.today());
    let began_on = form.date("began", &began);
    let clauses = form.text("clauses", &Text::optional().longest(LONGEST_CLAUSES));
    let image = visit.image();
    let mut known = BTreeSet::new();
    for clause in clauses
        .split([',', ' '])
        .filter(|clause| !clause.is_empty())
    {
        if image
            .pack()
            .clauses()
            .iter()
            .any(|one| one.id.as_str() == clause)
        {
            known.insert(clause.to_owned());
        } else {
            form.error("clauses", format!("The policy has no clause {clause}"));
        }
    }
    form.is_good().then_some(Opening {
        case,
        began_on: began_on?,
        clauses: known,
    })
}
