//! The one filter identity providers use: an attribute that equals a text (RFC 7644, 3.4.2.2).

use crate::scim::error::ScimError;

/// Longest filter looked at, in bytes.
const LONGEST: usize = 1024;

/// Whom a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// By sign-in name, whatever its case.
    UserName(String),
    /// By the client's own id.
    ExternalId(String),
    /// By ours.
    Id(String),
}

/// An attribute and the text it equals: `type eq "work"`.
pub(super) fn equals(filter: &str) -> Option<(String, String)> {
    if filter.len() > LONGEST {
        return None;
    }
    let (attribute, rest) = filter.trim().split_once(char::is_whitespace)?;
    let (operator, value) = rest.trim().split_once(char::is_whitespace)?;
    let value = value.trim();
    if !operator.eq_ignore_ascii_case("eq") {
        return None;
    }
    // `primary eq true` compares with a word.
    let value = match value.starts_with('"') {
        true => serde_json::from_str(value).ok()?,
        false if ["true", "false"].contains(&value) => value.to_owned(),
        false => return None,
    };
    Some((attribute.to_owned(), value))
}

/// Reads the filter of a list of users.
pub fn read(filter: &str) -> Result<Match, ScimError> {
    let (attribute, value) = equals(filter).ok_or(ScimError::Filter)?;
    let attribute = attribute.rsplit(':').next().unwrap_or_default();
    match attribute.to_ascii_lowercase().as_str() {
        "username" => Ok(Match::UserName(value)),
        "externalid" => Ok(Match::ExternalId(value)),
        "id" => Ok(Match::Id(value)),
        _ => Err(ScimError::Filter),
    }
}
