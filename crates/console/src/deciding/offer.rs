//! What somebody may decide about a matter now: found out by trying it.

use std::sync::Arc;

use matters::authority::Authority;
use matters::id::{PersonId, PostId};
use matters::machine::Refused;
use matters::world::World;
use register_store::image::Image;

use super::given::Given;
use super::scope::Scope;
use super::{Decided, Decision};
use crate::access::About;
use crate::visit::Visit;
use crate::words;

/// A decision that is open to somebody.
#[derive(Debug, Clone)]
pub(super) struct Offered {
    pub(super) decision: &'static Decision,
    /// On whose authority they would take it.
    pub(super) authority: Option<Authority>,
}

/// Asks for one request of the browser's. What it was told it does not ask again: most people of a
/// list stand to whoever looks in one of two or three ways.
pub(super) struct Judge<'v> {
    visit: &'v Visit,
    image: Arc<Image>,
    told: Vec<(&'static str, About, bool)>,
}

impl<'v> Judge<'v> {
    pub(super) fn new(visit: &'v Visit, image: Arc<Image>) -> Self {
        let told = Vec::new();
        Self { visit, image, told }
    }

    /// Every decision open to whoever looks, the usual first.
    pub(super) fn offered<M: Decided>(&mut self, matter: &M) -> Vec<Offered> {
        let (image, mut about) = (Arc::clone(&self.image), None);
        let world = image.world();
        let offers = M::DECISIONS.iter();
        let offers = offers.filter_map(|decision| self.offer(matter, decision, &world, &mut about));
        offers.collect()
    }

    /// The first decision somebody waits for from whoever looks.
    pub(super) fn asked<M: Decided>(&mut self, matter: &M) -> Option<Offered> {
        let (image, mut about) = (Arc::clone(&self.image), None);
        let world = image.world();
        let mut asked = M::DECISIONS
            .iter()
            .filter(|one| matter.is_asked(one, &world));
        asked.find_map(|decision| self.offer(matter, decision, &world, &mut about))
    }

    fn offer<M: Decided>(
        &mut self,
        matter: &M,
        decision: &'static Decision,
        world: &World<'_>,
        about: &mut Option<About>,
    ) -> Option<Offered> {
        let scope = Scope::of(self.visit);
        let mut actions = decision
            .actions
            .iter()
            .filter(|action| scope.covers(action));
        actions.clone().next()?;
        let step = matter.step(decision, &Given::to_try(matter.clauses(world)))?;
        let act = self.visit.act().because("to be given");
        let authority = match matter.take(step, &act, world) {
            Ok(taken) => taken.authority,
            // Something is still to be filled in.
            Err(Refused::Field { .. }) => None,
            Err(_) => return None,
        };
        let about = about.get_or_insert_with(|| self.visit.about(matter.subject()));
        let stands_in = authority
            .as_ref()
            .map(|one| self.standing_in(one, about, world));
        let allowed = actions.any(|action| {
            let stood_in = stands_in
                .as_ref()
                .is_some_and(|about| self.allows(action, about));
            stood_in || self.allows(action, about)
        });
        allowed.then_some(Offered {
            decision,
            authority,
        })
    }

    /// Where a post's only holders are barred its alternate has that post's duties in this matter.
    /// Who that is the machine has said; so it holds for this matter and no other.
    fn standing_in(&self, authority: &Authority, about: &About, world: &World<'_>) -> About {
        let posts = world.settings.posts.iter();
        let barred =
            posts.filter(|(_, of)| of.alternate.as_deref() == Some(authority.post.as_str()));
        let barred = barred
            .map(|(post, _)| PostId::from(post.as_str()))
            .collect();
        let mut about = about.clone();
        about.duties.extend(self.visit.console.duties.held(&barred));
        about
    }

    fn allows(&mut self, action: &'static str, about: &About) -> bool {
        let known = |told: &&(&str, About, bool)| told.0 == action && told.1 == *about;
        if let Some((_, _, allowed)) = self.told.iter().find(known) {
            return *allowed;
        }
        let allowed = self
            .visit
            .console
            .access
            .may(&self.visit.viewer, action, about);
        self.told.push((action, about.clone(), allowed));
        allowed
    }
}

/// On whose authority, in words: `Head of Service for Housing, on behalf of Ann Lee (D-17)`.
pub(super) fn in_words(authority: &Authority, viewer: &PersonId, world: &World<'_>) -> String {
    let mut words = words::post(world.settings, authority.post.as_str());
    let unit = authority
        .unit
        .as_ref()
        .and_then(|unit| world.people.unit(unit));
    if let Some(unit) = unit {
        words += &format!(" for {}", unit.name);
    }
    if authority.holder != *viewer {
        let holder = world.people.person(&authority.holder);
        let holder = holder.map_or(authority.holder.as_str(), |holder| &holder.name);
        words += &format!(", on behalf of {holder}");
    }
    match &authority.delegation {
        Some(reference) => format!("{words} (written delegation {reference})"),
        None => words,
    }
}
