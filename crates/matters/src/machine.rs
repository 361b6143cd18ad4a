//! What every kind of matter has in common.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::authority::Authority;
use crate::event::Act;
use crate::id::{PersonId, PostId};
use crate::world::World;

/// One kind of matter: a value that takes steps.
///
/// Pure: the same matter, step, act and world give the same result.
pub trait Machine: Sized + Clone + Serialize + DeserializeOwned {
    /// As events spell it: `access-request`.
    const KIND: &'static str;
    /// Two letters its references begin with.
    const PREFIX: &'static str;
    /// What somebody asks for when it begins.
    type Opening: Serialize + DeserializeOwned;
    /// What can be done with it.
    type Step: Serialize + DeserializeOwned;

    /// Begins one.
    fn open(opening: Self::Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused>;

    /// Takes a step, or says why not. Nothing changes unless it is taken.
    fn take(&self, step: Self::Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused>;

    /// Whom it is about.
    fn subject(&self) -> &PersonId;

    /// Where it stands, as events spell it: `awaiting-authorisation`.
    fn state(&self) -> &'static str;

    /// Whether nothing more can happen to it.
    fn is_over(&self) -> bool;

    /// The next moment at which time itself does something to it, and the step it then takes.
    fn due(&self, _world: &World<'_>) -> Option<(Timestamp, Self::Step)> {
        None
    }
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken<M> {
    /// The matter as it stands now.
    pub matter: M,
    /// What the step is called on the record.
    pub step: &'static str,
    /// On whose authority it was taken.
    pub authority: Option<Authority>,
    /// Clauses it rests on, in full: `walsall-5.2.2`.
    pub clauses: Vec<String>,
    /// What follows for others.
    pub effects: Vec<Effect>,
}

/// What follows from a step outside the matter itself. Carried out in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Somebody is told. The words are in `notice`, by the name of the notice.
    Notify {
        /// Who.
        to: Addressee,
        /// Which notice: `access-request-refused`.
        notice: &'static str,
    },
    /// Somebody has to do something the system cannot, or a connector has to.
    Task {
        /// What: `provision`, `revoke`, `inform-it`, `conversation` …
        task: &'static str,
        /// Which service, where it is about one.
        service: Option<String>,
        /// Whose work list it stands on.
        post: PostId,
    },
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    /// One person.
    Person(PersonId),
    /// Whoever holds a post over the person the matter is about.
    Post(PostId),
}

/// Why a step is not taken. Said to the person who tried, so in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not from where it stands: somebody else was quicker, or the page is an old one.
    #[error("this is `{state}` now, so `{step}` can no longer be done; look at it afresh")]
    State {
        /// Where it stands.
        state: &'static str,
        /// What was tried.
        step: &'static str,
    },
    /// The actor holds none of the posts, nor a delegation from one who does.
    #[error("only {} may do this", or_list(.posts))]
    Authority {
        /// Which would do.
        posts: Vec<PostId>,
    },
    /// The actor is the person it is about.
    #[error("nobody decides their own matter: somebody else has to do this")]
    OwnMatter,
    /// The actor is named in the matter.
    #[error("you are named in this matter: somebody else has to do this")]
    Named,
    /// Only a person can do this, or only this person.
    #[error("this is for {0} alone to do")]
    OnlyBy(PersonId),
    /// Nobody has this id.
    #[error("nobody with the id `{0}` is known")]
    NobodyKnown(PersonId),
    /// Something was left out or makes no sense.
    #[error("{problem}")]
    Field {
        /// The field of the form.
        field: &'static str,
        /// What is wrong and what to do.
        problem: String,
    },
    /// The policy does not allow it, whoever asks.
    #[error("{problem}")]
    Rule {
        /// What the policy says.
        problem: String,
        /// Where.
        clauses: Vec<String>,
    },
}

impl Refused {
    /// Something is wrong with a field of the form.
    pub fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field {
            field,
            problem: problem.into(),
        }
    }
}

fn or_list(posts: &[PostId]) -> String {
    let names: Vec<_> = posts
        .iter()
        .map(|post| post.as_str().replace('-', " "))
        .collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [one] => format!("the {one}"),
        [first @ .., last] => format!("the {} or the {last}", first.join(", the ")),
    }
}
