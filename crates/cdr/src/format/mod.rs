//! The formats, and which of them a file is in where that is certain.

pub mod asterisk;
pub(crate) mod cel;
pub mod cucm;
pub mod freeswitch;
mod graph;
pub mod mapping;
mod teams;

pub(crate) use graph::Pages;
pub(crate) use teams::Columns as TeamsColumns;

use crate::cells::Cells;
use crate::header::plain;
use crate::set_aside::Reason;
use crate::when::When;
use freeswitch::Template;
use jiff::tz::TimeZone;
use mapping::Mapping;

/// A format, with what has to be known to read it.
#[derive(Debug, Clone)]
pub enum Format {
    /// Asterisk's `cdr_csv`: 16 to 21 columns without a header.
    Asterisk,
    /// Asterisk's Channel Event Logging, as `cel_custom` writes it.
    AsteriskCel,
    /// FreeSWITCH's `mod_cdr_csv`, by its template.
    Freeswitch(Box<Template>),
    /// Cisco Unified Communications Manager: call and quality records.
    Cucm,
    /// Microsoft Teams: the exported files of calls to and from the telephone network.
    Teams,
    /// Microsoft Graph: rows of the log of such calls, as JSON.
    Graph,
    /// A sheet whose columns a mapping file names.
    Mapped(Box<Mapping>),
}

impl Format {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Asterisk => "asterisk",
            Self::AsteriskCel => "asterisk-cel",
            Self::Freeswitch(_) => "freeswitch",
            Self::Cucm => "cucm",
            Self::Teams => "teams",
            Self::Graph => "graph",
            Self::Mapped(_) => "mapped",
        }
    }
}

/// Why nobody can be certain what format a file is in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undetected {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Spreadsheets call this "Unicode text".
    #[error("the file is in UTF-16; save it as CSV in UTF-8")]
    Utf16,
    /// The rows of FreeSWITCH do not say which field is which.
    #[error(
        "the file looks like FreeSWITCH's, whose rows do not say which field is which; give the line of its template"
    )]
    NeedsTemplate,
    /// Cisco's files need their first line.
    #[error("the file begins with Cisco's SQL types; its header line, before them, is missing")]
    NoHeader,
    /// None of the formats for certain.
    #[error("the format of the file is not certain from its first line; say which it is")]
    Uncertain,
}

/// The format a file is in, by its first line; only where it can be no other.
pub(crate) fn detect(line: &[u8]) -> Result<Format, Undetected> {
    if line.starts_with(&[0xFF, 0xFE]) || line.starts_with(&[0xFE, 0xFF]) {
        return Err(Undetected::Utf16);
    }
    let mut cells = Cells::default();
    if cells.split(line, b',').is_err() {
        return Err(Undetected::Uncertain);
    }
    let names: Vec<_> = cells.iter().map(plain).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    if has("cdrrecordtype") && has("globalcallidcallid") {
        return Ok(Format::Cucm);
    }
    if (has("usageid") && has("calltype"))
        || (has("correlationid") && has("callertype"))
        || (has("correlationid") && has("calltype") && has("finalsipcode"))
    {
        return Ok(Format::Teams);
    }
    if cucm::is_types(&cells) {
        return Err(Undetected::NoHeader);
    }
    if asterisk::is_row(&cells) {
        return Ok(Format::Asterisk);
    }
    if cel::is_row(&cells) {
        return Ok(Format::AsteriskCel);
    }
    let is_stamp = |cell: &[u8]| When::read(cell, &TimeZone::UTC).is_some();
    let is_cause = |cell: &[u8]| freeswitch::is_known_cause(cell);
    if cells.iter().any(is_stamp) && cells.iter().any(is_cause) {
        return Err(Undetected::NeedsTemplate);
    }
    Err(Undetected::Uncertain)
}

/// A time in a field, or why it is none.
fn time(name: &'static str, value: &[u8], zone: &TimeZone) -> Result<When, Reason> {
    if value.is_empty() {
        return Err(Reason::Missing(name));
    }
    When::read(value, zone).ok_or_else(|| Reason::field(name, "time", value))
}
