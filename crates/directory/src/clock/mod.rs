//! Clocks: who came and went when, as time-and-attendance systems tell it.
//!
//! What was received stays as it is. A correction days later is one more [`Clocking`] that supersedes
//! an earlier one; [`timeline`] works out what stands, and says *unknown* wherever that is so, for
//! unknown is never held against anybody.

pub mod http;
pub mod json;
pub mod list;
pub mod moment;
pub mod timeline;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One event of a clock, as received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocking {
    /// Where it stands in the feed.
    pub row: u64,
    /// Employee number or sign-in name.
    pub person: String,
    /// When it happened; of two moments a local time may mean, the earlier.
    pub at: Timestamp,
    /// The later of the two; the same where there is no doubt.
    pub at_latest: Timestamp,
    /// What happened.
    pub state: State,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Which clock or system.
    pub source: String,
    /// What the source calls the event; the same name again is a correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

/// What a clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// At work from now on.
    In,
    /// Not at work from now on.
    Out,
    /// The clock cannot tell: from now on nobody knows.
    Unknown,
    /// The event this names did not happen.
    Void,
}

impl State {
    /// Reads what clocks write.
    pub fn read(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "in" | "i" | "on" | "clock in" | "start" => Some(Self::In),
            "out" | "o" | "off" | "clock out" | "end" => Some(Self::Out),
            "unknown" | "?" => Some(Self::Unknown),
            "void" | "deleted" => Some(Self::Void),
            _ => None,
        }
    }

    /// As tables spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Unknown => "unknown",
            Self::Void => "void",
        }
    }
}

#[cfg(test)]
mod tests;
