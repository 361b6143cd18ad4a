//! Setting a limit, one question a page: whose, which services, until when, why.

use std::collections::BTreeSet;

use jiff::civil::Date;
use matters::id::PersonId;
use matters::withdrawal::{Kind, Opening, Withdrawal};
use minijinja::{Value, context};

use super::{LIMITS, services};
use crate::deciding::withdrawal::named;
use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::people_named::{exactly, name_of};
use crate::questions::{CHECK, Check, Questions, opened};
use crate::visit::{Answer, Visit};
use crate::words::{day_in_words, list_in_words};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Who,
    Services,
    Until,
    Reason,
}

impl Questions for Question {
    const FLOW: &'static str = "service-limits";
    const ALL: &'static [Self] = &[Self::Who, Self::Services, Self::Until, Self::Reason];
    const AFTER: &'static [&'static str] = &["warning", CHECK];

    fn name(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::Services => "services",
            Self::Until => "until",
            Self::Reason => "reason",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Who => "Whose service has to be limited?",
            Self::Services => "Which services are to be shut?",
            Self::Until => "What is the last day of the limit?",
            Self::Reason => "What is the network protected from?",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Who => &["who"],
            Self::Services => &["services"],
            Self::Until => &["until-day", "until-month", "until-year"],
            Self::Reason => &["reason"],
        }
    }

    fn of_field(field: &str) -> Option<Self> {
        (field == "service").then_some(Self::Services)
    }

    fn read(self, visit: &Visit, form: &mut Form) {
        match self {
            Self::Who => drop(who(visit, form)),
            Self::Services => drop(chosen_services(visit, form)),
            Self::Until => drop(until(visit, form)),
            Self::Reason => drop(reason(form)),
        }
    }

    fn show(self, visit: &Visit, draft: Option<&str>, form: &Form) -> Answer {
        let values = context! {
            draft,
            title => self.title(),
            question => self.name(),
            services => services(visit),
            longest => LONGEST,
        };
        visit.show_form("service-limits/question.html", form, values)
    }

    fn after(page: &str, visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let limit = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
        match page {
            CHECK => check(visit, draft, &limit),
            _ => warn(visit, draft, &limit),
        }
    }

    async fn send(visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let limit = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
        visit.may(LIMITS, &limit.person)?;
        let act = visit.act_on(&rows(visit, draft, &limit));
        let opening = Opening {
            person: limit.person,
            kind: Kind::NetworkProtection {
                services: limit.services,
            },
            effective_at: visit.at,
            until: Some(visit.end_of(limit.until).ok_or(Failure::NotOurForm)?),
        };
        let act = act.because(limit.reason);
        let store = &visit.console.store;
        let came = store.open_matter::<Withdrawal>(opening, &act).await;
        opened::<Self, _>(visit, draft, form, came, "/set").await
    }
}

/// What was answered, read whole.
struct Limit {
    person: PersonId,
    services: BTreeSet<String>,
    until: Date,
    reason: String,
}

fn who(visit: &Visit, form: &mut Form) -> Option<PersonId> {
    let missing = "Enter a user name, a staff number or a council email address";
    let typed = form.text("who", &Text::required(missing));
    let image = visit.image();
    let found = exactly(&image, &typed).filter(|person| visit.allows(LIMITS, &person.id));
    if found.is_none() && !typed.is_empty() {
        let problem =
            "There is nobody by this name, number or address whose services you can limit";
        form.error("who", problem);
    }
    found.map(|person| person.id.clone())
}

fn chosen_services(visit: &Visit, form: &mut Form) -> BTreeSet<String> {
    let known = &visit.console.people.services;
    let find = |one: &str| known.get_key_value(one).map(|(service, _)| service.clone());
    let chosen = form.choices("services", find, "Choose at least one service");
    chosen.into_iter().collect()
}

fn until(visit: &Visit, form: &mut Form) -> Option<Date> {
    let day = Day::required("The last day").not_before(visit.today());
    form.date("until", &day)
}

fn reason(form: &mut Form) -> String {
    let missing = "Enter what the network is protected from";
    form.text("reason", &Text::required(missing).longest(LONGEST).lines())
}

fn read(visit: &Visit, form: &mut Form) -> Option<Limit> {
    let person = who(visit, form);
    let services = chosen_services(visit, form);
    let (until, reason) = (until(visit, form), reason(form));
    form.is_good().then_some(())?;
    Some(Limit {
        person: person?,
        services,
        until: until?,
        reason,
    })
}

/// Services in words: `Email and Internet`.
fn in_words(visit: &Visit, limit: &Limit) -> String {
    list_in_words(&named(&limit.services, &visit.image().world()))
}

fn warn(visit: &Visit, draft: &str, limit: &Limit) -> Answer {
    let values = context! {
        title => "Before you go on",
        draft,
        name => name_of(&visit.image(), &limit.person),
        services => in_words(visit, limit),
        until => day_in_words(limit.until),
    };
    visit.show("service-limits/warning.html", values)
}

fn rows(visit: &Visit, draft: &str, limit: &Limit) -> Vec<Value> {
    let row = |question: Question, value: String| question.row(visit, draft, value);
    vec![
        row(Question::Who, name_of(&visit.image(), &limit.person)),
        row(Question::Services, in_words(visit, limit)),
        row(Question::Until, day_in_words(limit.until)),
        row(Question::Reason, limit.reason.clone()),
    ]
}

fn check(visit: &Visit, draft: &str, limit: &Limit) -> Answer {
    let check = Check {
        title: "Check the limit",
        rows: rows(visit, draft, limit),
        note: "This goes on the record in your name.",
        send: "Set the limit",
        is_grave: true,
        ..Check::default()
    };
    check.show(visit, draft)
}
