//! The first reading: who is in the feed, how often, and whose managers go round in a circle.
//!
//! Keeps about 60 bytes for each person, whatever the rows hold.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use matters::id::PersonId;

use crate::plan::known::Known;
use crate::quarantine::Quarantined;
use crate::stated::{Says, Stated, Who};

/// What the first reading learns.
#[derive(Debug)]
pub struct Survey<'a> {
    known: &'a Known<'a>,
    hasher: RandomState,
    people: HashMap<u64, Seen>,
    held: HashSet<u64>,
    /// Of everybody with a manager, who that is.
    managers: HashMap<u64, u64>,
    circling: HashSet<u64>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    rows: u32,
    is_enough: bool,
}

impl<'a> Survey<'a> {
    /// Begins with the managers as known.
    pub fn new(known: &'a Known<'a>) -> Self {
        let mut survey = Self {
            known,
            hasher: RandomState::new(),
            people: HashMap::new(),
            held: HashSet::new(),
            managers: HashMap::new(),
            circling: HashSet::new(),
        };
        for person in known.people.all() {
            if let Some(manager) = &person.manager {
                let (person, manager) = (survey.mark(&person.id), survey.mark(manager));
                survey.managers.insert(person, manager);
            }
        }
        survey
    }

    fn mark(&self, id: &PersonId) -> u64 {
        self.hasher.hash_one(id.as_str())
    }

    /// Takes notice of a row that can be read.
    pub fn note(&mut self, stated: &Stated) {
        let person = self.mark(&self.known.subject(stated));
        let first = {
            let seen = self.people.entry(person).or_default();
            seen.rows = seen.rows.saturating_add(1);
            seen.is_enough |= self.known.is_enough(stated);
            seen.rows == 1
        };
        // Of several posts the first row's manager counts.
        match &stated.manager {
            Says::Is(manager) if first => {
                let manager = self.mark(&self.known.id_of(manager));
                self.managers.insert(person, manager);
            }
            Says::None if first => {
                self.managers.remove(&person);
            }
            _ => {}
        }
    }

    /// Takes notice of a row that cannot. If it says whom it is about, their other rows wait too: the
    /// missing one may be the post that goes on when another ends.
    pub fn note_broken(&mut self, broken: &Quarantined) {
        if let Some(about) = &broken.about {
            let held = self.mark(&self.known.id_of(&Who::Number(about.clone())));
            self.held.insert(held);
        }
    }

    /// Ends the reading: finds the circles.
    pub fn close(&mut self) {
        let mut done: HashSet<u64> = HashSet::with_capacity(self.managers.len());
        for start in self.managers.keys() {
            let mut path = Vec::new();
            let mut on_path = HashSet::new();
            let mut at = *start;
            while !done.contains(&at) && on_path.insert(at) {
                path.push(at);
                match self.managers.get(&at) {
                    Some(manager) => at = *manager,
                    None => break,
                }
            }
            if !done.contains(&at)
                && self.managers.contains_key(&at)
                && let Some(begins) = path.iter().position(|node| *node == at)
            {
                self.circling.extend(&path[begins..]);
            }
            done.extend(path);
        }
    }

    /// Rows about this person.
    pub fn rows(&self, person: &PersonId) -> u32 {
        self.people
            .get(&self.mark(person))
            .map_or(0, |seen| seen.rows)
    }

    /// Whether the register has this person, or will have.
    pub fn exists(&self, person: &PersonId) -> bool {
        let seen = self.people.get(&self.mark(person));
        let arrives = seen.is_some_and(|seen| seen.is_enough) && !self.is_held(person);
        arrives || self.known.person(person).is_some()
    }

    /// Whether another row about this person could not be read.
    pub fn is_held(&self, person: &PersonId) -> bool {
        self.held.contains(&self.mark(person))
    }

    /// Whether this person is their own manager, or their manager's manager, and so on.
    pub fn circles(&self, person: &PersonId) -> bool {
        self.circling.contains(&self.mark(person))
    }
}
