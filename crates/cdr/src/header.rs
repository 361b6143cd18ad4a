//! Columns found by their names, wherever they stand and whatever else stands between them.

use crate::cells::Cells;
use crate::set_aside::Reason;

/// Where the columns a format asks for stand in its rows.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    places: Vec<Option<usize>>,
    width: usize,
}

impl Header {
    /// Looks for columns, each under any of its names.
    pub(crate) fn find<N: AsRef<str>>(cells: &Cells, columns: &[Vec<N>]) -> Self {
        let names: Vec<_> = cells.iter().map(plain).collect();
        let place = |column: &Vec<N>| {
            let mut wanted = column.iter().map(|name| plain(name.as_ref().as_bytes()));
            wanted.find_map(|wanted| names.iter().position(|name| *name == wanted))
        };
        Self {
            places: columns.iter().map(place).collect(),
            width: names.len(),
        }
    }

    /// Columns that stand where it is agreed that they do, in rows of so many cells.
    pub(crate) fn standing(places: Vec<Option<usize>>, width: usize) -> Self {
        Self { places, width }
    }

    /// Whether there is such a column.
    pub(crate) fn has(&self, column: usize) -> bool {
        self.places.get(column).is_some_and(Option::is_some)
    }

    /// What stands in a column; nothing where there is no such column.
    pub(crate) fn cell<'a>(&self, cells: &'a Cells, column: usize) -> &'a [u8] {
        match self.places.get(column) {
            Some(Some(place)) => cells.at(*place),
            _ => &[],
        }
    }

    /// Whether a row has as many cells as the header. More are no harm while nothing is in them.
    pub(crate) fn fits(&self, cells: &Cells) -> Result<(), Reason> {
        let spare = (self.width..cells.len()).all(|place| cells.at(place).is_empty());
        if cells.len() < self.width || !spare {
            return Err(Reason::Width {
                found: cells.len(),
                expected: self.width,
            });
        }
        Ok(())
    }
}

/// `Call ID`, `callId` and `call_id` are one name.
pub(crate) fn plain(name: &[u8]) -> String {
    let letters = name.iter().filter(|byte| byte.is_ascii_alphanumeric());
    letters
        .map(|byte| byte.to_ascii_lowercase() as char)
        .collect()
}
