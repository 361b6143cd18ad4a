//! Carrying out at the directory what was decided: groups, and whether an account can be used.
//!
//! What is asked is a state, not a change, so asking twice does no harm.

use std::collections::HashSet;

use ldap3::{LdapError, LdapResult, Mod};

use crate::delivery::{Outcome, Wanted};
use crate::ldap::connection::{Connection, DirectoryError};
use crate::ldap::mapping::{ACCOUNT_DISABLED, Disabling, LOCKED_FOR_GOOD, Mapping};
use crate::ldap::reading::Entry;

// Result codes of RFC 4511, appendix A.
const NO_SUCH_ATTRIBUTE: u32 = 16;
const ALREADY_THERE: u32 = 20;
const NO_SUCH_OBJECT: u32 = 32;
const BUSY: std::ops::RangeInclusive<u32> = 51..=52;
const TIME_LIMIT: u32 = 3;
const OTHER: u32 = 80;

/// Brings about what is wanted of the account with this key.
pub async fn carry_out(
    connection: &mut Connection,
    mapping: &Mapping,
    key: &str,
    wanted: &Wanted,
) -> Outcome {
    let entry = match connection.find(key, mapping).await {
        Ok(Some(entry)) => entry,
        Ok(None) => return Outcome::Never("the directory has no such account".to_owned()),
        Err(DirectoryError::NotUnderstood) => {
            return Outcome::Later("the directory's answer cannot be understood".to_owned());
        }
        Err(error) => return Outcome::Later(error.to_string()),
    };
    match wanted {
        Wanted::Member { group } => member(connection, group, &entry.dn, true).await,
        Wanted::NotMember { group } => member(connection, group, &entry.dn, false).await,
        Wanted::Enabled => usable(connection, mapping.disabling, &entry, true).await,
        Wanted::Disabled => usable(connection, mapping.disabling, &entry, false).await,
    }
}

async fn member(connection: &mut Connection, group: &str, dn: &str, wanted: bool) -> Outcome {
    let value = HashSet::from([dn]);
    let (change, so_already) = match wanted {
        true => (Mod::Add("member", value), ALREADY_THERE),
        false => (Mod::Delete("member", value), NO_SUCH_ATTRIBUTE),
    };
    let result = connection.ldap().modify(group, vec![change]).await;
    outcome(result, so_already)
}

async fn usable(
    connection: &mut Connection,
    disabling: Disabling,
    entry: &Entry,
    wanted: bool,
) -> Outcome {
    let attribute = disabling.attribute();
    let value = entry
        .values
        .get(&attribute.to_lowercase())
        .and_then(|values| values.first());
    let value = value.map(|value| String::from_utf8_lossy(value).into_owned());
    match disabling.is_enabled(value.as_deref()) {
        Some(enabled) if enabled == wanted => return Outcome::Done,
        Some(_) => {}
        None => return Outcome::Never(format!("{attribute} makes no sense")),
    }
    let set = |text: String| Mod::Replace(attribute.to_owned(), HashSet::from([text]));
    let changes = match (disabling, wanted) {
        (Disabling::UserAccountControl, _) => {
            let old = value.unwrap_or_default();
            let Ok(bits) = old.trim().parse::<i64>() else {
                return Outcome::Never(format!("{attribute} is missing"));
            };
            let new = if wanted {
                bits & !ACCOUNT_DISABLED
            } else {
                bits | ACCOUNT_DISABLED
            };
            // Fails if somebody else changed another of the bits meanwhile, and is tried again.
            vec![
                Mod::Delete(attribute.to_owned(), HashSet::from([old])),
                Mod::Add(attribute.to_owned(), HashSet::from([new.to_string()])),
            ]
        }
        (Disabling::PwdAccountLockedTime, false) => vec![set(LOCKED_FOR_GOOD.to_owned())],
        (Disabling::NsAccountLock, false) => vec![set("true".to_owned())],
        (Disabling::PwdAccountLockedTime | Disabling::NsAccountLock, true) => {
            vec![Mod::Delete(attribute.to_owned(), HashSet::new())]
        }
    };
    match connection.ldap().modify(&entry.dn, changes).await {
        Ok(result) if result.rc == NO_SUCH_ATTRIBUTE => {
            Outcome::Later(format!("{attribute} was changed by somebody else"))
        }
        result => outcome(result, 0),
    }
}

fn outcome(result: Result<LdapResult, LdapError>, so_already: u32) -> Outcome {
    let result = match result {
        Ok(result) => result,
        Err(error) => return Outcome::Later(error.to_string()),
    };
    match result.rc {
        0 => Outcome::Done,
        code if code == so_already => Outcome::Done,
        NO_SUCH_OBJECT => Outcome::Never("the directory has no such group or account".to_owned()),
        code if BUSY.contains(&code) || code == TIME_LIMIT || code == OTHER => {
            Outcome::Later(said(&result))
        }
        _ => Outcome::Never(said(&result)),
    }
}

fn said(result: &LdapResult) -> String {
    format!(
        "the directory says {}: {}",
        result.rc,
        crate::cell::clipped(&result.text)
    )
}
