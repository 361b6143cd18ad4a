//! Setting a limit, one question a page: whose, which services, until when, why.

use std::collections::BTreeSet;

use axum::extract::Path;
use jiff::civil::Date;
use matters::id::PersonId;
use matters::withdrawal::{Kind, Opening, Withdrawal};
use minijinja::{Value, context};

use super::{LIMITS, PAGE, services};
use crate::deciding::withdrawal::named;
use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::people_named::{exactly, name_of};
use crate::visit::{Answer, Visit};
use crate::words::{day_in_words, list_in_words};

/// The name drafts of this form go by.
const FLOW: &str = "service-limits";

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Who,
    Services,
    Until,
    Reason,
}

impl Question {
    const ALL: [Self; 4] = [Self::Who, Self::Services, Self::Until, Self::Reason];

    fn name(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::Services => "services",
            Self::Until => "until",
            Self::Reason => "reason",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|question| question.name() == name)
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

    /// The question a refusal of the process belongs to.
    fn of_error(form: &Form) -> Self {
        let field = form.errors().first().map(|error| error.field.as_str());
        match field {
            Some("service") => Self::Services,
            field => field.and_then(Self::named).unwrap_or(Self::Until),
        }
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

fn is_answered(visit: &Visit, question: Question, form: &mut Form) -> bool {
    match question {
        Question::Who => drop(who(visit, form)),
        Question::Services => drop(chosen_services(visit, form)),
        Question::Until => drop(until(visit, form)),
        Question::Reason => drop(reason(form)),
    }
    form.is_good()
}

pub(super) async fn begin(visit: Visit) -> Answer {
    show(&visit, None, Question::Who, &Form::default())
}

pub(super) async fn chosen(visit: Visit, mut form: Form) -> Answer {
    if who(&visit, &mut form).is_none() {
        return show(&visit, None, Question::Who, &form);
    }
    let draft = visit.begin_draft(FLOW)?;
    visit.keep(&draft, FLOW, &form, Question::Who.fields())?;
    on(&visit, &draft)
}

pub(super) async fn ask(visit: Visit, Path((draft, page)): Path<(String, String)>) -> Answer {
    let mut form = visit.draft(&draft, FLOW)?;
    if let Some(question) = Question::named(&page) {
        return show(&visit, Some(&draft), question, &form);
    }
    let limit = read(&visit, &mut form);
    match (page.as_str(), limit) {
        ("warning" | "check", None) => on(&visit, &draft),
        ("warning", Some(limit)) => warn(&visit, &draft, &limit),
        ("check", Some(limit)) => check(&visit, &draft, &limit),
        _ => Err(Failure::NotFound),
    }
}

pub(super) async fn answer(
    visit: Visit,
    Path((draft, page)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    if page == "check" {
        return send(&visit, &draft).await;
    }
    let question = Question::named(&page).ok_or(Failure::NotFound)?;
    visit.draft(&draft, FLOW)?;
    if !is_answered(&visit, question, &mut form) {
        return show(&visit, Some(&draft), question, &form);
    }
    visit.keep(&draft, FLOW, &form, question.fields())?;
    on(&visit, &draft)
}

/// To the first question that has no good answer, or to what has to be known before going on.
fn on(visit: &Visit, draft: &str) -> Answer {
    let form = visit.draft(draft, FLOW)?;
    let mut all = Question::ALL.into_iter();
    let open = all.find(|question| !is_answered(visit, *question, &mut form.clone()));
    let next = open.map_or("warning", Question::name);
    visit.to(&format!("/new/{draft}/{next}"))
}

fn show(visit: &Visit, draft: Option<&str>, question: Question, form: &Form) -> Answer {
    let values = context! {
        draft,
        title => question.title(),
        question => question.name(),
        services => services(visit),
        longest => LONGEST,
    };
    visit.show_form("service-limits/question.html", form, values)
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
    let row = |question: Question, value: String| {
        let href = format!("{}/new/{draft}/{}", PAGE.path, question.name());
        context! { key => question.title(), value, href }
    };
    vec![
        row(Question::Who, name_of(&visit.image(), &limit.person)),
        row(Question::Services, in_words(visit, limit)),
        row(Question::Until, day_in_words(limit.until)),
        row(Question::Reason, limit.reason.clone()),
    ]
}

fn check(visit: &Visit, draft: &str, limit: &Limit) -> Answer {
    let values = context! {
        title => "Check the limit",
        draft,
        rows => rows(visit, draft, limit),
    };
    visit.show("service-limits/check.html", values)
}

async fn send(visit: &Visit, draft: &str) -> Answer {
    let mut form = visit.draft(draft, FLOW)?;
    let Some(limit) = read(visit, &mut form) else {
        return on(visit, draft);
    };
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
    match store.open_matter::<Withdrawal>(opening, &act).await {
        Ok(kept) => {
            visit.console.drafts.finish(draft);
            visit.to(&format!("/{}/set", kept.id))
        }
        Err(error) => {
            form.refused(error.into())?;
            let question = Question::of_error(&form);
            show(visit, Some(draft), question, &form)
        }
    }
}
