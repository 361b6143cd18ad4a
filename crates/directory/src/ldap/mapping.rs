//! Which attribute of an entry means what. The defaults fit Active Directory and `inetOrgPerson`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which attribute means what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Survives a change of name.
    pub key: String,
    /// Sign-in name.
    pub account: String,
    /// Full name.
    pub name: String,
    /// Mail address.
    pub mail: String,
    /// What the person does.
    pub title: String,
    /// The number HR knows the person by.
    pub employee_number: String,
    /// The name of the line manager's entry.
    pub manager: String,
    /// Directorate, service and team, those there are.
    #[serde(default)]
    pub unit: Vec<String>,
    /// The groups an account is in.
    pub groups: String,
    /// The attribute whose value names the audience; without it, only people HR knows are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// What its values mean, in lower case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub audiences: BTreeMap<String, String>,
    /// How an account is disabled.
    pub disabling: Disabling,
}

/// How directories say that an account is disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disabling {
    /// Active Directory: the bit 2 of a number.
    UserAccountControl,
    /// OpenLDAP with its password policy: locked since the beginning of time.
    PwdAccountLockedTime,
    /// 389 Directory Server and FreeIPA: a truth value.
    NsAccountLock,
}

/// What [`Disabling::PwdAccountLockedTime`] holds when it is for good; other values are lockouts
/// that pass by themselves.
pub(super) const LOCKED_FOR_GOOD: &str = "000001010000Z";
/// The bit of `userAccountControl` that disables.
pub(super) const ACCOUNT_DISABLED: i64 = 2;

impl Disabling {
    /// The attribute.
    pub fn attribute(self) -> &'static str {
        match self {
            Self::UserAccountControl => "userAccountControl",
            Self::PwdAccountLockedTime => "pwdAccountLockedTime",
            Self::NsAccountLock => "nsAccountLock",
        }
    }

    /// Whether an account with this value of the attribute is enabled; nothing if it makes no sense.
    pub fn is_enabled(self, value: Option<&str>) -> Option<bool> {
        match (self, value) {
            (_, None) => Some(true),
            (Self::UserAccountControl, Some(bits)) => {
                let bits: i64 = bits.trim().parse().ok()?;
                Some(bits & ACCOUNT_DISABLED == 0)
            }
            (Self::PwdAccountLockedTime, Some(since)) => Some(since != LOCKED_FOR_GOOD),
            (Self::NsAccountLock, Some(locked)) => Some(!locked.eq_ignore_ascii_case("true")),
        }
    }
}

impl Mapping {
    /// As Active Directory has it.
    pub fn active_directory() -> Self {
        Self {
            key: "objectGUID".to_owned(),
            account: "sAMAccountName".to_owned(),
            name: "displayName".to_owned(),
            disabling: Disabling::UserAccountControl,
            unit: vec!["company".to_owned(), "department".to_owned()],
            employee_number: "employeeID".to_owned(),
            ..Self::inet_org_person()
        }
    }

    /// As OpenLDAP has it, with `inetOrgPerson` and the `memberof` and `ppolicy` overlays.
    pub fn inet_org_person() -> Self {
        Self {
            key: "entryUUID".to_owned(),
            account: "uid".to_owned(),
            name: "cn".to_owned(),
            mail: "mail".to_owned(),
            title: "title".to_owned(),
            employee_number: "employeeNumber".to_owned(),
            manager: "manager".to_owned(),
            unit: Vec::new(),
            groups: "memberOf".to_owned(),
            audience: None,
            audiences: BTreeMap::new(),
            disabling: Disabling::PwdAccountLockedTime,
        }
    }

    /// Every attribute asked for; no others are.
    pub fn attributes(&self) -> Vec<&str> {
        let one = [
            &self.key,
            &self.account,
            &self.name,
            &self.mail,
            &self.title,
            &self.employee_number,
            &self.manager,
            &self.groups,
        ];
        let mut all: Vec<&str> = one.into_iter().map(String::as_str).collect();
        all.extend(self.unit.iter().chain(&self.audience).map(String::as_str));
        all.push(self.disabling.attribute());
        all
    }

    /// The filter that finds the entry with a key. Keys that are not texts are hexadecimal here.
    pub fn find(&self, key: &str) -> String {
        let value = match key.strip_prefix(BINARY) {
            Some(hex) => {
                let pairs = hex.as_bytes().chunks(2);
                pairs
                    .map(|pair| format!("\\{}", String::from_utf8_lossy(pair)))
                    .collect()
            }
            None => ldap3::ldap_escape(key).into_owned(),
        };
        format!("({}={value})", self.key)
    }
}

/// What the text of a key begins with that is bytes in the directory.
pub(super) const BINARY: &str = "x";
