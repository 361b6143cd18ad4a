//! What an entry of the record counts as.
//!
//! Each kind of entry that tells of use has one function in `KINDS`, which reads no more of the entry
//! than it counts. A further kind is one module and one line here.
//!
//! - **Who**: only whoever signed in is somebody, and at a telephone whoever it was given to. An address on
//!   an envelope is a claim, and a computer is nobody: such use counts for the council as a whole.
//! - **Left out of everything but the council's volume**: what somebody has a permission for, what they
//!   said is their own and no clause spoke against, and what goes by a confidential route.
//! - **Left out of everything**: calls with emergency numbers and private lines.

mod call;
mod chat;
mod join;
mod mail;
mod matter;
mod print;
mod web;

use std::collections::BTreeSet;
use std::ops::{AddAssign, SubAssign};

use cdr::tariff::Tariff;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Most labels one entry is counted under.
const MOST_LABELS: usize = 8;

/// Longest label, clause or kind of act that is counted under its own name, in bytes.
const LONGEST: usize = 96;

/// Where the kind stands: right after version and time.
const HEAD: usize = 128;

/// Where nobody's words are judged: mail, and lines of chat.
const CONFIDENTIAL: &str = "confidential-route";

/// What reads entries of one kind.
type Count = fn(&[u8], &Context<'_>) -> Result<Counted, serde_json::Error>;

/// Kinds of entries that count.
const KINDS: [(&str, Count); 10] = [
    ("web", web::count),
    ("mail", mail::count),
    ("unread-mail", mail::count_unread),
    ("call", call::count),
    ("call-set-up", call::count_set_up),
    ("chat", chat::count),
    ("print", print::count),
    ("printed", print::count_printed),
    ("join", join::count),
    ("matter", matter::count),
];

/// What has to be known beside the entry.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The council's own domains, in lower case.
    pub domains: &'a [String],
    /// What calls cost where their entries do not say.
    pub tariff: Option<&'a Tariff>,
    /// The record's name, by which others refer to its entries.
    pub record: &'a str,
}

/// Channels of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// Messages.
    Mail,
    /// Pages, uploads and downloads.
    Web,
    /// Telephone calls.
    Call,
    /// Chat.
    Chat,
    /// Printing.
    Print,
    /// Devices that join a network.
    Device,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Mail,
        Self::Web,
        Self::Call,
        Self::Chat,
        Self::Print,
        Self::Device,
    ];

    /// As files and databases spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Web => "web",
            Self::Call => "call",
            Self::Chat => "chat",
            Self::Print => "print",
            Self::Device => "device",
        }
    }

    /// As tables say it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Mail => "Email",
            Self::Web => "Internet",
            Self::Call => "Telephone",
            Self::Chat => "Chat",
            Self::Print => "Printing",
            Self::Device => "Devices",
        }
    }
}

/// What became of it.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It went through.
    #[default]
    Permit,
    /// It went through after a warning.
    Warn,
    /// It waited for somebody to decide.
    Hold,
    /// It did not go through.
    Refuse,
}

impl Outcome {
    /// As tables say it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Permit => "went through",
            Self::Warn => "warned",
            Self::Hold => "held",
            Self::Refuse => "refused",
        }
    }

    /// Whether it speaks against anybody at all.
    pub fn is_adverse(self) -> bool {
        self > Self::Permit
    }

    /// Whether it did not go on, or not at once.
    fn is_stopped(self) -> bool {
        self >= Self::Hold
    }
}

/// Kinds of use, as fine as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something was sent, asked for, called …
    Use {
        /// Through which channel.
        channel: Channel,
        /// What it was; nothing of what is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<Detail>,
    },
    /// A process between people began.
    Case {
        /// The clause it rests on.
        clause: String,
        /// Which: `incident`, `withdrawal` …
        process: String,
    },
}

/// What somebody did and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Detail {
    /// The kind of act: `send-outside`, `page` …
    pub action: String,
    /// What became of it.
    #[serde(default)]
    pub outcome: Outcome,
    /// The clause that weighed most; none where none was touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Categories of the site, findings.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<String>,
}

/// Who it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// This person of the register, for certain.
    Person(String),
    /// Nobody could be bound to it: the computer, or the address that claims to be somebody.
    Unnamed(String),
}

/// How much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Volume {
    /// Messages, requests, calls, jobs.
    pub count: u64,
    /// Bytes.
    #[serde(skip_serializing_if = "is_nought")]
    pub bytes: u64,
    /// Seconds of calls.
    #[serde(skip_serializing_if = "is_nought")]
    pub seconds: u64,
    /// Sides of paper.
    #[serde(skip_serializing_if = "is_nought")]
    pub pages: u64,
    /// What it cost, in millionths of a pound: tariffs go down to hundredths of a penny.
    #[serde(skip_serializing_if = "is_nought")]
    pub millionths: u64,
}

fn is_nought(number: &u64) -> bool {
    *number == 0
}

impl AddAssign for Volume {
    fn add_assign(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.seconds = self.seconds.saturating_add(other.seconds);
        self.pages = self.pages.saturating_add(other.pages);
        self.millionths = self.millionths.saturating_add(other.millionths);
    }
}

impl SubAssign for Volume {
    fn sub_assign(&mut self, other: Self) {
        self.count = self.count.saturating_sub(other.count);
        self.bytes = self.bytes.saturating_sub(other.bytes);
        self.seconds = self.seconds.saturating_sub(other.seconds);
        self.pages = self.pages.saturating_sub(other.pages);
        self.millionths = self.millionths.saturating_sub(other.millionths);
    }
}

/// One act of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// Whose.
    pub whose: Whose,
    /// What.
    pub kind: Kind,
    /// How much.
    pub volume: Volume,
}

/// What one entry comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// What was done.
    pub acts: Vec<Act>,
    /// Somebody reported something of their own: what they did just before is not counted against
    /// anybody.
    pub reported: Option<Reported>,
    /// Somebody declared that something of their own was personal: from then on it counts for the
    /// council's volume only.
    pub declared: Option<Declared>,
}

impl Counted {
    fn one(act: Act) -> Self {
        Self {
            acts: vec![act],
            ..Self::default()
        }
    }
}

/// Somebody declared something to be personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Who.
    pub by: String,
    /// Entries of this record.
    pub entries: Vec<u64>,
}

/// Somebody reported something themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Reads an entry. One of a kind that tells of no use counts as nothing; so does one that cannot be read,
/// with the reason.
pub fn count(payload: &[u8], context: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let Some(kind) = kind(payload) else {
        return Ok(Counted::default());
    };
    match KINDS.iter().find(|(name, _)| name.as_bytes() == kind) {
        Some((_, count)) => count(payload, context),
        None => Ok(Counted::default()),
    }
}

/// The kind of an entry, without reading it whole: most are pages, and only the beginning has it.
fn kind(payload: &[u8]) -> Option<&[u8]> {
    const KEY: &[u8] = br#""kind":""#;
    let head = &payload[..payload.len().min(HEAD)];
    let at = head.windows(KEY.len()).position(|bytes| bytes == KEY)? + KEY.len();
    let kind = &head[at..];
    kind.get(..kind.iter().position(|byte| *byte == b'"')?)
}

/// Labels as they are counted: few, and none of them a text of a stranger.
fn bounded(labels: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let short = labels.into_iter().filter(|label| label.len() <= LONGEST);
    short.take(MOST_LABELS).collect()
}

/// A decision as it is counted.
#[derive(Debug, Deserialize)]
struct Decision {
    #[serde(default)]
    outcome: Outcome,
    #[serde(default)]
    reasons: Vec<Reason>,
}

#[derive(Debug, Deserialize)]
struct Reason {
    clause: String,
    #[serde(default)]
    released_by: Option<serde::de::IgnoredAny>,
}

impl Decision {
    /// The clause of the weightiest reason that stands.
    fn clause(&self) -> Option<String> {
        let mut standing = self
            .reasons
            .iter()
            .filter(|reason| reason.released_by.is_none());
        let clause = standing.next()?.clause.clone();
        (clause.len() <= LONGEST).then_some(clause)
    }

    /// Whether a permission or an exemption let it through.
    fn is_released(&self) -> bool {
        let mut reasons = self.reasons.iter();
        reasons.any(|reason| reason.released_by.is_some())
    }
}

#[cfg(test)]
mod tests;
