//! Asking for a mailbox, one question a page.

use axum::extract::Path;
use matters::id::{PersonId, UnitId};
use matters::mailbox::{GenericMailbox, Opening};
use minijinja::{Value, context};

use super::PAGE;
use crate::duty::Duty;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::people_named::{exactly, name_of};
use crate::visit::{Answer, Visit};

/// The name drafts of this form go by.
const FLOW: &str = "generic-mailboxes";

/// Longest text, in characters: a purpose, or a line for each administrator.
const LONGEST: usize = 2_000;

/// The questions in their order, each with its field of the same name.
const QUESTIONS: &[(&str, &str)] = &[
    ("address", "Which address should it have?"),
    ("purpose", "Which council business does it serve?"),
    (
        "unit",
        "Which directorate, service or team does it belong to?",
    ),
    ("manager", "Who answers for it?"),
    ("administrators", "Who administers it?"),
];

fn title(question: &str) -> Option<&'static str> {
    let known = QUESTIONS.iter().find(|(name, _)| *name == question);
    known.map(|(_, title)| *title)
}

pub(super) async fn begin(visit: Visit) -> Answer {
    if !visit.viewer.duties.contains(&Duty::RequestsMailboxes) {
        return Err(Failure::NotYours);
    }
    let draft = visit.begin_draft(FLOW)?;
    visit.to(&format!("/new/{draft}/address"))
}

pub(super) async fn ask(visit: Visit, Path((draft, question)): Path<(String, String)>) -> Answer {
    let form = visit.draft(&draft, FLOW)?;
    match title(&question) {
        Some(_) => show(&visit, &draft, &question, &form),
        None if question == "check" => check(&visit, &draft, form),
        None => Err(Failure::NotFound),
    }
}

pub(super) async fn answer(
    visit: Visit,
    Path((draft, question)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    if question == "check" {
        return send(&visit, &draft).await;
    }
    let known = QUESTIONS.iter().find(|(name, _)| *name == question);
    let (question, _) = known.ok_or(Failure::NotFound)?;
    form.also(visit.draft(&draft, FLOW)?);
    if !read(&visit, question, &mut form) {
        return show(&visit, &draft, question, &form);
    }
    visit.keep(&draft, FLOW, &form, &[*question])?;
    on(&visit, &draft)
}

fn on(visit: &Visit, draft: &str) -> Answer {
    let mut form = visit.draft(draft, FLOW)?;
    let next = first_open(visit, &mut form).unwrap_or("check");
    visit.to(&format!("/new/{draft}/{next}"))
}

fn first_open(visit: &Visit, form: &mut Form) -> Option<&'static str> {
    let names = QUESTIONS.iter().map(|(name, _)| *name);
    let mut open = names.filter(|name| !read(visit, name, form));
    open.next()
}

fn read(visit: &Visit, question: &str, form: &mut Form) -> bool {
    match question {
        "address" => drop(mailbox_address(form)),
        "purpose" => drop(purpose(form)),
        "unit" => drop(unit(visit, form)),
        "manager" => drop(manager(visit, form)),
        _ => drop(administrators(visit, form)),
    }
    form.is_good()
}

fn mailbox_address(form: &mut Form) -> String {
    let text = Text::required("Enter the address").longest(254).address();
    form.text("address", &text)
}

fn purpose(form: &mut Form) -> String {
    let text = Text::required("Enter what it is for");
    form.text("purpose", &text.longest(LONGEST).lines())
}

fn unit(visit: &Visit, form: &mut Form) -> Option<UnitId> {
    let image = visit.image();
    let find = |id: &str| image.people().unit(&id.into()).map(|unit| unit.id.clone());
    form.choice("unit", find, "Select a directorate, service or team")
}

fn manager(visit: &Visit, form: &mut Form) -> Option<PersonId> {
    let typed = form.text(
        "manager",
        &Text::required("Enter an account, a number or an address"),
    );
    let found = exactly(&visit.image(), &typed).map(|person| person.id.clone());
    if found.is_none() {
        form.error(
            "manager",
            "Nobody, or more than one person, is known by this",
        );
    }
    found
}

fn administrators(visit: &Visit, form: &mut Form) -> Vec<PersonId> {
    let missing = "Enter who administers it, one on each line";
    let typed = form.text(
        "administrators",
        &Text::required(missing).longest(LONGEST).lines(),
    );
    let image = visit.image();
    let mut all = Vec::new();
    for line in typed.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match exactly(&image, line) {
            Some(person) => all.push(person.id.clone()),
            None => {
                let problem = format!("Nobody, or more than one person, is known as “{line}”");
                form.error("administrators", problem);
            }
        }
    }
    all
}

fn show(visit: &Visit, draft: &str, question: &str, form: &Form) -> Answer {
    let image = visit.image();
    let mut units: Vec<_> = image.people().units().collect();
    units.sort_by_key(|unit| &unit.name);
    let units = units
        .into_iter()
        .map(|unit| context! { value => unit.id.as_str(), text => unit.name.clone() });
    let values = context! {
        title => title(question),
        question,
        draft,
        units => units.collect::<Vec<Value>>(),
        fewest => visit.console.people.mailboxes.min_administrators,
    };
    visit.show_form("generic-mailboxes/question.html", form, values)
}

fn rows(visit: &Visit, draft: &str, form: &Form) -> Vec<Value> {
    let (image, mut form) = (visit.image(), form.clone());
    let row = |(question, title): &(&'static str, &'static str)| {
        let value = match *question {
            "unit" => unit(visit, &mut form)
                .and_then(|id| image.people().unit(&id).map(|unit| unit.name.clone())),
            "manager" => manager(visit, &mut form).map(|id| name_of(&image, &id)),
            "administrators" => {
                let all = administrators(visit, &mut form);
                let names: Vec<_> = all.iter().map(|id| name_of(&image, id)).collect();
                Some(crate::words::list_in_words(&names))
            }
            other => Some(form.raw(other).trim().to_owned()),
        };
        context! {
            key => *title,
            value,
            href => format!("{}/new/{draft}/{question}", PAGE.path),
            what => format!("the answer to “{title}”"),
        }
    };
    QUESTIONS.iter().map(row).collect()
}

fn check(visit: &Visit, draft: &str, mut form: Form) -> Answer {
    if first_open(visit, &mut form).is_some() {
        return on(visit, draft);
    }
    let values =
        context! { title => "Check your answers", draft, rows => rows(visit, draft, &form) };
    visit.show("generic-mailboxes/check.html", values)
}

async fn send(visit: &Visit, draft: &str) -> Answer {
    let mut form = visit.draft(draft, FLOW)?;
    if first_open(visit, &mut form).is_some() {
        return on(visit, draft);
    }
    let opening = Opening {
        address: mailbox_address(&mut form),
        purpose: purpose(&mut form),
        manager: manager(visit, &mut form).ok_or(Failure::NotOurForm)?,
        administrators: administrators(visit, &mut form),
        unit: unit(visit, &mut form).ok_or(Failure::NotOurForm)?,
    };
    visit.may("request-mailbox", &opening.manager)?;
    let act = visit.act_on(&rows(visit, draft, &form));
    let store = &visit.console.store;
    match store.open_matter::<GenericMailbox>(opening, &act).await {
        Ok(kept) => {
            visit.console.drafts.finish(draft);
            visit.to(&format!("/{}", kept.id))
        }
        Err(error) => {
            // What only the process knows goes back to its question.
            form.refused(error.into())?;
            let errors = form.errors();
            let at_fault = |(name, _): &&(&str, &str)| errors.iter().any(|one| one.field == *name);
            let question = QUESTIONS.iter().find(at_fault);
            show(
                visit,
                draft,
                question.map_or("address", |(name, _)| name),
                &form,
            )
        }
    }
}
