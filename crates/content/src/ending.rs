//! Whether the sender's own text ends with the details the council asks for.
//!
//! Some councils want business mail to close with who wrote it and how to reach them. This
//! looks for those details in the last lines the sender wrote, after the quoted reply and the
//! council's own disclaimer are taken away. It reads shapes (a telephone number, a line of
//! capitalised words), so it can be wrong both ways; a rule built on it should remind, not
//! refuse. Which details are asked for is the policy pack's business: see [`Field`].

mod recognise;

use std::fmt;
use std::str::FromStr;

use crate::footer::normalise;
use crate::html;
use crate::mail::MailReading;
use crate::media::PartKind;
use crate::passages::{split_quoted, without_disclaimer};

/// Lines looked at, empty ones not counted. 15: seven details, a greeting, a strap line and
/// some air.
const LINES: usize = 15;

/// One detail of a signature block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The person's name.
    EmployeeName,
    /// What they do.
    JobTitle,
    /// Where in the council.
    Department,
    /// The council's own name.
    CouncilName,
    /// A full telephone number.
    TelephoneNumber,
    /// An internal extension, or the direct dial number in its place.
    Extension,
    /// The council's, or any, web address.
    WebAddress,
}

impl Field {
    /// Every field, in the order it is usually written.
    pub const ALL: [Field; 7] = [
        Field::EmployeeName,
        Field::JobTitle,
        Field::Department,
        Field::CouncilName,
        Field::TelephoneNumber,
        Field::Extension,
        Field::WebAddress,
    ];

    /// The name used in policy packs.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::EmployeeName => "employee-name",
            Field::JobTitle => "job-title",
            Field::Department => "department",
            Field::CouncilName => "council-name",
            Field::TelephoneNumber => "telephone-number",
            Field::Extension => "extension",
            Field::WebAddress => "web-address",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A policy pack named a field that is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no signature field; use employee-name, job-title, department, council-name, \
     telephone-number, extension or web-address"
)]
pub struct UnknownFieldError {
    /// What the pack said.
    pub given: String,
}

impl FromStr for Field {
    type Err = UnknownFieldError;

    fn from_str(given: &str) -> Result<Field, UnknownFieldError> {
        Field::ALL
            .into_iter()
            .find(|field| field.as_str() == given)
            .ok_or_else(|| UnknownFieldError {
                given: given.to_owned(),
            })
    }
}

/// What the caller knows beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The council's name as it should be written.
    pub council_name: &'a str,
    /// The sender's name, from the register; without it any line shaped like a name will do.
    pub person_name: Option<&'a str>,
    /// The council's disclaimer, which is not the sender's own text.
    pub disclaimer: Option<&'a str>,
}

/// Which of the required details were found; both in the order they were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlockReading {
    /// Found.
    pub present: Vec<Field>,
    /// Not found.
    pub missing: Vec<Field>,
}

/// Looks for `required` at the end of the message's own text: the first plain text, or the
/// first HTML when there is no plain text with anything in it. A message without text misses
/// everything.
pub fn signature_block(
    message: &[u8],
    reading: &MailReading,
    required: &[Field],
    known: Known<'_>,
) -> BlockReading {
    let text = own_text(message, reading);
    let text = without_disclaimer(&text, known.disclaimer);
    let mut lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    lines.drain(..lines.len().saturating_sub(LINES));
    let found = recognise::fields(&lines, known);
    let (present, missing) = required.iter().partition(|field| found.contains(field));
    BlockReading { present, missing }
}

/// The sender's own words, quotations left out.
fn own_text(message: &[u8], reading: &MailReading) -> String {
    let shown = |kind: PartKind| {
        reading
            .parts
            .iter()
            .filter(move |part| part.kind == kind && !part.attachment && !part.enclosed)
            .map(|part| reading.text_of(message, part))
    };
    let html = shown(PartKind::Html).map(|page| html::to_text(&page, reading.text_bytes));
    shown(PartKind::Text)
        .take(1)
        .chain(html.take(1))
        .map(|text| split_quoted(&text).0)
        .find(|own| !own.trim().is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
