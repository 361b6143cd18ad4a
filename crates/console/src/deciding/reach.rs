//! Whose matters somebody's posts reach: narrows what is read, decides nothing.

use std::collections::BTreeSet;

use matters::id::{PersonId, PostId};
use matters::world::World;
use register_store::waiting::MOST_PEOPLE;

use super::{Stand, scope::Scope};
use crate::duty::Duty;
use crate::visit::Visit;

/// Posts of whoever looks, and whom they reach.
pub(super) struct Reach {
    duties: BTreeSet<Duty>,
    manages: bool,
    /// Nobody else's matters need be read; anybody's if absent.
    pub(super) people: Option<Vec<PersonId>>,
}

impl Reach {
    pub(super) fn of(visit: &Visit, world: &World<'_>) -> Self {
        let viewer = &visit.viewer;
        // Where the only holder of a post is barred, its alternate acts.
        let stands_in = |post: &&PostId| {
            let settings = world.settings.posts.get(post.as_str());
            let alternate = settings.and_then(|post| post.alternate.as_deref());
            alternate.is_some_and(|alternate| viewer.posts.contains(&PostId::from(alternate)))
        };
        let all: Vec<_> = world
            .settings
            .posts
            .keys()
            .map(|post| PostId::from(post.as_str()))
            .collect();
        let mut posts = viewer.posts.clone();
        posts.extend(all.iter().filter(stands_in).cloned());
        Self {
            duties: visit.console.duties.held(&posts),
            manages: viewer.is_manager,
            people: people(visit, world),
        }
    }

    /// States in which a matter may wait for whoever looks.
    pub(super) fn states(&self, stands: &[Stand], scope: &Scope) -> Vec<&'static str> {
        let held = |duty: &Duty| self.duties.contains(duty) && scope.looks_for(*duty);
        let stands = stands
            .iter()
            .filter(|stand| (stand.managers && self.manages) || stand.duties.iter().any(held));
        stands.map(|stand| stand.state).collect()
    }
}

/// None where a post is of the whole council, or reaches so many that reading on is as quick.
fn people(visit: &Visit, world: &World<'_>) -> Option<Vec<PersonId>> {
    let viewer = &visit.viewer;
    let units = world
        .posts
        .of(&viewer.person, visit.at)
        .map(|authority| authority.unit);
    let units: BTreeSet<_> = units.collect::<Option<_>>()?;
    let reached = world.people.all().filter(|person| {
        let unit = person.unit.as_ref();
        let within = |unit| {
            units
                .iter()
                .any(|above| world.people.is_within(unit, above))
        };
        person.manager.as_ref() == Some(&viewer.person) || unit.is_some_and(within)
    });
    let reached: Vec<_> = reached
        .take(MOST_PEOPLE + 1)
        .map(|person| person.id.clone())
        .collect();
    (reached.len() <= MOST_PEOPLE).then_some(reached)
}
