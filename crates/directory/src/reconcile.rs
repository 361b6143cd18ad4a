//! Accounts and groups at the directory against requests for access, both ways.
//!
//! What should hold: an account can be used exactly if its person has a service in use, and is in a
//! service's group exactly if that service is. Every difference is somebody's to look at; nothing is
//! put right by itself.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use matters::id::PersonId;
use serde::{Deserialize, Serialize};

use crate::ldap::reading::{Account, plain_dn};

/// What one person may use, according to the requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Services in use.
    pub active: BTreeSet<String>,
    /// Whether everything was withdrawn.
    pub is_withdrawn: bool,
}

/// Something that does not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// An account can be used, and its person was withdrawn.
    EnabledThoughWithdrawn,
    /// An account can be used, and no request stands behind it.
    AccountWithoutRequest,
    /// An account is in a service's group, and no request stands behind it.
    GroupWithoutRequest,
    /// A service is in use, and its person has no account that can be used.
    RequestWithoutAccount,
    /// A service is in use, and no account is in its group.
    RequestWithoutGroup,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Difference {
    /// What does not agree.
    pub what: What,
    /// Whose; none for an account nobody is known to have.
    pub person: Option<PersonId>,
    /// Sign-in name, where it is about an account.
    pub account: Option<String>,
    /// Which service, where it is about one.
    pub service: Option<String>,
}

/// Compares. `people` says whose each account is, by key; `groups` is the group of each service
/// that has one.
pub fn reconcile(
    accounts: &[Account],
    people: &HashMap<String, PersonId>,
    access: &HashMap<PersonId, Access>,
    groups: &BTreeMap<String, String>,
) -> Vec<Difference> {
    let groups: Vec<_> = groups
        .iter()
        .map(|(service, dn)| (service, plain_dn(dn)))
        .collect();
    let nothing = Access::default();
    let mut differences = Vec::new();
    let mut usable: HashSet<&PersonId> = HashSet::new();
    let mut served: HashSet<(&PersonId, &str)> = HashSet::new();
    for account in accounts {
        let person = people.get(&account.key);
        let allowed = person
            .and_then(|person| access.get(person))
            .unwrap_or(&nothing);
        let mut differ = |what, service: Option<&String>| {
            differences.push(Difference {
                what,
                person: person.cloned(),
                account: Some(account.account.clone()),
                service: service.cloned(),
            });
        };
        if account.enabled {
            usable.extend(person);
            if allowed.active.is_empty() {
                let what = match allowed.is_withdrawn {
                    true => What::EnabledThoughWithdrawn,
                    false => What::AccountWithoutRequest,
                };
                differ(what, None);
            }
        }
        for (service, group) in &groups {
            let is_member = account.groups.binary_search(group).is_ok();
            match person {
                Some(person) if is_member && allowed.active.contains(*service) => {
                    served.insert((person, service));
                }
                _ if is_member => differ(What::GroupWithoutRequest, Some(service)),
                _ => {}
            }
        }
    }
    for (person, allowed) in access {
        let mut differ = |what, service: &String| {
            differences.push(Difference {
                what,
                person: Some(person.clone()),
                account: None,
                service: Some(service.clone()),
            });
        };
        for service in &allowed.active {
            let has_group = groups.iter().any(|(known, _)| *known == service);
            if !usable.contains(person) {
                differ(What::RequestWithoutAccount, service);
            } else if has_group && !served.contains(&(person, service.as_str())) {
                differ(What::RequestWithoutGroup, service);
            }
        }
    }
    differences.sort();
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_not_agreeing_is_found() {
        let account = |key: &str, enabled, groups: &[&str]| Account {
            key: key.to_owned(),
            dn: format!("uid={key}"),
            account: key.to_owned(),
            employee_number: None,
            enabled,
            groups: groups.iter().map(|group| plain_dn(group)).collect(),
        };
        let accounts = [
            account("right", true, &["cn=Mail, dc=x"]),
            account("gone", true, &[]),
            account("stray", true, &["cn=mail,dc=x"]),
            account("off", false, &[]),
            account("no-group", true, &[]),
            account("left-properly", false, &[]),
        ];
        let known = ["right", "gone", "off", "no-group", "left-properly"];
        let people = known
            .map(|key| (key.to_owned(), PersonId::from(key)))
            .into();
        let active = |services: &[&str]| Access {
            active: services
                .iter()
                .map(|service| (*service).to_owned())
                .collect(),
            is_withdrawn: services.is_empty(),
        };
        let access = [
            ("right", active(&["email"])),
            ("gone", active(&[])),
            ("off", active(&["email"])),
            ("no-group", active(&["email", "telephone"])),
            ("left-properly", active(&[])),
            ("nowhere", active(&["email"])),
        ];
        let access = access
            .map(|(person, access)| (PersonId::from(person), access))
            .into();
        let groups = BTreeMap::from([("email".to_owned(), "CN=mail,DC=x".to_owned())]);
        let found = reconcile(&accounts, &people, &access, &groups);
        let found: Vec<_> = found
            .iter()
            .map(|difference| {
                let who = difference
                    .person
                    .as_ref()
                    .map_or("?", |person| person.as_str());
                format!(
                    "{:?} {who} {}",
                    difference.what,
                    difference.service.as_deref().unwrap_or("-")
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                "EnabledThoughWithdrawn gone -",
                "AccountWithoutRequest ? -",
                "GroupWithoutRequest ? email",
                "RequestWithoutAccount nowhere email",
                "RequestWithoutAccount off email",
                "RequestWithoutGroup no-group email",
            ]
        );
    }
}
