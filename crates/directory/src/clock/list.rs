//! Clock events as CSV. Columns: `person`, `time`, `state`, `source`, and if there are `site`,
//! `event`.

use std::collections::HashMap;
use std::io::BufRead;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cell::{self, LONGEST_TEXT, Wrong};
use crate::clock::{Clocking, State, moment};
use crate::quarantine::Quarantined;
use crate::sheet::{Column, Row, Sheet, SheetError};

const PERSON: usize = 0;
const TIME: usize = 1;
const STATE: usize = 2;
const SITE: usize = 3;
const SOURCE: usize = 4;
const EVENT: usize = 5;

const fn column(name: &'static str, aliases: &'static [&'static str], required: bool) -> Column {
    Column {
        name,
        aliases,
        required,
    }
}

/// The columns of the list.
pub const COLUMNS: [Column; 6] = [
    column(
        "person",
        &[
            "employee number",
            "employee no",
            "account",
            "badge holder",
            "staff number",
        ],
        true,
    ),
    column(
        "time",
        &["date time", "timestamp", "event time", "when"],
        true,
    ),
    column(
        "state",
        &["direction", "event type", "in out", "action"],
        true,
    ),
    column("site", &["location"], false),
    column("source", &["terminal", "clock", "reader"], false),
    column("event", &["event id", "id", "transaction"], false),
];

/// People whose last time is remembered for the hour that occurs twice.
const MOST_REMEMBERED: usize = 100_000;

/// A list being read.
#[derive(Debug)]
pub struct ClockList<R> {
    sheet: Sheet<R>,
    zone: TimeZone,
    last: HashMap<String, Timestamp>,
}

impl<R: BufRead> ClockList<R> {
    /// Reads the header. Local times are in this zone.
    pub fn open(reader: R, zone: TimeZone) -> Result<Self, SheetError> {
        let sheet = Sheet::open(reader, &COLUMNS)?;
        Ok(Self {
            sheet,
            zone,
            last: HashMap::new(),
        })
    }

    /// The next event, or why it is set aside.
    pub fn clocking(&mut self) -> Result<Option<Result<Clocking, Quarantined>>, SheetError> {
        let row = self.sheet.row()?;
        Ok(row.map(|row| row.and_then(|row| self.read(&row))))
    }

    fn read(&mut self, row: &Row) -> Result<Clocking, Quarantined> {
        let person = at(row, PERSON, cell::key(row.cell(PERSON)))?.to_owned();
        let aside = |column: usize, reason: String, hint: &str| {
            Quarantined::row(row.row, COLUMNS[column].name, reason, hint).about(person.clone())
        };
        if person.is_empty() {
            let hint = "give the employee number or the account";
            return Err(Quarantined::row(
                row.row,
                COLUMNS[PERSON].name,
                "is missing",
                hint,
            ));
        }
        let moment = moment::read(row.cell(TIME), &self.zone, self.last.get(&person).copied());
        let moment = moment.map_err(|wrong| aside(TIME, wrong.reason, wrong.hint))?;
        let state = State::read(row.cell(STATE)).ok_or_else(|| {
            let reason = format!(
                "`{}` is no state of a clock",
                cell::clipped(row.cell(STATE))
            );
            aside(STATE, reason, "write in, out, unknown or void")
        })?;
        let text = |column| {
            let text = at(row, column, cell::text(row.cell(column), LONGEST_TEXT))?;
            Ok((!text.is_empty()).then(|| text.to_owned()))
        };
        let (site, source, event) = (text(SITE)?, text(SOURCE)?, text(EVENT)?);
        if state == State::Void && event.is_none() {
            let hint = "name the event that did not happen";
            return Err(aside(EVENT, "is missing".to_owned(), hint));
        }
        if self.last.len() < MOST_REMEMBERED || self.last.contains_key(&person) {
            self.last.insert(person.clone(), moment.earliest);
        }
        Ok(Clocking {
            row: row.row,
            person,
            at: moment.earliest,
            at_latest: moment.latest,
            state,
            site,
            source: source.unwrap_or_else(|| "clock-list".to_owned()),
            event,
        })
    }
}

fn at<T>(row: &Row, column: usize, read: Result<T, Wrong>) -> Result<T, Quarantined> {
    let name = COLUMNS[column].name;
    read.map_err(|wrong| Quarantined::row(row.row, name, wrong.reason, wrong.hint))
}
