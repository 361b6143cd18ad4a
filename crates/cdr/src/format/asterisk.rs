//! Asterisk's `cdr_csv`.
//!
//! Sixteen columns and no header. Settings of the exchange add a unique id, a user field, and three
//! columns about linked calls, each on its own. Times are local, without an offset; the unique id
//! begins with the second the channel was made, in UTC, which settles the hour that happens twice.
//! A ring group writes a row for each rung extension, with one unique id.

use std::sync::Arc;

use crate::cells::Cells;
use crate::field;
use crate::leg::{Direction, Leg, Outcome, Voicemail};
use crate::number::{Party, Role};
use crate::reading::Settings;
use crate::set_aside::Reason;
use crate::when::{Basis, When};

use super::time;

const ACCOUNT: usize = 0;
const FROM: usize = 1;
const TO: usize = 2;
const CHANNEL: usize = 5;
const OTHER_CHANNEL: usize = 6;
const LAST_APPLICATION: usize = 7;
const START: usize = 9;
const DURATION: usize = 12;
const ANSWERED: usize = 13;
const DISPOSITION: usize = 14;
/// Columns there are always.
const ALWAYS: usize = 16;

/// Whether a line can be a row of Asterisk and of nobody else.
pub(crate) fn is_row(cells: &Cells) -> bool {
    (ALWAYS..=21).contains(&cells.len())
        && outcome(cells.at(DISPOSITION)).is_some()
        && When::read(cells.at(START), &jiff::tz::TimeZone::UTC).is_some()
}

/// What a row says.
pub(crate) fn leg(row: u64, cells: &Cells, settings: &Settings) -> Result<Leg, Reason> {
    let found = cells.len();
    if !(ALWAYS..=21).contains(&found) {
        return Err(Reason::Cells {
            found,
            expected: "16 to 21",
        });
    }
    let disposition = cells.at(DISPOSITION);
    let outcome = outcome(disposition)
        .ok_or_else(|| Reason::field("disposition", "way a call ends", disposition))?;
    let (unique, linked) = ids(cells);
    let mut began = time("start", cells.at(START), &settings.zone)?;
    if matches!(began.basis, Basis::Ambiguous { .. })
        && let Some(epoch) = unique.and_then(epoch)
    {
        began = began.beside(epoch, &settings.zone);
    }
    let from = settings.numbers.party(cells.at(FROM), Role::Calling);
    let to = settings.numbers.party(cells.at(TO), Role::Called);
    let extension = extension(&from, &to, cells.at(CHANNEL), cells.at(OTHER_CHANNEL));
    let answered = field::seconds("billsec", cells.at(ANSWERED))?;
    let id = linked.or(unique);
    Ok(Leg {
        source: settings.source.clone(),
        row,
        began,
        duration_seconds: field::seconds("duration", cells.at(DURATION))?,
        answered_seconds: if outcome == Outcome::Answered {
            answered
        } else {
            Some(0)
        },
        direction: Direction::between(&from, &to),
        from,
        to,
        reached: None,
        outcome,
        extension,
        person: field::text(cells.at(ACCOUNT)),
        cost: None,
        marks: Vec::new(),
        voicemail: voicemail(cells.at(LAST_APPLICATION)),
        ids: [id.map(|id| Arc::from(String::from_utf8_lossy(id))), None],
    })
}

/// The row's own id, and that of the calls it is linked with.
fn ids(cells: &Cells) -> (Option<&[u8]>, Option<&[u8]>) {
    let some = |place: usize| Some(cells.at(place)).filter(|cell| !cell.is_empty());
    let unique = |place: usize| some(place).filter(|cell| is_unique(cell));
    match cells.len() {
        // Unique id or user field: they look different.
        17 | 18 => (unique(16), None),
        19 => (None, some(17)),
        20 => (unique(16), some(18)),
        21 => (unique(16), some(19)),
        _ => (None, None),
    }
}

/// `1497952162.0`, or `exchange-1497952162.0`.
fn is_unique(id: &[u8]) -> bool {
    epoch(id).is_some()
}

/// The second a channel was made in, in UTC, by its unique id.
pub(super) fn epoch(id: &[u8]) -> Option<i64> {
    let id = std::str::from_utf8(id).ok()?;
    let id = id.rsplit_once('-').map_or(id, |(_, id)| id);
    let (seconds, count) = id.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (digits(seconds) && digits(count)).then(|| seconds.parse().ok())?
}

/// Our extension in a call between these two, on these channels.
pub(super) fn extension(from: &Party, to: &Party, own: &[u8], other: &[u8]) -> Option<Box<str>> {
    match (from.is_internal(), to.is_internal()) {
        (true, _) => Some(from.given.clone()),
        // What rang says more than what was dialled: a direct number, or a ring group.
        (false, true) => peer(other).or_else(|| Some(to.given.clone())),
        (false, false) => peer(own).or_else(|| peer(other)),
    }
}

/// The extension in `PJSIP/2001-0000002a`; nothing for a trunk's name.
fn peer(channel: &[u8]) -> Option<Box<str>> {
    let (_, name) = std::str::from_utf8(channel).ok()?.split_once('/')?;
    let name = name.rsplit_once('-').map_or(name, |(name, _)| name);
    let is_extension = (2..=8).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_digit());
    is_extension.then(|| name.into())
}

/// What an application of the exchange has to do with voicemail.
pub(super) fn voicemail(application: &[u8]) -> Option<Voicemail> {
    if application.eq_ignore_ascii_case(b"VoiceMail") {
        return Some(Voicemail::Took);
    }
    application
        .eq_ignore_ascii_case(b"VoiceMailMain")
        .then_some(Voicemail::Listened)
}

fn outcome(disposition: &[u8]) -> Option<Outcome> {
    Some(match disposition {
        b"ANSWERED" => Outcome::Answered,
        b"NO ANSWER" => Outcome::NoAnswer,
        b"BUSY" => Outcome::Busy,
        b"FAILED" | b"CONGESTION" => Outcome::Failed,
        _ => return None,
    })
}
