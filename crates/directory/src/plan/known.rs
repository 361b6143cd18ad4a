//! What is known before an import: people by the ways feeds refer to them.

use std::collections::HashMap;

use jiff::civil::Date;
use matters::id::PersonId;
use matters::people::{People, Person};

use crate::stated::{Stated, Weight, Who};

/// A person behind a key of the feed's own, from earlier imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Who it is.
    pub person: PersonId,
    /// The sign-in name it had, so that a renamed account is recognised.
    pub account: Option<String>,
}

/// People, and how feeds refer to them.
#[derive(Debug)]
pub struct Known<'a> {
    /// Everybody.
    pub people: &'a People,
    /// People behind the feed's own keys.
    pub links: &'a HashMap<String, Linked>,
    /// Audiences of the pack that a person can have.
    pub audiences: Vec<String>,
    /// The audience of councillors, whose political group is public. Of nobody else one is taken.
    pub councillors: Option<String>,
    /// Of people who were withdrawn or are to be, their last day.
    pub leaving: &'a HashMap<PersonId, Date>,
    /// The day of the import, in the pack's zone.
    pub today: Date,
    numbers: HashMap<&'a str, &'a PersonId>,
    accounts: HashMap<String, &'a PersonId>,
}

impl<'a> Known<'a> {
    /// Looks everybody up once.
    pub fn new(
        people: &'a People,
        links: &'a HashMap<String, Linked>,
        leaving: &'a HashMap<PersonId, Date>,
        audiences: impl IntoIterator<Item = String>,
        today: Date,
    ) -> Self {
        let numbers = people.all().filter_map(|person| {
            let number = person.employee_number.as_deref()?;
            Some((number, &person.id))
        });
        let accounts = people.all().flat_map(|person| {
            let names = person.accounts.iter();
            names.map(move |name| (name.to_lowercase(), &person.id))
        });
        Self {
            people,
            links,
            // Nobody is imported as somebody we cannot name.
            audiences: audiences
                .into_iter()
                .filter(|audience| audience != "unknown")
                .collect(),
            councillors: None,
            leaving,
            today,
            numbers: numbers.collect(),
            accounts: accounts.collect(),
        }
    }

    /// Takes the political groups of this audience.
    pub fn with_groups_of(mut self, councillors: String) -> Self {
        self.councillors = Some(councillors);
        self
    }

    /// The person meant, known or not: whoever is new gets an id made from what the feed calls them,
    /// so that others can refer to them before they are there.
    pub fn id_of(&self, who: &Who) -> PersonId {
        match who {
            Who::Number(number) => match self.numbers.get(number.as_str()) {
                Some(id) => (*id).clone(),
                None => PersonId::new(format!("e-{number}")),
            },
            Who::Key(key) => match self.links.get(key) {
                Some(linked) => linked.person.clone(),
                None => PersonId::new(format!("d-{key}")),
            },
        }
    }

    /// The person a statement is about: by the feed's key, else by number, else by account.
    pub fn subject(&self, stated: &Stated) -> PersonId {
        if let Who::Key(key) = &stated.who
            && !self.links.contains_key(key)
        {
            if let Some(number) = &stated.employee_number {
                return self.id_of(&Who::Number(number.clone()));
            }
            let account = stated
                .account
                .as_ref()
                .map(|account| account.to_lowercase());
            if let Some(id) = account.and_then(|account| self.accounts.get(&account)) {
                return (*id).clone();
            }
        }
        self.id_of(&stated.who)
    }

    /// The person with this id.
    pub fn person(&self, id: &PersonId) -> Option<&'a Person> {
        self.people.person(id)
    }

    /// Whether a statement is enough to know somebody new by.
    pub fn is_enough(&self, stated: &Stated) -> bool {
        let audience = stated.audience.as_ref();
        let audience = audience.is_some_and(|audience| self.audiences.contains(audience));
        let begins = stated.starts.is_some() || stated.weight == Weight::Fills;
        stated.name.is_some() && audience && begins
    }

    /// The sign-in name a feed's key had before.
    pub fn former_account(&self, who: &Who) -> Option<&str> {
        match who {
            Who::Key(key) => self.links.get(key)?.account.as_deref(),
            Who::Number(_) => None,
        }
    }
}
