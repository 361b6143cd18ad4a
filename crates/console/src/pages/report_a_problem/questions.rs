//! The three questions, one a page: what kind, when, what happened.

use axum::extract::Path;
use jiff::Timestamp;
use matters::id::PersonId;
use matters::incident::{Incident, Kind, Opening};
use minijinja::{Value, context};

use super::words;
use crate::failure::Failure;
use crate::form::{Day, FieldError, Form, Text};
use crate::people_named::{exactly, name_of};
use crate::visit::{Answer, Visit};
use crate::words::day_in_words;

/// The name drafts of this form go by.
const FLOW: &str = "report-a-problem";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Kind,
    When,
    What,
}

impl Question {
    const ALL: [Self; 3] = [Self::Kind, Self::When, Self::What];

    fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::When => "when",
            Self::What => "what",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|question| question.name() == name)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Kind => "What do you want to report?",
            Self::When => "When did it happen?",
            Self::What => "What happened?",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Kind => &["kind"],
            Self::When => &["happened_at-day", "happened_at-month", "happened_at-year"],
            Self::What => &["words", "url", "message_id", "implicated"],
        }
    }

    /// Of the three, the one a field of the process is asked in.
    fn of_error(form: &Form) -> Self {
        let at_fault = |question: &Self| {
            let mut errors = form.errors().iter();
            errors.any(|error| match error.field.as_str() {
                "happened_at" => *question == Self::When,
                field => question.fields().contains(&field),
            })
        };
        let mut all = Self::ALL.into_iter();
        all.find(at_fault).unwrap_or(Self::What)
    }
}

/// What was answered, read whole.
struct Report {
    kind: Kind,
    happened_at: Timestamp,
    words: String,
    url: String,
    message_id: String,
    implicated: Option<PersonId>,
}

fn kind(form: &mut Form) -> Option<Kind> {
    let find = |name: &str| words::KINDS.into_iter().find(|kind| kind.name() == name);
    form.choice("kind", find, "Select what you want to report")
}

/// Today's is at some moment before now; an earlier day's counts from its end.
fn happened_at(visit: &Visit, form: &mut Form) -> Option<Timestamp> {
    let day = Day::required("The day").not_after(visit.today());
    let day = form.date("happened_at", &day)?;
    let end = day.tomorrow().ok()?;
    let end = end.to_zoned(visit.console.zone.clone()).ok()?.timestamp();
    Some(end.min(visit.at))
}

/// Who it is about, by what the directory knows them by.
fn implicated(visit: &Visit, form: &mut Form) -> Option<PersonId> {
    let typed = form.text("implicated", &Text::optional());
    if typed.is_empty() {
        return None;
    }
    let image = visit.image();
    let found = exactly(&image, &typed).map(|person| person.id.clone());
    if found.is_none() {
        form.error(
            "implicated",
            "Nobody is known by this. Enter a user name, staff number or council email address, or \
             leave it empty and say above who it was",
        );
    }
    found
}

/// Reads all answers; what is wrong is left at its field.
fn read(visit: &Visit, form: &mut Form) -> Option<Report> {
    let kind = kind(form);
    let happened_at = happened_at(visit, form);
    let words = form.text(
        "words",
        &Text::required("Enter what happened").longest(2000).lines(),
    );
    let url = form.text("url", &Text::optional().longest(500).address());
    let message_id = form.text("message_id", &Text::optional().address());
    let implicated = implicated(visit, form);
    form.is_good().then_some(())?;
    Some(Report {
        kind: kind?,
        happened_at: happened_at?,
        words,
        url,
        message_id,
        implicated,
    })
}

/// Reads one question.
fn is_answered(visit: &Visit, question: Question, form: &mut Form) -> bool {
    match question {
        Question::Kind => kind(form).is_some(),
        Question::When => happened_at(visit, form).is_some(),
        Question::What => {
            read(visit, form);
            let of_this = |error: &&crate::form::FieldError| {
                question.fields().contains(&error.field.as_str())
            };
            !form.errors().iter().any(|error| of_this(&error))
        }
    }
}

pub(super) async fn begin(visit: Visit) -> Answer {
    show(&visit, None, Question::Kind, &Form::default())
}

pub(super) async fn chosen(visit: Visit, mut form: Form) -> Answer {
    if kind(&mut form).is_none() {
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
    form.also(visit.draft(&draft, FLOW)?);
    if !is_answered(&visit, question, &mut form) {
        let is_own = |error: &FieldError| {
            let mut fields = question.fields().iter();
            fields.any(|field| field.starts_with(error.field.as_str()))
        };
        // What an earlier question is still to be answered for is asked there.
        return match form.errors().iter().all(is_own) {
            true => show(&visit, Some(&draft), question, &form),
            false => on(&visit, &draft),
        };
    }
    visit.keep(&draft, FLOW, &form, question.fields())?;
    on(&visit, &draft)
}

/// On to the first question that is open, or to the check.
fn on(visit: &Visit, draft: &str) -> Answer {
    let form = visit.draft(draft, FLOW)?;
    let mut all = Question::ALL.into_iter();
    let open = all.find(|question| !is_answered(visit, *question, &mut form.clone()));
    let next = open.map_or("check", Question::name);
    visit.to(&format!("/new/{draft}/{next}"))
}

fn show(visit: &Visit, draft: Option<&str>, question: Question, form: &Form) -> Answer {
    let values = context! {
        draft,
        title => question.title(),
        question => question.name(),
        about_somebody => form.raw("kind") == Kind::ReportSomeone.name(),
        kinds => Value::from_iter(words::KINDS.map(|kind| context! {
            value => kind.name(),
            text => words::title(kind),
            hint => words::hint(kind),
        })),
    };
    visit.show_form("report-a-problem/question.html", form, values)
}

fn rows(visit: &Visit, draft: &str, report: &Report) -> Vec<Value> {
    let image = visit.image();
    let day = report.happened_at.to_zoned(visit.console.zone.clone());
    // The end of a day is the first moment of the next.
    let day = match report.happened_at < visit.at {
        true => day.date().yesterday().unwrap_or(day.date()),
        false => day.date(),
    };
    let row = |question: Question, key: &str, value: String| {
        let href = format!("{}/new/{draft}/{}", super::PAGE.path, question.name());
        context! { key, value, href }
    };
    let who = report.implicated.as_ref();
    let who = who.map_or_else(|| "Nobody named".to_owned(), |who| name_of(&image, who));
    let mut rows = vec![
        row(
            Question::Kind,
            "What you report",
            words::title(report.kind).to_owned(),
        ),
        row(Question::When, "When it happened", day_in_words(day)),
        row(Question::What, "What happened", report.words.clone()),
    ];
    if report.kind != Kind::ReportSomeone {
        rows.push(row(Question::What, "Address", report.url.clone()));
        rows.push(row(Question::What, "Message", report.message_id.clone()));
    }
    rows.push(row(Question::What, "Who else is involved", who));
    rows
}

fn check(visit: &Visit, draft: &str, mut form: Form) -> Answer {
    let Some(report) = read(visit, &mut form) else {
        return on(visit, draft);
    };
    let values = context! {
        title => "Check your report",
        draft,
        rows => rows(visit, draft, &report),
        about_somebody => report.kind == Kind::ReportSomeone,
    };
    visit.show("report-a-problem/check.html", values)
}

async fn send(visit: &Visit, draft: &str) -> Answer {
    let mut form = visit.draft(draft, FLOW)?;
    let Some(report) = read(visit, &mut form) else {
        return on(visit, draft);
    };
    visit.may("report-problem", &visit.viewer.person)?;
    let act = visit.act_on(&rows(visit, draft, &report));
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let opening = Opening {
        kind: report.kind,
        words: report.words,
        happened_at: report.happened_at,
        url: given(report.url),
        message_id: given(report.message_id),
        implicated: report.implicated,
        key_sha256: None,
    };
    let store = &visit.console.store;
    match store.open_matter::<Incident>(opening, &act).await {
        Ok(kept) => {
            visit.console.drafts.finish(draft);
            visit.to(&format!("/{}/sent", kept.id))
        }
        Err(error) => {
            form.refused(error.into())?;
            let question = Question::of_error(&form);
            show(visit, Some(draft), question, &form)
        }
    }
}
