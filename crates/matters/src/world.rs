//! What a step is judged by.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;
use policy::people::PeopleSettings;

use crate::authority::{Authority, Posts};
use crate::id::{PersonId, PostId};
use crate::machine::Refused;
use crate::people::{People, Person};

/// People, posts and settings as they stand at the moment of a step.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// Everybody.
    pub people: &'a People,
    /// Who holds which post.
    pub posts: &'a Posts,
    /// What the pack says about requests, permissions and signatures.
    pub settings: &'a PeopleSettings,
    /// Those whose signature on the policy in force stands.
    pub accepted: &'a HashSet<PersonId>,
    /// Posts that agreed to the way of signing on a page that is proposed or agreed; none while no way
    /// is.
    pub signing: Option<&'a BTreeSet<PostId>>,
}

impl World<'_> {
    /// Whether people may sign on a page: every post the pack names has agreed to how.
    pub fn signs_on_a_page(&self) -> bool {
        let mut posts = self.settings.signing.agreed_by.iter();
        posts.all(|post| {
            let post = PostId::from(post.as_str());
            self.signing.is_some_and(|agreed| agreed.contains(&post))
        })
    }

    /// The person with this id, or why the step cannot be taken.
    pub fn person(&self, id: &PersonId) -> Result<&Person, Refused> {
        self.people
            .person(id)
            .ok_or_else(|| Refused::NobodyKnown(id.clone()))
    }

    /// The authority by which an actor decides about a person as one of these posts.
    ///
    /// Nobody decides their own matter, neither themselves nor through somebody who acts on their
    /// authority. Where that leaves a post without anybody to act, because its only holders are the
    /// person the matter is about or are named in it, its alternate acts.
    pub fn authority(
        &self,
        actor: &PersonId,
        posts: &[PostId],
        over: &PersonId,
        named: &[PersonId],
        at: Timestamp,
    ) -> Result<Authority, Refused> {
        let subject = self.person(over)?;
        if actor == over {
            return Err(Refused::OwnMatter);
        }
        if named.contains(actor) {
            return Err(Refused::Named);
        }
        let barred = |who: &PersonId| who == over || named.contains(who);
        let authority = |post: &PostId| {
            self.posts
                .authorities(actor, post, subject, self.people, at)
                .find(|authority| !barred(&authority.holder))
        };
        let blocked = |post: &&PostId| {
            let mut holders = self
                .posts
                .holders(post, subject, self.people, at)
                .peekable();
            holders.peek().is_some() && holders.all(barred)
        };
        let alternate = |post: &PostId| {
            let settings = self.settings.posts.get(post.as_str())?;
            authority(&PostId::from(settings.alternate.as_deref()?))
        };
        posts
            .iter()
            .find_map(authority)
            .or_else(|| posts.iter().filter(blocked).find_map(alternate))
            .ok_or_else(|| Refused::Authority {
                posts: posts.to_vec(),
            })
    }
}
