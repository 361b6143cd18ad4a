//! The questions, one a page. After each answer the first question that is still open is asked; when
//! none is, the answers are shown to be checked. So a changed answer leads to whatever it opens anew.

use axum::extract::Path;
use matters::permission::{Opening, Permission};
use minijinja::{Value, context};

use super::reading::{self, Question};
use crate::failure::Failure;
use crate::form::Form;
use crate::visit::{Answer, Visit};

/// The name drafts of this form go by.
pub(super) const FLOW: &str = "ask-for-something";

pub(super) async fn begin(visit: Visit) -> Answer {
    show(&visit, None, Question::Kind, &Form::default())
}

pub(super) async fn chosen(visit: Visit, mut form: Form) -> Answer {
    visit.may("ask-permission", &visit.viewer.person)?;
    if reading::read(&visit, Question::Kind, &mut form).is_none() {
        return show(&visit, None, Question::Kind, &form);
    }
    let draft = visit.begin_draft(FLOW)?;
    visit.keep(&draft, FLOW, &form, Question::Kind.fields())?;
    on(&visit, &draft)
}

pub(super) async fn ask(visit: Visit, Path((draft, question)): Path<(String, String)>) -> Answer {
    let form = visit.draft(&draft, FLOW)?;
    match Question::named(&question) {
        Some(question) => show(&visit, Some(&draft), question, &form),
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
    let question = Question::named(&question).ok_or(Failure::NotFound)?;
    // What a question takes may depend on the kind that was chosen.
    form.also(visit.draft(&draft, FLOW)?);
    if reading::read(&visit, question, &mut form).is_none() {
        return show(&visit, Some(&draft), question, &form);
    }
    visit.keep(&draft, FLOW, &form, question.fields())?;
    on(&visit, &draft)
}

/// On to the first question that is open, or to the check.
fn on(visit: &Visit, draft: &str) -> Answer {
    let mut form = visit.draft(draft, FLOW)?;
    let open = reading::first_open(visit, &mut form);
    let next = open.map_or("check", Question::name);
    visit.to(&format!("/new/{draft}/{next}"))
}

fn show(visit: &Visit, draft: Option<&str>, question: Question, form: &Form) -> Answer {
    let kind = reading::kind(visit, form.raw("kind"));
    let values = context! {
        draft,
        title => question.title(),
        question => question.name(),
        kinds => Value::from_iter(reading::offered(visit).map(|(label, kind)| context! {
            value => label.clone(),
            text => kind.title.clone(),
        })),
        scope => kind.and_then(|kind| kind.scope).map(reading::scope_words),
        longest_days => kind.map(|kind| kind.longest_days),
        working_days => kind.and_then(|kind| kind.retrospective_working_days),
    };
    visit.show_form("ask-for-something/question.html", form, values)
}

fn check(visit: &Visit, draft: &str, mut form: Form) -> Answer {
    if reading::first_open(visit, &mut form).is_some() {
        return on(visit, draft);
    }
    let rows = reading::rows(visit, draft, &form);
    let values = context! { title => "Check your answers", draft, rows };
    visit.show("ask-for-something/check.html", values)
}

async fn send(visit: &Visit, draft: &str) -> Answer {
    let mut form = visit.draft(draft, FLOW)?;
    let (Some(kind), None) = (
        reading::kind_label(visit, &form),
        reading::first_open(visit, &mut form),
    ) else {
        return on(visit, draft);
    };
    let opening = Opening {
        person: visit.viewer.person.clone(),
        scope: reading::kind(visit, &kind)
            .and_then(|kind| kind.scope)
            .map_or_else(Vec::new, |_| reading::scope(&mut form)),
        why: form.raw("why").trim().to_owned(),
        when: reading::when(visit, &mut form).ok_or(Failure::NotOurForm)?,
        kind,
    };
    visit.may("ask-permission", &opening.person)?;
    let act = visit.act_on(&reading::rows(visit, draft, &form));
    let opened = visit
        .console
        .store
        .open_matter::<Permission>(opening, &act)
        .await;
    match opened {
        Ok(kept) => {
            visit.console.drafts.finish(draft);
            visit.to(&format!("/{}/sent", kept.id))
        }
        Err(error) => {
            // What only the process knows (a day too far off) goes back to its question.
            form.refused(error.into())?;
            let at_fault = Question::ALL.into_iter().find(|question| {
                let fields = question.fields();
                form.errors()
                    .iter()
                    .any(|error| fields.contains(&error.field.as_str()))
            });
            let question = at_fault.unwrap_or(Question::Why);
            show(visit, Some(draft), question, &form)
        }
    }
}
