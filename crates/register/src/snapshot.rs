//! One immutable view of the register, asked by the gates for every activity.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use policy::request::{Clock, Labels, Principal};

use crate::devices::Devices;
use crate::document::{Council, Document, Permission, Person, Unit};
use crate::telephone;

/// Why a register file was not taken. All problems come back at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadRegisterError {
    /// Not TOML, or not of the documented shape.
    #[error("the register cannot be read: {0}")]
    Unreadable(String),
    /// It can be read and contradicts itself.
    #[error("the register has {} problem(s); first: {}", .0.len(), .0.first().map_or("none", String::as_str))]
    Contradictory(Vec<String>),
}

/// What an activity is aimed at, for the scope of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim<'a> {
    /// A site, by host name in lower case.
    Site(&'a str),
    /// A recipient, by address in lower case.
    Recipient(&'a str),
    /// Neither: a printer, or the network itself.
    Other,
    /// A telephone number that is called.
    Number(&'a str),
}

/// Most units that lie within one another. A register by hand could have a loop.
const DEEPEST_UNIT: usize = 16;

/// Position of a person in the snapshot.
type Place = usize;

/// In place of a position: two people have the name.
const SHARED: Place = usize::MAX;

/// An address somebody may send in the name of, and when.
#[derive(Debug)]
struct Represented {
    address: String,
    from: Timestamp,
    until: Timestamp,
}

/// One immutable view of the register.
#[derive(Debug, Default)]
pub struct Snapshot {
    council: Council,
    people: Vec<Person>,
    by_id: HashMap<String, Place>,
    by_address: HashMap<String, Place>,
    by_private_address: HashMap<String, Place>,
    by_account: HashMap<String, Place>,
    /// By the number as [`crate::telephone::plain`] has it.
    by_extension: HashMap<String, Place>,
    permissions: HashMap<Place, Vec<Permission>>,
    delegations: HashMap<Place, Vec<Represented>>,
    mailboxes: HashMap<String, usize>,
    lists: HashMap<String, bool>,
    units: Vec<Unit>,
    devices: Devices,
    /// By what they were found to be.
    allowed: HashMap<String, HashSet<String>>,
}

impl Snapshot {
    /// Builds a snapshot from the text of a register file.
    pub fn parse(text: &str) -> Result<Self, ReadRegisterError> {
        let document = toml::from_str(text).map_err(|error| {
            ReadRegisterError::Unreadable(error.to_string().trim_end().to_owned())
        })?;
        Self::of(document).map_err(ReadRegisterError::Contradictory)
    }

    /// Builds a snapshot from a document, or lists everything that contradicts itself in it.
    pub fn of(document: Document) -> Result<Self, Vec<String>> {
        match Self::tolerant(document) {
            (snapshot, wrong) if wrong.is_empty() => Ok(snapshot),
            (_, wrong) => Err(wrong),
        }
    }

    /// Builds a snapshot from a document and lists what contradicts itself in it. A name that two
    /// people have then is nobody's, and what names nobody known covers nothing: one wrong row of a
    /// feed must not keep everybody else's changes waiting.
    pub fn tolerant(document: Document) -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        let mut snapshot = Self {
            devices: Devices::of(&document.council, &mut wrong),
            council: lower_domains(document.council),
            ..Self::default()
        };
        let known: HashSet<_> = document.units.iter().map(|unit| unit.id.clone()).collect();
        for unit in &document.units {
            if let Some(parent) = unit
                .parent
                .as_ref()
                .filter(|parent| !known.contains(*parent))
            {
                wrong.push(format!(
                    "unit `{}` belongs to `{parent}`, which is not in the register",
                    unit.id
                ));
            }
        }
        snapshot.units = document.units;
        for mut person in document.people {
            if let Some(unit) = person.unit.as_ref().filter(|unit| !known.contains(*unit)) {
                wrong.push(format!(
                    "person `{}` is of unit `{unit}`, which is not in the register",
                    person.id
                ));
            }
            person.clock.sort_by_key(|clocking| clocking.at);
            snapshot.add_person(person, &mut wrong);
        }
        for permission in document.permissions {
            if permission.until <= permission.from {
                wrong.push(format!(
                    "permission `{}` ends before it begins",
                    permission.reference
                ));
            }
            match snapshot.by_id.get(&permission.person) {
                Some(&place) => snapshot
                    .permissions
                    .entry(place)
                    .or_default()
                    .push(permission),
                None => wrong.push(format!(
                    "permission `{}` is for `{}`, who is not in the register",
                    permission.reference, permission.person
                )),
            }
        }
        for mailbox in document.mailboxes {
            let unknown = mailbox.administrators.iter().chain([&mailbox.manager]);
            for person in unknown.filter(|person| !snapshot.by_id.contains_key(*person)) {
                wrong.push(format!(
                    "mailbox `{}` names `{person}`, who is not in the register",
                    mailbox.address
                ));
            }
            let administrators: HashSet<_> = mailbox.administrators.iter().collect();
            snapshot
                .mailboxes
                .insert(mailbox.address.to_lowercase(), administrators.len());
        }
        for delegation in document.delegations {
            let addresses = match snapshot.by_id.get(&delegation.represents) {
                Some(&place) => snapshot.people[place].addresses.clone(),
                None if snapshot
                    .mailboxes
                    .contains_key(&delegation.represents.to_lowercase()) =>
                {
                    vec![delegation.represents]
                }
                None => {
                    wrong.push(format!(
                        "a delegation represents `{}`, who is not in the register",
                        delegation.represents
                    ));
                    continue;
                }
            };
            match snapshot.by_id.get(&delegation.delegate) {
                Some(&place) => {
                    let represented = addresses.iter().map(|address| Represented {
                        address: address.to_lowercase(),
                        from: delegation.from,
                        until: delegation.until,
                    });
                    snapshot
                        .delegations
                        .entry(place)
                        .or_default()
                        .extend(represented);
                }
                None => wrong.push(format!(
                    "a delegation names `{}`, who is not in the register",
                    delegation.delegate
                )),
            }
        }
        for list in document.lists {
            snapshot
                .lists
                .insert(list.address.to_lowercase(), list.all_staff);
        }
        for allowed in document.allowed {
            let words = plain(&allowed.words);
            if words.is_empty() {
                wrong.push(format!("allowed words `{}` are none", allowed.reference));
                continue;
            }
            snapshot
                .allowed
                .entry(allowed.label)
                .or_default()
                .insert(words);
        }
        snapshot.forget_shared();
        (snapshot, wrong)
    }

    /// Leaves out names that belong to two people.
    fn forget_shared(&mut self) {
        for index in [
            &mut self.by_address,
            &mut self.by_private_address,
            &mut self.by_account,
            &mut self.by_extension,
        ] {
            index.retain(|_, place| *place != SHARED);
        }
    }

    fn add_person(&mut self, person: Person, wrong: &mut Vec<String>) {
        let place = self.people.len();
        if self.by_id.insert(person.id.clone(), place).is_some() {
            wrong.push(format!("person `{}` stands twice", person.id));
        }
        for given in &person.extensions {
            let Some(number) = telephone::plain(given) else {
                wrong.push(format!(
                    "extension `{given}` of `{}` is no number",
                    person.id
                ));
                continue;
            };
            let known = self.by_extension.entry(number).or_insert(place);
            if *known != place {
                *known = SHARED;
                wrong.push(format!(
                    "extension `{given}` belongs to two people; the second is `{}`",
                    person.id
                ));
            }
        }
        let indexes = [
            (&mut self.by_address, &person.addresses, "address"),
            (
                &mut self.by_private_address,
                &person.private_addresses,
                "private address",
            ),
            (&mut self.by_account, &person.accounts, "account"),
        ];
        for (index, names, what) in indexes {
            for name in names {
                let known = index.entry(name.to_lowercase()).or_insert(place);
                if *known != place {
                    *known = SHARED;
                    wrong.push(format!(
                        "{what} `{name}` belongs to two people; the second is `{}`",
                        person.id
                    ));
                }
            }
        }
        self.people.push(person);
    }

    /// How many people there are.
    pub fn n_people(&self) -> usize {
        self.people.len()
    }

    /// Everybody, in the order of the file.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The unit somebody is of and those it belongs to, by id, the narrowest first.
    pub fn units_of(&self, person: &Person) -> Vec<String> {
        let named = |id: &String| self.units.iter().find(|unit| unit.id == *id);
        let of = person.unit.as_ref().and_then(named);
        let line = std::iter::successors(of, |unit| unit.parent.as_ref().and_then(named));
        line.take(DEEPEST_UNIT)
            .map(|unit| unit.id.clone())
            .collect()
    }

    /// Directorates, services and teams.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The council's own addresses and those it knows.
    pub fn council(&self) -> &Council {
        &self.council
    }

    /// The person with this id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.by_id.get(id).and_then(|&place| self.people.get(place))
    }

    /// The person who signs in under this name. `name` may carry a domain after `@`.
    pub fn person_by_account(&self, name: &str) -> Option<&Person> {
        let name = name.to_lowercase();
        let local = name
            .split_once('@')
            .map_or(name.as_str(), |(local, _)| local);
        let place = self
            .by_account
            .get(&name)
            .or_else(|| self.by_address.get(&name))
            .or_else(|| {
                let own = name
                    .split_once('@')
                    .is_none_or(|(_, domain)| self.is_council_domain(domain));
                self.by_account.get(local).filter(|_| own)
            });
        place.and_then(|&place| self.people.get(place))
    }

    /// The person this council address belongs to.
    pub fn person_by_address(&self, address: &str) -> Option<&Person> {
        self.by_address
            .get(&address.to_lowercase())
            .and_then(|&place| self.people.get(place))
    }

    /// The person who declared this private address.
    pub fn person_by_private_address(&self, address: &str) -> Option<&Person> {
        self.by_private_address
            .get(&address.to_lowercase())
            .and_then(|&place| self.people.get(place))
    }

    /// The person who answers this telephone, however its number is written.
    pub fn person_by_extension(&self, number: &str) -> Option<&Person> {
        let place = *self.by_extension.get(&telephone::plain(number)?)?;
        self.people.get(place)
    }

    /// Whether the person has declared this telephone number as private.
    pub fn is_private_number(&self, person: &Person, number: &str) -> bool {
        let Some(number) = telephone::plain(number) else {
            return false;
        };
        let declared = person.private_numbers.iter();
        declared
            .filter_map(|own| telephone::plain(own))
            .any(|own| own == number)
    }

    /// The person's facts at a moment: before service starts nothing is granted, and after it
    /// ceases all is withdrawn.
    pub fn principal(&self, person: &Person, at: Timestamp) -> Principal {
        let mut withdrawn: Labels = person.withdrawn.iter().cloned().collect();
        if person.leaves.is_some_and(|leaves| leaves <= at) {
            withdrawn.insert("all".to_owned());
        }
        let granted = person.granted.as_ref();
        let granted = match person.starts {
            Some(starts) if at < starts => Some(Labels::new()),
            _ => granted.map(|granted| granted.iter().cloned().collect()),
        };
        Principal {
            audience: person.audience.clone(),
            acceptance: person.acceptance,
            withdrawn,
            granted,
        }
    }

    /// The person's clock at a moment, from the last event up to then.
    pub fn clock(&self, person: &Person, at: Timestamp) -> Clock {
        let events = person.clock.partition_point(|clocking| clocking.at <= at);
        events
            .checked_sub(1)
            .map_or(Clock::Unknown, |last| person.clock[last].state)
    }

    /// Every permission there is, whoever holds it and whenever.
    pub fn permissions_held(&self) -> impl Iterator<Item = &Permission> {
        self.permissions.values().flatten()
    }

    /// Permissions in force for exactly this activity. One that is limited to sites covers no mail and
    /// no call, and one that is limited to recipients or numbers no site.
    pub fn permissions(&self, person: &Person, at: Timestamp, aim: Aim<'_>) -> Vec<&Permission> {
        let held = self
            .by_id
            .get(&person.id)
            .and_then(|place| self.permissions.get(place));
        let covers = |permission: &&Permission| {
            let (sites, recipients) = (&permission.hosts, &permission.recipients);
            let unlimited = sites.is_empty() && recipients.is_empty();
            let in_scope = match aim {
                Aim::Site(host) => sites.iter().any(|scope| is_below(host, scope)),
                Aim::Recipient(address) => recipients.iter().any(|scope| {
                    scope.eq_ignore_ascii_case(address)
                        || scope.eq_ignore_ascii_case(domain_of(address))
                }),
                Aim::Other => false,
                Aim::Number(number) => {
                    let number = telephone::plain(number);
                    number.is_some()
                        && recipients
                            .iter()
                            .any(|scope| telephone::plain(scope) == number)
                }
            };
            permission.from <= at && at < permission.until && (unlimited || in_scope)
        };
        held.into_iter().flatten().filter(covers).collect()
    }

    /// Whether this person may send in the name of this address at this moment.
    pub fn may_represent(&self, delegate: &Person, address: &str, at: Timestamp) -> bool {
        let place = self.by_id.get(&delegate.id);
        let represented = place.and_then(|place| self.delegations.get(place));
        represented.into_iter().flatten().any(|represented| {
            represented.address.eq_ignore_ascii_case(address)
                && represented.from <= at
                && at < represented.until
        })
    }

    /// What is known of a sender's address.
    pub fn sender_labels(&self, address: &str) -> Labels {
        let address = address.to_lowercase();
        let mut labels = self.place_labels(&address);
        labels.retain(|label| {
            matches!(
                label.as_str(),
                "internal" | "external" | "partner" | "confidential-route"
            )
        });
        if self.by_private_address.contains_key(&address) {
            labels.insert("own-private".to_owned());
        }
        if let Some(&administrators) = self.mailboxes.get(&address) {
            labels.insert("generic-mailbox".to_owned());
            if administrators < 2 {
                labels.insert("generic-at-risk".to_owned());
            }
        }
        labels
    }

    /// What is known of a recipient's address, when this person sends to it.
    pub fn recipient_labels(&self, address: &str, from: Option<&Person>) -> Labels {
        let address = address.to_lowercase();
        let mut labels = self.place_labels(&address);
        let own = from.is_some_and(|person| {
            person
                .private_addresses
                .iter()
                .any(|own| own.eq_ignore_ascii_case(&address))
        });
        if own {
            labels.insert("own-private".to_owned());
        }
        if self.mailboxes.contains_key(&address) {
            labels.insert("generic-mailbox".to_owned());
        }
        if let Some(&all_staff) = self.lists.get(&address) {
            labels.insert(if all_staff { "all-staff" } else { "list" }.to_owned());
        }
        if self.council.spam_desk.as_deref() == Some(address.as_str()) {
            labels.insert("spam-desk".to_owned());
        }
        labels
    }

    fn place_labels(&self, address: &str) -> Labels {
        let domain = domain_of(address);
        let mut labels = Labels::new();
        let routes = &self.council.confidential_routes;
        if routes
            .iter()
            .any(|route| address == route || is_below(domain, route))
        {
            labels.insert("confidential-route".to_owned());
        }
        if self.is_council_domain(domain) {
            labels.insert("internal".to_owned());
            return labels;
        }
        labels.insert("external".to_owned());
        let known = [
            (&self.council.partner_domains, "partner"),
            (&self.council.secure_domains, "secure"),
            (&self.council.webmail_domains, "webmail"),
        ];
        for (domains, label) in known {
            if domains.iter().any(|known| is_below(domain, known)) {
                labels.insert(label.to_owned());
            }
        }
        labels
    }

    /// Whether somebody found these words not to be what they were found to be.
    pub fn is_allowed(&self, label: &str, words: &str) -> bool {
        let allowed = self.allowed.get(label);
        allowed.is_some_and(|allowed| allowed.contains(&plain(words)))
    }

    /// Whether a domain is the council's own, or below one that is.
    pub fn is_council_domain(&self, domain: &str) -> bool {
        self.council.domains.iter().any(|own| is_below(domain, own))
    }

    /// Whether an address, or the id of a message, stands under no domain of the council's.
    pub fn is_outside(&self, address: &str) -> bool {
        !self.is_council_domain(domain_of(address))
    }

    /// The council's own domains and those it names, as they may be slipped in writing.
    pub fn named_domains(&self) -> impl Iterator<Item = &str> {
        let council = &self.council;
        let named = [
            &council.domains,
            &council.partner_domains,
            &council.secure_domains,
            &council.webmail_domains,
        ];
        named.into_iter().flatten().map(String::as_str)
    }

    /// Copiers, scanners and telephones.
    pub fn devices(&self) -> &Devices {
        &self.devices
    }
}

/// Letters and digits in lower case, with one space between words.
fn plain(words: &str) -> String {
    let words = words.split(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Whether `host` is `scope` or a name below it.
fn is_below(host: &str, scope: &str) -> bool {
    let Some(start) = host.len().checked_sub(scope.len()) else {
        return false;
    };
    let (head, tail) = host.as_bytes().split_at(start);
    tail.eq_ignore_ascii_case(scope.as_bytes()) && (head.is_empty() || head.ends_with(b"."))
}

fn lower_domains(mut council: Council) -> Council {
    let lists = [
        &mut council.domains,
        &mut council.partner_domains,
        &mut council.secure_domains,
        &mut council.confidential_routes,
        &mut council.webmail_domains,
    ];
    for domain in lists.into_iter().flatten() {
        *domain = domain.to_lowercase();
    }
    council.spam_desk = council.spam_desk.map(|address| address.to_lowercase());
    council
}

#[cfg(test)]
mod tests;
