//! Rows of a text, each bounded.
//!
//! A row is usually a line. A quoted cell may hold line breaks; a mark somebody forgot to close must
//! not swallow the rest of the file, so a row spans few lines, and lines that turn out not to belong
//! to it are read again as rows of their own.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use crate::cells::Cells;
use crate::set_aside::Reason;

/// Longest line, in bytes. A row of 140 cells is about 2,000.
pub(crate) const LONGEST_LINE: usize = 64 * 1024;
/// Lines one row may span.
const MOST_LINES: usize = 8;

/// A text being read by rows.
pub(crate) struct Rows<R> {
    reader: R,
    /// The line at hand, without its end.
    line: Vec<u8>,
    number: u64,
    is_cut_off: bool,
    waiting: VecDeque<(u64, Vec<u8>, bool)>,
}

impl<R: BufRead> Rows<R> {
    /// Begins to read, after the mark some programs put before UTF-8.
    pub(crate) fn open(mut reader: R) -> io::Result<Self> {
        if reader.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
            reader.consume(3);
        }
        Ok(Self {
            reader,
            line: Vec::new(),
            number: 0,
            is_cut_off: false,
            waiting: VecDeque::new(),
        })
    }

    /// Whether JSON is next, which need not come in lines.
    pub(crate) fn begins_json(&mut self) -> io::Result<bool> {
        let next = self.reader.fill_buf()?.trim_ascii_start();
        Ok(matches!(next, [b'{' | b'[', ..]))
    }

    /// The reader, before anything was read from it.
    pub(crate) fn into_reader(self) -> R {
        self.reader
    }

    /// The line at hand, without its end.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.line
    }

    /// Whether the line at hand is the last, and does not end.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.is_cut_off
    }

    /// Lets the line at hand be read again.
    pub(crate) fn again(&mut self) {
        let line = std::mem::take(&mut self.line);
        let given = (self.number, line, self.is_cut_off);
        self.waiting.push_front(given);
    }

    /// The next line that is not blank, with its number from 1.
    pub(crate) fn line(&mut self) -> io::Result<Option<(u64, Result<(), Reason>)>> {
        while let Some((number, read)) = self.any_line()? {
            if read.is_err() || !self.line.trim_ascii().is_empty() {
                return Ok(Some((number, read)));
            }
        }
        Ok(None)
    }

    /// The next row, in cells.
    pub(crate) fn row(
        &mut self,
        cells: &mut Cells,
        delimiter: u8,
    ) -> io::Result<Option<(u64, Result<(), Reason>)>> {
        let Some((number, read)) = self.line()? else {
            return Ok(None);
        };
        let read = read.and_then(|()| cells.split(&self.line, delimiter));
        match read {
            Err(Reason::Unclosed) => {
                let read = self.longer_row(cells, delimiter)?;
                Ok(Some((number, read)))
            }
            read => Ok(Some((number, read))),
        }
    }

    /// Goes on with a row whose last cell has line breaks in it.
    fn longer_row(&mut self, cells: &mut Cells, delimiter: u8) -> io::Result<Result<(), Reason>> {
        let mut row = std::mem::take(&mut self.line);
        let mut further = Vec::new();
        let mut at_the_end = self.is_cut_off;
        while further.len() + 1 < MOST_LINES && row.len() <= LONGEST_LINE {
            let Some((number, read)) = self.any_line()? else {
                at_the_end = true;
                break;
            };
            let line = std::mem::take(&mut self.line);
            row.push(b'\n');
            row.extend_from_slice(&line);
            further.push((number, line, self.is_cut_off));
            if read.is_err() {
                break;
            }
            match cells.split(&row, delimiter) {
                Err(Reason::Unclosed) => continue,
                Ok(()) => {
                    self.line = row;
                    return Ok(Ok(()));
                }
                Err(_) => break,
            }
        }
        // What was taken for the rest of a cell is rows of its own.
        let alone = further.is_empty();
        further
            .into_iter()
            .rev()
            .for_each(|line| self.waiting.push_front(line));
        Ok(Err(match alone && at_the_end {
            true => Reason::CutOff,
            false => Reason::Unclosed,
        }))
    }

    fn any_line(&mut self) -> io::Result<Option<(u64, Result<(), Reason>)>> {
        if let Some((number, line, is_cut_off)) = self.waiting.pop_front() {
            (self.number, self.line, self.is_cut_off) = (number, line, is_cut_off);
            return Ok(Some((number, self.bounded())));
        }
        self.line.clear();
        // One byte more than fits, so that a line that is too long shows.
        let limit = LONGEST_LINE as u64 + 2;
        let read = self
            .reader
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        self.number = self.number.saturating_add(1);
        self.is_cut_off = self.line.last() != Some(&b'\n');
        if !self.is_cut_off {
            self.line.pop();
            self.line.pop_if(|byte| *byte == b'\r');
        } else if self.line.len() > LONGEST_LINE {
            self.reader.skip_until(b'\n')?;
            self.is_cut_off = false;
        }
        Ok(Some((self.number, self.bounded())))
    }

    fn bounded(&mut self) -> Result<(), Reason> {
        match self.line.len() > LONGEST_LINE {
            true => Err(Reason::TooLong(LONGEST_LINE)),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn all(text: &[u8]) -> Vec<(u64, Result<Vec<String>, Reason>)> {
        let (mut rows, mut cells, mut all) =
            (Rows::open(text).unwrap(), Cells::default(), Vec::new());
        while let Some((number, read)) = rows.row(&mut cells, b',').unwrap() {
            let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
            all.push((number, read.map(|()| cells.iter().map(text).collect())));
        }
        all
    }

    fn row(cells: &[&str]) -> Result<Vec<String>, Reason> {
        Ok(cells.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_mark_that_is_never_closed_costs_its_own_row() {
        let text = b"a,b\r\n\r\n\"c,d\ne,f\n\"g\nh\",i\n";
        let expected = vec![
            (1, row(&["a", "b"])),
            (3, Err(Reason::Unclosed)),
            (4, row(&["e", "f"])),
            (5, row(&["g\nh", "i"])),
        ];
        assert_eq!(all(text), expected);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_whole() {
        let long = vec![b'x'; 3 * LONGEST_LINE];
        let text = [b"a\n", &long[..], b"\nb\n"].concat();
        let expected = vec![
            (1, row(&["a"])),
            (2, Err(Reason::TooLong(LONGEST_LINE))),
            (3, row(&["b"])),
        ];
        assert_eq!(all(&text), expected);
    }

    #[test]
    fn a_file_that_is_still_written_says_so() {
        assert_eq!(all(b"a,\"b"), vec![(1, Err(Reason::CutOff))]);
    }
}
