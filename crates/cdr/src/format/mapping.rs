//! Sheets of any shape, mobile bills above all: a mapping file says what its columns are called and
//! how private calls are marked.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::cells::Cells;
use crate::field;
use crate::header::Header;
use crate::leg::{Direction, Leg, Mark, Outcome};
use crate::money::Cost;
use crate::number::Role;
use crate::reading::Settings;
use crate::set_aside::Reason;
use crate::when::When;

/// Lines before the header, at most.
const MOST_SKIPPED: u64 = 100;

/// A mapping file, read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(default)]
    pub(crate) file: File,
    columns: Columns,
    #[serde(default)]
    formats: Formats,
    #[serde(default)]
    calls: Calls,
    #[serde(default)]
    private: Private,
    #[serde(default)]
    line_2: Values,
}

/// Why a mapping file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReadMappingError {
    /// Not TOML, a key nobody knows, or one that is missing.
    #[error("not a mapping of columns")]
    Toml(#[from] toml::de::Error),
    /// Something that contradicts itself.
    #[error("{0}")]
    Wrong(&'static str),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    delimiter: char,
    /// Lines before the header.
    pub(crate) skip_lines: u64,
}

impl Default for File {
    fn default() -> Self {
        Self {
            delimiter: ',',
            skip_lines: 0,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    from: String,
    to: String,
    /// Day and time in one, or `date` and `time`.
    when: Option<String>,
    date: Option<String>,
    time: Option<String>,
    duration: String,
    person: Option<String>,
    kind: Option<String>,
    cost: Option<String>,
    currency: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Formats {
    /// As `strftime` has it; of day, space and time where they are two columns.
    when: String,
    duration: Unit,
    currency: Option<String>,
}

impl Default for Formats {
    fn default() -> Self {
        let when = "%d/%m/%Y %H:%M:%S".to_owned();
        Self {
            when,
            duration: Unit::Seconds,
            currency: None,
        }
    }
}

/// What a length without colons counts.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Unit {
    Seconds,
    Minutes,
}

/// What the column `kind` says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Calls {
    /// Rows of other kinds (messages, data) are no calls. Empty: all rows are.
    outgoing: Vec<String>,
    incoming: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Private {
    /// What stands behind the number of a private call, such as `*`.
    suffix: Option<String>,
    column: Option<String>,
    values: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Values {
    column: Option<String>,
    values: Vec<String>,
}

const FROM: usize = 0;
const TO: usize = 1;
const WHEN: usize = 2;
const DATE: usize = 3;
const TIME: usize = 4;
const DURATION: usize = 5;
const PERSON: usize = 6;
const KIND: usize = 7;
const COST: usize = 8;
const CURRENCY: usize = 9;
const PRIVATE: usize = 10;
const LINE_2: usize = 11;

impl Mapping {
    /// Reads a mapping file.
    pub fn read(text: &str) -> Result<Self, ReadMappingError> {
        let mapping: Self = toml::from_str(text)?;
        let columns = &mapping.columns;
        let wrong = match (&columns.when, &columns.date, &columns.time) {
            (Some(_), None, None) | (None, Some(_), Some(_)) => None,
            _ => Some("say either `when`, or both `date` and `time`, in [columns]"),
        };
        let listed = !mapping.calls.outgoing.is_empty() || !mapping.calls.incoming.is_empty();
        let wrong = wrong.or(match (listed, &columns.kind) {
            (true, None) => Some("[calls] needs `kind` in [columns]"),
            _ if !mapping.file.delimiter.is_ascii() => Some("`delimiter` is one ASCII character"),
            _ if mapping.file.skip_lines > MOST_SKIPPED => Some("`skip_lines` is at most 100"),
            _ => None,
        });
        match wrong {
            Some(wrong) => Err(ReadMappingError::Wrong(wrong)),
            None => Ok(mapping),
        }
    }

    /// What separates cells.
    pub(crate) fn delimiter(&self) -> u8 {
        u8::try_from(self.file.delimiter).unwrap_or(b',')
    }

    /// Finds the columns in a header; names the first that is missing.
    pub(crate) fn header(&self, cells: &Cells) -> Result<Header, String> {
        let columns = &self.columns;
        let optional = [
            (WHEN, &columns.when),
            (DATE, &columns.date),
            (TIME, &columns.time),
            (PERSON, &columns.person),
            (KIND, &columns.kind),
            (COST, &columns.cost),
            (CURRENCY, &columns.currency),
            (PRIVATE, &self.private.column),
            (LINE_2, &self.line_2.column),
        ];
        let mut names = vec![Vec::new(); LINE_2 + 1];
        names[FROM].push(columns.from.as_str());
        names[TO].push(columns.to.as_str());
        names[DURATION].push(columns.duration.as_str());
        for (column, name) in optional {
            names[column].extend(name.as_deref());
        }
        let header = Header::find(cells, &names);
        let mut wanted = names.iter().enumerate();
        match wanted.find(|(column, names)| !names.is_empty() && !header.has(*column)) {
            Some((_, names)) => Err(names.concat()),
            None => Ok(header),
        }
    }

    /// What a row says; nothing where it is no call.
    pub(crate) fn leg(
        &self,
        row: u64,
        header: &Header,
        cells: &Cells,
        settings: &Settings,
    ) -> Result<Option<Leg>, Reason> {
        header.fits(cells)?;
        let cell = |column: usize| header.cell(cells, column);
        let Some(stated) = self.direction(cell(KIND)) else {
            return Ok(None);
        };
        let mut marks = Vec::new();
        let suffix = self
            .private
            .suffix
            .as_deref()
            .filter(|suffix| !suffix.is_empty());
        let unmarked = suffix.and_then(|suffix| cell(TO).strip_suffix(suffix.as_bytes()));
        if unmarked.is_some() || is_one_of(cell(PRIVATE), &self.private.values) {
            marks.push(Mark::Private);
        }
        let line = cell(LINE_2);
        if is_one_of(line, &self.line_2.values) {
            marks.push(Mark::Line2);
        } else if !line.is_empty() {
            marks.push(Mark::Line1);
        }
        let from = settings.numbers.party(cell(FROM), Role::Calling);
        let to = settings
            .numbers
            .party(unmarked.unwrap_or(cell(TO)), Role::Called);
        let seconds = self.seconds(cell(DURATION))?;
        let amount = field::money("cost", cell(COST))?;
        let currency = field::text(cell(CURRENCY))
            .or_else(|| self.formats.currency.as_deref().map(Into::into));
        Ok(Some(Leg {
            source: settings.source.clone(),
            row,
            began: self.began(&cell, &settings.zone)?,
            // A bill counts from the answer.
            duration_seconds: seconds,
            answered_seconds: seconds,
            direction: stated,
            from,
            to,
            reached: None,
            outcome: match seconds {
                Some(1..) => Outcome::Answered,
                _ => Outcome::Unknown,
            },
            extension: None,
            person: field::text(cell(PERSON)),
            cost: amount.map(|amount| Cost { amount, currency }),
            marks,
            voicemail: None,
            ids: [None, None],
        }))
    }

    fn direction(&self, kind: &[u8]) -> Option<Direction> {
        let calls = &self.calls;
        if is_one_of(kind, &calls.outgoing) {
            return Some(Direction::Outgoing);
        }
        if is_one_of(kind, &calls.incoming) {
            return Some(Direction::Incoming);
        }
        let all = calls.outgoing.is_empty() && calls.incoming.is_empty();
        // A bill is about what its subscribers have done.
        all.then_some(Direction::Outgoing)
    }

    fn began<'a>(
        &self,
        cell: &impl Fn(usize) -> &'a [u8],
        zone: &TimeZone,
    ) -> Result<When, Reason> {
        let text = match self.columns.when {
            Some(_) => cell(WHEN).to_vec(),
            None => [cell(DATE), cell(TIME)].join(&b' '),
        };
        let wrong = || Reason::field("when", "time as `formats.when` has it", &text);
        let civil = DateTime::strptime(self.formats.when.as_bytes(), &text).map_err(|_| wrong())?;
        When::local(civil, zone).ok_or_else(wrong)
    }

    fn seconds(&self, length: &[u8]) -> Result<Option<u32>, Reason> {
        if matches!(self.formats.duration, Unit::Seconds) || length.contains(&b':') {
            return field::seconds("duration", length);
        }
        let minutes = field::money("duration", length).ok().flatten();
        let Some(minutes) = minutes else {
            return field::seconds("duration", length);
        };
        let wrong = || Reason::field("duration", "number of minutes", length);
        let seconds = (minutes.millionths * 60 + 500_000) / 1_000_000;
        let text = seconds.to_string();
        field::seconds("duration", text.as_bytes()).map_err(|_| wrong())
    }
}

fn is_one_of(value: &[u8], known: &[String]) -> bool {
    known
        .iter()
        .any(|known| value.eq_ignore_ascii_case(known.trim().as_bytes()))
}
