//! Kinds of matter the store keeps, and the same seen without their types.

use std::collections::BTreeSet;

use jiff::Timestamp;
use matters::acceptance::Acceptance;
use matters::access_request::AccessRequest;
use matters::allowed_words::AllowedWords;
use matters::authority::Authority;
use matters::case_time::CaseTime;
use matters::delegation::Delegation;
use matters::enquiry::Enquiry;
use matters::event::Act;
use matters::held_mail::HeldMail;
use matters::hold::Hold;
use matters::id::{PersonId, PostId, UnitId};
use matters::incident::Incident;
use matters::machine::{Effect, Machine, Refused, Taken};
use matters::mailbox::GenericMailbox;
use matters::member_misuse::MemberMisuse;
use matters::permission::Permission;
use matters::personal_mail::PersonalMail;
use matters::report_issue::ReportIssue;
use matters::school_services::SchoolServices;
use matters::sign_in_misuse::SignInMisuse;
use matters::signing_method::SigningMethod;
use matters::unreached::Unreached;
use matters::voicemail::Voicemail;
use matters::withdrawal::Withdrawal;
use matters::world::World;
use register::document;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;

/// Raised whenever a [`Fact`] of some matter would be written otherwise than before; a store then
/// writes them all anew when it is opened.
pub(crate) const FACT_FORMAT: i64 = 1;

/// What the gates, or other machines, have to know of a matter as it stands.
///
/// Stored beside the matter: another shape needs another `FACT_FORMAT`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// A permission that can be used.
    Permission(document::Permission),
    /// Somebody may send in another's name.
    Delegation(document::Delegation),
    /// A shared mailbox, whoever the subject is.
    Mailbox(Mailbox),
    /// Services withdrawn from the subject.
    Withdrawn {
        /// `email`, `internet` … or `all`.
        services: Vec<String>,
        /// First moment without, while it is still to be carried out.
        from: Option<Timestamp>,
    },
    /// Services withdrawn from everybody of a unit, whoever the subject is.
    UnitWithdrawn {
        /// Which unit, with those below it.
        unit: UnitId,
        /// `email`, `internet` …
        services: Vec<String>,
    },
    /// Services the subject was granted.
    Granted(Vec<String>),
    /// Words that are passed over, whoever writes them.
    Allowed(document::Allowed),
    /// Posts that agreed to how people sign on a page, whoever the subject is.
    Signing(BTreeSet<PostId>),
    /// How the subject stands to one version of one edition.
    Signature {
        /// The policy's version.
        version: String,
        /// The edition of it.
        edition: String,
        /// Whether it is signed.
        stands: bool,
        /// Whether services are restricted until it is.
        restricted: bool,
    },
}

/// A shared mailbox that is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Its address.
    pub address: String,
    /// The one person answerable for it.
    pub manager: PersonId,
    /// Who agreed to administer it, and when; nobody while it is suspended.
    pub administrators: Vec<(PersonId, Timestamp)>,
}

/// A kind of matter the store can keep.
pub trait Stored: Machine + Send + Sync + 'static {
    /// What lists of this kind are narrowed by: a permission's kind, a signature's version.
    fn about(&self) -> &str {
        ""
    }

    /// People beside the subject whose leaving or moving it depends on.
    fn named(&self) -> Vec<&PersonId> {
        Vec::new()
    }

    /// What others have to know of it. Asked only while it is not over.
    fn fact(&self) -> Option<Fact> {
        None
    }

    /// Whether its subject signed with it, once it is over.
    fn is_remembered(&self) -> bool {
        false
    }
}

/// What a matter says to the image.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) fact: Option<Fact>,
    pub(crate) is_remembered: bool,
}

impl Said {
    /// The fact as it is stored.
    pub(crate) fn fact_json(&self, id: &str) -> Result<Option<String>, StoreError> {
        let json = self.fact.as_ref().map(serde_json::to_string).transpose();
        json.map_err(StoreError::unreadable(id))
    }

    fn by<M: Stored>(matter: &M) -> Self {
        let is_over = matter.is_over();
        Self {
            fact: matter.fact().filter(|_| !is_over),
            is_remembered: is_over && matter.is_remembered(),
        }
    }
}

/// A step taken, with the matter's type forgotten: what the tables and the image need.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) kind: &'static str,
    pub(crate) subject: PersonId,
    pub(crate) state: &'static str,
    pub(crate) is_over: bool,
    pub(crate) about: String,
    pub(crate) body: String,
    pub(crate) due: Option<Timestamp>,
    pub(crate) said: Said,
    pub(crate) named: Vec<PersonId>,
    pub(crate) step: &'static str,
    pub(crate) authority: Option<Authority>,
    pub(crate) clauses: Vec<String>,
    pub(crate) effects: Vec<Effect>,
}

impl Outcome {
    pub(crate) fn of<M: Stored>(
        taken: Taken<M>,
        world: &World<'_>,
    ) -> Result<Self, serde_json::Error> {
        let Taken {
            matter,
            step,
            authority,
            clauses,
            effects,
        } = taken;
        let is_over = matter.is_over();
        Ok(Self {
            kind: M::KIND,
            subject: matter.subject().clone(),
            state: matter.state(),
            is_over,
            about: matter.about().to_owned(),
            body: serde_json::to_string(&matter)?,
            due: due(&matter, world),
            said: Said::by(&matter),
            named: matter.named().into_iter().cloned().collect(),
            step,
            authority,
            clauses,
            effects,
        })
    }
}

/// When time next does something to it; never once it is over.
fn due<M: Machine>(matter: &M, world: &World<'_>) -> Option<Timestamp> {
    let due = || matter.due(world).map(|(at, _)| at);
    (!matter.is_over()).then(due).flatten()
}

/// What can be done with a matter whose type is known only by the name of its kind.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) said: fn(&str) -> Result<Said, serde_json::Error>,
    pub(crate) due: fn(&str, &World<'_>) -> Result<Option<Timestamp>, serde_json::Error>,
    pub(crate) on_time: fn(&str, &Act, &World<'_>) -> Result<OnTime, serde_json::Error>,
}

/// What time does to a matter at a moment.
pub(crate) enum OnTime {
    /// Nothing yet.
    NotBefore(Option<Timestamp>),
    /// This.
    Taken(Box<Outcome>),
    /// It should, and the machine says no.
    Refused(Refused),
}

impl Kind {
    pub(crate) const fn of<M: Stored>() -> Self {
        Self {
            name: M::KIND,
            said: |body| Ok(Said::by(&serde_json::from_str::<M>(body)?)),
            due: |body, world| Ok(due(&serde_json::from_str::<M>(body)?, world)),
            on_time: |body, act, world| {
                let matter: M = serde_json::from_str(body)?;
                let due = (!matter.is_over()).then(|| matter.due(world)).flatten();
                match due {
                    Some((at, step)) if at <= act.at => match matter.take(step, act, world) {
                        Ok(taken) => Outcome::of(taken, world).map(Box::new).map(OnTime::Taken),
                        Err(refused) => Ok(OnTime::Refused(refused)),
                    },
                    later => Ok(OnTime::NotBefore(later.map(|(at, _)| at))),
                }
            },
        }
    }
}

/// Every kind there is.
static KINDS: &[Kind] = &[
    Kind::of::<AccessRequest>(),
    Kind::of::<Acceptance>(),
    Kind::of::<Permission>(),
    Kind::of::<Delegation>(),
    Kind::of::<GenericMailbox>(),
    Kind::of::<Withdrawal>(),
    Kind::of::<MemberMisuse>(),
    Kind::of::<Incident>(),
    Kind::of::<HeldMail>(),
    Kind::of::<AllowedWords>(),
    Kind::of::<Enquiry>(),
    Kind::of::<SchoolServices>(),
    Kind::of::<SigningMethod>(),
    Kind::of::<SignInMisuse>(),
    Kind::of::<Hold>(),
    Kind::of::<PersonalMail>(),
    Kind::of::<Voicemail>(),
    Kind::of::<Unreached>(),
    Kind::of::<ReportIssue>(),
    Kind::of::<CaseTime>(),
];

/// The kind with this name.
pub(crate) fn named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
