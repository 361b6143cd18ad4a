//! One row into its cells (RFC 4180): bounded, and strict about quotation marks, so that a row
//! whose cells cannot be told apart for certain is set aside and not read wrongly.

use crate::set_aside::Reason;

/// Cells a row may have. Exchanges write up to 140.
pub(crate) const MOST_CELLS: usize = 512;
/// Bytes a cell may have. The longest any exchange documents is 2,048.
pub(crate) const LONGEST_CELL: usize = 8 * 1024;

/// The cells of one row; used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// One of them; empty where there is none.
    pub(crate) fn at(&self, place: usize) -> &[u8] {
        let Some(end) = self.ends.get(place) else {
            return &[];
        };
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text[start..*end].trim_ascii()
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|place| self.at(place))
    }

    /// Takes the cells of a row without its line end.
    pub(crate) fn split(&mut self, row: &[u8], delimiter: u8) -> Result<(), Reason> {
        self.text.clear();
        self.ends.clear();
        let mut rest = row;
        loop {
            rest = match rest {
                [b'"', quoted @ ..] => self.quoted(quoted, delimiter)?,
                plain => {
                    let end = memchr::memchr(delimiter, plain).unwrap_or(plain.len());
                    self.text.extend_from_slice(&plain[..end]);
                    &plain[end..]
                }
            };
            let start = self.ends.last().copied().unwrap_or(0);
            if self.text.len() - start > LONGEST_CELL {
                return Err(Reason::LongCell(LONGEST_CELL));
            }
            self.ends.push(self.text.len());
            match rest {
                [] => return Ok(()),
                _ if self.ends.len() == MOST_CELLS => return Err(Reason::TooManyCells(MOST_CELLS)),
                [_, after @ ..] => rest = after,
            }
        }
    }

    /// Takes a quoted cell; gives what follows its closing mark.
    fn quoted<'a>(&mut self, mut rest: &'a [u8], delimiter: u8) -> Result<&'a [u8], Reason> {
        loop {
            let mark = memchr::memchr(b'"', rest).ok_or(Reason::Unclosed)?;
            self.text.extend_from_slice(&rest[..mark]);
            match &rest[mark + 1..] {
                [b'"', after @ ..] => {
                    self.text.push(b'"');
                    rest = after;
                }
                [] => return Ok(&[]),
                after @ [next, ..] if *next == delimiter => return Ok(after),
                _ => return Err(Reason::AfterQuote),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn split(row: &[u8]) -> Result<Vec<Vec<u8>>, Reason> {
        let mut cells = Cells::default();
        cells.split(row, b',')?;
        let starts = std::iter::once(0).chain(cells.ends.iter().copied());
        let spans = starts.zip(&cells.ends);
        Ok(spans
            .map(|(from, to)| cells.text[from..*to].to_vec())
            .collect())
    }

    #[test]
    fn cells_are_told_apart_or_the_row_is_not_read() {
        let check = |row: &str, expected: &[&str]| {
            let expected: Vec<_> = expected.iter().map(|c| c.as_bytes().to_vec()).collect();
            assert_eq!(split(row.as_bytes()), Ok(expected), "{row}");
        };
        check("", &[""]);
        check("a,b,", &["a", "b", ""]);
        check(r#""""Ann B"" <2001>","x""#, &[r#""Ann B" <2001>"#, "x"]);
        check(r#""a,b",,"""#, &["a,b", "", ""]);
        assert_eq!(split(br#"a,"b"#), Err(Reason::Unclosed));
        assert_eq!(split(br#"a,"b"c,d"#), Err(Reason::AfterQuote));
        assert!(split(&[b','; MOST_CELLS - 1]).is_ok());
        assert_eq!(
            split(&[b','; MOST_CELLS]),
            Err(Reason::TooManyCells(MOST_CELLS))
        );
        assert_eq!(
            split(&[b'a'; LONGEST_CELL + 1]),
            Err(Reason::LongCell(LONGEST_CELL))
        );
    }

    proptest! {
        /// Whatever is read here, a known reader of such files reads alike.
        #[test]
        fn cells_are_those_of_a_known_reader(row in "[a\", ]{0,40}") {
            // It takes an empty line for no row at all.
            prop_assume!(!row.is_empty());
            if let Ok(cells) = split(row.as_bytes()) {
                let (mut output, mut ends) = ([0; 64], [0; 64]);
                let line = [row.as_bytes(), b"\n"].concat();
                let (_, _, _, n) = csv_core::Reader::new().read_record(&line, &mut output, &mut ends);
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let known: Vec<_> = starts.zip(&ends[..n]).map(|(a, b)| output[a..*b].to_vec()).collect();
                prop_assert_eq!(cells, known);
            }
        }
    }
}
