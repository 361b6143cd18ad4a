//! Entries of calls.
//!
//! A call is told with the numbers in it, as a message is with its addresses. Where it is private, or to
//! an emergency number or a line the council has declared private, only the kind of the other number
//! stands, and where nobody judges it nobody is named either: the file it came in is kept and says more.

use std::collections::BTreeSet;

use cdr::leg::{Direction, Mark, Outcome, Voicemail};
use cdr::money::Cost;
use cdr::number::{Class, Party};
use cdr::when::Basis;
use jiff::Timestamp;
use serde::Serialize;

use super::{Entry, What, cut_to, with_decision};
use crate::call::{CallEvent, CallId, CallVerdict, SetUpEvent, diverted_to, shown};

/// Longest number, name or id of an exchange that goes into an entry, in bytes.
const LONGEST: usize = 128;

/// A call that is over. Facts and decision are spliced in.
#[derive(Debug, Serialize)]
pub struct CallEntry<'a> {
    id: CallId,
    learned: Timestamp,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    late: bool,
    /// Local time that happened twice, or never was.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    uncertain: bool,
    format: &'a str,
    file: &'a str,
    row: u64,
    direction: Direction,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    units: &'a [String],
    from: PartyEntry,
    to: PartyEntry,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_to_answer: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voicemail: Option<Voicemail>,
    /// The kind of number outside that it was sent on to.
    #[serde(skip_serializing_if = "Option::is_none")]
    diverted_to: Option<Class>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Cost>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<&'a Mark>,
    n_legs: usize,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    permissions: &'a BTreeSet<String>,
}

/// A call that waited to be put through. Facts and decision are spliced in.
#[derive(Debug, Serialize)]
pub struct SetUpEntry<'a> {
    id: &'a str,
    exchange: &'a str,
    direction: Direction,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    from: PartyEntry,
    to: PartyEntry,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    permissions: &'a BTreeSet<String>,
}

/// Who called, or was called.
#[derive(Debug, Serialize)]
struct PartyEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    class: Class,
}

/// The entry of a call that is over, as bytes.
pub(crate) fn over(event: &CallEvent<'_>, verdict: &CallVerdict) -> Vec<u8> {
    let call = event.call;
    let first = call.first();
    let direction = first.direction;
    let is_named = verdict.extension.is_some();
    let user = call
        .person()
        .filter(|_| verdict.person.is_none() && is_named);
    let what = What::Call(CallEntry {
        id: event.id,
        learned: event.learned,
        late: event.late,
        uncertain: matches!(first.began.basis, Basis::Ambiguous { .. } | Basis::Skipped),
        format: event.format,
        file: event.file,
        row: first.row,
        direction,
        extension: verdict.extension.as_deref().map(short),
        person: verdict.person.as_deref(),
        user: user.map(short),
        units: &verdict.units,
        from: party(&first.from, direction != Direction::Incoming, verdict),
        to: party(&first.to, direction == Direction::Incoming, verdict),
        outcome: call.outcome(),
        seconds_to_answer: call.seconds_to_answer(),
        duration_seconds: call.duration_seconds(),
        answered_seconds: call.answered_seconds(),
        voicemail: call.voicemail(),
        diverted_to: diverted_to(call).filter(|_| is_named),
        cost: call.cost(),
        marks: call.marks(),
        n_legs: call.legs().len(),
        permissions: &verdict.permissions,
    });
    spell(&Entry::new(event.at(), what), verdict)
}

/// The entry of a call that waited to be put through, as bytes.
pub(crate) fn set_up(event: &SetUpEvent<'_>, verdict: &CallVerdict) -> Vec<u8> {
    let is_named = verdict.extension.is_some();
    let user = event.user.filter(|_| verdict.person.is_none() && is_named);
    let direction = event.direction;
    let what = What::CallSetUp(SetUpEntry {
        id: short(event.id),
        exchange: short(event.exchange),
        direction,
        extension: verdict.extension.as_deref().map(short),
        person: verdict.person.as_deref(),
        user: user.map(short),
        from: party(event.from, direction != Direction::Incoming, verdict),
        to: party(event.to, direction == Direction::Incoming, verdict),
        permissions: &verdict.permissions,
    });
    spell(&Entry::new(event.at, what), verdict)
}

fn spell(entry: &Entry<'_>, verdict: &CallVerdict) -> Vec<u8> {
    match &verdict.judged {
        Some(judged) => with_decision(entry, &judged.spelled),
        None => {
            // Made of strings and lists, which always serialise.
            let decision = serde_json::to_string(&*verdict.decision).unwrap_or_default();
            with_decision(entry, &format!("\"decision\":{decision}"))
        }
    }
}

/// A party: ours where somebody may be named, the other one where the call is nobody's secret.
fn party(party: &Party, is_ours: bool, verdict: &CallVerdict) -> PartyEntry {
    let is_shown = match is_ours {
        true => verdict.extension.is_some(),
        false => !verdict.is_private,
    };
    PartyEntry {
        number: is_shown
            .then(|| shown(party))
            .flatten()
            .map(|number| short(&number).to_owned()),
        class: party.class,
    }
}

fn short(text: &str) -> &str {
    cut_to(text, LONGEST)
}
