//! Entries of a directory as accounts, and as statements about people.

use std::collections::HashMap;

use crate::cell::{self, LONGEST_TEXT, Wrong};
use crate::ldap::mapping::{BINARY, Mapping};
use crate::quarantine::Quarantined;
use crate::stated::{Says, Stated, Weight, Who};

/// Most groups of one account that are looked at.
const MOST_GROUPS: usize = 2000;
/// Longest name of an entry, in bytes.
const LONGEST_DN: usize = 1024;

/// An entry as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub dn: String,
    /// Values by attribute, in lower case.
    pub values: HashMap<String, Vec<Vec<u8>>>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Survives a change of name.
    pub key: String,
    /// The entry's name.
    pub dn: String,
    /// Sign-in name.
    pub account: String,
    /// The number HR knows its person by.
    pub employee_number: Option<String>,
    /// Whether it can be used.
    pub enabled: bool,
    /// Names of the groups it is in, as [`plain_dn`] writes them.
    pub groups: Vec<String>,
}

/// A name by which two spellings of one entry's name are equal: lower case, no spaces around
/// commas and equals signs.
pub fn plain_dn(dn: &str) -> String {
    let parts = dn.split(',').map(|part| match part.split_once('=') {
        Some((kind, value)) => format!("{}={}", kind.trim(), value.trim()),
        None => part.trim().to_owned(),
    });
    parts.collect::<Vec<_>>().join(",").to_lowercase()
}

/// What a whole directory says: its accounts, and about their people. Managers are found by the
/// names of their entries, so all entries come together.
pub fn read(
    entries: &[Entry],
    mapping: &Mapping,
) -> (Vec<Account>, Vec<Result<Stated, Quarantined>>) {
    let keys: HashMap<_, _> = entries
        .iter()
        .filter_map(|entry| Some((plain_dn(&entry.dn), entry.key(mapping)?)))
        .collect();
    let (mut accounts, mut stated) = (Vec::new(), Vec::new());
    for (row, entry) in (1..).zip(entries) {
        match entry.account(row, mapping) {
            Ok(account) => {
                stated.push(entry.stated(row, &account, mapping, &keys));
                accounts.push(account);
            }
            Err(aside) => stated.push(Err(aside)),
        }
    }
    (accounts, stated)
}

impl Entry {
    fn first(&self, attribute: &str) -> Option<&[u8]> {
        let values = self.values.get(&attribute.to_lowercase())?;
        values.first().map(Vec::as_slice)
    }

    fn text(
        &self,
        row: u64,
        attribute: &str,
        longest: usize,
    ) -> Result<Option<String>, Quarantined> {
        let Some(value) = self.first(attribute) else {
            return Ok(None);
        };
        let value = std::str::from_utf8(value).map_err(|_| {
            Quarantined::row(row, attribute, "is not text", "map another attribute")
                .about(cell::clipped(&self.dn))
        })?;
        let text = cell::text(value, longest).map_err(self.wrong(row, attribute))?;
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn wrong(&self, row: u64, attribute: &str) -> impl FnOnce(Wrong) -> Quarantined {
        let (attribute, about) = (attribute.to_owned(), cell::clipped(&self.dn));
        move |wrong| Quarantined::row(row, attribute, wrong.reason, wrong.hint).about(about)
    }

    /// The key as text: an `objectGUID` in hexadecimal.
    fn key(&self, mapping: &Mapping) -> Option<String> {
        let value = self.first(&mapping.key)?;
        let is_text = value.iter().all(|byte| byte.is_ascii_graphic()) && value.len() != 16;
        let key = match is_text {
            true => String::from_utf8_lossy(value).into_owned(),
            false => {
                let hex = value.iter().map(|byte| format!("{byte:02x}"));
                format!("{BINARY}{}", hex.collect::<String>())
            }
        };
        (!key.is_empty() && key.len() <= cell::LONGEST_KEY).then_some(key)
    }

    fn account(&self, row: u64, mapping: &Mapping) -> Result<Account, Quarantined> {
        let about = cell::clipped(&self.dn);
        let missing = |attribute: &str, hint| {
            Quarantined::row(row, attribute, "is missing", hint).about(about.clone())
        };
        if self.dn.len() > LONGEST_DN {
            let reason = format!("is longer than {LONGEST_DN} bytes");
            return Err(Quarantined::row(row, "dn", reason, "shorten it").about(about));
        }
        let key = self.key(mapping);
        let key = key.ok_or_else(|| missing(&mapping.key, "let the reading account see it"))?;
        let account = self.text(row, &mapping.account, cell::LONGEST_KEY)?;
        let account =
            account.ok_or_else(|| missing(&mapping.account, "leave it out by the filter"))?;
        let number = self.text(row, &mapping.employee_number, cell::LONGEST_KEY)?;
        let attribute = mapping.disabling.attribute();
        let disabling = self.text(row, attribute, cell::LONGEST_KEY)?;
        let enabled = mapping
            .disabling
            .is_enabled(disabling.as_deref())
            .ok_or_else(|| {
                let hint = "check how the directory disables accounts";
                Quarantined::row(row, attribute, "makes no sense", hint).about(about.clone())
            })?;
        let groups = self.values.get(&mapping.groups.to_lowercase());
        let groups = groups.into_iter().flatten().take(MOST_GROUPS);
        let mut groups: Vec<_> = groups
            .map(|dn| plain_dn(&String::from_utf8_lossy(dn)))
            .collect();
        groups.sort();
        Ok(Account {
            key,
            dn: self.dn.clone(),
            account,
            employee_number: number,
            enabled,
            groups,
        })
    }

    fn stated(
        &self,
        row: u64,
        account: &Account,
        mapping: &Mapping,
        keys: &HashMap<String, String>,
    ) -> Result<Stated, Quarantined> {
        let who = Who::Key(account.key.clone());
        let mut stated = Stated::about(row, who, Weight::Fills);
        stated.employee_number.clone_from(&account.employee_number);
        stated.account = Some(account.account.clone());
        stated.name = self.text(row, &mapping.name, LONGEST_TEXT)?;
        stated.job_title = self.text(row, &mapping.title, LONGEST_TEXT)?;
        for attribute in &mapping.unit {
            stated.unit.extend(self.text(row, attribute, LONGEST_TEXT)?);
        }
        if let Some(mail) = self.text(row, &mapping.mail, LONGEST_TEXT)? {
            let address = cell::address(&mail).map_err(self.wrong(row, &mapping.mail))?;
            stated.address = Some(address);
        }
        if let Some(manager) = self.text(row, &mapping.manager, LONGEST_DN)? {
            // A manager outside what was read keeps their name as the key, which nobody has.
            let key = keys.get(&plain_dn(&manager)).cloned();
            stated.manager = Says::Is(Who::Key(key.unwrap_or_else(|| cell::clipped(&manager))));
        }
        if let Some(attribute) = &mapping.audience {
            let value = self.text(row, attribute, LONGEST_TEXT)?;
            // A value nobody mapped is no audience, and is refused by that name.
            stated.audience = value.map(|value| {
                let mapped = mapping.audiences.get(&value.to_lowercase());
                mapped.cloned().unwrap_or(value)
            });
        }
        Ok(stated)
    }
}
