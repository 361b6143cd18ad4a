//! Adding entries up, month by month.
//!
//! A cell holds what people of one unit did of one kind. It knows them by hashes under the month's own
//! key: distinct people add up over cells, and nobody can be followed into another month. Nothing is kept
//! by day or by hour: nothing is told that finely, and what is not kept tells nothing.
//!
//! What speaks against somebody waits for a day before it is counted: whoever reports it themselves by
//! then has it count for the council's volume only.
//!
//! The same entries, registers and keys give the same figures, so whoever keeps a rollup together with
//! the place it was read up to counts every entry exactly once, however often they are stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher24;

use crate::entry::{Act, Counted, Kind, Volume, Whose};
use crate::month::Month;
use crate::partition::Somebody;

/// Version of the form a rollup is kept in.
const VERSION: u8 = 1;

/// How long what speaks against somebody waits for their own report. As long as a report counts as made
/// at once in every built-in policy.
const WAITS: SignedDuration = SignedDuration::from_hours(24);

/// Most that waits. Beyond it the oldest is counted at once.
const MOST_WAITING: usize = 100_000;

/// Most cells of one month. Beyond it use is counted without its labels, and then for the council only.
const MOST_CELLS: usize = 200_000;

/// Most months that are open. An entry from before them counts in the oldest.
const MOST_MONTHS: usize = 240;

/// How far an entry's time may lie ahead of now. One beyond it is of a clock that was wrong, and is
/// taken for now.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// The key people are hashed under during one month.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MonthKey([u8; 16]);

impl MonthKey {
    /// A key of random bytes.
    pub fn new(random: [u8; 16]) -> Self {
        Self(random)
    }

    fn hash(&self, what: &str) -> u64 {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(what.as_bytes());
        hasher.finish()
    }

    fn somebody(&self, whose: &Whose) -> Somebody {
        match whose {
            Whose::Person(id) => Somebody::named(self.hash(id)),
            Whose::Unnamed(what) => Somebody::unnamed(self.hash(what)),
        }
    }
}

impl std::fmt::Debug for MonthKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MonthKey(..)")
    }
}

/// Use of one kind by people of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The unit, as the register stood; none for the council as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) volume: Volume,
    pub(crate) people: BTreeSet<Somebody>,
}

/// A month that still counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "KeptMonth", into = "KeptMonth")]
pub struct OpenMonth {
    pub(crate) month: Month,
    key: MonthKey,
    cells: BTreeMap<(Option<String>, Kind), (Volume, BTreeSet<Somebody>)>,
    /// Minutes in which the gates ran, as far as somebody looked.
    minutes_up: u32,
    /// Minutes since somebody first looked.
    minutes_seen: u32,
}

/// The same as it is written down.
#[derive(Serialize, Deserialize)]
struct KeptMonth {
    month: Month,
    key: MonthKey,
    cells: Vec<Cell>,
    #[serde(default)]
    minutes_up: u32,
    #[serde(default)]
    minutes_seen: u32,
}

impl From<KeptMonth> for OpenMonth {
    fn from(kept: KeptMonth) -> Self {
        let cells = kept.cells.into_iter();
        Self {
            month: kept.month,
            key: kept.key,
            cells: cells
                .map(|cell| ((cell.unit, cell.kind), (cell.volume, cell.people)))
                .collect(),
            minutes_up: kept.minutes_up,
            minutes_seen: kept.minutes_seen,
        }
    }
}

impl From<OpenMonth> for KeptMonth {
    fn from(open: OpenMonth) -> Self {
        Self {
            month: open.month,
            key: open.key,
            minutes_up: open.minutes_up,
            minutes_seen: open.minutes_seen,
            cells: open.into_cells(),
        }
    }
}

impl OpenMonth {
    fn new(month: Month, key: MonthKey) -> Self {
        Self {
            month,
            key,
            cells: BTreeMap::new(),
            minutes_up: 0,
            minutes_seen: 0,
        }
    }

    /// Which month.
    pub fn month(&self) -> Month {
        self.month
    }

    /// Minutes in which the gates ran, of those since somebody first looked.
    pub fn minutes(&self) -> (u32, u32) {
        (self.minutes_up, self.minutes_seen)
    }

    pub(crate) fn into_cells(self) -> Vec<Cell> {
        let cells = self.cells.into_iter();
        cells
            .map(|((unit, kind), (volume, people))| Cell {
                unit,
                kind,
                volume,
                people,
            })
            .collect()
    }

    /// Takes an act out of the cell it was added to. Whether there is one.
    fn take_out(&mut self, act: &Act, unit: Option<String>) -> bool {
        let somebody = self.key.somebody(&act.whose);
        let theirs = self
            .cells
            .iter()
            .filter(|((_, kind), (_, people))| *kind == act.kind && people.contains(&somebody));
        let theirs: Vec<_> = theirs.map(|(place, _)| place.clone()).collect();
        // They may have moved between units since. Of whom something was taken out before, nothing shows
        // where the rest lies: it is where they are.
        let here = (unit, act.kind.clone());
        let place = match theirs.first() {
            Some(other) if !theirs.contains(&here) => other.clone(),
            _ => here,
        };
        // Whoever something is taken out of may have more in these cells. Counting one person too few only
        // holds back more; counting one too many could tell of few.
        for place in &theirs {
            if let Some((_, people)) = self.cells.get_mut(place) {
                people.remove(&somebody);
            }
        }
        let Some((volume, _)) = self.cells.get_mut(&place) else {
            return false;
        };
        *volume -= act.volume;
        if *volume == Volume::default() {
            self.cells.remove(&place);
        }
        true
    }

    fn add(&mut self, act: Act, unit: Option<String>) {
        let somebody = self.key.somebody(&act.whose);
        let mut place = (unit, act.kind);
        if self.cells.len() >= MOST_CELLS && !self.cells.contains_key(&place) {
            place = coarser(place);
        }
        let (volume, people) = self.cells.entry(place).or_default();
        *volume += act.volume;
        people.insert(somebody);
    }
}

/// Where use goes once there are too many kinds of it.
fn coarser((_, kind): (Option<String>, Kind)) -> (Option<String>, Kind) {
    let kind = match kind {
        Kind::Use { channel, .. } => Kind::Use {
            channel,
            detail: None,
        },
        Kind::Case { .. } => Kind::Case {
            clause: String::new(),
            process: String::new(),
        },
    };
    (None, kind)
}

/// Something that waits for somebody's own report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    act: Act,
    unit: Option<String>,
}

/// What comes from outside with each step.
pub struct Moment<'a> {
    /// Now.
    pub now: Timestamp,
    /// Where months begin and end.
    pub zone: &'a TimeZone,
    /// Makes the key of a new month, of random bytes.
    pub make_key: &'a mut dyn FnMut() -> MonthKey,
}

/// All months that still count, and how far the record was read for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollup {
    v: u8,
    /// The first entry that was not looked at yet.
    pub next: u64,
    /// The time of the last entry, as far as times rise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_until: Option<Timestamp>,
    months: Vec<OpenMonth>,
    waiting: Vec<Waiting>,
    /// Months before this one are closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_from: Option<Month>,
    /// The last minute somebody looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    looked_at: Option<Timestamp>,
}

impl Default for Rollup {
    fn default() -> Self {
        Self {
            v: VERSION,
            next: 0,
            read_until: None,
            months: Vec::new(),
            waiting: Vec::new(),
            open_from: None,
            looked_at: None,
        }
    }
}

impl Rollup {
    /// Reads a rollup that was kept. Nothing if a later version of this program kept it.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        let rollup: Self = serde_json::from_slice(bytes)?;
        Ok((rollup.v == VERSION).then_some(rollup))
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The oldest month that is still open.
    pub fn oldest(&self) -> Option<&OpenMonth> {
        self.months.first()
    }

    /// Whether a month can no longer be reported otherwise than it was closed.
    pub fn is_closed(&self, month: Month) -> bool {
        self.open_from.is_some_and(|open| month < open)
    }

    /// Adds what an entry counted as. `unit_of` gives the unit of a person as the register stands.
    pub fn add(
        &mut self,
        counted: Counted,
        unit_of: impl Fn(&str) -> Option<String>,
        moment: &mut Moment<'_>,
    ) {
        for mut act in counted.acts {
            if act.at > after(moment.now, AHEAD) {
                act.at = moment.now;
            }
            let unit = match (&act.whose, &act.kind) {
                (
                    Whose::Person(id),
                    Kind::Use {
                        detail: Some(_), ..
                    },
                ) => unit_of(id),
                _ => None,
            };
            self.read_until = self.read_until.max(Some(act.at));
            if is_adverse(&act) {
                self.waiting.push(Waiting { act, unit });
            } else {
                self.count(act, unit, moment);
            }
        }
        if let Some(reported) = counted.reported {
            self.explain(&reported.by, reported.at);
        }
        let until = self.read_until.unwrap_or(Timestamp::MIN);
        self.settle(until, moment);
    }

    /// What somebody did within a day before they reported it themselves is not held against anybody.
    fn explain(&mut self, by: &str, at: Timestamp) {
        for waiting in &mut self.waiting {
            let is_theirs = matches!(&waiting.act.whose, Whose::Person(id) if id == by);
            let is_before = waiting.act.at <= at && at <= after(waiting.act.at, WAITS);
            if let Kind::Use { detail, .. } = &mut waiting.act.kind
                && is_theirs
                && is_before
            {
                *detail = None;
                waiting.unit = None;
            }
        }
    }

    /// What somebody declared to be personal counts for the council's volume only, as long as its month is
    /// open and no clause spoke against it. `acts` are what its entry counted as, `unit` where they are now.
    pub fn declare(&mut self, acts: Vec<Act>, unit: Option<&str>, zone: &TimeZone) {
        for act in acts.into_iter().filter(|act| !is_adverse(act)) {
            let Kind::Use {
                channel,
                detail: Some(_),
            } = act.kind
            else {
                continue;
            };
            let kind = Kind::Use {
                channel,
                detail: None,
            };
            let month = Month::of(act.at, zone);
            let open = self.months.iter_mut().find(|open| open.month == month);
            if let Some(open) = open
                && open.take_out(&act, unit.map(str::to_owned))
            {
                open.add(Act { kind, ..act }, None);
            }
        }
    }

    /// Counts what has waited long enough at a moment, and the oldest of what is too much.
    fn settle(&mut self, at: Timestamp, moment: &mut Moment<'_>) {
        let too_many = self.waiting.len().saturating_sub(MOST_WAITING);
        let is_due = |waiting: &Waiting| after(waiting.act.at, WAITS) < at;
        if too_many == 0 && !self.waiting.first().is_some_and(is_due) {
            return;
        }
        let all = std::mem::take(&mut self.waiting);
        for (place, waiting) in all.into_iter().enumerate() {
            if place < too_many || is_due(&waiting) {
                self.count(waiting.act, waiting.unit, moment);
            } else {
                self.waiting.push(waiting);
            }
        }
    }

    fn count(&mut self, act: Act, unit: Option<String>, moment: &mut Moment<'_>) {
        let of = Month::of(act.at, moment.zone);
        let is_late = self.is_closed(of);
        let month = of.max(self.open_from.unwrap_or(of));
        // A figure of a closed month never changes: its difference would tell of whoever came late.
        let (act, unit) = match (is_late, act.kind) {
            (true, Kind::Use { channel, .. }) => {
                let detail = None;
                let kind = Kind::Use { channel, detail };
                (Act { kind, ..act }, None)
            }
            (_, kind) => (Act { kind, ..act }, unit),
        };
        self.open(month, moment).add(act, unit);
    }

    /// The open month, which begins now if it is not there.
    fn open(&mut self, month: Month, moment: &mut Moment<'_>) -> &mut OpenMonth {
        let known = self.months.binary_search_by_key(&month, |open| open.month);
        let place = match known {
            Ok(place) => place,
            Err(0) if self.months.len() >= MOST_MONTHS => 0,
            Err(place) => {
                let open = OpenMonth::new(month, (moment.make_key)());
                self.months.insert(place, open);
                place
            }
        };
        &mut self.months[place]
    }

    /// Somebody looks after the gates, which run. Minutes since the last look count as run through if it
    /// is no longer ago than `within`.
    pub fn look(&mut self, within: SignedDuration, moment: &mut Moment<'_>) {
        let now = moment.now;
        let Some(last) = self.looked_at else {
            self.looked_at = Some(now);
            return;
        };
        let gone = now.duration_since(last);
        let Ok(minutes @ 1..) = u32::try_from(gone.as_mins()) else {
            return;
        };
        self.looked_at = Some(now);
        let of = Month::of(now, moment.zone);
        let open = self.open(of.max(self.open_from.unwrap_or(of)), moment);
        open.minutes_seen = open.minutes_seen.saturating_add(minutes);
        if gone <= within {
            open.minutes_up = open.minutes_up.saturating_add(minutes);
        }
    }

    /// The oldest open month as it stands, if it can be closed now: it is over for so long that
    /// what comes late has come. The rollup stays as it is until [`Rollup::forget`].
    pub fn ready(&mut self, late: SignedDuration, moment: &mut Moment<'_>) -> Option<OpenMonth> {
        self.settle(moment.now, moment);
        let open = self.oldest()?;
        let is_over = closes_at(open.month, late, moment.zone) <= moment.now;
        is_over.then(|| open.clone())
    }

    /// Forgets a month that was closed, with its key.
    pub fn forget(&mut self, month: Month) {
        self.months.retain(|open| open.month != month);
        let next = month.next();
        self.open_from = Some(self.open_from.map_or(next, |open| open.max(next)));
    }
}

/// When a month can be closed that is over for `late` then.
pub fn closes_at(month: Month, late: SignedDuration, zone: &TimeZone) -> Timestamp {
    after(month.next().begins(zone), late)
}

fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}

fn is_adverse(act: &Act) -> bool {
    let Kind::Use { detail, .. } = &act.kind else {
        return false;
    };
    let is_adverse = detail
        .as_ref()
        .is_some_and(|detail| detail.outcome.is_adverse());
    is_adverse && matches!(act.whose, Whose::Person(_))
}

#[cfg(test)]
mod tests;
