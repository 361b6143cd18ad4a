//! Cisco Unified Communications Manager: call records, and the records about their quality that come
//! in files of their own.
//!
//! Columns are found by their names, as releases have different ones; the second line holds SQL types.
//! Times are seconds since 1970 in UTC, and 0 is never. Forced authorisation and client matter codes
//! are how people tag private calls: the name of a code is kept, the code itself never read.

use jiff::Timestamp;
use serde::Serialize;

use crate::cells::Cells;
use crate::field;
use crate::header::Header;
use crate::leg::{Direction, Leg, Mark, Outcome};
use crate::number::Role;
use crate::reading::{Item, Read, Settings};
use crate::set_aside::Reason;
use crate::when::When;

/// Columns asked for; their places in this list are the constants below.
const COLUMNS: [&str; 23] = [
    "cdrRecordType",
    "globalCallId_ClusterID",
    "globalCallID_callManagerId",
    "globalCallID_callId",
    "dateTimeOrigination",
    "dateTimeConnect",
    "dateTimeDisconnect",
    "callingPartyNumber",
    "originalCalledPartyNumber",
    "finalCalledPartyNumber",
    "callingPartyUnicodeLoginUserID",
    "finalCalledPartyUnicodeLoginUserID",
    "duration",
    "origCause_value",
    "destCause_value",
    "authCodeDescription",
    "clientMatterCode",
    "dateTimeStamp",
    "directoryNum",
    "deviceName",
    "numberPacketsLost",
    "jitter",
    "latency",
];
const TYPE: usize = 0;
const CLUSTER: usize = 1;
const MANAGER: usize = 2;
const CALL: usize = 3;
const ORIGINATION: usize = 4;
const CONNECT: usize = 5;
const DISCONNECT: usize = 6;
const FROM: usize = 7;
const TO: usize = 8;
const FINAL: usize = 9;
const CALLING_USER: usize = 10;
const CALLED_USER: usize = 11;
const DURATION: usize = 12;
const CALLING_CAUSE: usize = 13;
const CALLED_CAUSE: usize = 14;
const AUTHORISATION: usize = 15;
const MATTER: usize = 16;
const STAMP: usize = 17;
const DIRECTORY_NUMBER: usize = 18;
const DEVICE: usize = 19;
const LOST: usize = 20;
const JITTER: usize = 21;
const LATENCY: usize = 22;

/// How well one side of a call could be heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quality {
    /// Line of the row.
    pub row: u64,
    /// The call, as its own record names it.
    pub call: Box<str>,
    /// When it was measured: at the end of the call.
    pub at: Timestamp,
    /// Whose side: the extension, or nothing for a gateway.
    pub extension: Option<Box<str>>,
    /// The device.
    pub device: Option<Box<str>>,
    /// Packets that never came.
    pub packets_lost: Option<i64>,
    /// Milliseconds between packets that should have been alike.
    pub jitter_ms: Option<i64>,
    /// Milliseconds on the way.
    pub latency_ms: Option<i64>,
}

/// Whether a line holds SQL types and not values.
pub(crate) fn is_types(cells: &Cells) -> bool {
    let is_type = |cell: &[u8]| {
        let types: [&[u8]; 4] = [b"INTEGER", b"VARCHAR", b"STRING", b"UNIQUEIDENTIFIER"];
        types.iter().any(|name| cell.starts_with(name))
    };
    cells.len() > 4 && cells.iter().all(is_type)
}

/// Whether a line names columns: no value begins with a letter where a record's kind is asked for.
fn is_header(cells: &Cells) -> bool {
    let is_type = |cell: &[u8]| cell.eq_ignore_ascii_case(b"cdrRecordType");
    cells.at(0).first().is_some_and(u8::is_ascii_alphabetic) && cells.iter().any(is_type)
}

/// Cisco's rows, by the header that came last: files are often put together.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    header: Option<Header>,
}

impl Reader {
    pub(crate) fn row(
        &mut self,
        row: u64,
        cells: &Cells,
        settings: &Settings,
    ) -> Result<Read, Reason> {
        if is_header(cells) {
            let columns: Vec<_> = COLUMNS.iter().map(|name| vec![*name]).collect();
            self.header = Some(Header::find(cells, &columns));
            return Ok(Read::NoRow);
        }
        if is_types(cells) {
            return Ok(Read::NoRow);
        }
        let header = self
            .header
            .as_ref()
            .ok_or(Reason::Missing("cdrRecordType in a header line"))?;
        header.fits(cells)?;
        // Quality records have no parties; their type says 2 as well.
        let cell = |column: usize| header.cell(cells, column);
        match cell(TYPE) {
            b"1" => leg(row, cell, settings).map(Read::leg),
            b"2" if header.has(STAMP) => {
                quality(row, cell).map(|quality| Read::Item(Item::Quality(Box::new(quality))))
            }
            // Start-of-call records of exchanges that keep several calls open.
            b"0" => Ok(Read::NoCall),
            other => Err(Reason::field("cdrRecordType", "kind of record", other)),
        }
    }
}

fn leg<'a>(row: u64, cell: impl Fn(usize) -> &'a [u8], settings: &Settings) -> Result<Leg, Reason> {
    let epoch = |name, column| Ok(field::number(name, cell(column))?.and_then(When::epoch));
    let began =
        epoch("dateTimeOrigination", ORIGINATION)?.ok_or(Reason::Missing("dateTimeOrigination"))?;
    let connected = epoch("dateTimeConnect", CONNECT)?;
    let ended = epoch("dateTimeDisconnect", DISCONNECT)?;
    let duration_seconds =
        ended.and_then(|ended| u32::try_from(ended.at.as_second() - began.at.as_second()).ok());
    let from = settings.numbers.party(cell(FROM), Role::Calling);
    let to = settings.numbers.party(cell(TO), Role::Called);
    let reached = Some(cell(FINAL)).filter(|last| !last.is_empty() && *last != cell(TO));
    let reached = reached.map(|last| settings.numbers.party(last, Role::Called));
    let cause = |name, column| Ok(field::number(name, cell(column))?.unwrap_or(0));
    let causes = (
        cause("origCause_value", CALLING_CAUSE)?,
        cause("destCause_value", CALLED_CAUSE)?,
    );
    let outcome = match connected {
        Some(_) => Outcome::Answered,
        None => unanswered(causes),
    };
    let answered = field::seconds("duration", cell(DURATION))?;
    let ours = [Some(&from), reached.as_ref(), Some(&to)];
    let extension = ours.into_iter().flatten().find(|party| party.is_internal());
    let marks = [
        field::text(cell(AUTHORISATION)).map(Mark::ForcedAuthorisation),
        field::text(cell(MATTER)).map(Mark::ClientMatter),
    ];
    Ok(Leg {
        source: settings.source.clone(),
        row,
        began,
        duration_seconds,
        answered_seconds: if connected.is_some() {
            answered
        } else {
            Some(0)
        },
        direction: Direction::between(
            &from,
            reached
                .as_ref()
                .filter(|_| !to.is_internal())
                .unwrap_or(&to),
        ),
        extension: extension.map(|party| party.given.clone()),
        person: field::text(cell(CALLING_USER)).or_else(|| field::text(cell(CALLED_USER))),
        from,
        to,
        reached,
        outcome,
        cost: None,
        marks: marks.into_iter().flatten().collect(),
        voicemail: None,
        ids: [Some(call_name(&cell)?.into()), None],
    })
}

fn quality<'a>(row: u64, cell: impl Fn(usize) -> &'a [u8]) -> Result<Quality, Reason> {
    let stamp = field::number("dateTimeStamp", cell(STAMP))?.and_then(When::epoch);
    Ok(Quality {
        row,
        call: (&*call_name(&cell)?).into(),
        at: stamp.ok_or(Reason::Missing("dateTimeStamp"))?.at,
        extension: field::text(cell(DIRECTORY_NUMBER)),
        device: field::text(cell(DEVICE)),
        packets_lost: field::number("numberPacketsLost", cell(LOST))?,
        jitter_ms: field::number("jitter", cell(JITTER))?,
        latency_ms: field::number("latency", cell(LATENCY))?,
    })
}

/// Numbers of calls begin anew with each manager, and managers with each cluster.
fn call_name<'a>(cell: &impl Fn(usize) -> &'a [u8]) -> Result<String, Reason> {
    if cell(CALL).is_empty() {
        return Err(Reason::Missing("globalCallID_callId"));
    }
    let parts = [CLUSTER, MANAGER, CALL].map(|column| String::from_utf8_lossy(cell(column)));
    Ok(parts.join("/"))
}

/// How a call ended that nobody answered, by its causes (ITU-T Q.850).
fn unanswered((calling, called): (i64, i64)) -> Outcome {
    match [calling, called]
        .into_iter()
        .find(|cause| ![0, 16].contains(cause))
    {
        None | Some(18 | 19 | 393_216) => Outcome::NoAnswer,
        Some(17) => Outcome::Busy,
        Some(_) => Outcome::Failed,
    }
}
