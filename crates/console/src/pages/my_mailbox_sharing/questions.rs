//! A proposal, one question a page.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use matters::delegation::{Basis, Delegation, Opening, Right, When};
use matters::id::PersonId;
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
    Whose,
    With,
    Rights,
    From,
    Until,
    Why,
}

impl Questions for Question {
    const FLOW: &'static str = "my-mailbox-sharing";
    const ALL: &'static [Self] = &[
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

    fn of_field(field: &str) -> Option<Self> {
        ["delegate", "owner"].contains(&field).then_some(Self::With)
    }

    fn read(self, visit: &Visit, form: &mut Form) {
        match self {
            Self::Whose => drop(whose(form)),
            Self::With => drop(with(visit, form)),
            Self::Rights => drop(rights(form)),
            Self::From | Self::Until => drop(day(visit, self, form)),
            Self::Why => drop(why(form)),
        }
    }

    fn show(self, visit: &Visit, draft: Option<&str>, form: &Form) -> Answer {
        let values = context! {
            draft,
            title => self.title(),
            question => self.name(),
            own => form.raw("whose") == "mine",
            longest_days => visit.console.people.delegation.longest_days,
            read => words::right(Right::Read),
            send_on_behalf => words::right(Right::SendOnBehalf),
        };
        visit.show_form("my-mailbox-sharing/question.html", form, values)
    }

    fn may_begin(visit: &Visit) -> Result<(), Failure> {
        visit.may("agree-sharing", &visit.viewer.person)
    }

    fn after(_: &str, visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let proposal = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
        check(visit, draft, &proposal)
    }

    async fn send(visit: &Visit, draft: &str, mut form: Form) -> Answer {
        let proposal = read(visit, &mut form).ok_or(Failure::NotOurForm)?;
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
        let came = store.open_matter::<Delegation>(opening, &act).await;
        opened::<Self, _>(visit, draft, form, came, "/sent").await
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

fn rows(visit: &Visit, draft: &str, proposal: &Proposal) -> Vec<Value> {
    let image = visit.image();
    let row = |question: Question, value: String| question.row(visit, draft, value);
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

fn check(visit: &Visit, draft: &str, proposal: &Proposal) -> Answer {
    let is_approved = !visit.console.people.delegation.approved_by.is_empty();
    let check = Check {
        title: "Check what you propose",
        rows: rows(visit, draft, proposal),
        warning: words::warning(visit, &visit.viewer.person, &proposal.with),
        note: match is_approved {
            true => {
                "By sending this you agree to it. It begins only once the other person has agreed \
                 too, somebody over the owner has approved it and it is set up."
            }
            false => {
                "By sending this you agree to it. It begins only once the other person has agreed \
                 too and it is set up."
            }
        },
        send: "Agree and send",
        ..Check::default()
    };
    check.show(visit, draft)
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
