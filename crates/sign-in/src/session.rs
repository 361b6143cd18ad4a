//! How long a sign-in lasts, and the token that stands for it.

use jiff::{SignedDuration, Timestamp};
use policy::people::Sessions;
use sha2::{Digest, Sha256};

/// What the browser keeps. Only its digest is stored, so that whoever reads the store cannot sign
/// in. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Token {
    /// From 32 random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(data_encoding::BASE64URL_NOPAD.encode(&random))
    }

    /// What a browser or a program sent; none if it cannot be a token.
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = text.len() == 43
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        is_token.then(|| Self(text.to_owned()))
    }

    /// As the browser keeps it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is stored: SHA-256, hexadecimal. The token is random, so no salt is needed.
    pub fn digest(&self) -> String {
        data_encoding::HEXLOWER.encode(&Sha256::digest(self.0.as_bytes()))
    }
}

/// When a sign-in began and was last used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When the person signed in.
    pub signed_in_at: Timestamp,
    /// When the password or the provider last confirmed who it is.
    pub authenticated_at: Timestamp,
    /// The last request.
    pub seen_at: Timestamp,
}

/// Whether a sign-in still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Live,
    /// Nobody used it for too long.
    Idle,
    /// It has lasted as long as one may.
    Over,
}

impl Times {
    /// Whether a sign-in still counts at a moment.
    pub fn standing(&self, rules: &Sessions, at: Timestamp) -> Standing {
        let longest = SignedDuration::from_hours(i64::from(rules.longest_hours));
        let idle = SignedDuration::from_mins(i64::from(rules.idle_minutes));
        if at.duration_since(self.signed_in_at) >= longest {
            Standing::Over
        } else if at.duration_since(self.seen_at) >= idle {
            Standing::Idle
        } else {
            Standing::Live
        }
    }

    /// Whether the person proved who they are recently enough to sign something.
    pub fn is_fresh(&self, rules: &Sessions, at: Timestamp) -> bool {
        let fresh = SignedDuration::from_mins(i64::from(rules.fresh_minutes));
        let since = at.duration_since(self.authenticated_at);
        (SignedDuration::ZERO..fresh).contains(&since)
    }
}
