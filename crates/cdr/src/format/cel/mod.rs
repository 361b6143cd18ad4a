//! Asterisk's Channel Event Logging, as `cel_custom` writes it: a row for what happened to a channel.
//!
//! Channels with one `linkedid` are one call. It is told when the exchange says that it is over
//! (`LINKEDID_END`), or, where that event is not logged, at the end of the file if each of its channels
//! hung up. A call that had not ended when the file did is [unfinished](crate::reading::Reading::unfinished):
//! its rows are handed back, to be read before those of the next file. One that nothing was heard of for a day
//! is told as far as it is known. Without a header the columns are those of Asterisk's own sample, 20 of them,
//! or 19 without the user field.

mod conversation;

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cells::Cells;
use crate::header::{Header, plain};
use crate::reading::{Item, Read, Settings, Unfinished};
use crate::set_aside::Reason;
use crate::when::When;

use super::{asterisk, time};
use conversation::Conversation;

/// Calls that may be open at once, as many as legs wait for others elsewhere.
const MOST_OPEN: usize = crate::joining::WINDOW;
/// Bytes of rows kept of open calls: 4,096 calls of two channels take 10 MB.
const MOST_HELD: usize = 32 << 20;
/// Seconds without an event after which a call is told as far as it is known: an exchange that was
/// restarted never says that its calls ended.
const FORGOTTEN: i64 = 24 * 3600;

/// What each column is called in headers, and where it stands without one.
const COLUMNS: [(&[&str], usize); 11] = [
    (&["eventtype"], 0),
    (&["eventtime"], 1),
    (&["cid_num", "CALLERID(num)", "callerid_num"], 3),
    (&["cid_dnid", "CALLERID(DNID)", "callerid_dnid"], 6),
    (&["exten", "CHANNEL(exten)"], 7),
    (&["channame", "CHANNEL(channame)"], 9),
    (&["appname", "CHANNEL(appname)"], 10),
    (&["accountcode", "CHANNEL(accountcode)"], 13),
    (&["uniqueid", "CHANNEL(uniqueid)"], 14),
    (&["linkedid", "CHANNEL(linkedid)"], 15),
    (&["extra", "eventextra"], 19),
];
const TYPE: usize = 0;
const TIME: usize = 1;
const NUMBER: usize = 2;
const DIALLED: usize = 3;
const EXTENSION: usize = 4;
const CHANNEL: usize = 5;
const APPLICATION: usize = 6;
const ACCOUNT: usize = 7;
const UNIQUE: usize = 8;
const LINKED: usize = 9;
const EXTRA: usize = 10;
/// Columns a header must name.
const NEEDED: [usize; 5] = [TYPE, TIME, CHANNEL, UNIQUE, LINKED];

/// What happened to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Started,
    Answered,
    /// `HANGUP`, and `CHAN_END` after it.
    Ended,
    /// Somebody was sent elsewhere: a diversion, a transfer, a pickup.
    Moved,
    ApplicationStarted,
    CallEnded,
}

/// The kind of an event; nothing for those that say nothing of a call, among them what whoever wrote the
/// dial plan logs under names of their own.
fn kind(name: &[u8]) -> Option<Kind> {
    Some(match name {
        b"CHAN_START" => Kind::Started,
        b"ANSWER" => Kind::Answered,
        b"HANGUP" | b"CHAN_END" => Kind::Ended,
        b"FORWARD" | b"BLINDTRANSFER" | b"ATTENDEDTRANSFER" | b"PICKUP" => Kind::Moved,
        b"APP_START" => Kind::ApplicationStarted,
        b"LINKEDID_END" => Kind::CallEnded,
        _ => return None,
    })
}

/// A moment to the microsecond, which orders what happens within one second.
#[derive(Debug, Clone, Copy)]
struct Moment {
    when: When,
    microseconds: i64,
}

impl Moment {
    /// `1772449200.123456`, or as `dateformat` of `cel.conf` has it written.
    fn read(value: &[u8], zone: &TimeZone) -> Result<Self, Reason> {
        let fraction = value.iter().position(|byte| *byte == b'.');
        let (whole, rest) = value.split_at(fraction.unwrap_or(value.len()));
        let is_epoch = !whole.is_empty() && whole.iter().all(u8::is_ascii_digit);
        let when = if is_epoch {
            let seconds = std::str::from_utf8(whole).ok();
            let seconds = seconds.and_then(|seconds| seconds.parse().ok());
            let at = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
            When::utc(at.ok_or_else(|| Reason::field("eventtime", "time", value))?)
        } else {
            time("eventtime", value, zone)?
        };
        let digits = rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit());
        let digits = digits.chain(std::iter::repeat(&b'0')).take(6);
        let microseconds = digits.fold(0, |n, digit| n * 10 + i64::from(digit - b'0'));
        Ok(Self { when, microseconds })
    }

    /// Microseconds since 1970.
    fn instant(self) -> i64 {
        let seconds = self.when.at.as_second();
        seconds * 1_000_000 + self.microseconds
    }

    /// Whole seconds since an earlier moment; nothing where clocks were set back meanwhile.
    fn seconds_since(self, earlier: Self) -> Option<u32> {
        let seconds = (self.instant() - earlier.instant()).div_euclid(1_000_000);
        let seconds = u32::try_from(seconds).ok();
        seconds.filter(|seconds| *seconds <= crate::field::LONGEST_CALL)
    }
}

/// A row that says something of a call.
struct Event<'a> {
    row: u64,
    kind: Kind,
    at: Moment,
    cells: &'a Cells,
    header: &'a Header,
    line: &'a [u8],
}

impl<'a> Event<'a> {
    fn cell(&self, column: usize) -> &'a [u8] {
        self.header.cell(self.cells, column)
    }
}

/// Whether a line can be a row or the header of this log and of no other.
pub(crate) fn is_row(cells: &Cells) -> bool {
    header(cells).is_some()
        || matches!(cells.len(), 19 | 20)
            && kind(cells.at(0)).is_some()
            && Moment::read(cells.at(1), &TimeZone::UTC).is_ok()
}

fn header(cells: &Cells) -> Option<Header> {
    if !cells.iter().any(|cell| plain(cell) == "eventtype") {
        return None;
    }
    let columns: Vec<_> = COLUMNS.iter().map(|(names, _)| names.to_vec()).collect();
    let header = Header::find(cells, &columns);
    NEEDED
        .iter()
        .all(|column| header.has(*column))
        .then_some(header)
}

/// The columns of a row of a log without a header.
fn usual(width: usize) -> Option<Header> {
    let last = matches!(width, 19 | 20).then(|| width - 1)?;
    let place = |(_, place): &(&[&str], usize)| Some((*place).min(last));
    Some(Header::standing(COLUMNS.iter().map(place).collect(), width))
}

/// Asterisk's events, by the header that came last.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    header: Option<(Header, Vec<u8>)>,
    /// Calls that have not ended, by when they were first heard of.
    open: BTreeMap<u64, Conversation>,
    by_id: HashMap<Box<str>, u64>,
    next: u64,
    /// Bytes of rows kept of open calls.
    held: usize,
    /// The latest event, in seconds since 1970.
    latest: i64,
    told: VecDeque<Item>,
}

impl Reader {
    /// Takes in a row. What it leads to is [told](Self::told) afterwards.
    pub(crate) fn row(
        &mut self,
        row: u64,
        cells: &Cells,
        line: &[u8],
        settings: &Settings,
    ) -> Result<Read, Reason> {
        // Where an event stands first there is no header.
        if kind(cells.at(0)).is_none()
            && let Some(header) = header(cells)
        {
            self.header = Some((header, line.to_vec()));
            return Ok(Read::NoRow);
        }
        let usual = match &self.header {
            Some(_) => None,
            None => Some(usual(cells.len()).ok_or(Reason::Cells {
                found: cells.len(),
                expected: "19 or 20",
            })?),
        };
        let named = self.header.as_ref().map(|(header, _)| header);
        let Some(header) = usual.as_ref().or(named) else {
            return Ok(Read::NoCall);
        };
        header.fits(cells)?;
        let cell = |column: usize| header.cell(cells, column);
        let at = Moment::read(cell(TIME), &settings.zone)?;
        for (column, name) in [
            (TYPE, "eventtype"),
            (UNIQUE, "uniqueid"),
            (LINKED, "linkedid"),
        ] {
            if cell(column).is_empty() {
                return Err(Reason::Missing(name));
            }
        }
        self.latest = self.latest.max(at.when.at.as_second());
        let Some(kind) = kind(cell(TYPE)) else {
            return Ok(Read::NoCall);
        };
        // Announcements and menus would fill memory; what matters is whether it was voicemail.
        let voicemail = asterisk::voicemail(cell(APPLICATION));
        if kind == Kind::ApplicationStarted && voicemail.is_none() {
            return Ok(Read::NoCall);
        }
        let event = Event {
            row,
            kind,
            at,
            cells,
            header,
            line,
        };
        let linked = String::from_utf8_lossy(event.cell(LINKED));
        let number = match self.by_id.get(&*linked) {
            Some(number) => *number,
            None => {
                let number = self.next;
                self.next += 1;
                self.by_id.insert(linked.as_ref().into(), number);
                self.open.insert(number, Conversation::new(&linked, row));
                number
            }
        };
        if let Some(call) = self.open.get_mut(&number) {
            self.held += call.take(&event, &settings.zone);
        }
        if kind == Kind::CallEnded {
            self.tell(number, settings);
        }
        if self.open.len() > MOST_OPEN || self.held > MOST_HELD {
            self.make_room(settings);
        }
        Ok(Read::NoCall)
    }

    /// The next that is known of calls that ended.
    pub(crate) fn told(&mut self) -> Option<Item> {
        self.told.pop_front()
    }

    /// Nothing follows: tells the calls that are over. Whether there was one.
    pub(crate) fn end(&mut self, settings: &Settings) -> bool {
        let before = self.latest - FORGOTTEN;
        let over = |call: &Conversation| call.has_ended() || call.last_heard_of() < before;
        self.tell_all(over, settings);
        !self.told.is_empty()
    }

    /// What is not over. A header is handed back whether anything is: what comes next may be without.
    pub(crate) fn unfinished(&self) -> Unfinished {
        let mut unfinished = Unfinished {
            calls: self.open.len() as u64,
            rows: Vec::new(),
        };
        let header = self.header.iter().map(|(_, line)| &line[..]);
        for line in header.chain(self.open.values().flat_map(Conversation::lines)) {
            unfinished.rows.extend_from_slice(line);
            unfinished.rows.push(b'\n');
        }
        unfinished
    }

    fn tell(&mut self, number: u64, settings: &Settings) {
        if let Some(call) = self.open.remove(&number) {
            self.by_id.remove(call.id());
            self.held -= call.held();
            self.told.extend(call.told(settings));
        }
    }

    fn tell_all(&mut self, over: impl Fn(&Conversation) -> bool, settings: &Settings) {
        let calls = self.open.iter().filter(|(_, call)| over(call));
        let numbers: Vec<_> = calls.map(|(number, _)| *number).collect();
        numbers
            .into_iter()
            .for_each(|number| self.tell(number, settings));
    }

    /// Lets calls go that are over, or else the one that was heard of first.
    fn make_room(&mut self, settings: &Settings) {
        self.tell_all(Conversation::has_ended, settings);
        while (self.open.len() > MOST_OPEN || self.held > MOST_HELD)
            && let Some(first) = self.open.keys().next().copied()
        {
            self.tell(first, settings);
        }
    }
}
