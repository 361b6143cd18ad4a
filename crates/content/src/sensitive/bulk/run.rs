//! Lines close together that each point at a person, without a heading to say so.

use std::ops::Range;

use super::super::context::{before, last_of};
use super::super::identifiers::LABEL;
use super::super::numbers::{Number, cuts, starts};
use super::super::people::name_pair;
use super::super::shapes;
use super::{List, ROWS, Signs};
use crate::finding::Confidence::{High, Low};

/// Lines without a person that may stand between two with one.
const GAP: usize = 2;

/// Words near a list that say its rows are people.
const PEOPLE: &[&str] = &[
    "pupil~",
    "tenant~",
    "client~",
    "patient~",
    "child",
    "children",
    "case list",
    "caseload",
    "cases",
    "resident~",
    "claimant~",
    "service user~",
    "student~",
    "dob",
    "date of birth",
    "carer~",
    "families",
    "household~",
    "upn",
    "ehc",
    "placements",
    "young people",
    "applicants",
];

/// Lines close together that each point at a person.
#[derive(Default)]
pub(super) struct Run {
    span: Range<usize>,
    rows: usize,
    /// Rows with a reference that is more than digits.
    keyed: usize,
    /// Rows with what cannot be mistaken: an NI number, or name, reference and postcode.
    sure: usize,
    gap: usize,
}

impl Run {
    /// Takes a line in; the list it ends, if it ends one.
    pub(super) fn line(
        &mut self,
        text: &str,
        line: &str,
        span: &Range<usize>,
        signs: Signs,
    ) -> Option<List> {
        match row(line, signs) {
            Some(row) => {
                if self.rows == 0 {
                    self.span.start = span.start;
                }
                self.span.end = span.end;
                self.rows += 1;
                self.keyed += usize::from(row >= Row::Keyed);
                self.sure += usize::from(row == Row::Sure);
                self.gap = 0;
                None
            }
            None if self.rows == 0 => None,
            None if self.gap < GAP => {
                self.gap += 1;
                None
            }
            None => self.close(text),
        }
    }

    pub(super) fn close(&mut self, text: &str) -> Option<List> {
        let run = std::mem::take(self);
        if run.rows < ROWS {
            return None;
        }
        let lead = before(text, run.span.start, 200).to_ascii_lowercase();
        let people = last_of(&lead, PEOPLE).is_some();
        // Digits beside a name are somebody's file only where the text says whose list it is.
        if !people && run.keyed < ROWS {
            return None;
        }
        let mut validators = vec!["five rows"];
        if people {
            validators.push(LABEL);
        }
        if run.sure >= ROWS {
            validators.push("identifier and name in each row");
        }
        let confidence = if people || run.sure >= ROWS {
            High
        } else {
            Low
        };
        Some(List {
            span: run.span,
            confidence,
            pattern: "list-of-people",
            validators,
        })
    }
}

/// What stands between the tokens of a row.
const EDGES: [bool; 256] = {
    let mut edges = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        edges[byte] = (byte as u8).is_ascii_whitespace()
            || matches!(byte as u8, b',' | b';' | b'|' | b'"' | b'(' | b')');
        byte += 1;
    }
    edges
};

/// How much a row tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    /// A name and a number.
    Numbered,
    /// A name or a postcode, and a reference.
    Keyed,
    /// A person who cannot be mistaken.
    Sure,
}

/// What a line tells of a person, if anything.
fn row(line: &str, signs: Signs) -> Option<Row> {
    let bytes = line.as_bytes();
    if signs.digits() < 4 {
        return None;
    }
    let (mut reference, mut numbered) = (false, false);
    for token in bytes.split(|byte| EDGES[usize::from(*byte)]) {
        reference |= reference_like(token);
        numbered |= file_number(token);
    }
    // An NI number in groups is a reference too.
    if !reference && !numbered && signs.digits() < 6 {
        return None;
    }
    let (mut postcode, mut sure) = (false, false);
    let capital = |start: &usize| bytes.get(*start).is_some_and(u8::is_ascii_uppercase);
    for start in starts(bytes).take(24).filter(capital) {
        let number = Number::read(bytes, start);
        sure |= number
            .take(9, cuts(&[2, 4, 6, 8]))
            .is_some_and(|taken| shapes::ni_number(taken.chars));
        postcode |= [7, 6, 5].into_iter().any(|length| {
            number
                .take(length, cuts(&[length as u32 - 3]))
                .is_some_and(|taken| shapes::postcode(taken.chars))
        });
    }
    reference |= sure;
    if !reference && !numbered {
        return None;
    }
    let named = name_pair(line).is_some();
    match (reference, named, postcode) {
        _ if sure && (named || postcode) => Some(Row::Sure),
        (true, true, true) => Some(Row::Sure),
        (true, true, false) | (true, false, true) => Some(Row::Keyed),
        (false, true, _) => Some(Row::Numbered),
        _ => None,
    }
}

/// Whether a token is digits as files are numbered, and not a year, a day or a telephone number.
fn file_number(token: &[u8]) -> bool {
    (5..=9).contains(&token.len())
        && token.iter().all(u8::is_ascii_digit)
        && !token.starts_with(b"0")
        && !(token.len() == 8 && (token.starts_with(b"19") || token.starts_with(b"20")))
}

/// Whether a token looks like the key of somebody's file: letters and digits, or groups joined
/// by strokes, four digits at least. Telephone numbers, dates, times, sums and addresses of
/// machines are not.
fn reference_like(token: &[u8]) -> bool {
    if token.len() < 5 || !token.first().is_some_and(u8::is_ascii_uppercase) {
        return false;
    }
    let token = token
        .strip_suffix(b".")
        .or(token.strip_suffix(b":"))
        .unwrap_or(token);
    let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = token
        .iter()
        .filter(|byte| byte.is_ascii_uppercase())
        .count();
    let strokes = token.iter().filter(|byte| b"-/".contains(byte)).count();
    (5..=24).contains(&token.len())
        && digits >= 4
        && letters <= 6
        && digits + letters + strokes == token.len()
}
