//! The order, one question a page: whose mailbox, to whom, until when, why.

use std::collections::BTreeSet;

use axum::extract::Path;
use jiff::civil::Date;
use matters::delegation::{Basis, Delegation, Opening, Right, When};
use matters::id::PersonId;
use minijinja::{Value, context};

use super::{OPENS, PAGE};
use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::people_named::{exactly, name_of};
use crate::visit::{Answer, Visit};
use crate::words::day_in_words;

/// The name drafts of this form go by.
const FLOW: &str = "absent-mailboxes";

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Owner,
    Delegate,
    Until,
    Why,
}

impl Question {
    const ALL: [Self; 4] = [Self::Owner, Self::Delegate, Self::Until, Self::Why];

    fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Delegate => "delegate",
            Self::Until => "until",
            Self::Why => "why",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|question| question.name() == name)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Owner => "Whose mailbox has to be opened?",
            Self::Delegate => "Who is to read it?",
            Self::Until => "What is the last day it is needed?",
            Self::Why => "Why can it not wait until they can be asked?",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Owner => &["owner"],
            Self::Delegate => &["delegate"],
            Self::Until => &["until-day", "until-month", "until-year"],
            Self::Why => &["why"],
        }
    }

    /// The question a refusal of the process belongs to.
    fn of_error(form: &Form) -> Self {
        let field = form.errors().first().map(|error| error.field.as_str());
        field.and_then(Self::named).unwrap_or(Self::Until)
    }
}

/// What was answered, read whole.
struct Order {
    owner: PersonId,
    delegate: PersonId,
    until: Date,
    why: String,
}

fn owner(visit: &Visit, form: &mut Form) -> Option<PersonId> {
    let missing = "Enter the owner’s user name, staff number or council email address";
    let typed = form.text("owner", &Text::required(missing));
    let image = visit.image();
    let owner = exactly(&image, &typed).filter(|owner| visit.allows(OPENS, &owner.id));
    let audiences = &visit.console.people.delegation.audiences;
    match owner {
        _ if typed.is_empty() => None,
        None => {
            let problem =
                "There is nobody by this name, number or address whose mailbox you can open";
            form.error("owner", problem);
            None
        }
        Some(owner) if !audiences.contains(&owner.audience) => {
            form.error(
                "owner",
                "The policy does not let this person’s mailbox be opened",
            );
            None
        }
        Some(owner) => Some(owner.id.clone()),
    }
}

fn delegate(visit: &Visit, form: &mut Form) -> Option<PersonId> {
    let missing =
        "Enter the user name, staff number or council email address of whoever is to read it";
    let typed = form.text("delegate", &Text::required(missing));
    let image = visit.image();
    let delegate = exactly(&image, &typed);
    let audiences = &visit.console.people.delegation.audiences;
    let problem = match delegate {
        _ if typed.is_empty() => return None,
        None => {
            "Nobody is known by this. Enter their user name, staff number or council email address"
        }
        Some(one) if one.id == visit.viewer.person => {
            "You cannot open it to yourself: name somebody else"
        }
        Some(one) if !audiences.contains(&one.audience) => {
            "The policy does not let this person read somebody else’s mailbox"
        }
        Some(one) => return Some(one.id.clone()),
    };
    form.error("delegate", problem);
    None
}

fn until(visit: &Visit, form: &mut Form) -> Option<Date> {
    let day = Day::required("The last day").not_before(visit.today());
    form.date("until", &day)
}

fn why(form: &mut Form) -> String {
    let missing = "Enter why it cannot wait";
    form.text("why", &Text::required(missing).longest(LONGEST).lines())
}

fn read(visit: &Visit, form: &mut Form) -> Option<Order> {
    let (owner, delegate) = (owner(visit, form), delegate(visit, form));
    let (until, why) = (until(visit, form), why(form));
    form.is_good().then_some(())?;
    Some(Order {
        owner: owner?,
        delegate: delegate?,
        until: until?,
        why,
    })
}

fn is_answered(visit: &Visit, question: Question, form: &mut Form) -> bool {
    match question {
        Question::Owner => drop(owner(visit, form)),
        Question::Delegate => drop(delegate(visit, form)),
        Question::Until => drop(until(visit, form)),
        Question::Why => drop(why(form)),
    }
    form.is_good()
}

pub(super) async fn begin(visit: Visit) -> Answer {
    show(&visit, None, Question::Owner, &Form::default())
}

pub(super) async fn chosen(visit: Visit, mut form: Form) -> Answer {
    if owner(&visit, &mut form).is_none() {
        return show(&visit, None, Question::Owner, &form);
    }
    let draft = visit.begin_draft(FLOW)?;
    visit.keep(&draft, FLOW, &form, Question::Owner.fields())?;
    on(&visit, &draft)
}

pub(super) async fn ask(visit: Visit, Path((draft, page)): Path<(String, String)>) -> Answer {
    let mut form = visit.draft(&draft, FLOW)?;
    if let Some(question) = Question::named(&page) {
        return show(&visit, Some(&draft), question, &form);
    }
    let order = read(&visit, &mut form);
    match (page.as_str(), order) {
        ("warning" | "check", None) => on(&visit, &draft),
        ("warning", Some(order)) => warn(&visit, &draft, &order),
        ("check", Some(order)) => check(&visit, &draft, &order),
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
        longest_days => visit.console.people.delegation.continuity_days,
        longest => LONGEST,
    };
    visit.show_form("absent-mailboxes/question.html", form, values)
}

fn warn(visit: &Visit, draft: &str, order: &Order) -> Answer {
    let image = visit.image();
    let values = context! {
        title => "Before you go on",
        draft,
        owner => name_of(&image, &order.owner),
        delegate => name_of(&image, &order.delegate),
        until => day_in_words(order.until),
    };
    visit.show("absent-mailboxes/warning.html", values)
}

fn rows(visit: &Visit, draft: &str, order: &Order) -> Vec<Value> {
    let image = visit.image();
    let row = |question: Question, value: String| {
        let href = format!("{}/new/{draft}/{}", PAGE.path, question.name());
        context! { key => question.title(), value, href }
    };
    vec![
        row(Question::Owner, name_of(&image, &order.owner)),
        row(Question::Delegate, name_of(&image, &order.delegate)),
        row(Question::Until, day_in_words(order.until)),
        row(Question::Why, order.why.clone()),
    ]
}

fn check(visit: &Visit, draft: &str, order: &Order) -> Answer {
    let values = context! {
        title => "Check what you order",
        draft,
        rows => rows(visit, draft, order),
    };
    visit.show("absent-mailboxes/check.html", values)
}

async fn send(visit: &Visit, draft: &str) -> Answer {
    let mut form = visit.draft(draft, FLOW)?;
    let Some(order) = read(visit, &mut form) else {
        return on(visit, draft);
    };
    visit.may(OPENS, &order.owner)?;
    let act = visit.act_on(&rows(visit, draft, &order));
    let opening = Opening {
        owner: order.owner,
        delegate: order.delegate,
        rights: BTreeSet::from([Right::Read]),
        basis: Basis::Continuity,
        why: order.why.clone(),
        when: When::Between {
            from: visit.at,
            until: visit.end_of(order.until).ok_or(Failure::NotOurForm)?,
        },
    };
    let act = act.because(order.why);
    let store = &visit.console.store;
    match store.open_matter::<Delegation>(opening, &act).await {
        Ok(kept) => {
            visit.console.drafts.finish(draft);
            visit.to(&format!("/{}/opened", kept.id))
        }
        Err(error) => {
            form.refused(error.into())?;
            let question = Question::of_error(&form);
            show(visit, Some(draft), question, &form)
        }
    }
}
