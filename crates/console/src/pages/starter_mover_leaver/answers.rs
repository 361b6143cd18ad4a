//! Answers, read by the same functions on each question's page, on *check answers* and for the act.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Time;
use matters::id::{PersonId, UnitId};
use matters::machine::{Machine as _, Refused};
use matters::people::Person;
use matters::withdrawal::{Kind, Opening, Withdrawal};
use minijinja::{Value, context};
use register_store::image::Image;
use serde::Serialize;

use crate::form::{Day, Form, Text};
use crate::people_named;
use crate::visit::{Visit, of};
use crate::words::{day_in_words, list_in_words, moment_in_words};

use super::questions::{Change, Question};

/// Everything that was answered so far.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) person: Option<Person>,
    pub(super) services: Vec<String>,
    pub(super) need: String,
    pub(super) equipment: String,
    /// First moment after.
    pub(super) until: Option<Timestamp>,
    pub(super) sponsor: Option<PersonId>,
    pub(super) name: String,
    pub(super) post: String,
    pub(super) unit: Option<UnitId>,
    kind: Option<&'static str>,
    pub(super) from: Option<Timestamp>,
    /// First moment with it again.
    pub(super) back: Option<Timestamp>,
    pub(super) reason: String,
}

/// Kinds of withdrawal in the order they are offered.
const KINDS: [(&str, &str, &str); 4] = [
    (
        "leaving",
        "They leave",
        "They cease to be a user. A second source confirms it.",
    ),
    ("permanent", "Every service, for good", ""),
    ("temporary", "Every service, for a time", ""),
    ("partial", "Some services", ""),
];

#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
    hint: &'static str,
}

impl Answers {
    /// Reads everything; or the first question that is still to be answered.
    pub(super) fn whole(kept: &Form, change: Change, visit: &Visit) -> Result<Self, Question> {
        let mut answers = Self::default();
        match answers.read_until(None, kept, change, visit) {
            Some(missing) => Err(missing),
            None => Ok(answers),
        }
    }

    /// Reads what is asked before a question; gives what of that is still to be answered.
    pub(super) fn read_before(
        &mut self,
        question: Question,
        kept: &Form,
        change: Change,
        visit: &Visit,
    ) -> Option<Question> {
        self.read_until(Some(question), kept, change, visit)
    }

    fn read_until(
        &mut self,
        end: Option<Question>,
        kept: &Form,
        change: Change,
        visit: &Visit,
    ) -> Option<Question> {
        if change == Change::Own {
            let image = visit.image();
            self.person = image.people().person(&visit.viewer.person).cloned();
        }
        // Asked anew each time: an answer may bring a question after it.
        for place in 0.. {
            let question = *change.questions(self, visit).get(place)?;
            if Some(question) == end {
                return None;
            }
            let mut form = kept.clone();
            self.read(question, &mut form, change, visit);
            if !form.is_good() || kept.raw(&question.seen()).is_empty() {
                return Some(question);
            }
        }
        None
    }

    /// Reads one question's fields; what is wrong stays at them.
    pub(super) fn read(
        &mut self,
        question: Question,
        form: &mut Form,
        change: Change,
        visit: &Visit,
    ) {
        let image = visit.image();
        let line = |missing: &str| Text::required(missing);
        let words = |missing: &str| Text::required(missing).longest(2_000).lines();
        match question {
            Question::Who => {
                self.person = who(form, change, visit, &image);
                let mut kinds = KINDS.into_iter();
                let none =
                    change == Change::Leaver && !kinds.any(|(kind, ..)| self.may_be(kind, visit));
                if none && form.is_good() {
                    form.error("who", NOBODY);
                    self.person = None;
                }
            }
            Question::Services => {
                let offered = services(&image);
                let find = |one: &str| {
                    offered
                        .iter()
                        .find(|(id, _)| id == one)
                        .map(|(id, _)| id.clone())
                };
                self.services = form.choices("services", find, "Choose at least one service");
            }
            Question::Which => {
                let offered = services(&image);
                let find = |one: &str| {
                    offered
                        .iter()
                        .find(|(id, _)| id == one)
                        .map(|(id, _)| id.clone())
                };
                self.services = form.choices("some", find, "Choose at least one service");
            }
            Question::Need => self.need = form.text("need", &words("Enter what they need it for")),
            Question::Equipment => {
                self.equipment = form.text("equipment", &Text::optional().longest(500).lines());
            }
            Question::Until => {
                let day = match self.needs_end(visit) {
                    true => Day::required("The last day"),
                    false => Day::optional("The last day"),
                };
                let day = form.date("until", &day.not_before(visit.today()));
                self.until = day.and_then(|day| visit.end_of(day));
            }
            Question::Sponsor => {
                let typed = form.text("sponsor", &line("Enter who answers for them"));
                let found = people_named::exactly(&image, &typed).map(|person| person.id.clone());
                if form.is_good() && found.is_none() {
                    form.error("sponsor", "We know nobody by this name, number or address");
                }
                self.sponsor = found;
            }
            Question::Name => self.name = form.text("name", &line("Enter their name")),
            Question::Post => self.post = form.text("post", &line("Enter their post")),
            Question::Unit => {
                let find = |one: &str| {
                    image
                        .people()
                        .unit(&UnitId::from(one))
                        .map(|unit| unit.id.clone())
                };
                self.unit = form.choice("unit", find, "Choose where they work");
                if self.unit.is_some() && self.is_unchanged() {
                    form.error("unit", "Nothing of this differs from what we know already");
                }
            }
            Question::Kind => {
                let find = |one: &str| {
                    let kind = KINDS.iter().find(|(kind, ..)| *kind == one)?.0;
                    self.may_be(kind, visit).then_some(kind)
                };
                self.kind = form.choice("kind", find, "Choose what is to be withdrawn");
            }
            Question::Moment => self.from = minute(form, visit),
            Question::Back => {
                let day = form.date(
                    "back",
                    &Day::optional("The last day").not_before(visit.today()),
                );
                self.back = day.and_then(|day| visit.end_of(day));
                if let (Some(back), Some(from)) = (self.back, self.from)
                    && back <= from
                {
                    form.error(
                        "back",
                        "The last day must not be before services are withdrawn",
                    );
                }
            }
            Question::Reason => {
                let text = match self.is_leaving() {
                    true => Text::optional().longest(2_000).lines(),
                    false => words("Enter the reason"),
                };
                self.reason = form.text("reason", &text);
            }
        }
    }

    /// What a question's page begins from: what was answered before, or what is known.
    pub(super) fn begin(&self, question: Question, kept: &Form, visit: &Visit) -> Form {
        let known = self.person.as_ref();
        let known = match question {
            Question::Name => known.map(|person| ("name", person.name.clone())),
            Question::Post => known.and_then(|one| Some(("post", one.job_title.clone()?))),
            Question::Unit => known.and_then(|one| Some(("unit", one.unit.clone()?.to_string()))),
            // Nobody answers for themselves.
            Question::Sponsor if known.is_none_or(|one| one.id != visit.viewer.person) => {
                Some(("sponsor", visit.viewer.person.to_string()))
            }
            _ => None,
        };
        if kept.raw(&question.seen()).is_empty() {
            Form::with(known)
        } else {
            kept.clone()
        }
    }

    /// What a question's page offers.
    pub(super) fn choices(&self, question: Question, visit: &Visit) -> Value {
        let image = visit.image();
        let item = |(value, text): (String, String)| Item {
            value,
            text,
            hint: "",
        };
        let items: Vec<Item> = match question {
            Question::Services | Question::Which => {
                services(&image).into_iter().map(item).collect()
            }
            Question::Unit => {
                let units = image
                    .people()
                    .units()
                    .map(|unit| (unit.id.to_string(), unit.name.clone()));
                let mut units: Vec<_> = units.collect();
                units.sort_by(|one, other| one.1.cmp(&other.1));
                units.into_iter().map(item).collect()
            }
            Question::Kind => {
                let offered = KINDS
                    .into_iter()
                    .filter(|(kind, ..)| self.may_be(kind, visit));
                let items = offered.map(|(kind, text, hint)| Item {
                    value: kind.to_owned(),
                    text: text.to_owned(),
                    hint,
                });
                items.collect()
            }
            _ => Vec::new(),
        };
        context! {
            items => of(items),
            required => question == Question::Until && self.needs_end(visit),
            leaving => self.is_leaving(),
        }
    }

    /// An answer as *check answers* shows it.
    pub(super) fn in_words(&self, question: Question, visit: &Visit) -> String {
        let image = visit.image();
        let last = |end: Option<Timestamp>| {
            let day = end.map(|end| end.to_zoned(visit.console.zone.clone()).date());
            let last = day.and_then(|day| day.yesterday().ok());
            last.map(day_in_words).unwrap_or_default()
        };
        match question {
            Question::Who => self.name_of_person(),
            Question::Services | Question::Which => {
                let names = services(&image)
                    .into_iter()
                    .filter(|(id, _)| self.services.contains(id));
                list_in_words(&names.map(|(_, name)| name).collect::<Vec<_>>())
            }
            Question::Need => self.need.clone(),
            Question::Equipment => self.equipment.clone(),
            Question::Until => last(self.until),
            Question::Sponsor => {
                let sponsor = self
                    .sponsor
                    .as_ref()
                    .map(|id| people_named::name_of(&image, id));
                sponsor.unwrap_or_default()
            }
            Question::Name => self.name.clone(),
            Question::Post => self.post.clone(),
            Question::Unit => {
                let unit = self
                    .unit
                    .as_ref()
                    .and_then(|unit| image.people().unit(unit));
                unit.map(|unit| unit.name.clone()).unwrap_or_default()
            }
            Question::Kind => {
                let kind = KINDS.iter().find(|(kind, ..)| Some(*kind) == self.kind);
                kind.map(|(_, text, _)| (*text).to_owned())
                    .unwrap_or_default()
            }
            Question::Moment => self.moment_in_full(visit),
            Question::Back => last(self.back),
            Question::Reason => self.reason.clone(),
        }
    }

    pub(super) fn name_of_person(&self) -> String {
        self.person
            .as_ref()
            .map(|person| person.name.clone())
            .unwrap_or_default()
    }

    pub(super) fn moment_in_full(&self, visit: &Visit) -> String {
        let zone = &visit.console.zone;
        self.from
            .map(|from| moment_in_words(from, zone))
            .unwrap_or_default()
    }

    /// What begins a withdrawal.
    pub(super) fn withdrawal(&self) -> Option<Opening> {
        let services: BTreeSet<_> = self.services.iter().cloned().collect();
        Some(Opening {
            person: self.person.as_ref()?.id.clone(),
            kind: match self.kind? {
                "leaving" => Kind::Leaving,
                "permanent" => Kind::Permanent,
                "temporary" => Kind::Temporary,
                _ => Kind::Partial { services },
            },
            effective_at: self.from?,
            until: self.back,
        })
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.kind == Some("leaving")
    }

    pub(super) fn is_partial(&self) -> bool {
        self.kind == Some("partial")
    }

    pub(super) fn is_for_a_time(&self) -> bool {
        matches!(self.kind, Some("temporary" | "partial"))
    }

    /// Whether the person's audience names somebody who answers for them, and the record does not.
    pub(super) fn needs_sponsor(&self, visit: &Visit) -> bool {
        let person = self
            .person
            .as_ref()
            .filter(|person| person.sponsor.is_none());
        let entry = person.and_then(|person| visit.console.people.entry.get(&person.audience));
        entry.is_some_and(|entry| entry.sponsor)
    }

    fn needs_end(&self, visit: &Visit) -> bool {
        let person = self.person.as_ref();
        let entry = person.and_then(|person| visit.console.people.entry.get(&person.audience));
        entry.is_some_and(|entry| entry.end_date)
    }

    /// Whether the record itself is changed, or only access looked at again: others keep the record.
    pub(super) fn changes_record(&self, change: Change, visit: &Visit) -> bool {
        let person = self.person.as_ref();
        change == Change::Mover && person.is_some_and(|one| visit.allows("change-person", &one.id))
    }

    fn is_unchanged(&self) -> bool {
        self.person.as_ref().is_some_and(|person| {
            person.name == self.name
                && person.job_title.as_deref().unwrap_or_default() == self.post
                && person.unit == self.unit
        })
    }

    /// Whether whoever asks may begin this kind of withdrawal: tried with the process itself.
    fn may_be(&self, kind: &'static str, visit: &Visit) -> bool {
        let Some(person) = &self.person else {
            return false;
        };
        let action = if kind == "leaving" {
            "notify-leaving"
        } else {
            "order-withdrawal"
        };
        let image = visit.image();
        let services = services(&image).into_iter().map(|(id, _)| id).take(1);
        let tried = Self {
            person: Some(person.clone()),
            kind: Some(kind),
            from: Some(visit.at),
            services: services.collect(),
            ..Self::default()
        };
        let act = visit.act().because("to be given");
        visit.allows(action, &person.id)
            && tried.withdrawal().is_some_and(|opening| {
                match Withdrawal::open(opening, &act, &image.world()) {
                    Ok(_) | Err(Refused::Field { .. }) => true,
                    Err(_) => false,
                }
            })
    }
}

/// Said of nobody, and of whomever whoever asks can say nothing of.
const NOBODY: &str = "There is nobody by this name, number or address whom you can say this of. If \
                      there are several of one name, enter the user name";

/// Services by name.
fn services(image: &Image) -> Vec<(String, String)> {
    let services = image.world().settings.services.iter();
    services
        .map(|(id, name)| (id.clone(), name.clone()))
        .collect()
}

/// Somebody whom whoever asks may say this of. Anybody else is answered as nobody is.
fn who(form: &mut Form, change: Change, visit: &Visit, image: &Image) -> Option<Person> {
    let missing = "Enter a name, a user name, an email address or an employee number";
    let typed = form.text("who", &Text::required(missing).longest(320));
    if !form.is_good() {
        return None;
    }
    let actions: &[&str] = match change {
        Change::Starter | Change::Own => &["request-access"],
        Change::Mover => &["request-access", "authorise-access", "change-person"],
        Change::Leaver => &["notify-leaving", "order-withdrawal"],
    };
    let may = |person: &&Person| {
        let own = !change.asks() && person.id == visit.viewer.person;
        !own && actions
            .iter()
            .any(|action| visit.allows(action, &person.id))
    };
    let exactly = people_named::exactly(image, &typed).filter(may);
    let found = exactly.or_else(|| {
        let name = typed.to_lowercase();
        let named = image
            .people()
            .all()
            .filter(|person| person.name.to_lowercase() == name);
        let mut named = named.filter(may);
        named.next().filter(|_| named.next().is_none())
    });
    if found.is_none() {
        form.error("who", NOBODY);
    }
    found.cloned()
}

/// A day and a time of day, where the council is.
fn minute(form: &mut Form, visit: &Visit) -> Option<Timestamp> {
    let day = form.date("from", &Day::required("The day"));
    let typed = form.text(
        "time",
        &Text::required("Enter a time, like 17:00").longest(8),
    );
    let time = Time::strptime("%H:%M", &typed);
    if !typed.is_empty() && time.is_err() {
        form.error("time", "Enter a time of 24 hours, like 17:00");
    }
    let local = day?.to_datetime(time.ok()?);
    let at = local.to_zoned(visit.console.zone.clone()).ok()?;
    Some(at.timestamp())
}
