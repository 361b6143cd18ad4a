//! Who is looking: the person who is signed in, with what they hold at this moment.

use std::collections::BTreeSet;

use jiff::Timestamp;
use matters::id::{PersonId, PostId};
use matters::people::Person;
use matters::world::World;

use crate::access::About;
use crate::duty::{Duties, Duty};
use crate::sessions::SignedIn;

/// The person who is signed in.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Who.
    pub person: PersonId,
    /// For people to read.
    pub name: String,
    /// Their audience in the pack.
    pub audience: String,
    /// Posts held now, own or by written delegation.
    pub posts: BTreeSet<PostId>,
    /// What those posts give to do.
    pub duties: BTreeSet<Duty>,
    /// Somebody's line manager, or the sponsor of somebody the council does not employ.
    pub is_manager: bool,
    /// Their sign-in.
    pub signed_in: SignedIn,
}

impl Viewer {
    /// Looks up what somebody holds. None if nobody has this id any more.
    pub fn of(
        signed_in: SignedIn,
        world: &World<'_>,
        duties: &Duties,
        at: Timestamp,
    ) -> Option<Self> {
        let person = world.people.person(&signed_in.person)?;
        let held = world.posts.of(&person.id, at);
        let posts: BTreeSet<_> = held.map(|authority| authority.post).collect();
        Some(Self {
            person: person.id.clone(),
            name: person.name.clone(),
            audience: person.audience.clone(),
            duties: duties.held(&posts),
            posts,
            is_manager: world.people.answers_for_anybody(&person.id),
            signed_in,
        })
    }

    /// Whether somebody is of the viewer's team.
    pub fn answers_for(&self, person: &Person) -> bool {
        person.answered_for_by().any(|one| *one == self.person)
    }

    /// How a person stands to the viewer. Somebody unknown is nobody's concern: no duty reaches them.
    pub fn about(
        &self,
        person: &PersonId,
        world: &World<'_>,
        duties: &Duties,
        at: Timestamp,
    ) -> About {
        let known = world.people.person(person);
        About {
            own: self.person == *person,
            team: known.is_some_and(|known| self.answers_for(known)),
            duties: known.map_or_else(BTreeSet::new, |known| {
                duties.over(&self.person, known, world, at)
            }),
            ..About::default()
        }
    }
}
