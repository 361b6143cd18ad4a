//! What a person may see and do, by the console's rules: the same questions as a page asks.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use matters::id::{PersonId, PostId};
use matters::people::Person;
use matters::world::World;
use register_store::image::Image;

use super::Api;
use super::caller::Caller;
use super::exposed::{Actions, Exposed};
use super::problem::{Kind, Problem};
use crate::access::About;
use crate::viewer::Viewer;

/// One person's view for one request. What was asked once is not asked again: most matters of a list
/// stand to whoever looks in one of two or three ways.
pub(super) struct Sight {
    api: Api,
    pub(super) viewer: Arc<Viewer>,
    pub(super) image: Arc<Image>,
    pub(super) at: Timestamp,
    stands: HashMap<PersonId, About>,
    told: Vec<(&'static str, About, bool)>,
}

impl Sight {
    /// The view of the person whose token it is.
    pub(super) fn of(api: &Api, caller: &Caller) -> Result<Self, Problem> {
        let viewer = caller
            .viewer
            .clone()
            .ok_or_else(|| Problem::new(Kind::Service))?;
        Ok(Self {
            api: api.clone(),
            viewer,
            image: api.console.store.image(),
            at: caller.at,
            stands: HashMap::new(),
            told: Vec::new(),
        })
    }

    /// Whether a matter may be seen.
    pub(super) fn sees<M: Exposed>(&mut self, matter: &M) -> bool {
        let image = Arc::clone(&self.image);
        let world = image.world();
        if let Some(read) = matter.is_read_by(&self.viewer.person, self.at, &world) {
            return read;
        }
        let about = self.about(matter, &world);
        let about = match matter.sealed_for() {
            Some(posts) => {
                let decides = self.decides(matter, &posts, &world);
                about.sealed(true, decides)
            }
            None => about,
        };
        self.may(M::SEE, &about) || (self.is_party(matter) && self.may(M::SEE, &own()))
    }

    /// Whether one of these actions is allowed about a matter.
    pub(super) fn may_any<M: Exposed>(&mut self, actions: Actions, matter: &M) -> bool {
        let image = Arc::clone(&self.image);
        let about = self.about(matter, &image.world());
        let is_party = self.is_party(matter);
        let mut actions = actions.iter();
        actions.any(|action| self.may(action, &about) || (is_party && self.may(action, &own())))
    }

    /// Whether one of these actions is allowed about a person, or for oneself.
    pub(super) fn may_begin(&mut self, actions: Actions, whom: &PersonId, invited: bool) -> bool {
        let image = Arc::clone(&self.image);
        let about = self.stands(whom, &image.world());
        let mut actions = actions.iter();
        actions.any(|action| self.may(action, &about) || (invited && self.may(action, &own())))
    }

    /// Whether a person's record may be seen.
    pub(super) fn sees_person(&mut self, person: &Person) -> bool {
        let image = Arc::clone(&self.image);
        let about = self.stands(&person.id, &image.world());
        self.may("see-position", &about)
    }

    /// Whether whoever looks has nothing to do with others: then only their own need be read.
    pub(super) fn is_alone(&self) -> bool {
        self.viewer.posts.is_empty() && !self.viewer.is_manager
    }

    fn is_party<M: Exposed>(&self, matter: &M) -> bool {
        let person = &self.viewer.person;
        matter.subject() == person || matter.parties().contains(&person)
    }

    fn may(&mut self, action: &'static str, about: &About) -> bool {
        let known = |told: &&(&str, About, bool)| told.0 == action && told.1 == *about;
        if let Some((_, _, allowed)) = self.told.iter().find(known) {
            return *allowed;
        }
        let allowed = self.api.console.access.may(&self.viewer, action, about);
        self.told.push((action, about.clone(), allowed));
        allowed
    }

    /// How the subject of a matter stands to whoever looks. Where a post's only holders are barred
    /// from it, its alternate has that post's duties in this matter and no other.
    fn about<M: Exposed>(&mut self, matter: &M, world: &World<'_>) -> About {
        let mut about = self.stands(matter.subject(), world);
        let posts = world.settings.posts.iter();
        let stood_in = posts.filter(|(_, post)| {
            let alternate = post.alternate.as_deref().map(PostId::from);
            alternate.is_some_and(|alternate| self.viewer.posts.contains(&alternate))
        });
        let stood_in = stood_in.map(|(post, _)| PostId::from(post.as_str()));
        let stood_in =
            stood_in.filter(|post| self.decides(matter, std::slice::from_ref(post), world));
        let posts = stood_in.collect();
        about.duties.extend(self.api.console.duties.held(&posts));
        about
    }

    /// Whether whoever looks has the authority of one of these posts in a matter.
    fn decides<M: Exposed>(&self, matter: &M, posts: &[PostId], world: &World<'_>) -> bool {
        let parties: Vec<_> = matter.parties().into_iter().cloned().collect();
        let (actor, over) = (&self.viewer.person, matter.subject());
        world
            .authority(actor, posts, over, &parties, self.at)
            .is_ok()
    }

    fn stands(&mut self, person: &PersonId, world: &World<'_>) -> About {
        if let Some(known) = self.stands.get(person) {
            return known.clone();
        }
        let about = self
            .viewer
            .about(person, world, &self.api.console.duties, self.at);
        self.stands.insert(person.clone(), about.clone());
        about
    }
}

fn own() -> About {
    About {
        own: true,
        ..About::default()
    }
}
