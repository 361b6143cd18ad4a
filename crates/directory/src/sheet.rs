//! Spreadsheets as text (RFC 4180 as programs really write it): columns found by their names, in
//! any order, and rows that cannot be read set aside one at a time.
//!
//! Read a line at a time, each bounded, so that a quotation mark somebody forgot to close costs the
//! row it stands on and not the rest of the file.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use csv_core::{ReadRecordResult, Reader};

use crate::quarantine::Quarantined;

/// Longest line, in bytes.
const LONGEST_LINE: usize = 32 * 1024;
/// Lines one row may span, for addresses and notes with line breaks in them.
const MOST_LINES: usize = 8;
/// Columns a sheet may have.
const MOST_COLUMNS: usize = 256;

/// A column a reader knows.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// What it is called, in lower case with single spaces.
    pub name: &'static str,
    /// What else systems call it.
    pub aliases: &'static [&'static str],
    /// Whether the sheet makes no sense without it.
    pub required: bool,
}

/// Why a sheet cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Unreadable(#[from] io::Error),
    /// Nothing in it.
    #[error("the file is empty; its first line names the columns")]
    Empty,
    /// Spreadsheets call this "Unicode text".
    #[error("the file is in UTF-16; save it as CSV in UTF-8")]
    Utf16,
    /// The first line has none of the names that are needed.
    #[error("the first line names no column called {}; it has {}", .missing.join(", "), .found.join(", "))]
    Columns {
        /// What is needed and not there.
        missing: Vec<&'static str>,
        /// What is there.
        found: Vec<String>,
    },
    /// Two columns have one meaning.
    #[error("two columns are both the {0}; leave one out")]
    Twice(&'static str),
}

/// A sheet being read.
pub struct Sheet<R> {
    lines: Lines<R>,
    parser: Reader,
    /// For each known column, its place in the row.
    places: Vec<Option<usize>>,
    width: usize,
    ignored: Vec<String>,
}

impl<R> std::fmt::Debug for Sheet<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sheet")
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}

/// One row: cells in the order of the columns asked for.
#[derive(Debug, Clone)]
pub struct Row {
    /// Line it begins on.
    pub row: u64,
    cells: Vec<Option<String>>,
}

impl Row {
    /// What stands in a column; empty where the column or its content is missing.
    pub fn cell(&self, column: usize) -> &str {
        self.cells
            .get(column)
            .and_then(Option::as_deref)
            .unwrap_or("")
    }
}

impl<R: BufRead> Sheet<R> {
    /// Reads the header.
    pub fn open(reader: R, columns: &[Column]) -> Result<Self, SheetError> {
        let mut sheet = Self {
            lines: Lines::new(reader),
            parser: Reader::new(),
            places: vec![None; columns.len()],
            width: 0,
            ignored: Vec::new(),
        };
        let mut first = sheet.lines.next()?.ok_or(SheetError::Empty)?;
        if first.bytes.starts_with(&[0xFF, 0xFE]) || first.bytes.starts_with(&[0xFE, 0xFF]) {
            return Err(SheetError::Utf16);
        }
        if first.bytes.starts_with(b"\xEF\xBB\xBF") {
            first.bytes.drain(..3);
        }
        let header = sheet.parse(&first.bytes).unwrap_or_default();
        let names: Vec<_> = header.iter().map(|cell| plain_name(cell)).collect();
        for (place, name) in names.iter().enumerate() {
            let known = columns
                .iter()
                .position(|column| column.name == name || column.aliases.contains(&name.as_str()));
            match known {
                None if name.is_empty() => {}
                None => sheet.ignored.push(name.clone()),
                Some(at) if sheet.places[at].is_some() => {
                    return Err(SheetError::Twice(columns[at].name));
                }
                Some(at) => sheet.places[at] = Some(place),
            }
        }
        let absent = |at: usize| sheet.places[at].is_none();
        let missing = columns
            .iter()
            .enumerate()
            .filter(|(at, column)| column.required && absent(*at));
        let missing: Vec<_> = missing.map(|(_, column)| column.name).collect();
        if !missing.is_empty() {
            let found = names
                .iter()
                .map(|name| format!("`{}`", crate::cell::clipped(name)));
            return Err(SheetError::Columns {
                missing,
                found: found.take(20).collect(),
            });
        }
        sheet.width = names.len();
        Ok(sheet)
    }

    /// Whether the sheet has this column.
    pub fn has(&self, column: usize) -> bool {
        self.places.get(column).is_some_and(Option::is_some)
    }

    /// Columns nobody reads.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// The next row, or why it is set aside.
    pub fn row(&mut self) -> Result<Option<Result<Row, Quarantined>>, SheetError> {
        loop {
            let Some(line) = self.lines.next()? else {
                return Ok(None);
            };
            if line.too_long {
                let reason = format!("is longer than {LONGEST_LINE} bytes");
                let hint = "look for a quotation mark that is never closed";
                return Ok(Some(Err(Quarantined::row(
                    line.number,
                    "row",
                    reason,
                    hint,
                ))));
            }
            if line
                .bytes
                .iter()
                .all(|b| b.is_ascii_whitespace() || *b == b',')
            {
                continue;
            }
            return self.record(line).map(Some);
        }
    }

    /// A row is usually a line; cells with line breaks in them make it several.
    fn record(&mut self, first: Line) -> Result<Result<Row, Quarantined>, SheetError> {
        let number = first.number;
        let mut bytes = first.bytes;
        let mut further: Vec<Line> = Vec::new();
        loop {
            if let Some(cells) = self.parse(&bytes) {
                // Several lines are one row only if that is beyond doubt.
                let whole = further.is_empty() || is_well_quoted(&bytes);
                let fits = whole && self.fits(&cells);
                if fits || further.is_empty() {
                    return Ok(if fits {
                        self.row_of(number, cells)
                    } else {
                        Err(self.misfit(number, &cells))
                    });
                }
                break;
            }
            let next = match further.len() + 1 < MOST_LINES {
                true => self.lines.next()?,
                false => None,
            };
            let Some(next) = next.filter(|_| bytes.len() < LONGEST_LINE) else {
                break;
            };
            bytes.extend_from_slice(&next.bytes);
            further.push(next);
        }
        // What was taken for the rest of a cell is rows of its own.
        self.lines.give_back(further);
        let hint = "close it, or take it out";
        Ok(Err(Quarantined::row(
            number,
            "row",
            "has a quotation mark that is never closed",
            hint,
        )))
    }

    fn fits(&self, cells: &[Vec<u8>]) -> bool {
        cells.len() >= self.width
            && cells[self.width..]
                .iter()
                .all(|cell| cell.trim_ascii().is_empty())
    }

    fn misfit(&self, number: u64, cells: &[Vec<u8>]) -> Quarantined {
        let reason = format!(
            "has {} cells where the header has {}",
            cells.len(),
            self.width
        );
        let hint = "put quotation marks around a cell with a comma in it";
        let misfit = Quarantined::row(number, "row", reason, hint);
        // The required columns come first, and whom a row is about is the first of them.
        let about = self
            .places
            .first()
            .copied()
            .flatten()
            .and_then(|place| cells.get(place));
        match about.and_then(|cell| std::str::from_utf8(cell).ok()) {
            Some(about) => misfit.about(crate::cell::clipped(about.trim())),
            None => misfit,
        }
    }

    fn row_of(&self, number: u64, cells: Vec<Vec<u8>>) -> Result<Row, Quarantined> {
        let cell = |place: &Option<usize>| place.and_then(|place| cells.get(place)).cloned();
        let cells = self
            .places
            .iter()
            .map(|place| cell(place).map(String::from_utf8).transpose());
        let cells = cells.collect::<Result<_, _>>().map_err(|_| {
            let hint = "save the file as CSV in UTF-8";
            Quarantined::row(number, "row", "is not in UTF-8", hint)
        })?;
        Ok(Row { row: number, cells })
    }

    /// The cells of one row, or nothing if it does not end here.
    fn parse(&mut self, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
        self.parser.reset();
        let mut output = vec![0; bytes.len() + 1];
        let mut ends = [0; MOST_COLUMNS];
        let ended = bytes.ends_with(b"\n");
        let (result, read, written, mut n) = self.parser.read_record(bytes, &mut output, &mut ends);
        match result {
            ReadRecordResult::Record if read == bytes.len() || bytes[read..] == *b"\n" => {}
            // The last line of a file need not end.
            ReadRecordResult::InputEmpty if !ended => {
                let rest = self
                    .parser
                    .read_record(&[], &mut output[written..], &mut ends[n..]);
                n += rest.3;
            }
            // More columns than anybody has: a misfit, whatever the rest of them hold.
            ReadRecordResult::OutputEndsFull => {
                return Some(vec![b"more".to_vec(); MOST_COLUMNS + 1]);
            }
            _ => return None,
        }
        let starts = std::iter::once(0).chain(ends[..n].iter().copied());
        Some(
            starts
                .zip(&ends[..n])
                .map(|(from, to)| output[from..*to].to_vec())
                .collect(),
        )
    }
}

/// Whether every quoted cell ends where a cell may end. The parser is more forgiving.
fn is_well_quoted(bytes: &[u8]) -> bool {
    let (mut at, mut cell_begins) = (0, true);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if *byte != b'"' || !cell_begins {
            cell_begins = *byte == b',';
            continue;
        }
        loop {
            let Some(quote) = bytes[at..].iter().position(|b| *b == b'"') else {
                return false;
            };
            at += quote + 1;
            match bytes.get(at) {
                Some(b'"') => at += 1,
                None | Some(b',' | b'\r' | b'\n') => break,
                Some(_) => return false,
            }
        }
        cell_begins = false;
    }
    true
}

/// `Employee_No.` and `employee no` are one name.
fn plain_name(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell).to_lowercase();
    let words = text.split(|c: char| c.is_whitespace() || "_-./".contains(c));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

struct Line {
    number: u64,
    bytes: Vec<u8>,
    too_long: bool,
}

struct Lines<R> {
    reader: R,
    number: u64,
    given_back: VecDeque<Line>,
}

impl<R: BufRead> Lines<R> {
    fn new(reader: R) -> Self {
        Self {
            reader,
            number: 0,
            given_back: VecDeque::new(),
        }
    }

    fn next(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.given_back.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let limit = LONGEST_LINE as u64;
        if self
            .reader
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut bytes)?
            == 0
        {
            return Ok(None);
        }
        self.number += 1;
        let too_long = bytes.len() == LONGEST_LINE && !bytes.ends_with(b"\n");
        if too_long {
            bytes.clear();
            self.reader.skip_until(b'\n')?;
        }
        Ok(Some(Line {
            number: self.number,
            bytes,
            too_long,
        }))
    }

    fn give_back(&mut self, lines: Vec<Line>) {
        for line in lines.into_iter().rev() {
            self.given_back.push_front(line);
        }
    }
}

#[cfg(test)]
mod tests;
