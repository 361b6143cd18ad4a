//! A proposal, one question a page.

use std::collections::BTreeSet;

use axum::extract::Path;
use jiff::Timestamp;
use jiff::civil::Date;
use matters::delegation::{Basis, Delegation, Opening, Right, When};
use matters::id::PersonId;
use minijinja::{Value, context};

use super::words;
use crate::failure::Failure;
use crate::form::{Day, Form, Text};
use crate::people_named::{exactly, name_of};
use crate::visit::{Answer, Visit};
use crate::words::day_in_words;

/// The name drafts of this form go by.
const FLOW: &str = "my-mailbox-sharing";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Whose,
    With,
    Rights,
    From,
    Until,
    Why,
}

impl Question {
    const ALL: [Self; 6] = [
        Self::Whose,
        Self::With,
        Self::Rights,
        Self::From,
        Self::Until,
        Self::Why,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Whose => "whose",
            Self::With => "with",
            Self::Rights => "rights",
            Self::From => "from",
            Self::Until => "until",
            Self::Why => "why",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|question| question.name() == name)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Whose => "Whose mailbox is it about?",
            Self::With => "Who is the other person?",
            Self::Rights => "What may be done with it?",
            Self::From => "From which day?",
            Self::Until => "What is the last day?",
            Self::Why => "What is it for?",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Whose => &["whose"],
            Self::With => &["with"],
            Self::Rights => &["rights"],
            Self::From => &["from-day", "from-month", "from-year"],
            Self::Until => &["until-day", "until-month", "until-year"],
            Self::Why => &["why"],
        }
    }

    /// The question a refusal of the process belongs to.
    fn of_error(form: &Form) -> Self {
        let field = form.errors().first().map(|error| error.field.as_str());
        match field {
            Some("delegate" | "owner") => Self::With,
            Some(field) => Self::named(field).unwrap_or(Self::Why),
            None => Self::Why,
        }
    }
}

/// What was answered, read whole.
struct Proposal {
    own: bool,
    with: PersonId,
    rights: BTreeSet<Right>,
    from: Date,
    until: Date,
    why: String,
}

fn whose(form: &mut Form) -> Option<bool> {
    let find = |name: &str| match name {
        "mine" => Some(true),
        "theirs" => Some(false),
        _ => None,
    };
    form.choice("whose", find, "Select whose mailbox it is about")
}

fn with(visit: &Visit, form: &mut Form) -> Option<PersonId> {
    let missing = "Enter the other person’s user name, staff number or council email address";
    let typed = form.text("with", &Text::required(missing));
    let image = visit.image();
    let found = exactly(&image, &typed).map(|person| person.id.clone());
    if found.is_none() && !typed.is_empty() {
        form.error(
            "with",
            "Nobody is known by this. Enter their user name, staff number or council email address",
        );
    } else if found.as_ref() == Some(&visit.viewer.person) {
        form.error("with", "A mailbox is shared with somebody else");
        return None;
    }
    found
}

fn rights(form: &mut Form) -> BTreeSet<Right> {
    let find = |name: &str| match name {
        "read" => Some(Right::Read),
        "send-on-behalf" => Some(Right::SendOnBehalf),
        _ => None,
    };
    let missing = "Select at least one thing that may be done";
    form.choices("rights", find, missing).into_iter().collect()
}

fn day(visit: &Visit, question: Question, form: &mut Form) -> Option<Date> {
    let what = match question {
        Question::From => "The first day",
        _ => "The last day",
    };
    let day = Day::required(what).not_before(visit.today());
    form.date(question.name(), &day)
}

fn why(form: &mut Form) -> String {
    let text = Text::required("Enter what it is for").longest(500).lines();
    form.text("why", &text)
}

fn read(visit: &Visit, form: &mut Form) -> Option<Proposal> {
    let own = whose(form);
    let with = with(visit, form);
    let rights = rights(form);
    let from = day(visit, Question::From, form);
    let until = day(visit, Question::Until, form);
    let why = why(form);
    form.is_good().then_some(())?;
    Some(Proposal {
        own: own?,
        with: with?,
        rights,
        from: from?,
        until: until?,
        why,
    })
}

fn is_answered(visit: &Visit, question: Question, form: &mut Form) -> bool {
    match question {
        Question::Whose => drop(whose(form)),
        Question::With => drop(with(visit, form)),
        Question::Rights => drop(rights(form)),
        Question::From | Question::Until => drop(day(visit, question, form)),
        Question::Why => drop(why(form)),
    }
    form.is_good()
}

pub(super) async fn begin(visit: Visit) -> Answer {
    show(&visit, None, Question::Whose, &Form::default())
}

pub(super) async fn chosen(visit: Visit, mut form: Form) -> Answer {
    visit.may("agree-sharing", &visit.viewer.person)?;
    if whose(&mut form).is_none() {
        return show(&visit, None, Question::Whose, &form);
    }
    let draft = visit.begin_draft(FLOW)?;
    visit.keep(&draft, FLOW, &form, Question::Whose.fields())?;
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
    let so_far = visit.draft(&draft, FLOW)?;
    if !is_answered(&visit, question, &mut form) {
        form.also(so_far);
        return show(&visit, Some(&draft), question, &form);
    }
    visit.keep(&draft, FLOW, &form, question.fields())?;
    on(&visit, &draft)
}

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
        own => form.raw("whose") == "mine",
        longest_days => visit.console.people.delegation.longest_days,
        read => words::right(Right::Read),
        send_on_behalf => words::right(Right::SendOnBehalf),
    };
    visit.show_form("my-mailbox-sharing/question.html", form, values)
}

fn rows(visit: &Visit, draft: &str, proposal: &Proposal) -> Vec<Value> {
    let image = visit.image();
    let row = |question: Question, value: String| {
        let href = format!("{}/new/{draft}/{}", super::PAGE.path, question.name());
        context! { key => question.title(), value, href }
    };
    let whose = match proposal.own {
        true => "Yours",
        false => "Theirs",
    };
    vec![
        row(Question::Whose, whose.to_owned()),
        row(Question::With, name_of(&image, &proposal.with)),
        row(Question::Rights, words::rights(&proposal.rights).join("; ")),
        row(Question::From, day_in_words(proposal.from)),
        row(Question::Until, day_in_words(proposal.until)),
        row(Question::Why, proposal.why.clone()),
    ]
}

fn check(visit: &Visit, draft: &str, mut form: Form) -> Answer {
    let Some(proposal) = read(visit, &mut form) else {
        return on(visit, draft);
    };
    let me = &visit.viewer.person;
    let values = context! {
        title => "Check what you propose",
        draft,
        rows => rows(visit, draft, &proposal),
        warning => words::warning(visit, me, &proposal.with),
        is_approved => !visit.console.people.delegation.approved_by.is_empty(),
    };
    visit.show("my-mailbox-sharing/check.html", values)
}

/// From the first moment of the first day to the last of the last.
fn when(visit: &Visit, proposal: &Proposal) -> Option<When> {
    let begin = |day: Date| -> Option<Timestamp> {
        let at = day.to_zoned(visit.console.zone.clone()).ok()?;
        Some(at.timestamp())
    };
    Some(When::Between {
        from: begin(proposal.from)?,
        until: begin(proposal.until.tomorrow().ok()?)?,
    })
}

async fn send(visit: &Visit, draft: &str) -> Answer {
    let mut form = visit.draft(draft, FLOW)?;
    let Some(proposal) = read(visit, &mut form) else {
        return on(visit, draft);
    };
    let me = visit.viewer.person.clone();
    visit.may("agree-sharing", &me)?;
    let act = visit.act_on(&rows(visit, draft, &proposal));
    let when = when(visit, &proposal).ok_or(Failure::NotOurForm)?;
    let (owner, delegate) = match proposal.own {
        true => (me, proposal.with),
        false => (proposal.with, me),
    };
    let opening = Opening {
        owner,
        delegate,
        rights: proposal.rights,
        basis: Basis::Agreement,
        why: proposal.why,
        when,
    };
    let store = &visit.console.store;
    match store.open_matter::<Delegation>(opening, &act).await {
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
