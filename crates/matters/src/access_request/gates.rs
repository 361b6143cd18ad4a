//! What has to be true before access is active, and what was recorded of it.

use jiff::Timestamp;
use policy::people::{Access, Entry};
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::event::{Act, Actor};
use crate::id::UnitId;
use crate::people::Person;
use crate::world::World;

/// Something that has to be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// The monitoring officer, or whom the pack names, certified who the person is.
    Certificate,
    /// Somebody senior confirmed the need.
    Need,
    /// Whoever runs the service permits it.
    Permission,
    /// HR confirmed identity and post.
    Identity,
    /// The person signed the policy in force.
    Signature,
}

impl Gate {
    /// What is missing, to end the sentence "access is not active yet:".
    pub fn missing(self) -> &'static str {
        match self {
            Self::Certificate => "the certificate is not given",
            Self::Need => "nobody has confirmed the need",
            Self::Permission => "it is not permitted",
            Self::Identity => "HR has not confirmed identity and post",
            Self::Signature => "the policy in force is not signed",
        }
    }
}

/// What was recorded of the gates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gates {
    /// In place of need, where the pack says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified: Option<Given>,
    /// Need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorised: Option<Given>,
    /// Permission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permitted: Option<Given>,
    /// Identity and post.
    #[serde(default)]
    pub identity: Identity,
    /// Since when the signature on the policy in force is known to stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Timestamp>,
}

/// A decision, and for what it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Given {
    /// By whom.
    pub by: Actor,
    /// On whose authority; none for a standing rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// When.
    pub at: Timestamp,
    /// What the person was then. It counts for nothing else.
    pub audience: String,
    /// Where the person worked then. Need confirmed for one directorate is not need in another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

impl Given {
    pub(super) fn now(act: &Act, authority: Option<Authority>, person: &Person) -> Self {
        Self {
            by: act.actor.clone(),
            authority,
            at: act.at,
            audience: person.audience.clone(),
            unit: person.unit.clone(),
        }
    }

    fn stands_for(&self, person: &Person) -> bool {
        self.audience == person.audience && self.unit == person.unit
    }
}

/// What is known of somebody's identity and post.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// Nobody has looked.
    #[default]
    Unverified,
    /// Confirmed earlier; stands on the person's record.
    OnRecord(Timestamp),
    /// Confirmed for this request.
    Verified(Timestamp),
    /// HR knows no such person or post. Only HR can put that right.
    Mismatch(Timestamp),
}

impl Identity {
    pub(super) fn is_confirmed(&self) -> bool {
        matches!(self, Self::OnRecord(_) | Self::Verified(_))
    }
}

impl Gates {
    /// Takes up what is known outside the request: the person's record, and the signature.
    pub(super) fn note(&mut self, person: &Person, world: &World<'_>, at: Timestamp) {
        if matches!(self.identity, Identity::Unverified | Identity::OnRecord(_)) {
            self.identity = person
                .verified_at
                .map_or(Identity::Unverified, Identity::OnRecord);
        }
        let signed = world.accepted.contains(&person.id);
        self.accepted_at = signed.then(|| self.accepted_at.unwrap_or(at));
    }

    /// The gates still shut, in the order they are asked.
    pub(super) fn shut(&self, person: &Person, entry: &Entry, access: &Access) -> Vec<Gate> {
        let given = |given: &Option<Given>| {
            let given = given.as_ref();
            given.is_some_and(|given| given.stands_for(person))
        };
        let certificate = !entry.certified_by.is_empty();
        let need = !certificate && !entry.authorised_by.is_empty();
        let permission = !access.permitted_by.is_empty();
        // A mismatch shuts the gate also where nobody would have asked HR.
        let identity = match self.identity {
            Identity::Mismatch(_) => true,
            _ => entry.hr_verifies && !self.identity.is_confirmed(),
        };
        let gates = [
            (Gate::Certificate, certificate && !given(&self.certified)),
            (Gate::Need, need && !given(&self.authorised)),
            (Gate::Permission, permission && self.permitted.is_none()),
            (Gate::Identity, identity),
            (Gate::Signature, self.accepted_at.is_none()),
        ];
        let shut = gates.into_iter().filter(|(_, shut)| *shut);
        shut.map(|(gate, _)| gate).collect()
    }
}
