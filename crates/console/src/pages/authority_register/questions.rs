//! What is asked for an appointment and for a written delegation, one question a page.

use jiff::Timestamp;
use jiff::civil::Date;
use matters::authority::{Delegated, Holding};
use matters::id::{PersonId, PostId, UnitId};
use minijinja::{Value, context};

use super::{PAGE, post_in_words};
use crate::form::{Day, Form, Text};
use crate::people_named::{exactly, name_of};
use crate::visit::Visit;
use crate::words::day_in_words;

/// What is to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Appoint,
    Delegate,
}

impl Change {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "appoint" => Some(Self::Appoint),
            "delegate" => Some(Self::Delegate),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Appoint => "appoint",
            Self::Delegate => "delegate",
        }
    }
}

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Post,
    Unit,
    By,
    Who,
    Reference,
    From,
    Until,
}

impl Question {
    pub(super) const ALL: [Self; 7] = [
        Self::Post,
        Self::Unit,
        Self::By,
        Self::Who,
        Self::Reference,
        Self::From,
        Self::Until,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Unit => "unit",
            Self::By => "by",
            Self::Who => "who",
            Self::Reference => "reference",
            Self::From => "from",
            Self::Until => "until",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    pub(super) fn title(self, change: Change) -> &'static str {
        match (self, change) {
            (Self::Post, Change::Appoint) => "Which post?",
            (Self::Post, Change::Delegate) => "Which post’s authority?",
            (Self::Unit, _) => "Of which directorate, service or team?",
            (Self::By, _) => "Who gives it?",
            (Self::Who, Change::Appoint) => "Who holds it?",
            (Self::Who, Change::Delegate) => "Who may act?",
            (Self::Reference, _) => "What is the reference of the document?",
            (Self::From, _) => "From which day?",
            (Self::Until, Change::Appoint) => "Until the end of which day?",
            (Self::Until, Change::Delegate) => "What is the last day?",
        }
    }

    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Post => &["post"],
            Self::Unit => &["unit"],
            Self::By => &["by"],
            Self::Who => &["who"],
            Self::Reference => &["reference"],
            Self::From => &["from-day", "from-month", "from-year"],
            Self::Until => &["until-day", "until-month", "until-year"],
        }
    }

    fn is_asked(self, visit: &Visit, change: Change, form: &Form) -> bool {
        match self {
            Self::Unit => {
                let post = visit.console.people.posts.get(form.raw("post"));
                post.is_some_and(|post| post.of_unit)
            }
            Self::By | Self::Reference => change == Change::Delegate,
            _ => true,
        }
    }

    /// Those that are asked, after what was answered before.
    pub(super) fn asked(visit: &Visit, change: Change, form: &Form) -> Vec<Self> {
        let all = Self::ALL.into_iter();
        all.filter(|question| question.is_asked(visit, change, form))
            .collect()
    }

    /// Whether its answer is good; what is wrong stays at its field.
    pub(super) fn read(self, visit: &Visit, change: Change, form: &mut Form) -> bool {
        match self {
            Self::Post => drop(post(visit, form)),
            Self::Unit => drop(unit(visit, form)),
            Self::By => drop(person(visit, "by", form)),
            Self::Who => drop(person(visit, "who", form)),
            Self::Reference => drop(reference(visit, form)),
            Self::From => drop(form.date("from", &first_day(visit))),
            Self::Until => drop(last_day(visit, change, form)),
        }
        form.is_good()
    }
}

fn post(visit: &Visit, form: &mut Form) -> Option<PostId> {
    let posts = &visit.console.people.posts;
    let find = |label: &str| {
        posts
            .get_key_value(label)
            .map(|(label, _)| PostId::from(label.as_str()))
    };
    form.choice("post", find, "Select a post")
}

fn unit(visit: &Visit, form: &mut Form) -> Option<UnitId> {
    let image = visit.image();
    let find = |id: &str| image.people().unit(&id.into()).map(|unit| unit.id.clone());
    form.choice("unit", find, "Select a directorate, service or team")
}

fn person(visit: &Visit, field: &'static str, form: &mut Form) -> Option<PersonId> {
    let text = Text::required("Enter an account, a number or an address");
    let typed = form.text(field, &text);
    let image = visit.image();
    let found = exactly(&image, &typed).map(|person| person.id.clone());
    if found.is_none() && !typed.is_empty() {
        let problem =
            "Nobody, or more than one person, is known by this; look them up in Find a person";
        form.error(field, problem);
    }
    found
}

/// A reference names one document for good: a second with the same would take its place.
fn reference(visit: &Visit, form: &mut Form) -> Option<String> {
    let text = Text::required("Enter the reference of the document").longest(100);
    let typed = form.text("reference", &text);
    let image = visit.image();
    let mut known = image.posts().delegations().iter();
    if known.any(|given| given.reference == typed) {
        form.error(
            "reference",
            "There is a delegation with this reference already",
        );
    }
    form.is_good().then_some(typed)
}

/// Nobody gets authority for a day that has gone: what they did then they did without.
fn first_day(visit: &Visit) -> Day {
    Day::required("The first day").not_before(visit.today())
}

/// A delegation always ends; a post may be held for as long as it lasts.
fn last_day(visit: &Visit, change: Change, form: &mut Form) -> Option<Date> {
    let earliest = form.clone().date("from", &first_day(visit));
    let day = match change {
        Change::Appoint => Day::optional("The last day"),
        Change::Delegate => Day::required("The last day"),
    };
    form.date(
        "until",
        &day.not_before(earliest.unwrap_or_else(|| visit.today())),
    )
}

/// What was answered, read with the same rules as the questions.
pub(super) struct Answers {
    post: PostId,
    unit: Option<UnitId>,
    pub(super) by: Option<PersonId>,
    pub(super) who: PersonId,
    reference: String,
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Answers {
    pub(super) fn read(visit: &Visit, change: Change, form: &mut Form) -> Option<Self> {
        let begin = |day: Date| -> Option<Timestamp> {
            let at = day.to_zoned(visit.console.zone.clone()).ok()?;
            Some(at.timestamp())
        };
        let of_unit = Question::Unit.is_asked(visit, change, form);
        let until = last_day(visit, change, form);
        let given = change == Change::Delegate;
        Some(Self {
            post: post(visit, form)?,
            unit: if of_unit {
                Some(unit(visit, form)?)
            } else {
                None
            },
            by: if given {
                Some(person(visit, "by", form)?)
            } else {
                None
            },
            who: person(visit, "who", form)?,
            reference: if given {
                reference(visit, form)?
            } else {
                String::new()
            },
            // Today begins now: nobody gets authority for what they did this morning.
            from: begin(form.date("from", &first_day(visit))?)?.max(visit.at),
            until: match until {
                Some(day) => Some(begin(day.tomorrow().ok()?)?),
                None => None,
            },
        })
    }

    pub(super) fn holding(self) -> Holding {
        Holding {
            post: self.post,
            unit: self.unit,
            person: self.who,
            from: self.from,
            until: self.until,
        }
    }

    /// None where there is no giver or no end: it was then asked for as an appointment.
    pub(super) fn delegated(self) -> Option<Delegated> {
        Some(Delegated {
            reference: self.reference,
            post: self.post,
            unit: self.unit,
            by: self.by?,
            to: self.who,
            from: self.from,
            until: self.until?,
        })
    }

    /// Whether whoever gives it holds the post when it begins; otherwise it would be worth nothing.
    pub(super) fn giver_holds_it(&self, visit: &Visit) -> bool {
        let image = visit.image();
        let holds = image.posts().holdings().iter().any(|held| {
            let in_time =
                held.from <= self.from && held.until.is_none_or(|until| self.from < until);
            Some(&held.person) == self.by.as_ref()
                && held.post == self.post
                && held.unit == self.unit
                && in_time
        });
        holds || self.by.is_none()
    }
}

/// The answers as they are shown to be checked, and put on the record by their hash.
pub(super) fn rows(visit: &Visit, change: Change, draft: &str, form: &Form) -> Vec<Value> {
    let (image, mut form) = (visit.image(), form.clone());
    let asked = Question::asked(visit, change, &form);
    let row = |question: Question| {
        let value = match question {
            Question::Post => post(visit, &mut form)
                .map(|post| post_in_words(visit, &image, &post, None))
                .unwrap_or_default(),
            Question::Unit => unit(visit, &mut form)
                .and_then(|unit| image.people().unit(&unit).map(|unit| unit.name.clone()))
                .unwrap_or_default(),
            Question::By | Question::Who => person(visit, question.name(), &mut form)
                .map(|who| name_of(&image, &who))
                .unwrap_or_default(),
            Question::Reference => form.raw("reference").trim().to_owned(),
            Question::From | Question::Until => {
                let day = form.date(question.name(), &Day::optional("The day"));
                day.map_or_else(|| "No end".to_owned(), day_in_words)
            }
        };
        context! {
            key => question.title(change),
            value,
            href => format!("{}/new/{draft}/{}", PAGE.path, question.name()),
            what => format!("the answer to “{}”", question.title(change)),
        }
    };
    asked.into_iter().map(row).collect()
}
