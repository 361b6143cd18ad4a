//! The three questions, one a page: what kind, when, what happened.

use jiff::Timestamp;
use matters::id::PersonId;
use matters::incident::{Incident, Kind, Opening};
use minijinja::{Value, context};

use super::words;
use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::people_named::{exactly, name_of};
use crate::questions::{Check, Questions, opened};
use crate::visit::{Answer, Visit};
use crate::words::day_in_words;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Kind,
    When,
    What,
}

impl Questions for Question {
    const FLOW: &'static str = "report-a-problem";
    const ALL: &'static [Self] = &[Self::Kind, Self::When, Self::What];

    fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::When => "when",
            Self::What => "what",
        }
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

    fn read(self, visit: &Visit, form: &mut Form) {
        match self {
            Self::Kind => drop(kind(form)),
            Self::When => drop(happened_at(visit, form)),
            Self::What => drop(account(visit, form)),
        }
    }

    fn show(self, visit: &Visit, draft: Option<&str>, form: &Form) -> Answer {
        let values = context! {
            draft,
            title => self.title(),
            question => self.name(),
            about_somebody => form.raw("kind") == Kind::ReportSomeone.name(),
            kinds => Value::from_iter(words::KINDS.map(|kind| context! {
                value => kind.name(),
                text => words::title(kind),
                hint => words::hint(kind),
            })),
        };
        visit.show_form("report-a-problem/question.html", form, values)
    }

    fn after(_: &str, visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let report = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
        check(visit, draft, &report)
    }

    async fn send(visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let report = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
        visit.may("report-problem", &visit.viewer.person)?;
        let act = visit.act_on(&rows(visit, draft, &report));
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        let account = report.account;
        let opening = Opening {
            kind: report.kind,
            words: account.words,
            happened_at: report.happened_at,
            url: given(account.url),
            message_id: given(account.message_id),
            implicated: account.implicated,
            key_sha256: None,
        };
        let store = &visit.console.store;
        let came = store.open_matter::<Incident>(opening, &act).await;
        opened::<Self, _>(visit, draft, form, came, "/sent").await
    }
}

/// What was answered, read whole.
struct Report {
    kind: Kind,
    happened_at: Timestamp,
    account: Account,
}

/// What happened, as far as whoever reports it knows.
struct Account {
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

fn account(visit: &Visit, form: &mut Form) -> Account {
    let words = Text::required("Enter what happened");
    Account {
        words: form.text("words", &words.longest(2000).lines()),
        url: form.text("url", &Text::optional().longest(500).address()),
        message_id: form.text("message_id", &Text::optional().address()),
        implicated: implicated(visit, form),
    }
}

fn read(visit: &Visit, form: &mut Form) -> Option<Report> {
    let (kind, happened_at) = (kind(form), happened_at(visit, form));
    let account = account(visit, form);
    form.is_good().then_some(())?;
    Some(Report {
        kind: kind?,
        happened_at: happened_at?,
        account,
    })
}

fn rows(visit: &Visit, draft: &str, report: &Report) -> Vec<Value> {
    let image = visit.image();
    let day = report.happened_at.to_zoned(visit.console.zone.clone());
    // The end of a day is the first moment of the next.
    let day = match report.happened_at < visit.at {
        true => day.date().yesterday().unwrap_or(day.date()),
        false => day.date(),
    };
    let account = &report.account;
    let row =
        |question: Question, key: &str, value: String| question.row_of(key, visit, draft, value);
    let who = account.implicated.as_ref();
    let who = who.map_or_else(|| "Nobody named".to_owned(), |who| name_of(&image, who));
    let mut rows = vec![
        row(
            Question::Kind,
            "What you report",
            words::title(report.kind).to_owned(),
        ),
        row(Question::When, "When it happened", day_in_words(day)),
        row(Question::What, "What happened", account.words.clone()),
    ];
    if report.kind != Kind::ReportSomeone {
        rows.push(row(Question::What, "Address", account.url.clone()));
        rows.push(row(Question::What, "Message", account.message_id.clone()));
    }
    rows.push(row(Question::What, "Who else is involved", who));
    rows
}

fn check(visit: &Visit, draft: &str, report: &Report) -> Answer {
    let check = Check {
        title: "Check your report",
        rows: rows(visit, draft, report),
        note: match report.kind {
            Kind::ReportSomeone => {
                "Only internal audit, and you, will know that there is such a report."
            }
            _ => "",
        },
        send: "Send the report",
        ..Check::default()
    };
    check.show(visit, draft)
}
