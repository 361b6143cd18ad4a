//! Tables whose heading names the columns of a person.

use std::ops::Range;

use super::{List, ROWS, SEPARATORS, Signs};
use crate::finding::Confidence::High;

/// Columns that identify a person.
const COLUMNS: &[&str] = &[
    "dob",
    "d.o.b",
    "d.o.b.",
    "date of birth",
    "birth date",
    "address",
    "home address",
    "address line 1",
    "post code",
    "postcode",
    "nhs",
    "nhs no",
    "nhs number",
    "ni",
    "ni no",
    "ni number",
    "nino",
    "national insurance number",
    "upn",
    "pupil number",
    "case ref",
    "case reference",
    "case number",
    "client id",
    "tenancy ref",
    "patient id",
    "ethnicity",
    "gender",
    "religion",
    "disability",
    "passport",
    "passport number",
    "salary",
    "sort code",
    "account number",
    "payroll number",
    "employee number",
    "mobile",
    "home phone",
    "next of kin",
    "allergies",
];

/// Columns that name one.
const NAMES: &[&str] = &[
    "name",
    "full name",
    "first name",
    "firstname",
    "forename",
    "forenames",
    "given name",
    "surname",
    "last name",
    "lastname",
    "family name",
    "pupil",
    "pupil name",
    "child",
    "child name",
    "client",
    "client name",
    "tenant",
    "tenant name",
    "patient",
    "patient name",
    "employee",
    "employee name",
    "resident",
    "claimant",
    "student",
    "student name",
    "service user",
];

/// Rows under a heading that names columns of a person.
pub(super) struct Table {
    span: Range<usize>,
    separator: u8,
    columns: usize,
    /// The columns that identify, one bit each; those beyond the sixty-fourth are not looked at.
    identifying: u64,
    rows: usize,
    /// Rows in which at least one of them is filled in.
    told: usize,
}

impl Table {
    pub(super) fn open(line: &str, span: &Range<usize>, signs: Signs) -> Option<Self> {
        let separator = *SEPARATORS
            .iter()
            .max_by_key(|separator| signs.cells(**separator))?;
        let columns = signs.cells(separator);
        // Headings hold few digits; rows and addresses hold many.
        if columns < 2 || signs.digits() > 8 {
            return None;
        }
        let mut names = 0;
        let mut identifying = 0_u64;
        for (at, cell) in line.split(char::from(separator)).enumerate() {
            let cell = cell.trim_matches(|c: char| c.is_whitespace() || "\"'*_".contains(c));
            if cell.len() > 30 {
                // A heading's cells are short: this is prose with commas.
                return None;
            }
            if !may_head(cell) {
                continue;
            }
            names += usize::from(heads(NAMES, cell));
            if heads(COLUMNS, cell) {
                identifying |= bit(at);
            }
        }
        let about_people = identifying != 0 && names + identifying.count_ones() as usize >= 2;
        about_people.then(|| Table {
            span: span.clone(),
            separator,
            columns,
            identifying,
            rows: 0,
            told: 0,
        })
    }

    /// Takes a row in, or says that the table has ended.
    pub(super) fn row(&mut self, line: &str, span: &Range<usize>, signs: Signs) -> bool {
        // Quoted cells may hold separators of their own.
        let fits = signs.cells(self.separator) >= self.columns;
        if fits {
            self.rows += 1;
            self.span.end = span.end;
            let mut cells = line.split(char::from(self.separator)).enumerate();
            let tells = |(at, cell): (usize, &str)| {
                self.identifying & bit(at) != 0 && cell.bytes().any(|b| b.is_ascii_alphanumeric())
            };
            self.told += usize::from(cells.any(tells));
        }
        fits || (line.trim().is_empty() && self.rows == 0)
    }

    pub(super) fn close(self) -> Option<List> {
        (self.told >= ROWS).then_some(List {
            span: self.span,
            confidence: High,
            pattern: "table-of-people",
            validators: vec!["heading names person columns", "five rows"],
        })
    }
}

/// The bit of a column.
fn bit(column: usize) -> u64 {
    u32::try_from(column)
        .ok()
        .and_then(|column| 1_u64.checked_shl(column))
        .unwrap_or(0)
}

/// For each first letter, one bit for every length a heading with it has: nearly every cell of
/// prose is turned away by it.
const LENGTHS: [u32; 26] = {
    let mut lengths = [0; 26];
    let lists = [COLUMNS, NAMES];
    let (mut list, mut n) = (0, 0);
    while list < lists.len() {
        if n == lists[list].len() {
            (list, n) = (list + 1, 0);
            continue;
        }
        let heading = lists[list][n].as_bytes();
        lengths[(heading[0] - b'a') as usize] |= 1 << heading.len();
        n += 1;
    }
    lengths
};

/// Whether a cell may be a heading at all.
fn may_head(cell: &str) -> bool {
    let letter = cell.bytes().next().map(|byte| byte.to_ascii_lowercase());
    let at = letter.and_then(|letter| letter.checked_sub(b'a'));
    let lengths = at.and_then(|at| LENGTHS.get(usize::from(at)));
    lengths.is_some_and(|lengths| lengths.checked_shr(cell.len() as u32).unwrap_or(0) & 1 == 1)
}

/// Whether a cell is one of these headings; systems write `first_name` for "first name".
fn heads(headings: &[&str], cell: &str) -> bool {
    headings.iter().any(|heading| {
        heading.len() == cell.len()
            && heading.bytes().zip(cell.bytes()).all(|(wanted, byte)| {
                wanted == byte.to_ascii_lowercase() || wanted == b' ' && byte == b'_'
            })
    })
}
