//! A message that waits for somebody's decision.
//!
//! The gate keeps it and says what it was held for; whoever the pack names releases it or keeps it
//! back, and says of each finding whether it was right. Its sender and its recipients decide nothing
//! about it and may ask for a release. Reading the message itself is a step of its own, with a reason.
//! Nobody decides for ever: it expires, unless it is kept as evidence.
//!
//! Who wrote to whom is in the matter as long as it is kept; the message is not. What nobody ever
//! found in it is nobody's business.

mod steps;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use policy::people::{HeldMailClass, HeldMailRules};
use serde::{Deserialize, Serialize};

use crate::id::PersonId;
use crate::machine::Refused;
use crate::stage::stages;
use crate::waiting::Waiting;

/// Whom it is about where neither sender nor recipients are known here.
pub const NOBODY: &str = "nobody";

/// Whom a matter is about that is about nobody in particular.
pub(crate) static NOBODY_IN_PARTICULAR: LazyLock<PersonId> =
    LazyLock::new(|| PersonId::from(NOBODY));

/// The rule that opens these, and says what became of a release.
pub const GATE: &str = "mail-gate";

/// Most findings and recipients kept of one message; a person reads them.
const MOST: usize = 200;

/// Longest text kept of a message's own, in characters.
const LONGEST: usize = 300;

/// One thing that was found in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// What: `insult`, `personal-data`.
    pub label: String,
    /// `high` or `low`.
    pub confidence: String,
    /// The words, as they stand in the message, cut; empty where it is about no words.
    pub words: String,
}

stages! {
    /// What somebody who looked says of a finding.
    Verdict {
        /// It is what it was found to be.
        Right = "right",
        /// It is not: these words are passed over from now on.
        Wrong = "wrong",
        /// It is, and may go all the same.
        RightButAllowed = "right-but-allowed",
    }
}

/// What the gate kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// What the gate calls its copy: the same for nothing else.
    pub copy: String,
    /// Its entry on the record.
    pub entry: u64,
    /// When it came.
    pub at: Timestamp,
    /// Our person sends it; otherwise it comes from outside.
    pub sent: bool,
    /// The sender if ours, or a recipient.
    pub person: Option<PersonId>,
    /// Others here who sent or are to get it.
    #[serde(default)]
    pub others: Vec<PersonId>,
    /// Envelope sender.
    pub mail_from: String,
    /// Envelope recipients.
    pub recipients: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Clauses it was held under.
    pub clauses: Vec<String>,
    /// What was found.
    #[serde(default)]
    pub findings: Vec<Found>,
    /// SHA-256 of the message, hexadecimal.
    pub sha256: String,
}

/// What can be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Its sender or a recipient asks for it; why is the act's reason.
    Ask,
    /// Somebody who decides reads the message itself; why is the act's reason.
    Read,
    /// It may go on.
    Release {
        /// One for each finding, in their order.
        #[serde(default)]
        verdicts: Vec<Verdict>,
    },
    /// It does not go on.
    Reject {
        /// One for each finding, in their order.
        #[serde(default)]
        verdicts: Vec<Verdict>,
    },
    /// It does not go on and is kept as evidence; why is the act's reason.
    Seal,
    /// The gate handed it to the mail server.
    HandOver {
        /// Recipients the mail server would not take.
        #[serde(default)]
        refused: Vec<String>,
    },
    /// Those who decide are reminded.
    Remind,
    /// Nobody decided in time.
    Expire,
}

stages! {
    /// Where it stands.
    State {
        /// It waits for a decision.
        Held = "held",
        /// One person would release it; another has to agree.
        SecondNeeded = "second-needed",
        /// It is on its way to the mail server.
        Released = "released",
        /// The mail server has it.
        Delivered = "delivered",
        /// It does not go on.
        Rejected = "rejected",
        /// Nobody decided in time.
        Expired = "expired",
        /// Kept as evidence.
        Sealed = "sealed",
    }
}

/// A message that waits, or waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HeldMail {
    /// What the gate calls its copy.
    pub copy: String,
    /// Its entry on the record.
    pub entry: u64,
    /// When it came.
    pub at: Timestamp,
    /// Our person sends it; otherwise it comes from outside.
    pub sent: bool,
    /// The sender if ours, or a recipient, or [`NOBODY`].
    pub person: PersonId,
    /// Others here who sent or are to get it.
    pub others: BTreeSet<PersonId>,
    /// Envelope sender; empty for a report.
    pub mail_from: String,
    /// Envelope recipients.
    pub recipients: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Clauses it was held under.
    pub held_under: Vec<String>,
    /// What was found.
    pub findings: Vec<Found>,
    /// SHA-256 of the message, hexadecimal.
    pub sha256: String,
    /// The class of the pack it belongs to; none where the usual posts decide.
    pub class: Option<String>,
    /// Why its sender or a recipient asks for it.
    pub asked: Option<Said>,
    /// Who read the message itself, and why.
    pub read: Vec<Said>,
    /// Who decided first.
    pub first: Option<Said>,
    /// Who agreed, where two have to.
    pub second: Option<Said>,
    /// One for each finding, once somebody decided.
    pub verdicts: Vec<Verdict>,
    /// Recipients the mail server would not take.
    pub refused: Vec<String>,
    /// Where it stands.
    pub state: State,
    waiting: Waiting,
}

/// Who, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why; empty where nothing had to be said.
    pub why: String,
}

impl HeldMail {
    /// Its class, if the pack still has it.
    pub fn class<'r>(&self, rules: &'r HeldMailRules) -> Option<&'r HeldMailClass> {
        let label = self.class.as_deref()?;
        rules.classes.iter().find(|class| class.label == label)
    }

    /// Words that were found by mistake, with what they were found to be: each is passed over from
    /// now on.
    pub fn mistaken(&self) -> impl Iterator<Item = &Found> {
        let found = self.findings.iter().zip(&self.verdicts);
        found
            .filter(|(found, verdict)| **verdict == Verdict::Wrong && !found.words.is_empty())
            .map(|(found, _)| found)
    }

    /// Whether the gate still has to keep the message.
    pub fn keeps_message(&self) -> bool {
        match self.state {
            State::Held | State::SecondNeeded | State::Released | State::Sealed => true,
            State::Delivered | State::Rejected | State::Expired => false,
        }
    }

    /// Whether somebody wrote it or is to get it.
    pub fn is_of(&self, who: &PersonId) -> bool {
        self.person == *who || self.others.contains(who)
    }

    fn wrong_state(&self, step: &'static str) -> Refused {
        Refused::State {
            state: self.state.name(),
            step,
        }
    }
}
