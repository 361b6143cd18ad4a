//! The questions, one a page. Which are asked depends on what somebody wants to do.

use matters::permission::{Opening, Permission};
use minijinja::{Value, context};

use super::reading;
use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::questions::{Check, Questions, opened};
use crate::visit::{Answer, Visit};
use crate::words::{self, day_in_words, list_in_words};

/// The questions, in the order they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Kind,
    Scope,
    Why,
    Timing,
    Done,
    From,
    Until,
}

impl Questions for Question {
    const FLOW: &'static str = "ask-for-something";
    const ALL: &'static [Self] = &[
        Self::Kind,
        Self::Scope,
        Self::Why,
        Self::Timing,
        Self::Done,
        Self::From,
        Self::Until,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Scope => "scope",
            Self::Why => "why",
            Self::Timing => "timing",
            Self::Done => "done",
            Self::From => "from",
            Self::Until => "until",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Kind => "What do you want to do?",
            Self::Scope => "What is it limited to?",
            Self::Why => "Why do you need it?",
            Self::Timing => "Have you already done it?",
            Self::Done => "When did you do it?",
            Self::From => "From which day do you need it?",
            Self::Until => "What is the last day you need it?",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Kind => &["kind"],
            Self::Scope => &["scope"],
            Self::Why => &["why"],
            Self::Timing => &["timing"],
            Self::Done => &["done-day", "done-month", "done-year"],
            Self::From => &["from-day", "from-month", "from-year"],
            Self::Until => &["until-day", "until-month", "until-year"],
        }
    }

    fn is_asked(self, visit: &Visit, so_far: &Form) -> bool {
        let kind = reading::kind(visit, so_far.raw("kind"));
        let scope = kind.and_then(|kind| kind.scope);
        let may_follow = kind.is_some_and(|kind| kind.retrospective_working_days.is_some());
        let is_done = may_follow && so_far.raw("timing") == "yes";
        match self {
            Self::Kind | Self::Why => true,
            Self::Scope => scope.is_some(),
            Self::Timing => may_follow,
            Self::Done => is_done,
            Self::From | Self::Until => !is_done,
        }
    }

    fn read(self, visit: &Visit, form: &mut Form) {
        match self {
            Self::Kind => {
                let find = |label: &str| reading::kind(visit, label).map(drop);
                form.choice("kind", find, "Select what you want to do");
            }
            Self::Scope => drop(reading::scope(form)),
            Self::Why => {
                let text = Text::required("Enter why you need it");
                form.text("why", &text.longest(2000).lines());
            }
            Self::Timing => {
                let find = |answer: &str| ["yes", "no"].contains(&answer).then_some(());
                form.choice("timing", find, "Select yes if you have already done it");
            }
            Self::Done => {
                let day = Day::required("The day you did it").not_after(visit.today());
                form.date("done", &day);
            }
            Self::From => {
                let day = Day::required("The first day").not_before(visit.today());
                form.date("from", &day);
            }
            Self::Until => {
                let day = Day::required("The last day").not_before(visit.today());
                form.date("until", &day);
            }
        }
    }

    fn show(self, visit: &Visit, draft: Option<&str>, form: &Form) -> Answer {
        let kind = reading::kind(visit, form.raw("kind"));
        let values = context! {
            draft,
            title => self.title(),
            question => self.name(),
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

    fn may_begin(visit: &Visit) -> Result<(), Failure> {
        visit.may("ask-permission", &visit.viewer.person)
    }

    fn after(_: &str, visit: &Visit, draft: &str, form: Form) -> Answer {
        let check = Check {
            title: "Check your answers",
            rows: rows(visit, draft, &form),
            send: "Send",
            ..Check::default()
        };
        check.show(visit, draft)
    }

    async fn send(visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let kind = form.raw("kind").to_owned();
        let opening = Opening {
            person: visit.viewer.person.clone(),
            scope: match Self::Scope.is_asked(visit, &form) {
                true => reading::scope(&mut form),
                false => Vec::new(),
            },
            why: form.raw("why").trim().to_owned(),
            when: reading::when(visit, &mut form).ok_or(Failure::NotOurForm)?,
            kind,
        };
        visit.may("ask-permission", &opening.person)?;
        let act = visit.act_on(&rows(visit, draft, &form));
        let store = &visit.console.store;
        let came = store.open_matter::<Permission>(opening, &act).await;
        opened::<Self, _>(visit, draft, form, came, "/sent").await
    }
}

/// The answers as they are shown to be checked, and as they are put on the record by their hash.
fn rows(visit: &Visit, draft: &str, form: &Form) -> Vec<Value> {
    let asked = Question::ALL
        .iter()
        .filter(|question| question.is_asked(visit, form));
    let row = |question: &Question| {
        let mut form = form.clone();
        let said = match question {
            Question::Kind => words::permission(&visit.console.people, form.raw("kind")),
            Question::Scope => list_in_words(&reading::scope(&mut form)),
            Question::Why => form.raw("why").trim().to_owned(),
            Question::Timing if form.raw("timing") == "yes" => "Yes".to_owned(),
            Question::Timing => "No".to_owned(),
            Question::Done | Question::From | Question::Until => {
                let day = form.date(question.name(), &Day::optional("The day"));
                day.map(day_in_words).unwrap_or_default()
            }
        };
        question.row(visit, draft, said)
    };
    asked.map(row).collect()
}
