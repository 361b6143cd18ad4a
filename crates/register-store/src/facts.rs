//! What each kind of matter says to the gates, and the document made of it.

use matters::access_request::{self, AccessRequest};
use matters::id::PersonId;
use matters::people::Person;
use matters::permission::{Permission, State};
use policy::people::Scope;
use policy::request::Acceptance;
use register::document::{self, Council, Document};

use crate::image::Image;
use crate::kind::{Fact, Stored};

/// Services whose gates ask the register, and the label rules know each by.
const GATED: [(&str, &str); 2] = [("email", "email"), ("internet", "web")];

impl Stored for Permission {
    fn about(&self) -> &str {
        &self.kind
    }

    /// Gates cannot see which program, device or occasion an activity is for: such a permission
    /// holds for its kind and time, and its uses are counted.
    fn fact(&self) -> Option<Fact> {
        if self.state != State::Active {
            return None;
        }
        let scope = |which| match self.rules.scope {
            Some(limit) if limit == which => self.terms.scope.clone(),
            _ => Vec::new(),
        };
        Some(Fact::Permission(document::Permission {
            reference: String::new(),
            kind: self.kind.clone(),
            person: String::new(),
            from: self.terms.from,
            until: self.terms.until,
            hosts: scope(Scope::Host),
            recipients: scope(Scope::Recipient),
            counted: self.terms.uses.is_some(),
        }))
    }
}

impl Stored for AccessRequest {
    fn about(&self) -> &str {
        &self.service
    }

    fn fact(&self) -> Option<Fact> {
        use access_request::Stage::{Active, MoverReview};
        let granted = matches!(self.stage, Active | MoverReview);
        granted.then(|| Fact::Granted(vec![self.service.clone()]))
    }
}

impl Image {
    /// The register as gates read it. The council's own addresses come from its configuration.
    ///
    /// A service that nobody granted is told like one that was withdrawn, as rules refuse both.
    pub fn document(&self, council: Council) -> Document {
        let mut document = Document {
            council,
            ..Document::default()
        };
        let mut people: Vec<_> = self.people().all().collect();
        people.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        for person in people {
            document.people.push(self.person(person));
            for (matter, fact) in self.facts(&person.id) {
                match fact {
                    Fact::Permission(permission) => {
                        let mut permission = permission.clone();
                        permission.reference = matter.as_str().to_owned();
                        permission.person = person.id.as_str().to_owned();
                        document.permissions.push(permission);
                    }
                    Fact::Delegation(delegation) => document.delegations.push(delegation.clone()),
                    Fact::Mailbox(mailbox) => document.mailboxes.push(mailbox.clone()),
                    Fact::Withdrawn(_) | Fact::Granted(_) | Fact::Signed { .. } => {}
                }
            }
        }
        document
    }

    fn person(&self, person: &Person) -> document::Person {
        let zone = jiff::tz::TimeZone::get(&self.pack().settings().zone);
        let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
        let midnight = |day: jiff::civil::Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp());
        let first = person.employed.first();
        let last = person.employed.last();
        document::Person {
            id: person.id.as_str().to_owned(),
            name: person.name.clone(),
            audience: person.audience.clone(),
            accounts: person.accounts.clone(),
            addresses: person.addresses.clone(),
            private_addresses: person.private_addresses.clone(),
            acceptance: self.acceptance(&person.id),
            withdrawn: self.withdrawn(&person.id),
            starts: first.and_then(|spell| midnight(spell.from)),
            leaves: last
                .and_then(|spell| spell.until?.tomorrow().ok())
                .and_then(midnight),
            clock: Vec::new(),
        }
    }

    fn acceptance(&self, person: &PersonId) -> Acceptance {
        let signed = |(_, fact): (_, &Fact)| matches!(fact, Fact::Signed { .. });
        if self.accepted().contains(person) {
            Acceptance::Signed
        } else if self.signed_earlier(person) || self.facts(person).any(signed) {
            Acceptance::Due
        } else {
            Acceptance::None
        }
    }

    /// Labels of services withdrawn or never granted.
    fn withdrawn(&self, person: &PersonId) -> Vec<String> {
        let mut labels = Vec::new();
        let mut granted = Vec::new();
        for (_, fact) in self.facts(person) {
            match fact {
                Fact::Withdrawn(services) => labels.extend(services.iter().map(|service| {
                    let gated = GATED.iter().find(|(name, _)| name == service);
                    gated
                        .map_or(service.as_str(), |(_, label)| label)
                        .to_owned()
                })),
                Fact::Granted(services) => granted.extend(services.iter().map(String::as_str)),
                _ => {}
            }
        }
        let missing = GATED.iter().filter(|(name, _)| !granted.contains(name));
        labels.extend(missing.map(|(_, label)| (*label).to_owned()));
        labels.sort_unstable();
        labels.dedup();
        labels
    }
}
