//! The register as gates read it.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use matters::held_mail::NOBODY;
use matters::id::{PersonId, UnitId};
use matters::people::{Person, Unit};
use policy::request::Acceptance;
use register::document::{self, Council, Document};

use crate::image::Image;
use crate::kind::{Fact, Mailbox};

/// Whom facts are about that are about no person.
static NOBODY_IN_PARTICULAR: LazyLock<PersonId> = LazyLock::new(|| PersonId::from(NOBODY));

/// Services whose gates ask the register, and the label rules know each by.
const GATED: [(&str, &str); 2] = [("email", "email"), ("internet", "web")];

impl Image {
    /// The register as gates read it. The council's own addresses come from its configuration.
    ///
    /// What was withdrawn and what nobody granted are facts of their own: rules refuse both, and in
    /// other words.
    pub fn document(&self, council: Council) -> Document {
        let mut document = Document {
            council,
            ..Document::default()
        };
        let units: Vec<_> = self.units_without().collect();
        let mut people: Vec<_> = self.people().all().collect();
        people.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        for person in people {
            document.people.push(self.person(person, &units));
            for (matter, fact) in self.facts(&person.id) {
                match fact {
                    Fact::Permission(permission) => {
                        let mut permission = permission.clone();
                        permission.reference = matter.as_str().to_owned();
                        permission.person = person.id.as_str().to_owned();
                        document.permissions.push(permission);
                    }
                    Fact::Delegation(delegation) => document.delegations.push(delegation.clone()),
                    Fact::Mailbox(_)
                    | Fact::Withdrawn { .. }
                    | Fact::Granted(_)
                    | Fact::UnitWithdrawn { .. }
                    | Fact::Allowed(_)
                    | Fact::Signing(_)
                    | Fact::Signature { .. } => {}
                }
            }
        }
        for (matter, fact) in self.facts(&NOBODY_IN_PARTICULAR) {
            if let Fact::Allowed(allowed) = fact {
                let mut allowed = allowed.clone();
                allowed.reference = matter.as_str().to_owned();
                document.allowed.push(allowed);
            }
        }
        document.units = self.people().units().map(unit).collect();
        document.units.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        for (_, mailbox) in self.mailboxes() {
            self.add_mailbox(mailbox, &mut document);
        }
        document
            .mailboxes
            .sort_unstable_by(|a, b| a.address.cmp(&b.address));
        document
    }

    /// A mailbox, and that those who administer it may send in its name. Only those count whose
    /// signature on the policy stands.
    fn add_mailbox(&self, mailbox: &Mailbox, document: &mut Document) {
        let agreed = mailbox.administrators.iter();
        let in_charge = agreed.filter(|(who, _)| self.accepted().contains(who));
        let mut administrators = Vec::new();
        for (who, since) in in_charge {
            administrators.push(who.as_str().to_owned());
            document.delegations.push(document::Delegation {
                represents: mailbox.address.clone(),
                delegate: who.as_str().to_owned(),
                from: *since,
                until: Timestamp::MAX,
            });
        }
        document.mailboxes.push(document::Mailbox {
            address: mailbox.address.clone(),
            manager: mailbox.manager.as_str().to_owned(),
            administrators,
        });
    }

    /// Units of which everybody is without some services.
    fn units_without(&self) -> impl Iterator<Item = (&UnitId, &[String])> {
        let facts = self.facts(&NOBODY_IN_PARTICULAR);
        facts.filter_map(|(_, fact)| match fact {
            Fact::UnitWithdrawn { unit, services } => Some((unit, services.as_slice())),
            _ => None,
        })
    }

    fn person(&self, person: &Person, units: &[(&UnitId, &[String])]) -> document::Person {
        let zone = TimeZone::get(&self.pack().settings().zone);
        let zone = zone.unwrap_or(TimeZone::UTC);
        let midnight = |day: Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp());
        let first = person.employed.first();
        let last = person.employed.last();
        let last_day = last
            .and_then(|spell| spell.until?.tomorrow().ok())
            .and_then(midnight);
        document::Person {
            id: person.id.as_str().to_owned(),
            name: person.name.clone(),
            audience: person.audience.clone(),
            group: self.group(person),
            unit: person.unit.as_ref().map(|unit| unit.as_str().to_owned()),
            accounts: person.accounts.clone(),
            addresses: person.addresses.clone(),
            private_addresses: person.private_addresses.clone(),
            extensions: person.extensions.clone(),
            private_numbers: person.private_numbers.clone(),
            acceptance: self.acceptance(&person.id),
            withdrawn: self.withdrawn(person, units),
            granted: Some(self.granted(&person.id)),
            starts: first.and_then(|spell| midnight(spell.from)),
            leaves: last_day.into_iter().chain(self.leaves(&person.id)).min(),
            clock: Vec::new(),
        }
    }

    /// A political group is public of councillors. Of whoever ceased to be one it goes nowhere.
    fn group(&self, person: &Person) -> Option<String> {
        let councillors = &self.pack().people().withdrawal.councillor.audience;
        let group = person.group.clone();
        group.filter(|_| person.audience == *councillors)
    }

    /// When everything is to be withdrawn. Said beforehand, so that it is true from that moment on
    /// and not from when somebody looks.
    fn leaves(&self, person: &PersonId) -> Option<Timestamp> {
        let moments = self.facts(person).filter_map(|(_, fact)| match fact {
            Fact::Withdrawn { services, from } if services.iter().any(|one| one == "all") => *from,
            _ => None,
        });
        moments.min()
    }

    fn acceptance(&self, person: &PersonId) -> Acceptance {
        let signed = |(_, fact): (_, &Fact)| matches!(fact, Fact::Signature { stands: true, .. });
        if self.accepted().contains(person) {
            Acceptance::Signed
        } else if self.signed_earlier(person) || self.facts(person).any(signed) {
            Acceptance::Due
        } else {
            Acceptance::None
        }
    }

    /// Labels of services withdrawn, from the person or from all of their unit.
    fn withdrawn(&self, person: &Person, units: &[(&UnitId, &[String])]) -> Vec<String> {
        let mut labels = Vec::new();
        for (unit, services) in units {
            let own = person.unit.as_ref();
            if own.is_some_and(|own| self.people().is_within(own, unit)) {
                labels.extend(services.iter().map(|service| label(service)));
            }
        }
        for (_, fact) in self.facts(&person.id) {
            match fact {
                Fact::Withdrawn {
                    services,
                    from: None,
                } => labels.extend(services.iter().map(|service| label(service))),
                Fact::Signature {
                    restricted: true, ..
                } => labels.extend(GATED.iter().map(|(_, label)| (*label).to_owned())),
                _ => {}
            }
        }
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// Labels of services granted.
    fn granted(&self, person: &PersonId) -> Vec<String> {
        let mut labels = Vec::new();
        for (_, fact) in self.facts(person) {
            if let Fact::Granted(services) = fact {
                labels.extend(services.iter().map(|service| label(service)));
            }
        }
        labels.sort_unstable();
        labels.dedup();
        labels
    }
}

fn unit(unit: &Unit) -> document::Unit {
    document::Unit {
        id: unit.id.as_str().to_owned(),
        name: unit.name.clone(),
        parent: unit
            .parent
            .as_ref()
            .map(|parent| parent.as_str().to_owned()),
    }
}

/// The label rules know a service by.
fn label(service: &str) -> String {
    let gated = GATED.iter().find(|(name, _)| *name == service);
    gated.map_or(service, |(_, label)| label).to_owned()
}
