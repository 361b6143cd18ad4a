//! Obligations: what a gate must do besides letting through or stopping.
//!
//! They are data. A rule names them in `@obligation("incident:low; tag:[PERSONAL]")`; the gate
//! carries them out and records for each whether it was done, failed, or is not known.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How serious an incident is to be treated as. A person settles it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Looked at in the ordinary run of work.
    Low,
    /// Looked at the same working day.
    Medium,
    /// Somebody is told at once.
    High,
}

/// One thing a gate must do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obligation {
    /// Append the pack's approved disclaimer.
    Disclaimer,
    /// Name both the person who sent and the person represented.
    ShowOnBehalf,
    /// Deliver only over a verified encrypted connection.
    Encrypt,
    /// Put a label in front of the subject.
    Tag(String),
    /// Deliver to the pack's spam desk instead of the recipient.
    RedirectToSpamDesk,
    /// Open an incident for a person to look at.
    Incident(Severity),
    /// Tell the holder of a post.
    Notify(String),
    /// Slow the transfer through the named pool.
    Throttle(String),
    /// Start a statutory clock, provisionally.
    StartClock(String),
    /// Add to a counter of the sender.
    Count(String),
}

/// An obligation nobody knows how to carry out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown obligation `{given}`; known are disclaimer, on-behalf, encrypt, tag:TEXT, \
     redirect:spam, incident:low|medium|high, notify:POST, throttle:POOL, start-clock:NAME, count:NAME"
)]
pub struct UnknownObligation {
    given: String,
}

impl FromStr for Obligation {
    type Err = UnknownObligation;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (verb, object) = text.split_once(':').unwrap_or((text, ""));
        let named = || (!object.is_empty()).then(|| object.to_owned());
        let known = match (verb, object) {
            ("disclaimer", "") => Some(Self::Disclaimer),
            ("on-behalf", "") => Some(Self::ShowOnBehalf),
            ("encrypt", "") => Some(Self::Encrypt),
            ("redirect", "spam") => Some(Self::RedirectToSpamDesk),
            ("incident", "low") => Some(Self::Incident(Severity::Low)),
            ("incident", "medium") => Some(Self::Incident(Severity::Medium)),
            ("incident", "high") => Some(Self::Incident(Severity::High)),
            ("tag", _) => named().map(Self::Tag),
            ("notify", _) => named().map(Self::Notify),
            ("throttle", _) => named().map(Self::Throttle),
            ("start-clock", _) => named().map(Self::StartClock),
            ("count", _) => named().map(Self::Count),
            _ => None,
        };
        known.ok_or_else(|| UnknownObligation {
            given: text.to_owned(),
        })
    }
}

impl fmt::Display for Obligation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disclaimer => f.write_str("disclaimer"),
            Self::ShowOnBehalf => f.write_str("on-behalf"),
            Self::Encrypt => f.write_str("encrypt"),
            Self::RedirectToSpamDesk => f.write_str("redirect:spam"),
            Self::Incident(Severity::Low) => f.write_str("incident:low"),
            Self::Incident(Severity::Medium) => f.write_str("incident:medium"),
            Self::Incident(Severity::High) => f.write_str("incident:high"),
            Self::Tag(text) => write!(f, "tag:{text}"),
            Self::Notify(post) => write!(f, "notify:{post}"),
            Self::Throttle(pool) => write!(f, "throttle:{pool}"),
            Self::StartClock(clock) => write!(f, "start-clock:{clock}"),
            Self::Count(counter) => write!(f, "count:{counter}"),
        }
    }
}

impl Serialize for Obligation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Obligation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
