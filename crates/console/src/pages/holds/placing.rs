//! Placing a hold, one question a page: whose mail, which of it, why.

use jiff::civil::Date;
use matters::hold::{Covers, Hold, Opening};
use matters::id::PersonId;
use minijinja::{Value, context};

use super::{covers_in_words, places};
use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::people_named::{exactly, name_of};
use crate::questions::{Check, Questions, opened};
use crate::visit::{Answer, Visit};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;
/// Longest address, in characters.
const LONGEST_ADDRESS: usize = 254;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Who,
    Which,
    What,
    Reason,
}

impl Questions for Question {
    const FLOW: &'static str = "holds";
    const ALL: &'static [Self] = &[Self::Who, Self::Which, Self::What, Self::Reason];

    fn name(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::Which => "which",
            Self::What => "what",
            Self::Reason => "reason",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Who => "Whose mail has to be kept?",
            Self::Which => "How much of it has to be kept?",
            Self::What => "Which of it has to be kept?",
            Self::Reason => "Why does it have to be kept?",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Who => &["who"],
            Self::Which => &["which"],
            Self::What => &[
                "address",
                "from-day",
                "from-month",
                "from-year",
                "until-day",
                "until-month",
                "until-year",
            ],
            Self::Reason => &["reason"],
        }
    }

    fn of_field(field: &str) -> Option<Self> {
        ["until", "with"].contains(&field).then_some(Self::What)
    }

    fn is_asked(self, _: &Visit, so_far: &Form) -> bool {
        self != Self::What || so_far.raw("which") == PART
    }

    fn read(self, visit: &Visit, form: &mut Form) {
        match self {
            Self::Who => drop(who(visit, form)),
            Self::Which => drop(is_part(form)),
            Self::What => drop(covers(form)),
            Self::Reason => drop(reason(form)),
        }
    }

    fn show(self, visit: &Visit, draft: Option<&str>, form: &Form) -> Answer {
        let values = context! {
            draft,
            title => self.title(),
            question => self.name(),
            longest => LONGEST,
        };
        visit.show_form("holds/question.html", form, values)
    }

    fn may_begin(visit: &Visit) -> Result<(), Failure> {
        places(visit).then_some(()).ok_or(Failure::NotYours)
    }

    fn after(_: &str, visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let placed = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
        let check = Check {
            title: "Check your answers",
            rows: rows(visit, draft, &placed),
            note: "The person is not told. It stands until you, or another holder of your post, say \
                   that it is no longer needed and that is agreed.",
            send: "Place the hold",
            ..Check::default()
        };
        check.show(visit, draft)
    }

    async fn send(visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let placed = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
        let act = visit.act_on(&rows(visit, draft, &placed));
        let act = act.because(placed.reason);
        let store = &visit.console.store;
        let came = store.open_matter::<Hold>(placed.opening, &act).await;
        opened::<Self, _>(visit, draft, form, came, "").await
    }
}

/// What is answered where only a part has to be kept.
const PART: &str = "part";

/// What was answered, read whole.
struct Placed {
    opening: Opening,
    reason: String,
}

fn who(visit: &Visit, form: &mut Form) -> Option<PersonId> {
    let missing = "Enter a user name, a staff number or a council email address";
    let typed = form.text("who", &Text::required(missing));
    let image = visit.image();
    let found = exactly(&image, &typed).filter(|person| person.id != visit.viewer.person);
    if found.is_none() && !typed.is_empty() {
        let problem = "There is nobody else by this name, number or address";
        form.error("who", problem);
    }
    found.map(|person| person.id.clone())
}

/// Whether only a part of it has to be kept.
fn is_part(form: &mut Form) -> Option<bool> {
    let find = |one: &str| match one {
        "all" => Some(false),
        PART => Some(true),
        _ => None,
    };
    form.choice("which", find, "Select how much of it has to be kept")
}

fn covers(form: &mut Form) -> Option<Covers> {
    let with = form.text("address", &Text::optional().longest(LONGEST_ADDRESS));
    let is_name = |text: &str| !text.contains(char::is_whitespace) && text.contains('.');
    if !with.is_empty() && !is_name(&with) {
        let problem = "Enter an address like name@example.org, or what stands behind its @";
        form.error("address", problem);
    }
    let from: Option<Date> = form.date("from", &Day::optional("The first day"));
    let mut last = Day::optional("The last day");
    if let Some(from) = from {
        last = last.not_before(from);
    }
    let until = form.date("until", &last);
    if with.is_empty() && from.is_none() && until.is_none() && form.is_good() {
        form.error(
            "address",
            "Enter an address or a day, or go back and keep all of it",
        );
    }
    form.is_good().then(|| Covers {
        with: Some(with).filter(|with| !with.is_empty()),
        from,
        until,
    })
}

fn reason(form: &mut Form) -> String {
    let missing = "Enter why it has to be kept";
    form.text("reason", &Text::required(missing).longest(LONGEST).lines())
}

fn read(visit: &Visit, form: &mut Form) -> Option<Placed> {
    places(visit).then_some(())?;
    let person = who(visit, form);
    let covers = match is_part(form)? {
        true => covers(form),
        false => Some(Covers::default()),
    };
    let reason = reason(form);
    form.is_good().then_some(())?;
    let opening = Opening {
        person: person?,
        covers: covers?,
    };
    Some(Placed { opening, reason })
}

fn rows(visit: &Visit, draft: &str, placed: &Placed) -> Vec<Value> {
    let name = name_of(&visit.image(), &placed.opening.person);
    let covers = &placed.opening.covers;
    let what = match *covers == Covers::default() {
        true => Question::Which,
        false => Question::What,
    };
    let covers = covers_in_words(covers).join("; ");
    vec![
        Question::Who.row(visit, draft, name),
        what.row(visit, draft, covers),
        Question::Reason.row(visit, draft, placed.reason.clone()),
    ]
}
