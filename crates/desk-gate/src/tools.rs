//! The tools that may ask, each with a token of its own and what it may ask about.

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use sha2::{Digest, Sha256};

use crate::problem::{Kind, Problem};

/// Fewest characters of a token: 128 bits, written in hexadecimal digits.
pub const LEAST_TOKEN: usize = 32;

/// Most characters of a token.
pub const MOST_TOKEN: usize = 256;

/// What a tool may ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum May {
    /// Chat lines.
    Chat,
    /// Print jobs.
    Print,
    /// Devices that join, and their sessions.
    Join,
    /// Call records.
    Calls,
}

impl May {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Print, Self::Join, Self::Calls];

    /// As the configuration spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Print => "print",
            Self::Join => "join",
            Self::Calls => "calls",
        }
    }
}

/// A token that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It can be guessed, or is no token at all.
    #[error(
        "the token has not {LEAST_TOKEN} to {MOST_TOKEN} letters, digits, `-`, `.`, `_`; make one with \
         `openssl rand -hex 32`"
    )]
    Shape,
}

/// One tool.
#[derive(Clone)]
pub struct Tool {
    name: String,
    token: [u8; 32],
    may: Vec<May>,
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool")
            .field("name", &self.name)
            .field("may", &self.may)
            .finish_non_exhaustive()
    }
}

impl Tool {
    /// A tool that shows this token. Only a hash of the token is kept.
    pub fn new(name: &str, token: &str, may: &[May]) -> Result<Self, BadToken> {
        let token = token.trim();
        let is_good = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_');
        if !(LEAST_TOKEN..=MOST_TOKEN).contains(&token.len()) || !token.bytes().all(is_good) {
            return Err(BadToken::Shape);
        }
        Ok(Self {
            name: name.to_owned(),
            token: Sha256::digest(token).into(),
            may: may.to_vec(),
        })
    }

    /// What it is called on the record.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether two show the same token.
    pub fn is_like(&self, other: &Self) -> bool {
        self.token == other.token
    }

    /// Lets it ask about something, or not.
    pub(crate) fn admit(&self, wanted: May) -> Result<(), Problem> {
        match self.may.contains(&wanted) {
            true => Ok(()),
            false => Err(Problem::new(Kind::NotThisTool).saying(format!(
                "`{}` may not ask about `{}`",
                self.name,
                wanted.name()
            ))),
        }
    }
}

/// The tool whose token came with a request. More than one token, or one elsewhere, is none.
///
/// Tokens are compared by their hashes, so how long it takes says nothing about them.
pub(crate) fn asking<'t>(tools: &'t [Tool], headers: &HeaderMap) -> Result<&'t Tool, Problem> {
    let unknown = || Problem::new(Kind::Unauthenticated);
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else {
        return Err(unknown());
    };
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or_else(unknown)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unknown());
    }
    let shown: [u8; 32] = Sha256::digest(token.trim()).into();
    let tool = tools.iter().find(|tool| tool.token == shown);
    tool.ok_or_else(unknown)
}
