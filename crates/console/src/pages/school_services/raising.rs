//! Raising a concern, or withdrawing at once, one question a page: which school, which services, whether
//! it can wait, why.

use std::collections::BTreeSet;

use matters::id::UnitId;
use matters::school_services::{Opening, SchoolServices, schools};
use minijinja::{Value, context};

use super::{name, withdraws};
use crate::deciding::withdrawal::named;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::questions::{CHECK, Check, Questions, opened};
use crate::visit::{Answer, Visit};
use crate::words::list_in_words;

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    School,
    Services,
    When,
    Reason,
}

impl Questions for Question {
    const FLOW: &'static str = "school-services";
    const ALL: &'static [Self] = &[Self::School, Self::Services, Self::When, Self::Reason];
    const AFTER: &'static [&'static str] = &["warning", CHECK];

    fn name(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Services => "services",
            Self::When => "when",
            Self::Reason => "reason",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::School => "Which school is it about?",
            Self::Services => "Which services does it misuse?",
            Self::When => "Can it wait until the governors have been heard?",
            Self::Reason => "What happened?",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::School => &["school"],
            Self::Services => &["services"],
            Self::When => &["when"],
            Self::Reason => &["reason"],
        }
    }

    fn of_field(field: &str) -> Option<Self> {
        (field == "service").then_some(Self::Services)
    }

    fn read(self, visit: &Visit, form: &mut Form) {
        match self {
            Self::School => drop(school(visit, form)),
            Self::Services => drop(services(visit, form)),
            Self::When => drop(at_once(form)),
            Self::Reason => drop(reason(form)),
        }
    }

    fn show(self, visit: &Visit, draft: Option<&str>, form: &Form) -> Answer {
        let known = visit.console.people.services.iter();
        let services = known.map(|(value, text)| context! { value, text });
        let values = context! {
            draft,
            title => self.title(),
            question => self.name(),
            schools => choices(visit),
            services => services.collect::<Vec<_>>(),
            longest => LONGEST,
        };
        visit.show_form("school-services/question.html", form, values)
    }

    fn may_begin(visit: &Visit) -> Result<(), Failure> {
        withdraws(visit).then_some(()).ok_or(Failure::NotYours)
    }

    fn after(page: &str, visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let raised = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
        match page {
            CHECK => check(visit, draft, &raised),
            _ => warn(visit, draft, &raised),
        }
    }

    async fn send(visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let raised = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
        let act = visit.act_on(&rows(visit, draft, &raised));
        let act = act.because(raised.reason);
        let store = &visit.console.store;
        let came = store
            .open_matter::<SchoolServices>(raised.opening, &act)
            .await;
        opened::<Self, _>(visit, draft, form, came, "").await
    }
}

/// What was answered, read whole.
struct Raised {
    opening: Opening,
    reason: String,
}

fn choices(visit: &Visit) -> Vec<Value> {
    let image = visit.image();
    let schools = schools(&image.world(), visit.at).into_iter();
    let mut schools: Vec<_> = schools.map(|id| (name(visit, &id), id)).collect();
    schools.sort();
    let choice = |(text, id): (String, UnitId)| context! { value => id.as_str(), text };
    schools.into_iter().map(choice).collect()
}

fn school(visit: &Visit, form: &mut Form) -> Option<UnitId> {
    let image = visit.image();
    let schools = schools(&image.world(), visit.at);
    let find = |one: &str| schools.get(&UnitId::from(one)).cloned();
    form.choice("school", find, "Select a school")
}

fn services(visit: &Visit, form: &mut Form) -> BTreeSet<String> {
    let known = &visit.console.people.services;
    let find = |one: &str| known.get_key_value(one).map(|(service, _)| service.clone());
    let chosen = form.choices("services", find, "Choose at least one service");
    chosen.into_iter().collect()
}

fn at_once(form: &mut Form) -> Option<bool> {
    let find = |one: &str| match one {
        "heard" => Some(false),
        "at-once" => Some(true),
        _ => None,
    };
    form.choice("when", find, "Select whether it can wait")
}

fn reason(form: &mut Form) -> String {
    let missing = "Enter what happened";
    form.text("reason", &Text::required(missing).longest(LONGEST).lines())
}

fn read(visit: &Visit, form: &mut Form) -> Option<Raised> {
    withdraws(visit).then_some(())?;
    let (school, services) = (school(visit, form), services(visit, form));
    let (at_once, reason) = (at_once(form), reason(form));
    form.is_good().then_some(())?;
    let opening = Opening {
        school: school?,
        services,
        at_once: at_once?,
    };
    Some(Raised { opening, reason })
}

fn warn(visit: &Visit, draft: &str, raised: &Raised) -> Answer {
    let services = named(&raised.opening.services, &visit.image().world());
    let values = context! {
        title => "Before you go on",
        draft,
        school => name(visit, &raised.opening.school),
        services => list_in_words(&services),
        at_once => raised.opening.at_once,
    };
    visit.show("school-services/warning.html", values)
}

fn rows(visit: &Visit, draft: &str, raised: &Raised) -> Vec<Value> {
    let Opening {
        school,
        services,
        at_once,
    } = &raised.opening;
    let services = named(services, &visit.image().world());
    let when = match at_once {
        true => "No: withdraw at once",
        false => "Yes: tell the governors first",
    };
    vec![
        Question::School.row(visit, draft, name(visit, school)),
        Question::Services.row(visit, draft, list_in_words(&services)),
        Question::When.row(visit, draft, when),
        Question::Reason.row(visit, draft, raised.reason.clone()),
    ]
}

fn check(visit: &Visit, draft: &str, raised: &Raised) -> Answer {
    let at_once = raised.opening.at_once;
    let check = Check {
        title: "Check your answers",
        rows: rows(visit, draft, raised),
        note: "The governors of the school read it. It goes on the record in your name.",
        send: match at_once {
            true => "Withdraw the services",
            false => "Tell the governors",
        },
        is_grave: at_once,
        ..Check::default()
    };
    check.show(visit, draft)
}
