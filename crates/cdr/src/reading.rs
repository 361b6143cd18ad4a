//! Reading a feed: one row after another, in whatever format it is.

use std::io::{self, BufRead};
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::cells::Cells;
use crate::format::cucm::{self, Quality};
use crate::format::freeswitch::Template;
use crate::format::mapping::Mapping;
use crate::format::{self, Format, Pages, TeamsColumns, Undetected, asterisk, cel};
use crate::header::Header;
use crate::leg::Leg;
use crate::number::Numbers;
use crate::rows::Rows;
use crate::set_aside::{Reason, SetAside};

/// What a reader must know besides the format.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the file or feed is called in what is told about it.
    pub source: Arc<str>,
    /// Where local times without an offset are.
    pub zone: TimeZone,
    /// What is known about numbers.
    pub numbers: Numbers,
}

/// Why a feed cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be read.
    #[error("it cannot be read")]
    Unreadable(#[from] io::Error),
    /// Nobody can be certain of its format.
    #[error(transparent)]
    Undetected(#[from] Undetected),
    /// A column is not there that the format or the mapping names.
    #[error("its header has no column `{0}`")]
    NoColumn(String),
    /// There is no header, or it cannot be read.
    #[error("its header cannot be read: {0}")]
    Header(Reason),
}

/// What a row was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A call, or part of one.
    Leg(Box<Leg>),
    /// How well a call could be heard.
    Quality(Box<Quality>),
    /// Nothing that can be used.
    SetAside(SetAside),
}

/// Calls that had not ended when their feed did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// How many.
    pub calls: u64,
    /// Their rows, and the header before them if there is one: to be read before what comes next of the feed.
    pub rows: Vec<u8>,
}

/// What a row was to the reader of its format.
pub(crate) enum Read {
    /// Something to be told.
    Item(Item),
    /// Not a call: a message on a mobile bill, the beginning of a call that is told at its end.
    NoCall,
    /// Not a row at all: a header, a line of types.
    NoRow,
}

impl Read {
    pub(crate) fn leg(leg: Leg) -> Self {
        Self::Item(Item::Leg(Box::new(leg)))
    }
}

/// A feed being read.
pub struct Reading<R: BufRead> {
    input: Input<R>,
    name: &'static str,
    settings: Settings,
    rows: u64,
    passed_over: u64,
}

enum Input<R: BufRead> {
    Cells {
        rows: Rows<R>,
        cells: Cells,
        delimiter: u8,
        columns: Columns,
    },
    Lines(Rows<R>, Box<Template>),
    Pages(Box<Pages<R>>),
}

/// What says which cell is which.
enum Columns {
    Asterisk,
    AsteriskCel(Box<cel::Reader>),
    Cucm(cucm::Reader),
    Teams(TeamsColumns),
    Mapped(Header, Box<Mapping>),
}

impl Columns {
    fn read(
        &mut self,
        row: u64,
        cells: &Cells,
        line: &[u8],
        settings: &Settings,
    ) -> Result<Read, Reason> {
        match self {
            Self::Asterisk => asterisk::leg(row, cells, settings).map(Read::leg),
            Self::AsteriskCel(events) => events.row(row, cells, line, settings),
            Self::Cucm(reader) => reader.row(row, cells, settings),
            Self::Teams(columns) => columns.leg(row, cells, settings).map(Read::leg),
            Self::Mapped(header, mapping) => {
                let leg = mapping.leg(row, header, cells, settings)?;
                Ok(leg.map_or(Read::NoCall, Read::leg))
            }
        }
    }
}

impl<R: BufRead> std::fmt::Debug for Reading<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = f.debug_struct("Reading");
        debug.field("name", &self.name).finish_non_exhaustive()
    }
}

impl<R: BufRead> Reading<R> {
    /// Begins to read, in the format that is given or else in that of the first line.
    pub fn open(reader: R, format: Option<Format>, settings: Settings) -> Result<Self, OpenError> {
        let mut rows = Rows::open(reader)?;
        let format = match format {
            Some(format) => format,
            None if rows.begins_json()? => Format::Graph,
            None => {
                let (_, read) = rows.line()?.ok_or(Undetected::Empty)?;
                read.map_err(|_| Undetected::Uncertain)?;
                let format = format::detect(rows.bytes())?;
                rows.again();
                format
            }
        };
        Ok(Self {
            name: format.name(),
            input: input(rows, format)?,
            settings,
            rows: 0,
            passed_over: 0,
        })
    }

    /// The name of the format it is read in.
    pub fn format(&self) -> &'static str {
        self.name
    }

    /// Rows read so far, headers apart.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows that are no calls, such as messages on a mobile bill.
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }

    /// What the next row is; nothing at the end.
    #[expect(clippy::should_implement_trait, reason = "it can fail between rows")]
    pub fn next(&mut self) -> io::Result<Option<Item>> {
        loop {
            if let Some(item) = self.told() {
                // It was read when a row did not say all of it yet.
                self.passed_over -= 1;
                return Ok(Some(self.complete(item)));
            }
            let Some((row, read)) = self.row()? else {
                match self.end() {
                    true => continue,
                    false => return Ok(None),
                }
            };
            match read {
                Ok(Read::NoRow) => continue,
                Ok(Read::NoCall) => self.passed_over += 1,
                Ok(Read::Item(item)) => {
                    self.rows += 1;
                    return Ok(Some(self.complete(item)));
                }
                Err(reason) => {
                    self.rows += 1;
                    return Ok(Some(Item::SetAside(SetAside { row, reason })));
                }
            }
            self.rows += 1;
        }
    }

    /// Calls that had not ended when the feed did, once all of it was read.
    pub fn unfinished(&mut self) -> Unfinished {
        let events = self.events();
        events.map_or_else(Unfinished::default, |events| events.unfinished())
    }

    /// Whose ids calls have. The two logs of an Asterisk tell of the same calls under the same ids.
    pub fn numbered_by(&mut self) -> &'static str {
        match self.events() {
            Some(_) => Format::Asterisk.name(),
            None => self.name,
        }
    }

    /// What several rows together said, if they just did.
    fn told(&mut self) -> Option<Item> {
        self.events().and_then(cel::Reader::told)
    }

    /// Nothing follows. Whether that tells of a further call.
    fn end(&mut self) -> bool {
        let settings = self.settings.clone();
        self.events().is_some_and(|events| events.end(&settings))
    }

    fn events(&mut self) -> Option<&mut cel::Reader> {
        match &mut self.input {
            Input::Cells {
                columns: Columns::AsteriskCel(events),
                ..
            } => Some(events),
            _ => None,
        }
    }

    /// Adds what the council's numbers say.
    fn complete(&self, mut item: Item) -> Item {
        if let Item::Leg(leg) = &mut item {
            let known = &self.settings.numbers;
            let told = leg.voicemail.take();
            leg.voicemail = told.or_else(|| known.voicemail(&leg.to, leg.reached.as_ref()));
        }
        item
    }

    fn row(&mut self) -> io::Result<Option<(u64, Result<Read, Reason>)>> {
        let settings = &self.settings;
        Ok(match &mut self.input {
            Input::Cells {
                rows,
                cells,
                delimiter,
                columns,
            } => rows.row(cells, *delimiter)?.map(|(row, read)| {
                let read = read.and_then(|()| columns.read(row, cells, rows.bytes(), settings));
                (row, read.map_err(|reason| cut_off(reason, rows)))
            }),
            Input::Lines(rows, template) => rows.line()?.map(|(row, read)| {
                let read = read.and_then(|()| template.leg(row, rows.bytes(), settings));
                let read = read.map(Read::leg);
                (row, read.map_err(|reason| cut_off(reason, rows)))
            }),
            Input::Pages(pages) => {
                let next = pages.row(settings)?;
                next.map(|(row, leg)| (row, leg.map(Read::leg)))
            }
        })
    }
}

fn input<R: BufRead>(mut rows: Rows<R>, format: Format) -> Result<Input<R>, OpenError> {
    let mut cells = Cells::default();
    let mut delimiter = b',';
    let columns = match format {
        Format::Freeswitch(template) => return Ok(Input::Lines(rows, template)),
        Format::Graph => return Ok(Input::Pages(Box::new(Pages::new(rows.into_reader())))),
        Format::Asterisk => Columns::Asterisk,
        Format::AsteriskCel => Columns::AsteriskCel(Box::default()),
        Format::Cucm => Columns::Cucm(cucm::Reader::default()),
        Format::Teams => {
            header_row(&mut rows, &mut cells, delimiter, 0)?;
            Columns::Teams(TeamsColumns::find(&cells)?)
        }
        Format::Mapped(mapping) => {
            delimiter = mapping.delimiter();
            header_row(&mut rows, &mut cells, delimiter, mapping.file.skip_lines)?;
            let header = mapping.header(&cells).map_err(OpenError::NoColumn)?;
            Columns::Mapped(header, mapping)
        }
    };
    Ok(Input::Cells {
        rows,
        cells,
        delimiter,
        columns,
    })
}

/// What is wrong with the last row of a file that is still being written is that it is.
fn cut_off<R: BufRead>(reason: Reason, rows: &Rows<R>) -> Reason {
    match rows.is_cut_off() {
        true => Reason::CutOff,
        false => reason,
    }
}

fn header_row<R: BufRead>(
    rows: &mut Rows<R>,
    cells: &mut Cells,
    delimiter: u8,
    skipped: u64,
) -> Result<(), OpenError> {
    for _ in 0..skipped {
        rows.line()?;
    }
    let (_, read) = rows.row(cells, delimiter)?.ok_or(Undetected::Empty)?;
    read.map_err(OpenError::Header)
}
