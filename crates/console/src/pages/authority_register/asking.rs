//! From the first question over *check answers* to the record.

use axum::extract::Path;
use matters::id::PersonId;
use minijinja::{Value, context};

use super::keeps;
use super::questions::{Answers, Change, Question, rows};
use crate::failure::Failure;
use crate::form::Form;
use crate::people_named::unit_choices;
use crate::questions::Check;
use crate::visit::{Answer, Visit};

/// The name drafts of these forms go by.
const FLOW: &str = "authority-register";

/// The field that says which of the two it is.
const CHANGE: &str = "change";

pub(super) async fn begin(visit: Visit, Path(change): Path<String>) -> Answer {
    let change = Change::named(&change).ok_or(Failure::NotFound)?;
    if !keeps(&visit) {
        return Err(Failure::NotYours);
    }
    let form = Form::with([(CHANGE, change.name().to_owned())]);
    let draft = visit.begin_draft(FLOW, &form, &[CHANGE]).await?;
    visit.to(&format!("/new/{draft}/post"))
}

async fn of_draft(visit: &Visit, draft: &str) -> Result<(Form, Change), Failure> {
    let form = visit.draft(draft, FLOW).await?;
    let change = Change::named(form.raw(CHANGE)).ok_or(Failure::DraftGone)?;
    Ok((form, change))
}

pub(super) async fn ask(visit: Visit, Path((draft, question)): Path<(String, String)>) -> Answer {
    let (form, change) = of_draft(&visit, &draft).await?;
    match Question::named(&question) {
        Some(question) => show(&visit, &draft, change, question, &form),
        None if question == "check" => check(&visit, &draft, change, form),
        None => Err(Failure::NotFound),
    }
}

pub(super) async fn answer(
    visit: Visit,
    Path((draft, question)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let (earlier, change) = of_draft(&visit, &draft).await?;
    if question == "check" {
        return record(&visit, &draft, change, earlier).await;
    }
    let question = Question::named(&question).ok_or(Failure::NotFound)?;
    form.also(earlier);
    if !question.read(&visit, change, &mut form) {
        return show(&visit, &draft, change, question, &form);
    }
    let form = visit.keep(&draft, FLOW, &form, question.fields()).await?;
    on(&visit, &draft, change, form)
}

/// The first question without a good answer. One that may be left empty counts as answered once it
/// was shown, so it is asked after the others.
fn first_open(visit: &Visit, change: Change, form: &mut Form) -> Option<Question> {
    let asked = Question::asked(visit, change, form);
    let unseen = |question: &Question, form: &Form| {
        let mut fields = question.fields().iter();
        fields.all(|field| form.all(field).is_empty())
    };
    asked
        .into_iter()
        .find(|question| unseen(question, form) || !question.read(visit, change, form))
}

fn on(visit: &Visit, draft: &str, change: Change, mut form: Form) -> Answer {
    let open = first_open(visit, change, &mut form);
    let next = open.map_or("check", Question::name);
    visit.to(&format!("/new/{draft}/{next}"))
}

fn show(visit: &Visit, draft: &str, change: Change, question: Question, form: &Form) -> Answer {
    let posts = visit.console.people.posts.iter();
    let posts = posts.map(|(value, post)| context! { value, text => post.title.clone() });
    let values = context! {
        title => question.title(change),
        question => question.name(),
        change => change.name(),
        draft,
        posts => posts.collect::<Vec<Value>>(),
        units => unit_choices(&visit.image()),
    };
    visit.show_form("authority-register/question.html", form, values)
}

fn check(visit: &Visit, draft: &str, change: Change, mut form: Form) -> Answer {
    if first_open(visit, change, &mut form).is_some() {
        return on(visit, draft, change, form);
    }
    let check = Check {
        title: "Check your answers",
        rows: rows(visit, change, draft, &form),
        note: "This goes on the record in your name. Whatever is decided by this authority names it.",
        send: match change {
            Change::Appoint => "Record the appointment",
            Change::Delegate => "Record the delegation",
        },
        ..Check::default()
    };
    check.show(visit, draft)
}

/// Giving on one's own post is everybody's own to do; anything else is for whoever keeps the
/// register, about whoever gets the authority.
fn may(visit: &Visit, by: Option<&PersonId>, who: &PersonId) -> Result<(), Failure> {
    match by {
        Some(by) if *by == visit.viewer.person => visit.may("delegate-own-post", by),
        _ => visit.may("change-authority", who),
    }
}

async fn record(visit: &Visit, draft: &str, change: Change, mut form: Form) -> Answer {
    if first_open(visit, change, &mut form).is_some() {
        return on(visit, draft, change, form);
    }
    let Some(answers) = Answers::read(visit, change, &mut form) else {
        return on(visit, draft, change, form);
    };
    may(visit, answers.by.as_ref(), &answers.who)?;
    if answers.by.as_ref() == Some(&answers.who) {
        form.error("who", "Name somebody other than whoever gives it");
        return show(visit, draft, change, Question::Who, &form);
    }
    if !answers.giver_holds_it(visit) {
        form.error("by", "They do not hold this post on the first day");
        return show(visit, draft, change, Question::By, &form);
    }
    let act = visit.act_on(&rows(visit, change, draft, &form));
    let store = &visit.console.store;
    match change {
        Change::Appoint => store.appoint(answers.holding(), &act).await?,
        Change::Delegate => {
            let given = answers.delegated().ok_or(Failure::NotOurForm)?;
            store.delegate(given, &act).await?;
        }
    }
    visit.finish(draft, FLOW).await;
    visit.to(&format!("/done/{}", change.name()))
}
