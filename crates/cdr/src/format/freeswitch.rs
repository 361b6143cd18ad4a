//! FreeSWITCH's `mod_cdr_csv`: one line a leg, written by a template.
//!
//! The template is the only thing that says what is where, and FreeSWITCH escapes nothing: a caller's
//! name with quotation marks in it comes as it is. So a line is read by the template itself, each
//! value up to the text that separates it from the next; a line that could be read in two ways is set
//! aside. With `legs=ab` both sides of a call write a line, and name each other.

use std::sync::Arc;

use memchr::memmem;

use crate::field;
use crate::leg::{Direction, Leg, Outcome};
use crate::number::Role;
use crate::reading::Settings;
use crate::set_aside::Reason;
use crate::when::When;

use super::time;

/// Values one template may have.
const MOST_VALUES: usize = 128;

/// A template, read.
#[derive(Debug, Clone)]
pub struct Template {
    before: Vec<u8>,
    /// Each value with the text that ends it.
    values: Vec<(Value, Vec<u8>)>,
}

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadTemplateError {
    /// `${` without `}`.
    #[error("a `${{` is never closed")]
    Unclosed,
    /// Two values with nothing between them.
    #[error("nothing separates `{0}` from the value after it")]
    NotSeparated(String),
    /// More than anybody has.
    #[error("more than {MOST_VALUES} values")]
    TooMany,
    /// Something a call must have.
    #[error("the template writes no {0}")]
    Missing(&'static str),
}

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    From,
    To,
    Start,
    StartEpoch,
    StartMicroseconds,
    Duration,
    Answered,
    Cause,
    Id,
    OtherId,
    Account,
    Direction,
    Other,
}

impl Value {
    fn of(name: &str) -> Self {
        match name {
            "caller_id_number" | "effective_caller_id_number" => Self::From,
            "destination_number" => Self::To,
            "start_stamp" => Self::Start,
            "start_epoch" => Self::StartEpoch,
            "start_uepoch" => Self::StartMicroseconds,
            "duration" => Self::Duration,
            "billsec" => Self::Answered,
            "hangup_cause" => Self::Cause,
            "uuid" => Self::Id,
            "bleg_uuid" | "signal_bond" => Self::OtherId,
            "accountcode" => Self::Account,
            "direction" => Self::Direction,
            _ => Self::Other,
        }
    }
}

impl Template {
    /// Reads the text of a `<template>` element, or one line written by hand.
    pub fn read(text: &str) -> Result<Self, ReadTemplateError> {
        let text = text.trim();
        let (before, mut rest) = text.split_once("${").unwrap_or((text, ""));
        let mut values: Vec<(Value, Vec<u8>)> = Vec::new();
        while !rest.is_empty() {
            let (name, after) = rest.split_once('}').ok_or(ReadTemplateError::Unclosed)?;
            let (separator, next) = after.split_once("${").unwrap_or((after, ""));
            if separator.is_empty() && !next.is_empty() {
                return Err(ReadTemplateError::NotSeparated(name.to_owned()));
            }
            if values.len() == MOST_VALUES {
                return Err(ReadTemplateError::TooMany);
            }
            values.push((Value::of(name), separator.as_bytes().to_vec()));
            rest = next;
        }
        let template = Self {
            before: before.as_bytes().to_vec(),
            values,
        };
        let has = |wanted: &[Value]| {
            template
                .values
                .iter()
                .any(|(value, _)| wanted.contains(value))
        };
        for (wanted, name) in [
            (&[Value::From][..], "`caller_id_number`"),
            (&[Value::To], "`destination_number`"),
            (&[Value::Cause], "`hangup_cause`"),
            (
                &[Value::Start, Value::StartEpoch, Value::StartMicroseconds],
                "`start_stamp`",
            ),
        ] {
            if !has(wanted) {
                return Err(ReadTemplateError::Missing(name));
            }
        }
        Ok(template)
    }

    /// The values of a line.
    fn values<'a>(&self, line: &'a [u8]) -> Result<Vec<&'a [u8]>, Reason> {
        let line = line.trim_ascii();
        let mut rest = line
            .strip_prefix(&self.before[..])
            .ok_or(Reason::NotOfTemplate)?;
        let mut values = Vec::with_capacity(self.values.len());
        for (n, (_, end)) in self.values.iter().enumerate() {
            let is_last = n + 1 == self.values.len();
            let at = match is_last {
                true => rest.strip_suffix(&end[..]).map(<[u8]>::len),
                false => memmem::find(rest, end),
            };
            let at = at.ok_or(Reason::NotOfTemplate)?;
            values.push(&rest[..at]);
            rest = &rest[at + end.len()..];
        }
        // What was left for the last value holds a separator: some value before it did, too.
        let separators = self.values.iter().rev().skip(1).map(|(_, end)| end);
        let last = values.last().copied().unwrap_or_default();
        match separators
            .into_iter()
            .any(|end| memmem::find(last, end).is_some())
        {
            true => Err(Reason::TwoWays),
            false => Ok(values),
        }
    }

    /// What a line says.
    pub(crate) fn leg(&self, row: u64, line: &[u8], settings: &Settings) -> Result<Leg, Reason> {
        let values = self.values(line)?;
        let cell = |wanted: Value| -> &[u8] {
            let place = self.values.iter().position(|(value, _)| *value == wanted);
            place.map_or(&[], |place| values[place].trim_ascii())
        };
        let from = settings.numbers.party(cell(Value::From), Role::Calling);
        let to = settings.numbers.party(cell(Value::To), Role::Called);
        let extension = [&from, &to].into_iter().find(|party| party.is_internal());
        let answered_seconds = field::seconds("billsec", cell(Value::Answered))?;
        let id = |value: Value| {
            let text = String::from_utf8_lossy(cell(value));
            (!text.is_empty()).then(|| Arc::from(text))
        };
        Ok(Leg {
            source: settings.source.clone(),
            row,
            began: began(cell, settings)?,
            duration_seconds: field::seconds("duration", cell(Value::Duration))?,
            answered_seconds,
            // `inbound` means into the exchange, from whichever side: it says nothing.
            direction: Direction::between(&from, &to),
            extension: extension.map(|party| party.given.clone()),
            from,
            to,
            reached: None,
            outcome: outcome(cell(Value::Cause), answered_seconds)?,
            person: field::text(cell(Value::Account)),
            cost: None,
            marks: Vec::new(),
            voicemail: None,
            ids: [id(Value::Id), id(Value::OtherId)],
        })
    }
}

fn began<'a>(cell: impl Fn(Value) -> &'a [u8], settings: &Settings) -> Result<When, Reason> {
    let epoch = match field::number("start_epoch", cell(Value::StartEpoch))? {
        Some(seconds) => Some(seconds),
        None => {
            field::number("start_uepoch", cell(Value::StartMicroseconds))?.map(|n| n / 1_000_000)
        }
    };
    match epoch.and_then(When::epoch) {
        Some(when) => Ok(when),
        None => time("start_stamp", cell(Value::Start), &settings.zone),
    }
}

/// Causes (ITU-T Q.850) by the names FreeSWITCH gives them.
fn outcome(cause: &[u8], answered: Option<u32>) -> Result<Outcome, Reason> {
    if answered.is_some_and(|seconds| seconds > 0) {
        return Ok(Outcome::Answered);
    }
    Ok(match cause {
        b"" => return Err(Reason::Missing("hangup_cause")),
        b"USER_BUSY" => Outcome::Busy,
        b"NO_ANSWER" | b"NO_USER_RESPONSE" | b"ORIGINATOR_CANCEL" | b"LOSE_RACE"
        | b"ALLOTTED_TIMEOUT" => Outcome::NoAnswer,
        // Answered and over within the second, where nobody says how long it was.
        b"NORMAL_CLEARING" if answered.is_none() => Outcome::Unknown,
        b"NORMAL_CLEARING" => Outcome::NoAnswer,
        b"ANSWERED_ELSEWHERE" | b"PICKED_OFF" => Outcome::NoAnswer,
        cause if is_cause(cause) => Outcome::Failed,
        cause => return Err(Reason::field("hangup_cause", "cause", cause)),
    })
}

fn is_cause(cause: &[u8]) -> bool {
    let all = cause
        .iter()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
    all && cause.first().is_some_and(u8::is_ascii_uppercase)
}

/// Causes by which a file shows that it is FreeSWITCH's.
pub(crate) fn is_known_cause(cell: &[u8]) -> bool {
    let known: [&[u8]; 6] = [
        b"NORMAL_CLEARING",
        b"ORIGINATOR_CANCEL",
        b"USER_BUSY",
        b"NO_ANSWER",
        b"NO_USER_RESPONSE",
        b"UNALLOCATED_NUMBER",
    ];
    known.contains(&cell)
}
