//! What is typed in from a form on paper, one question a page.

use jiff::civil::Date;
use matters::access_request::Wanted;
use matters::id::PersonId;
use matters::people::Person;
use minijinja::{Value, context};
use register_store::image::Image;

use super::PAGE;
use crate::form::{Day, Form, Text};
use crate::people_named::{exactly, name_of};
use crate::visit::Visit;
use crate::words::day_in_words;

/// Longest text in somebody's own words, in characters, as the process has it.
const LONGEST: usize = 2_000;

/// How a text is read from paper, and what that is called on the record.
pub(super) const FORMATS: &[(&str, &str)] = &[
    ("print", "Printed"),
    ("large-print", "In large print"),
    ("braille", "In Braille"),
    ("easy-read", "In Easy Read, beside the full text"),
    ("read-aloud", "Read aloud"),
];

/// What is on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paper {
    /// A request for access.
    Access,
    /// A signature on the policy.
    Signature,
    /// A request that was sent back, typed in anew.
    Again,
}

impl Paper {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "access" => Some(Self::Access),
            "signature" => Some(Self::Signature),
            "again" => Some(Self::Again),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Signature => "signature",
            Self::Again => "again",
        }
    }
}

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Person,
    Signer,
    Service,
    Need,
    Equipment,
    Until,
    Sponsor,
    Format,
    Statement,
    Scan,
}

impl Question {
    pub(super) const ALL: [Self; 10] = [
        Self::Person,
        Self::Signer,
        Self::Service,
        Self::Need,
        Self::Equipment,
        Self::Until,
        Self::Sponsor,
        Self::Format,
        Self::Statement,
        Self::Scan,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Signer => "signer",
            Self::Service => "service",
            Self::Need => "need",
            Self::Equipment => "equipment",
            Self::Until => "until",
            Self::Sponsor => "sponsor",
            Self::Format => "format",
            Self::Statement => "statement",
            Self::Scan => "scan",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Person => "Whom is the form about?",
            Self::Signer => "Whose signature is on it?",
            Self::Service => "Which service does it ask for?",
            Self::Need => "What is it needed for?",
            Self::Equipment => "Which equipment goes with it?",
            Self::Until => "What is the last day it is needed?",
            Self::Sponsor => "Who of the council answers for the person?",
            Self::Format => "How did they read the policy?",
            Self::Statement => "Which words are above the signature?",
            Self::Scan => "Choose the scan of the form",
        }
    }

    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Person => &["person"],
            Self::Signer => &["signer"],
            Self::Service => &["service"],
            Self::Need => &["need"],
            Self::Equipment => &["equipment"],
            Self::Until => &["until", "until-day", "until-month", "until-year"],
            Self::Sponsor => &["sponsor"],
            Self::Format => &["format"],
            Self::Statement => &["statement"],
            Self::Scan => &["scan"],
        }
    }

    fn is_asked(self, paper: Paper) -> bool {
        let wanted = matches!(
            self,
            Self::Need | Self::Equipment | Self::Until | Self::Sponsor
        );
        let of_signature = matches!(self, Self::Format | Self::Statement);
        match paper {
            Paper::Again => wanted,
            Paper::Access => !of_signature,
            Paper::Signature => of_signature || matches!(self, Self::Person | Self::Scan),
        }
    }

    pub(super) fn asked(paper: Paper) -> impl Iterator<Item = Self> {
        let all = Self::ALL.into_iter();
        all.filter(move |question| question.is_asked(paper))
    }

    /// Whether its answer is good; what is wrong stays at its field.
    pub(super) fn read(self, visit: &Visit, form: &mut Form) -> bool {
        match self {
            Self::Person => drop(person(visit, "person", form)),
            Self::Signer => drop(signer(visit, form)),
            Self::Service => drop(service(visit, form)),
            Self::Need => drop(form.text("need", &words("Enter what it is needed for"))),
            Self::Equipment => {
                form.text("equipment", &Text::optional().longest(LONGEST).lines());
            }
            Self::Until => drop(until(visit, form)),
            Self::Sponsor => drop(sponsor(visit, form)),
            Self::Format => drop(format(form)),
            Self::Statement => {
                let missing = "Confirm that these words are on the form, or send it back";
                form.ticked("statement", missing);
            }
            Self::Scan => {
                let is_hash = form.raw("scan").len() == 64;
                if !is_hash {
                    form.error("scan", "Choose the scan of the form");
                }
            }
        }
        form.is_good()
    }
}

fn words(missing: &str) -> Text {
    Text::required(missing).longest(LONGEST).lines()
}

pub(super) fn person(visit: &Visit, field: &'static str, form: &mut Form) -> Option<PersonId> {
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

/// Those whose signature a form about somebody can carry, as far as the register knows.
pub(super) fn signers(image: &Image, person: &Person) -> Vec<PersonId> {
    let mut all = vec![person.id.clone()];
    all.extend(person.manager.iter().cloned());
    all.extend(person.sponsor.iter().cloned());
    all.dedup();
    all.retain(|one| image.people().person(one).is_some());
    all
}

pub(super) fn signer(visit: &Visit, form: &mut Form) -> Option<PersonId> {
    let image = visit.image();
    let person = exactly(&image, form.raw("person"));
    let offered = person.map_or_else(Vec::new, |person| signers(&image, person));
    let find = |id: &str| offered.iter().find(|one| one.as_str() == id).cloned();
    form.choice("signer", find, "Select whose signature is on it")
}

pub(super) fn service(visit: &Visit, form: &mut Form) -> Option<String> {
    let services = &visit.console.people.services;
    let find = |label: &str| {
        services
            .get_key_value(label)
            .map(|(label, _)| label.clone())
    };
    form.choice("service", find, "Select a service")
}

pub(super) fn format(form: &mut Form) -> Option<String> {
    let find = |label: &str| FORMATS.iter().find(|(one, _)| *one == label);
    let format = form.choice("format", find, "Select how they read it");
    format.map(|(label, _)| (*label).to_owned())
}

fn until(visit: &Visit, form: &mut Form) -> Option<Date> {
    let day = Day::optional("The last day").not_before(visit.today());
    form.date("until", &day)
}

fn sponsor(visit: &Visit, form: &mut Form) -> Option<PersonId> {
    let typed = form.raw("sponsor").trim().to_owned();
    (!typed.is_empty())
        .then(|| person(visit, "sponsor", form))
        .flatten()
}

/// What the form asks for.
pub(super) fn wanted(visit: &Visit, form: &mut Form) -> Option<Wanted> {
    let need = form.text("need", &words("Enter what it is needed for"));
    let equipment = form.text("equipment", &Text::optional().longest(LONGEST).lines());
    let until = match until(visit, form) {
        Some(day) => {
            let after = day.tomorrow().ok()?;
            Some(after.to_zoned(visit.console.zone.clone()).ok()?.timestamp())
        }
        None => None,
    };
    let sponsor = sponsor(visit, form);
    form.is_good().then_some(Wanted {
        need,
        equipment: Some(equipment).filter(|text| !text.is_empty()),
        until,
        sponsor,
    })
}

/// The choices of a question that has any.
pub(super) fn choices(visit: &Visit, question: Question, form: &Form) -> Vec<Value> {
    let choice = |value: &str, text: &str| context! { value, text };
    match question {
        Question::Service => {
            let services = visit.console.people.services.iter();
            services.map(|(label, name)| choice(label, name)).collect()
        }
        Question::Format => FORMATS
            .iter()
            .map(|(label, name)| choice(label, name))
            .collect(),
        Question::Signer => {
            let image = visit.image();
            let person = exactly(&image, form.raw("person"));
            let all = person.map_or_else(Vec::new, |person| signers(&image, person));
            let all = all
                .iter()
                .map(|id| choice(id.as_str(), &name_of(&image, id)));
            all.collect()
        }
        _ => Vec::new(),
    }
}

/// The answers as they are shown to be checked, and put on the record by their hash.
pub(super) fn rows(visit: &Visit, paper: Paper, draft: &str, form: &Form) -> Vec<Value> {
    let (image, mut form) = (visit.image(), form.clone());
    let name = |id: Option<PersonId>| id.map(|id| name_of(&image, &id)).unwrap_or_default();
    let row = |question: Question| {
        let value = match question {
            Question::Person => name(person(visit, "person", &mut form)),
            Question::Signer => name(signer(visit, &mut form)),
            Question::Sponsor => name(sponsor(visit, &mut form)),
            Question::Service => service(visit, &mut form)
                .and_then(|label| visit.console.people.services.get(&label).cloned())
                .unwrap_or_default(),
            Question::Format => {
                let chosen = format(&mut form);
                let known = FORMATS
                    .iter()
                    .find(|(one, _)| Some(*one) == chosen.as_deref());
                known
                    .map(|(_, name)| (*name).to_owned())
                    .unwrap_or_default()
            }
            Question::Until => until(visit, &mut form)
                .map(day_in_words)
                .unwrap_or_default(),
            Question::Statement => visit.console.people.acceptance.statement.trim().to_owned(),
            Question::Need | Question::Equipment | Question::Scan => {
                form.raw(question.name()).trim().to_owned()
            }
        };
        context! {
            key => question.title(),
            value,
            href => format!("{}/new/{draft}/{}", PAGE.path, question.name()),
            what => format!("the answer to “{}”", question.title()),
        }
    };
    Question::asked(paper).map(row).collect()
}
