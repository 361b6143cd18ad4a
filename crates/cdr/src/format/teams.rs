//! Microsoft Teams: calls to and from the telephone network, as exported files and as rows of
//! Microsoft Graph. Both name the same things a little differently.
//!
//! `Call ID` is not unique, so nothing is joined by it; `UsageId` is, so a row that two pulls brought
//! counts once. Legs of a transfer share a correlation id, which only exports have. Callers may be
//! text, digits may be masked, and automatic attendants have no user.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::cells::Cells;
use crate::field;
use crate::header::Header;
use crate::leg::{Direction, Leg, Outcome};
use crate::money::{Cost, Money};
use crate::number::Role;
use crate::reading::{OpenError, Settings};
use crate::set_aside::Reason;

use super::time;

/// What each thing is called, in exports and in Graph, of calling plans and of direct routing.
/// Upper and lower case, spaces and punctuation do not matter.
const NAMES: [&[&str]; 16] = [
    &["UsageId", "id"],
    &["Shared Correlation ID"],
    &["Correlation ID"],
    &["UPN", "userPrincipalName", "SIP Address"],
    &["Caller ID", "callerNumber", "Caller"],
    &["Destination Number", "calleeNumber", "Callee"],
    &["Call Type"],
    &["Invite Time", "inviteDateTime", "Invite Time (UTC)"],
    &["Start Time", "startDateTime", "Start Time (UTC)"],
    &["Failure Time", "failureDateTime", "Failure Time (UTC)"],
    &["Duration Seconds", "Duration", "Duration (seconds)"],
    &["Charge"],
    &["Connection Fee", "connectionCharge"],
    &["Currency"],
    &["Success", "successfulCall"],
    &["Final SIP Code", "finalSipCode"],
];
const USAGE: usize = 0;
const SHARED: usize = 1;
const CORRELATION: usize = 2;
const USER: usize = 3;
const FROM: usize = 4;
const TO: usize = 5;
const KIND: usize = 6;
const INVITED: usize = 7;
const STARTED: usize = 8;
const FAILED: usize = 9;
const DURATION: usize = 10;
const CHARGE: usize = 11;
const FEE: usize = 12;
const CURRENCY: usize = 13;
const SUCCESS: usize = 14;
const SIP: usize = 15;

/// The columns of an export.
#[derive(Debug, Clone)]
pub(crate) struct Columns(Header);

impl Columns {
    pub(crate) fn find(cells: &Cells) -> Result<Self, OpenError> {
        let header = Header::find(cells, &names());
        match [FROM, TO, KIND, STARTED, DURATION]
            .iter()
            .find(|column| !header.has(**column))
        {
            Some(column) => Err(OpenError::NoColumn(NAMES[*column][0].to_owned())),
            None => Ok(Self(header)),
        }
    }

    pub(crate) fn leg(&self, row: u64, cells: &Cells, settings: &Settings) -> Result<Leg, Reason> {
        self.0.fits(cells)?;
        leg(row, |column| self.0.cell(cells, column), settings)
    }
}

/// All names of each column.
pub(super) fn names() -> Vec<Vec<&'static str>> {
    NAMES.iter().map(|names| names.to_vec()).collect()
}

/// What a row says.
pub(super) fn leg<'a>(
    row: u64,
    cell: impl Fn(usize) -> &'a [u8],
    settings: &Settings,
) -> Result<Leg, Reason> {
    let kind = cell(KIND).to_ascii_lowercase();
    let direction =
        direction(&kind).ok_or_else(|| Reason::field("Call Type", "kind of call", &kind))?;
    let first = [INVITED, STARTED, FAILED]
        .map(&cell)
        .into_iter()
        .find(|time| !time.is_empty());
    // Times without an offset are in UTC.
    let began = time("Start Time", first.unwrap_or_default(), &TimeZone::UTC)?;
    let answered = field::seconds("Duration Seconds", cell(DURATION))?;
    let from = settings.numbers.party(cell(FROM), Role::Calling);
    let to = settings.numbers.party(cell(TO), Role::Called);
    let extension = [&from, &to].into_iter().find(|party| party.is_internal());
    Ok(Leg {
        source: settings.source.clone(),
        row,
        began,
        // How long it rang is not said.
        duration_seconds: answered,
        answered_seconds: answered,
        direction,
        extension: extension.map(|party| party.given.clone()),
        from,
        to,
        reached: None,
        outcome: outcome(cell(SUCCESS), cell(SIP), answered),
        person: field::text(cell(USER)),
        cost: cost(&cell)?,
        marks: Vec::new(),
        voicemail: None,
        ids: [
            id(cell(SHARED)),
            id(cell(USAGE)).or_else(|| id(cell(CORRELATION))),
        ],
    })
}

/// `user_in`, `ucap_out`, `dr_out_user_forwarding`, `ByotIn`, …
fn direction(kind: &[u8]) -> Option<Direction> {
    let mut words = kind.split(|byte| *byte == b'_');
    match words.find(|word| *word == b"in" || *word == b"out") {
        Some(b"in") => Some(Direction::Incoming),
        Some(_) => Some(Direction::Outgoing),
        None if kind.ends_with(b"in") => Some(Direction::Incoming),
        None if kind.ends_with(b"out") => Some(Direction::Outgoing),
        None => None,
    }
}

fn outcome(success: &[u8], sip: &[u8], answered: Option<u32>) -> Outcome {
    let is = |words: [&str; 2]| {
        words
            .iter()
            .any(|word| success.eq_ignore_ascii_case(word.as_bytes()))
    };
    if answered.is_some_and(|seconds| seconds > 0) || is(["yes", "true"]) {
        return Outcome::Answered;
    }
    match sip {
        b"486" | b"600" => Outcome::Busy,
        b"408" | b"480" | b"487" => Outcome::NoAnswer,
        b"" | b"0" | b"200" => Outcome::Unknown,
        _ if is(["no", "false"]) => Outcome::Failed,
        _ => Outcome::Unknown,
    }
}

fn cost<'a>(cell: &impl Fn(usize) -> &'a [u8]) -> Result<Option<Cost>, Reason> {
    let charge = field::money("Charge", cell(CHARGE))?;
    let fee = field::money("Connection Fee", cell(FEE))?;
    if charge.is_none() && fee.is_none() {
        return Ok(None);
    }
    let sum = [charge, fee]
        .into_iter()
        .flatten()
        .map(|money| money.millionths)
        .sum();
    let currency = field::text(cell(CURRENCY));
    Ok(Some(Cost {
        amount: Money { millionths: sum },
        currency,
    }))
}

/// An id; nothing where it is empty or all zeros.
fn id(cell: &[u8]) -> Option<Arc<str>> {
    let says = cell.iter().any(|byte| !b"0-".contains(byte));
    says.then(|| Arc::from(String::from_utf8_lossy(cell)))
}
