//! The register in memory, as of one commit.
//!
//! Only what machines and gates ask for is here: people, units, posts, whose signature stands, and
//! the facts of matters that are not over. Its parts are shared between one image and the next, so
//! a commit copies the part it changed and nothing else.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use matters::authority::{Delegated, Holding, Posts};
use matters::id::{MatterId, PersonId, PostId};
use matters::people::{People, Person, Unit};
use matters::world::World;
use policy::pack::Pack;

use crate::kind::{Fact, Mailbox};

/// Facts of one person's matters, by matter.
type Facts = Vec<(MatterId, Fact)>;

/// The register as of one commit.
#[derive(Debug, Clone)]
pub struct Image {
    pub(crate) seq: u64,
    pub(crate) pack: Arc<Pack>,
    people: Arc<People>,
    posts: Arc<Posts>,
    accepted: Arc<HashSet<PersonId>>,
    earlier: Arc<HashSet<PersonId>>,
    facts: Arc<HashMap<PersonId, Arc<Facts>>>,
    mailboxes: Arc<HashMap<MatterId, Mailbox>>,
    /// The way of signing on a page that is not over, of which there is one at most.
    signing: Option<Arc<(MatterId, BTreeSet<PostId>)>>,
}

impl Image {
    /// An image of an empty register.
    pub(crate) fn empty(pack: Arc<Pack>) -> Self {
        Self {
            seq: 0,
            pack,
            people: Arc::default(),
            posts: Arc::default(),
            accepted: Arc::default(),
            earlier: Arc::default(),
            facts: Arc::default(),
            mailboxes: Arc::default(),
            signing: None,
        }
    }

    /// Number of the last event it contains.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The policy it is judged by.
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// Everybody.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// Who holds which post.
    pub fn posts(&self) -> &Posts {
        &self.posts
    }

    /// Those whose signature on the policy in force stands.
    pub fn accepted(&self) -> &HashSet<PersonId> {
        &self.accepted
    }

    /// Whether somebody signed an earlier version of the policy.
    pub fn signed_earlier(&self, person: &PersonId) -> bool {
        self.earlier.contains(person)
    }

    /// What steps are judged by.
    pub fn world(&self) -> World<'_> {
        World {
            people: &self.people,
            posts: &self.posts,
            settings: &self.pack.settings().people,
            accepted: &self.accepted,
            signing: self.signing.as_ref().map(|method| &method.1),
        }
    }

    /// What is known of a person from matters that are not over, with the matter's reference.
    pub fn facts(&self, person: &PersonId) -> impl Iterator<Item = (&MatterId, &Fact)> {
        let facts = self.facts.get(person).map(|facts| facts.as_slice());
        facts.into_iter().flatten().map(|(id, fact)| (id, fact))
    }

    /// Shared mailboxes that are set up, with the matter's reference, in no order.
    pub fn mailboxes(&self) -> impl Iterator<Item = (&MatterId, &Mailbox)> {
        self.mailboxes.iter()
    }

    pub(crate) fn put_person(&mut self, person: Person) {
        let id = person.id.clone();
        Arc::make_mut(&mut self.people).put(person);
        // Another audience may fall under another edition.
        self.put_accepted(&id);
    }

    pub(crate) fn put_unit(&mut self, unit: Unit) {
        Arc::make_mut(&mut self.people).put_unit(unit);
    }

    pub(crate) fn put_holding(&mut self, holding: Holding) {
        Arc::make_mut(&mut self.posts).put(holding);
    }

    pub(crate) fn put_delegated(&mut self, delegated: Delegated) {
        Arc::make_mut(&mut self.posts).delegate(delegated);
    }

    pub(crate) fn put_posts(&mut self, posts: Posts) {
        self.posts = Arc::new(posts);
    }

    /// Somebody signed a version that is no longer in force.
    pub(crate) fn put_signed_earlier(&mut self, person: PersonId) {
        Arc::make_mut(&mut self.earlier).insert(person);
    }

    /// Replaces what one matter says about a mailbox, which belongs to no one person.
    pub(crate) fn put_mailbox(&mut self, matter: &MatterId, mailbox: Option<Mailbox>) {
        let all = Arc::make_mut(&mut self.mailboxes);
        match mailbox {
            Some(mailbox) => drop(all.insert(matter.clone(), mailbox)),
            None => drop(all.remove(matter)),
        }
    }

    /// Replaces what one matter says about how people sign, which is about nobody.
    pub(crate) fn put_signing(&mut self, matter: &MatterId, agreed: Option<BTreeSet<PostId>>) {
        match agreed {
            Some(agreed) => self.signing = Some(Arc::new((matter.clone(), agreed))),
            None if self.signing.as_ref().is_some_and(|one| one.0 == *matter) => {
                self.signing = None;
            }
            None => (),
        }
    }

    /// Replaces what one matter says about its subject; none once it says nothing.
    pub(crate) fn put_fact(&mut self, matter: &MatterId, subject: &PersonId, fact: Option<Fact>) {
        let known = self.facts.get(subject);
        let place = known.and_then(|facts| facts.iter().position(|(id, _)| id == matter));
        if place.is_none() && fact.is_none() {
            return;
        }
        let all = Arc::make_mut(&mut self.facts);
        let facts = Arc::make_mut(all.entry(subject.clone()).or_default());
        if let Some(place) = place {
            facts.swap_remove(place);
        }
        facts.extend(fact.map(|fact| (matter.clone(), fact)));
        self.put_accepted(subject);
    }

    /// Looks anew whether somebody's signature on the version in force stands.
    fn put_accepted(&mut self, person: &PersonId) {
        let audience = self.people.person(person).map(|person| &person.audience);
        let edition = audience.map(|audience| self.pack.edition_of(audience));
        let stands = self.facts(person).any(|(_, fact)| match fact {
            Fact::Signature {
                version,
                edition: signed,
                stands: true,
                ..
            } => *version == self.pack.settings().version && Some(signed.as_str()) == edition,
            _ => false,
        });
        if stands != self.accepted.contains(person) {
            let accepted = Arc::make_mut(&mut self.accepted);
            if stands {
                accepted.insert(person.clone());
            } else {
                accepted.remove(person);
            }
        }
    }
}
