//! An entry of the record as the lake reads it: what every kind says of itself.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What every entry has.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<'e> {
    #[serde(borrow)]
    pub(crate) kind: Cow<'e, str>,
    pub(crate) at: Timestamp,
    /// When we learned of it, where that is later than when it happened.
    #[serde(default)]
    pub(crate) learned_at: Option<Timestamp>,
    /// Whose act it is, in entries of every kind that has one person.
    #[serde(default, borrow)]
    pub(crate) person: Option<Cow<'e, str>>,
    /// Which entry it follows.
    #[serde(default)]
    pub(crate) of: Option<u64>,
    #[serde(default, borrow)]
    pub(crate) request: Option<&'e RawValue>,
    #[serde(default, borrow)]
    pub(crate) decision: Option<&'e RawValue>,
}

/// Labels as JSON has them.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Labels<'e>(#[serde(borrow)] pub(crate) Vec<Cow<'e, str>>);

impl Labels<'_> {
    /// With a space between them, as they stand in a column.
    pub(crate) fn joined(&self) -> String {
        self.0.join(" ")
    }
}

/// The facts of a request that have a column somewhere. Everything else is in the sealed column.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Request<'e> {
    #[serde(borrow)]
    pub(crate) action: Cow<'e, str>,
    #[serde(borrow)]
    pub(crate) who: Who<'e>,
    #[serde(borrow)]
    pub(crate) when: When<'e>,
    #[serde(borrow)]
    pub(crate) what: What<'e>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Who<'e> {
    #[serde(borrow)]
    pub(crate) audience: Cow<'e, str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct When<'e> {
    #[serde(borrow)]
    pub(crate) clock: Cow<'e, str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct What<'e> {
    #[serde(borrow)]
    pub(crate) categories: Labels<'e>,
    #[serde(borrow)]
    pub(crate) method: Cow<'e, str>,
    #[serde(borrow)]
    pub(crate) site: Labels<'e>,
    #[serde(borrow)]
    pub(crate) sender: Labels<'e>,
    #[serde(borrow)]
    pub(crate) recipient: Labels<'e>,
    #[serde(borrow)]
    pub(crate) attachments: Labels<'e>,
    #[serde(borrow)]
    pub(crate) marks: Labels<'e>,
    #[serde(borrow)]
    pub(crate) findings: Labels<'e>,
    #[serde(borrow)]
    pub(crate) suspicions: Labels<'e>,
}

/// What was decided, as far as it has columns.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Decision<'e> {
    #[serde(borrow)]
    pub(crate) outcome: Cow<'e, str>,
    #[serde(borrow)]
    reasons: Vec<Reason<'e>>,
    #[serde(borrow)]
    pub(crate) obligations: Labels<'e>,
    #[serde(borrow)]
    pub(crate) unevaluated: Labels<'e>,
    #[serde(borrow)]
    pub(crate) pack: Pack<'e>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reason<'e> {
    #[serde(borrow)]
    clause: Cow<'e, str>,
    #[serde(borrow)]
    released_by: Option<Cow<'e, str>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Pack<'e> {
    #[serde(borrow)]
    pub(crate) edition: Cow<'e, str>,
    #[serde(borrow)]
    hash: Cow<'e, str>,
}

impl Decision<'_> {
    /// Clauses of the reasons that stand, each once, the weightiest first.
    pub(crate) fn clauses(&self) -> String {
        let mut clauses: Vec<&str> = Vec::new();
        for reason in self.reasons.iter().filter(|r| r.released_by.is_none()) {
            if !clauses.contains(&&*reason.clause) {
                clauses.push(&reason.clause);
            }
        }
        clauses.join(" ")
    }

    /// The beginning of the pack's hash: enough to tell a council's packs apart.
    pub(crate) fn pack(&self) -> &str {
        self.pack.hash.get(..12).unwrap_or(&self.pack.hash)
    }
}
