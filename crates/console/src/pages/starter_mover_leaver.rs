//! *Starter, mover, leaver*: what somebody's manager, Human Resources or a senior officer say of them,
//! one question a page.
//!
//! A starter's services are asked for on their behalf. A mover's access is confirmed anew where they
//! work now; nothing is copied from a colleague. A leaver, or whoever has services withdrawn, is
//! without them from a minute on. Whoever asks for services themselves answers the starter's questions
//! on a page of its own ([`super::ask_for_a_service`]).

mod acts;
mod answers;
mod questions;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use minijinja::{Value, context};

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::Form;
use crate::visit::{Answer, Visit, of};

use answers::Answers;
use questions::{Change, Question};

pub(super) const PAGE: Page = Page {
    action: "starter-mover-leaver",
    path: "/starter-mover-leaver",
    title: "Starter, mover, leaver",
    group: Group::Team,
    routes,
};

/// The name of these drafts.
const FLOW: &str = "starter-mover-leaver";

fn routes() -> Router<Console> {
    questions_in_turn().route("/", get(begin).post(begun))
}

/// Everything after the draft was begun, for any page that begins one.
pub(super) fn questions_in_turn() -> Router<Console> {
    Router::new()
        .route("/{draft}/check", get(check).post(send))
        .route("/{draft}/warning", get(warn))
        .route("/{draft}/done", get(done))
        .route("/{draft}/{question}", get(ask).post(answer))
}

async fn begin(visit: Visit) -> Answer {
    first(&visit, &Form::default())
}

fn first(visit: &Visit, form: &Form) -> Answer {
    visit.show_form("starter-mover-leaver/begin.html", form, context! {})
}

async fn begun(visit: Visit, mut form: Form) -> Answer {
    let change = form.choice("change", Change::of_others, "Choose what has happened");
    if change.is_none() {
        return first(&visit, &form);
    }
    let draft = visit.begin_draft(FLOW, &form, &["change"]).await?;
    visit.to(&format!("/{draft}/who"))
}

/// A request of whoever asks for themselves.
pub(super) async fn begun_for_oneself(visit: Visit, _: Form) -> Answer {
    let form = Form::with([("change", Change::Own.name().to_owned())]);
    let draft = visit.begin_draft(FLOW, &form, &["change"]).await?;
    visit.to(&format!("/{draft}/services"))
}

/// A draft whose change is known, if it was begun on this page.
async fn opened(visit: &Visit, draft: &str) -> Result<(Form, Change), Failure> {
    let kept = visit.draft(draft, FLOW).await?;
    let change = Change::named(kept.raw("change")).ok_or(Failure::DraftGone)?;
    let is_own = visit.page.path != PAGE.path;
    if is_own != (change == Change::Own) {
        return Err(Failure::DraftGone);
    }
    Ok((kept, change))
}

async fn ask(visit: Visit, Path((draft, question)): Path<(String, String)>) -> Answer {
    let (kept, change) = opened(&visit, &draft).await?;
    let question = Question::named(&question).ok_or(Failure::NotFound)?;
    let mut answers = Answers::default();
    if let Some(missing) = answers.read_before(question, &kept, change, &visit) {
        return visit.to(&format!("/{draft}/{}", missing.name()));
    }
    let form = answers.begin(question, &kept, &visit);
    page(&visit, &draft, change, question, &answers, &form)
}

fn page(
    visit: &Visit,
    draft: &str,
    change: Change,
    question: Question,
    answers: &Answers,
    form: &Form,
) -> Answer {
    let questions = change.questions(answers, visit);
    let place = questions
        .iter()
        .position(|one| *one == question)
        .ok_or(Failure::NotFound)?;
    let before = place
        .checked_sub(1)
        .and_then(|before| questions.get(before));
    let own = context! {
        title => question.title(change),
        question => question.name(),
        back => before.map_or(visit.page.path.to_owned(), |before| at(visit, draft, before.name())),
    };
    let choices = answers.choices(question, visit);
    let template = "starter-mover-leaver/question.html";
    visit.show_form(template, form, context! { ..own, ..choices })
}

fn at(visit: &Visit, draft: &str, page: &str) -> String {
    format!("{}/{draft}/{page}", visit.page.path)
}

async fn answer(
    visit: Visit,
    Path((draft, question)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let (kept, change) = opened(&visit, &draft).await?;
    let question = Question::named(&question).ok_or(Failure::NotFound)?;
    let mut answers = Answers::default();
    if let Some(missing) = answers.read_before(question, &kept, change, &visit) {
        return visit.to(&format!("/{draft}/{}", missing.name()));
    }
    answers.read(question, &mut form, change, &visit);
    if !form.is_good() {
        return page(&visit, &draft, change, question, &answers, &form);
    }
    let seen = question.seen();
    form.forget(&[&seen]);
    form.also(Form::with([(seen.as_str(), "yes".to_owned())]));
    let fields = [question.fields(), &[&seen]].concat();
    let kept = visit.keep(&draft, FLOW, &form, &fields).await?;
    let next = match Answers::whole(&kept, change, &visit) {
        Err(missing) => missing.name(),
        Ok(_) if change.warns() => "warning",
        Ok(_) => "check",
    };
    visit.to(&format!("/{draft}/{next}"))
}

async fn warn(visit: Visit, Path(draft): Path<String>) -> Answer {
    let (kept, change) = opened(&visit, &draft).await?;
    let answers = match Answers::whole(&kept, change, &visit) {
        Ok(answers) if change.warns() => answers,
        Ok(_) => return visit.to(&format!("/{draft}/check")),
        Err(missing) => return visit.to(&format!("/{draft}/{}", missing.name())),
    };
    let values = context! {
        title => "Before you go on",
        name => answers.name_of_person(),
        from => answers.moment_in_full(&visit),
        leaving => answers.is_leaving(),
        on => at(&visit, &draft, "check"),
        back => at(&visit, &draft, "reason"),
    };
    visit.show("starter-mover-leaver/warning.html", values)
}

async fn check(visit: Visit, Path(draft): Path<String>) -> Answer {
    let (kept, change) = opened(&visit, &draft).await?;
    match Answers::whole(&kept, change, &visit) {
        Ok(answers) => checked(&visit, &draft, change, &answers, &Form::default()),
        Err(missing) => visit.to(&format!("/{draft}/{}", missing.name())),
    }
}

fn checked(visit: &Visit, draft: &str, change: Change, answers: &Answers, form: &Form) -> Answer {
    let questions = change.questions(answers, visit);
    let back = if change.warns() {
        "warning"
    } else {
        questions.last().map_or("who", |one| one.name())
    };
    let values = context! {
        title => "Check your answers",
        rows => rows(visit, draft, change, answers),
        back => at(visit, draft, back),
        change => change.name(),
        changes_record => answers.changes_record(change, visit),
    };
    visit.show_form("starter-mover-leaver/check.html", form, values)
}

fn rows(visit: &Visit, draft: &str, change: Change, answers: &Answers) -> Vec<Value> {
    let questions = change.questions(answers, visit);
    let rows = questions.iter().map(|question| {
        context! {
            key => question.key(),
            value => answers.in_words(*question, visit),
            href => at(visit, draft, question.name()),
        }
    });
    rows.collect()
}

async fn send(visit: Visit, Path(draft): Path<String>, mut form: Form) -> Answer {
    let (kept, change) = opened(&visit, &draft).await?;
    if !kept.raw("sent").is_empty() && kept.raw("whole") == "yes" {
        return visit.to(&format!("/{draft}/done"));
    }
    let answers = match Answers::whole(&kept, change, &visit) {
        Ok(answers) => answers,
        Err(missing) => return visit.to(&format!("/{draft}/{}", missing.name())),
    };
    let act = visit.act_on(&rows(&visit, &draft, change, &answers));
    let sent = acts::carry_out(&visit, &draft, change, &answers, act).await;
    if let Err(failure) = sent {
        form.refused(failure)?;
        return checked(&visit, &draft, change, &answers, &form);
    }
    visit.to(&format!("/{draft}/done"))
}

async fn done(visit: Visit, Path(draft): Path<String>) -> Answer {
    let (kept, change) = opened(&visit, &draft).await?;
    if kept.raw("whole") != "yes" {
        return visit.to(&format!("/{draft}/check"));
    }
    let sent: Vec<_> = kept.all("sent").to_vec();
    let values = context! {
        title => change.done(),
        change => change.name(),
        references => of(sent),
        name => kept.raw("called"),
    };
    visit.show("starter-mover-leaver/done.html", values)
}
