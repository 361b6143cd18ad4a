//! Lists of people: rows that each name somebody and point at their file.
//!
//! One row is a line of correspondence; five in a row are a list that somebody took from a
//! system. A table whose heading names the columns says itself that it is about people.

mod run;
mod table;

use std::ops::Range;

use crate::finding::Confidence;
use run::Run;
use table::Table;

/// Rows that make a list.
const ROWS: usize = 5;

/// Longer lines are prose or data, not rows.
const LONGEST: usize = 600;

/// One list of people.
pub(super) struct List {
    pub(super) span: Range<usize>,
    pub(super) confidence: Confidence,
    pub(super) pattern: &'static str,
    pub(super) validators: Vec<&'static str>,
}

/// The lists of a text, in order.
pub(super) fn lists(text: &str) -> Vec<List> {
    let mut found: Vec<List> = Vec::new();
    let mut table: Option<Table> = None;
    let mut run = Run::default();
    let mut at = 0;
    while at < text.len() {
        let end = memchr::memchr(b'\n', text.as_bytes().get(at..).unwrap_or_default());
        let end = end.map_or(text.len(), |length| at + length);
        let Some(line) = text.get(at..end) else { break };
        let span = at..at + line.trim_end().len();
        at = end + 1;
        let signs = Signs::of(line);
        if let Some(open) = &mut table {
            if open.row(line, &span, signs) {
                continue;
            }
            found.extend(table.take().and_then(Table::close));
        }
        if let Some(opened) = Table::open(line, &span, signs) {
            found.extend(run.close(text));
            table = Some(opened);
            continue;
        }
        if let Some(closed) = run.line(text, line, &span, signs) {
            found.push(closed);
        }
    }
    found.extend(table.and_then(Table::close));
    found.extend(run.close(text));
    found
}

/// What the shape of a line tells at a glance, so that few are read closely.
#[derive(Clone, Copy)]
struct Signs(u64);

impl Signs {
    /// Counts digits and the four separators in one pass, in fields of 12 bits.
    fn of(line: &str) -> Self {
        static WORTH: [u64; 256] = {
            let mut worth = [0; 256];
            let mut digit = b'0';
            while digit <= b'9' {
                worth[digit as usize] = 1;
                digit += 1;
            }
            let mut n = 0;
            while n < SEPARATORS.len() {
                worth[SEPARATORS[n] as usize] = 1 << (12 * (n + 1));
                n += 1;
            }
            worth
        };
        let short = if line.len() > LONGEST {
            &[]
        } else {
            line.as_bytes()
        };
        Signs(
            short
                .iter()
                .fold(0, |sum, &byte| sum + WORTH[usize::from(byte)]),
        )
    }

    fn field(self, n: usize) -> usize {
        (self.0 >> (12 * n) & 0xfff) as usize
    }

    fn digits(self) -> usize {
        self.field(0)
    }

    /// Cells of the line, if this separates them.
    fn cells(self, separator: u8) -> usize {
        let place = SEPARATORS.iter().position(|other| *other == separator);
        place.map_or(0, |place| self.field(place + 1) + 1)
    }
}

/// What may separate the cells of a row.
const SEPARATORS: [u8; 4] = *b",\t;|";
