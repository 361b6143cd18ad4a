//! Asking for a mailbox, one question a page.

use matters::id::{PersonId, UnitId};
use matters::mailbox::{GenericMailbox, Opening};
use minijinja::{Value, context};

use crate::duty::Duty;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::people_named::{exactly, name_of, unit_choices};
use crate::questions::{Check, Questions, opened};
use crate::visit::{Answer, Visit};
use crate::words::list_in_words;

/// Longest text, in characters: a purpose, or a line for each administrator.
const LONGEST: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Address,
    Purpose,
    Unit,
    Manager,
    Administrators,
}

impl Questions for Question {
    const FLOW: &'static str = "generic-mailboxes";
    const ALL: &'static [Self] = &[
        Self::Address,
        Self::Purpose,
        Self::Unit,
        Self::Manager,
        Self::Administrators,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Purpose => "purpose",
            Self::Unit => "unit",
            Self::Manager => "manager",
            Self::Administrators => "administrators",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Address => "Which address should it have?",
            Self::Purpose => "Which council business does it serve?",
            Self::Unit => "Which directorate, service or team does it belong to?",
            Self::Manager => "Who answers for it?",
            Self::Administrators => "Who administers it?",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Address => &["address"],
            Self::Purpose => &["purpose"],
            Self::Unit => &["unit"],
            Self::Manager => &["manager"],
            Self::Administrators => &["administrators"],
        }
    }

    fn read(self, visit: &Visit, form: &mut Form) {
        match self {
            Self::Address => drop(mailbox_address(form)),
            Self::Purpose => drop(purpose(form)),
            Self::Unit => drop(unit(visit, form)),
            Self::Manager => drop(manager(visit, form)),
            Self::Administrators => drop(administrators(visit, form)),
        }
    }

    fn show(self, visit: &Visit, draft: Option<&str>, form: &Form) -> Answer {
        let values = context! {
            title => self.title(),
            question => self.name(),
            draft,
            units => unit_choices(&visit.image()),
            fewest => visit.console.people.mailboxes.min_administrators,
        };
        visit.show_form("generic-mailboxes/question.html", form, values)
    }

    fn may_begin(visit: &Visit) -> Result<(), Failure> {
        let duties = &visit.viewer.duties;
        let asks = duties.contains(&Duty::RequestsMailboxes);
        asks.then_some(()).ok_or(Failure::NotYours)
    }

    fn after(_: &str, visit: &Visit, draft: &str, form: Form) -> Answer {
        let check = Check {
            title: "Check your answers",
            rows: rows(visit, draft, &form),
            note: "The service desk checks it. Each administrator is asked to agree.",
            send: "Ask for it",
            ..Check::default()
        };
        check.show(visit, draft)
    }

    async fn send(visit: &Visit, draft: &str, mut form: Form) -> Answer {
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
        let came = store.open_matter::<GenericMailbox>(opening, &act).await;
        opened::<Self, _>(visit, draft, form, came, "").await
    }
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

fn rows(visit: &Visit, draft: &str, form: &Form) -> Vec<Value> {
    let (image, mut form) = (visit.image(), form.clone());
    let row = |question: &Question| {
        let value = match question {
            Question::Address | Question::Purpose => {
                Some(form.raw(question.name()).trim().to_owned())
            }
            Question::Unit => unit(visit, &mut form)
                .and_then(|id| image.people().unit(&id).map(|unit| unit.name.clone())),
            Question::Manager => manager(visit, &mut form).map(|id| name_of(&image, &id)),
            Question::Administrators => {
                let all = administrators(visit, &mut form);
                let names: Vec<_> = all.iter().map(|id| name_of(&image, id)).collect();
                Some(list_in_words(&names))
            }
        };
        question.row(visit, draft, value)
    };
    Question::ALL.iter().map(row).collect()
}
