//! Numbers: what was written, the number it stands for, and what kind of number that is.
//!
//! Decided by prefixes (`ranges.txt`, `short_codes.txt`) and a council's own lists ([`Settings`]),
//! not by a library (ADR 0022). What cannot be classed for certain is [`Class::Unknown`].

mod digits;
mod numbers;
mod ranges;
mod set;
mod settings;
mod written;

#[cfg(test)]
mod tests;

pub use digits::Digits;
pub use numbers::Numbers;
pub use settings::{ReadSettingsError, Settings};

use serde::{Deserialize, Serialize, Serializer};

/// What kind of number a party has.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// One of our own.
    Internal,
    /// In one of the council's own areas.
    Local,
    /// Elsewhere in the country, or nation-wide at that price.
    National,
    /// A mobile telephone in the United Kingdom.
    Mobile,
    /// Another country.
    International,
    /// Premium rate: 09, and the international premium service.
    Premium,
    /// Special rate: 084, 087, and others that cost more than they look.
    SpecialRate,
    /// Free to whoever calls.
    Freephone,
    /// Directory enquiries: 118.
    DirectoryEnquiry,
    /// Emergencies: 999, 112, 18000, and those the council lists. Never delayed, refused or counted
    /// against anybody.
    Emergency,
    /// A line the council has declared private: staff counselling, unions, …
    PrivateLine,
    /// Another body the council works with.
    Partner,
    /// Of no kind that is certain.
    #[default]
    Unknown,
}

impl Class {
    /// All of them, in the order they are told.
    pub const ALL: [Self; 13] = [
        Self::Internal,
        Self::Local,
        Self::National,
        Self::Mobile,
        Self::International,
        Self::Premium,
        Self::SpecialRate,
        Self::Freephone,
        Self::DirectoryEnquiry,
        Self::Emergency,
        Self::PrivateLine,
        Self::Partner,
        Self::Unknown,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Local => "local",
            Self::National => "national",
            Self::Mobile => "mobile",
            Self::International => "international",
            Self::Premium => "premium",
            Self::SpecialRate => "special-rate",
            Self::Freephone => "freephone",
            Self::DirectoryEnquiry => "directory-enquiry",
            Self::Emergency => "emergency",
            Self::PrivateLine => "private-line",
            Self::Partner => "partner",
            Self::Unknown => "unknown",
        }
    }
}

/// In what form a party was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A number, whole.
    Number,
    /// A number with digits hidden.
    Masked,
    /// Said to be withheld, anonymous or not available.
    Withheld,
    /// An address such as `sip:ann@council.example`.
    Address,
    /// A code for the exchange itself, such as `*97`.
    Feature,
    /// Some other text.
    Text,
    /// Nothing.
    Empty,
}

/// Who called, or was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Party {
    /// As the feed gave it.
    pub given: Box<str>,
    /// In what form.
    pub form: Form,
    /// The whole number with its country, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "with_plus")]
    pub e164: Option<Digits>,
    /// What kind of number.
    pub class: Class,
}

impl Party {
    /// Whether it is one of ours.
    pub fn is_internal(&self) -> bool {
        self.class == Class::Internal
    }
}

fn with_plus<S: Serializer>(digits: &Option<Digits>, to: S) -> Result<S::Ok, S::Error> {
    match digits {
        Some(digits) => to.collect_str(&format_args!("+{digits}")),
        None => to.serialize_none(),
    }
}

/// Whether a number was shown to us or dialled: only what was dialled may begin with the digit for
/// an outside line, and means a short code by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Who called.
    Calling,
    /// What was called.
    Called,
}

/// Longest text of a party that is kept, in characters.
const LONGEST_GIVEN: usize = 128;
/// Our country.
const HOME: &str = "44";

/// Whether all digits are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    Yes,
    No,
}

/// A number as dialled within the country, with its country.
fn home(digits: Digits) -> Digits {
    digits.without("0").map_or(digits, |rest| rest.after(HOME))
}
