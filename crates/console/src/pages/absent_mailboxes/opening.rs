//! The order, one question a page: whose mailbox, to whom, until when, why.

use std::collections::BTreeSet;

use jiff::civil::Date;
use matters::delegation::{Basis, Delegation, Opening, Right, When};
use matters::id::PersonId;
use minijinja::{Value, context};

use super::OPENS;
use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::people_named::{exactly, name_of};
use crate::questions::{CHECK, Check, Questions, opened};
use crate::visit::{Answer, Visit};
use crate::words::day_in_words;

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Owner,
    Delegate,
    Until,
    Why,
}

impl Questions for Question {
    const FLOW: &'static str = "absent-mailboxes";
    const ALL: &'static [Self] = &[Self::Owner, Self::Delegate, Self::Until, Self::Why];
    const AFTER: &'static [&'static str] = &["warning", CHECK];

    fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Delegate => "delegate",
            Self::Until => "until",
            Self::Why => "why",
        }
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

    fn read(self, visit: &Visit, form: &mut Form) {
        match self {
            Self::Owner => drop(owner(visit, form)),
            Self::Delegate => drop(delegate(visit, form)),
            Self::Until => drop(until(visit, form)),
            Self::Why => drop(why(form)),
        }
    }

    fn show(self, visit: &Visit, draft: Option<&str>, form: &Form) -> Answer {
        let values = context! {
            draft,
            title => self.title(),
            question => self.name(),
            longest_days => visit.console.people.delegation.continuity_days,
            longest => LONGEST,
        };
        visit.show_form("absent-mailboxes/question.html", form, values)
    }

    fn after(page: &str, visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let order = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
        match page {
            CHECK => check(visit, draft, &order),
            _ => warn(visit, draft, &order),
        }
    }

    async fn send(visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let order = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
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
        let came = store.open_matter::<Delegation>(opening, &act).await;
        opened::<Self, _>(visit, draft, form, came, "/opened").await
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
    let row = |question: Question, value: String| question.row(visit, draft, value);
    vec![
        row(Question::Owner, name_of(&image, &order.owner)),
        row(Question::Delegate, name_of(&image, &order.delegate)),
        row(Question::Until, day_in_words(order.until)),
        row(Question::Why, order.why.clone()),
    ]
}

fn check(visit: &Visit, draft: &str, order: &Order) -> Answer {
    let check = Check {
        title: "Check what you order",
        rows: rows(visit, draft, order),
        note: "This goes on the record in your name.",
        send: "Open the mailbox",
        is_grave: true,
        ..Check::default()
    };
    check.show(visit, draft)
}
