//! People and the units they work in.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{PersonId, UnitId};
use crate::working_days::noon_of;

/// The relation that stands in for a post where the person's own manager decides.
pub const LINE_MANAGER: &str = "line-manager";

/// Units above one another are followed at most this far, so that a loop in a feed ends.
const DEEPEST: usize = 16;

/// One person the policy binds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Stable id.
    pub id: PersonId,
    /// For people to read.
    pub name: String,
    /// An audience of the pack: `officer`, `councillor`, `agent` …
    pub audience: String,
    /// The political group, of a councillor and of nobody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The number HR knows the person by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee_number: Option<String>,
    /// What the person does, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_title: Option<String>,
    /// Team, service or directorate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Line manager. Councillors have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<PersonId>,
    /// Who answers for somebody the council does not employ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sponsor: Option<PersonId>,
    /// Spells of employment or office, oldest first; a rehire adds one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub employed: Vec<Employment>,
    /// Away for long: what is due waits until the day after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<Employment>,
    /// Sign-in names at the gates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// Council mail addresses, the usual one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// Private addresses the person declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub private_addresses: Vec<String>,
    /// The council's telephones the person answers: extensions, direct numbers, a council mobile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
    /// Private telephone numbers the person declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub private_numbers: Vec<String>,
    /// How the person wants to read: `html`, `large-print`, `plain-text`, `braille`, `audio` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// When HR confirmed identity and post; cleared by a mismatch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
}

impl Person {
    /// From when they can see to something that waits since then: not before they are back from an
    /// absence. Nobody knows where it has no end yet.
    pub(crate) fn could_see_to(&self, since: Timestamp) -> Option<Timestamp> {
        match &self.absent {
            None => Some(since),
            Some(absent) => Some(since.max(noon_of(absent.until?)?)),
        }
    }

    /// Who answers for somebody: their line manager; for whom the council does not employ, the sponsor.
    pub fn answered_for_by(&self) -> impl Iterator<Item = &PersonId> {
        self.manager.iter().chain(&self.sponsor)
    }
}

/// A spell of days, both included, in the pack's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Employment {
    /// First day.
    pub from: Date,
    /// Last day; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Employment {
    /// Whether a day lies in it.
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// A directorate, service or team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Stable id.
    pub id: UnitId,
    /// For people to read.
    pub name: String,
    /// The unit it belongs to; none for a directorate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitId>,
}

/// Everybody, and the units they work in.
#[derive(Debug, Clone, Default)]
pub struct People {
    people: HashMap<PersonId, Person>,
    units: HashMap<UnitId, Unit>,
    /// How many people somebody answers for. Asked at each page, where going through all would cost
    /// more than the page.
    answering: HashMap<PersonId, usize>,
}

impl People {
    /// Gathers people and units; of two with one id the later stands.
    pub fn new(
        people: impl IntoIterator<Item = Person>,
        units: impl IntoIterator<Item = Unit>,
    ) -> Self {
        let mut all = Self::default();
        people.into_iter().for_each(|person| all.put(person));
        units.into_iter().for_each(|unit| all.put_unit(unit));
        all
    }

    /// Adds somebody, or replaces what was known of them.
    pub fn put(&mut self, person: Person) {
        for by in person.answered_for_by() {
            *self.answering.entry(by.clone()).or_default() += 1;
        }
        let before = self.people.insert(person.id.clone(), person);
        for by in before.iter().flat_map(Person::answered_for_by) {
            if let Some(count) = self.answering.get_mut(by) {
                *count -= 1;
            }
        }
    }

    /// Adds or replaces a unit.
    pub fn put_unit(&mut self, unit: Unit) {
        self.units.insert(unit.id.clone(), unit);
    }

    /// The person with this id.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// The unit with this id.
    pub fn unit(&self, id: &UnitId) -> Option<&Unit> {
        self.units.get(id)
    }

    /// Everybody, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// Every unit, in no order.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// A unit and those it lies in, the narrowest first.
    pub fn above<'a>(&'a self, unit: &'a UnitId) -> impl Iterator<Item = &'a Unit> {
        let first = self.units.get(unit);
        let next = |unit: &&'a Unit| self.units.get(unit.parent.as_ref()?);
        std::iter::successors(first, next).take(DEEPEST)
    }

    /// Whether a unit is another, or lies below it.
    pub fn is_within(&self, unit: &UnitId, above: &UnitId) -> bool {
        let mut at = Some(unit);
        for _ in 0..DEEPEST {
            match at {
                None => return false,
                Some(unit) if unit == above => return true,
                Some(unit) => at = self.units.get(unit).and_then(|unit| unit.parent.as_ref()),
            }
        }
        false
    }

    /// Whether somebody is anybody's line manager or sponsor.
    pub fn answers_for_anybody(&self, person: &PersonId) -> bool {
        self.answering.get(person).is_some_and(|count| *count > 0)
    }

    /// Those whose line manager this is.
    pub fn team_of<'a>(&'a self, manager: &'a PersonId) -> impl Iterator<Item = &'a Person> {
        self.all()
            .filter(move |person| person.manager.as_ref() == Some(manager))
    }
}

#[cfg(test)]
mod tests;
