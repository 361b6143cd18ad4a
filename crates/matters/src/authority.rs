//! Posts, who holds them, and whose authority an act rests on.
//!
//! Authority is asked as it stood at the moment of the act. It comes from holding a post, from a
//! written delegation by somebody who holds it, or from being the line manager of the person the
//! matter is about.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{PersonId, PostId, UnitId};
use crate::people::{LINE_MANAGER, People, Person};

/// A post held by a person for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// Which post.
    pub post: PostId,
    /// The unit it is the post of; none for a post of the whole council.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Who holds it.
    pub person: PersonId,
    /// First moment.
    pub from: Timestamp,
    /// First moment after; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A written delegation: somebody acts on the authority of the holder of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Delegated {
    /// Reference of the document.
    pub reference: String,
    /// Which post's authority.
    pub post: PostId,
    /// The unit of that post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Who gives it; counts only while they hold the post.
    pub by: PersonId,
    /// Who may act.
    pub to: PersonId,
    /// First moment.
    pub from: Timestamp,
    /// First moment after. A delegation always ends.
    pub until: Timestamp,
}

/// Whose authority an act rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The post.
    pub post: PostId,
    /// The unit of that post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Who holds it.
    pub holder: PersonId,
    /// Reference of the written delegation, where the actor is not the holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation: Option<String>,
}

/// Who holds which post, and who may act for them.
#[derive(Debug, Clone, Default)]
pub struct Posts {
    holdings: Vec<Holding>,
    delegations: Vec<Delegated>,
}

impl Posts {
    /// Gathers holdings and delegations.
    pub fn new(holdings: Vec<Holding>, delegations: Vec<Delegated>) -> Self {
        Self {
            holdings,
            delegations,
        }
    }

    /// Adds a holding, or replaces the one that began at the same moment.
    pub fn put(&mut self, holding: Holding) {
        let same = |held: &&mut Holding| {
            held.post == holding.post
                && held.unit == holding.unit
                && held.person == holding.person
                && held.from == holding.from
        };
        match self.holdings.iter_mut().find(same) {
            Some(held) => *held = holding,
            None => self.holdings.push(holding),
        }
    }

    /// Adds a written delegation, or replaces the one with the same reference.
    pub fn delegate(&mut self, given: Delegated) {
        let same = |known: &&mut Delegated| known.reference == given.reference;
        match self.delegations.iter_mut().find(same) {
            Some(known) => *known = given,
            None => self.delegations.push(given),
        }
    }

    /// Every holding, past and future ones too.
    pub fn holdings(&self) -> &[Holding] {
        &self.holdings
    }

    /// Every written delegation, past and future ones too.
    pub fn delegations(&self) -> &[Delegated] {
        &self.delegations
    }

    /// Posts somebody holds or may act for at a moment.
    pub fn of<'a>(
        &'a self,
        actor: &'a PersonId,
        at: Timestamp,
    ) -> impl Iterator<Item = Authority> + 'a {
        let own = self
            .held_at(at)
            .filter(move |held| held.person == *actor)
            .map(|held| held.authority(None));
        own.chain(self.delegations.iter().filter_map(move |given| {
            (given.to == *actor && given.from <= at && at < given.until)
                .then(|| self.backing(given, at))
                .flatten()
        }))
    }

    /// Who holds a post over a person at a moment.
    pub fn holders<'a>(
        &'a self,
        post: &'a PostId,
        over: &'a Person,
        people: &'a People,
        at: Timestamp,
    ) -> impl Iterator<Item = &'a PersonId> + 'a {
        let manager = over
            .manager
            .as_ref()
            .filter(|_| post.as_str() == LINE_MANAGER);
        let held = self
            .held_at(at)
            .filter(move |held| held.post == *post && post.as_str() != LINE_MANAGER);
        let held = held.filter(move |held| reaches(held.unit.as_ref(), over, people));
        manager.into_iter().chain(held.map(|held| &held.person))
    }

    /// Who holds a post for the whole council at a moment: whom a matter concerns that is about nobody.
    pub fn holders_for_all<'a>(
        &'a self,
        post: &'a PostId,
        at: Timestamp,
    ) -> impl Iterator<Item = &'a PersonId> + 'a {
        let held = self.held_at(at);
        held.filter(move |held| held.post == *post && held.unit.is_none())
            .map(|held| &held.person)
    }

    /// Each authority by which somebody may act as a post over a person.
    pub fn authorities<'a>(
        &'a self,
        actor: &'a PersonId,
        post: &'a PostId,
        over: &'a Person,
        people: &'a People,
        at: Timestamp,
    ) -> impl Iterator<Item = Authority> + 'a {
        // A relation rather than a post: nobody holds it or can delegate it.
        let relation = post.as_str() == LINE_MANAGER;
        let manages = relation && over.manager.as_ref() == Some(actor);
        let manager = manages.then(|| Authority {
            post: post.clone(),
            unit: None,
            holder: actor.clone(),
            delegation: None,
        });
        let held = self.of(actor, at).filter(move |authority| {
            !relation && authority.post == *post && reaches(authority.unit.as_ref(), over, people)
        });
        manager.into_iter().chain(held)
    }

    /// The first authority by which somebody may act as a post over a person, if they may.
    pub fn authority(
        &self,
        actor: &PersonId,
        post: &PostId,
        over: &Person,
        people: &People,
        at: Timestamp,
    ) -> Option<Authority> {
        self.authorities(actor, post, over, people, at).next()
    }

    fn held_at(&self, at: Timestamp) -> impl Iterator<Item = &Holding> {
        self.holdings
            .iter()
            .filter(move |held| held.from <= at && held.until.is_none_or(|until| at < until))
    }

    /// A delegation is worth what its giver held at that moment.
    fn backing(&self, given: &Delegated, at: Timestamp) -> Option<Authority> {
        self.held_at(at)
            .find(|held| {
                held.person == given.by && held.post == given.post && held.unit == given.unit
            })
            .map(|held| held.authority(Some(given.reference.clone())))
    }
}

impl Holding {
    fn authority(&self, delegation: Option<String>) -> Authority {
        Authority {
            post: self.post.clone(),
            unit: self.unit.clone(),
            holder: self.person.clone(),
            delegation,
        }
    }
}

/// A post of a unit reaches the people of that unit and of those below; a post of the council, all.
fn reaches(unit: Option<&UnitId>, over: &Person, people: &People) -> bool {
    unit.is_none_or(|above| {
        over.unit
            .as_ref()
            .is_some_and(|unit| people.is_within(unit, above))
    })
}
