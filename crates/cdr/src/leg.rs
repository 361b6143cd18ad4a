//! What one row says of a call.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::money::Cost;
use crate::number::{Class, Form, Party};
use crate::when::When;

/// What one row says: a call, or the part of one that a ring group or a transfer wrote down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leg {
    /// The file or feed it was in, as whoever read it called it.
    pub source: Arc<str>,
    /// Line of the row, from 1; of JSON, its place from 1.
    pub row: u64,
    /// When it began: the first ring, where the feed says that, or else the answer.
    pub began: When,
    /// Seconds from `began` to the end.
    pub duration_seconds: Option<u32>,
    /// Seconds people could speak; 0 where nobody answered.
    pub answered_seconds: Option<u32>,
    /// Which way it went.
    pub direction: Direction,
    /// Who called.
    pub from: Party,
    /// What was called.
    pub to: Party,
    /// Where it ended up, if the feed says that it went elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<Party>,
    /// How it ended.
    pub outcome: Outcome,
    /// Our extension in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<Box<str>>,
    /// What may name the person: account code, sign-in name. Asserted by the feed, never checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Box<str>>,
    /// What it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// What whoever called has said about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// What a voicemail system did in it, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voicemail: Option<Voicemail>,
    /// What rows about one call have in common.
    #[serde(skip)]
    pub ids: Ids,
}

/// What rows about one call have in common: one of these.
pub type Ids = [Option<Arc<str>>; 2];

impl Leg {
    /// Whether two rows say the same, so that one of them is a copy.
    pub(crate) fn is_copy_of(&self, other: &Self) -> bool {
        let alike = self.began == other.began
            && self.duration_seconds == other.duration_seconds
            && self.outcome == other.outcome;
        // Where it stood makes no difference.
        alike
            && *self
                == Self {
                    row: self.row,
                    source: self.source.clone(),
                    ..other.clone()
                }
    }

    /// Seconds since 1970 between which people could speak.
    pub(crate) fn spoke(&self) -> Option<(i64, i64)> {
        let spoken = i64::from(self.answered_seconds.filter(|seconds| *seconds > 0)?);
        let whole = self.duration_seconds.map_or(spoken, i64::from).max(spoken);
        let end = self.began.at.as_second() + whole;
        Some((end - spoken, end))
    }
}

/// Which way a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// To us from outside.
    Incoming,
    /// From us to outside.
    Outgoing,
    /// Between two of ours.
    Internal,
    /// Nothing says it for certain.
    Unknown,
}

impl Direction {
    /// Which way a call between these two went, as far as their numbers say.
    pub fn between(from: &Party, to: &Party) -> Self {
        let is_known = |party: &Party| party.class != Class::Unknown;
        match (from.is_internal(), to.is_internal()) {
            (true, true) => Self::Internal,
            (true, false) if is_known(to) => Self::Outgoing,
            // Withheld numbers come from outside: the exchange knows its own.
            (false, true) if is_known(from) || from.form != Form::Empty => Self::Incoming,
            _ => Self::Unknown,
        }
    }
}

/// What a voicemail system did in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voicemail {
    /// It took the call in somebody's place.
    Took,
    /// Somebody listened to their messages.
    Listened,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Somebody or something answered.
    Answered,
    /// It rang, and nobody answered.
    NoAnswer,
    /// Engaged.
    Busy,
    /// It could not be put through.
    Failed,
    /// The feed does not say.
    Unknown,
}

/// What whoever called has said about a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Marked as private.
    Private,
    /// Made on the line for private calls.
    Line2,
    /// Made on the council's own line of a telephone that has one for private calls.
    Line1,
    /// Made with a forced authorisation code: the name of the code. The code itself is never kept.
    ForcedAuthorisation(Box<str>),
    /// Made with a client matter code.
    ClientMatter(Box<str>),
}
