//! What calls cost, exactly.

use std::fmt;

use serde::{Serialize, Serializer};

/// An amount of money, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money {
    /// Millionths of the currency's unit: tariffs go down to hundredths of a penny.
    pub millionths: i64,
}

impl Money {
    /// `12`, `-0.45`; nothing for anything else, or for more digits than fit.
    pub fn read(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let all_digits = (whole.bytes().chain(part.bytes())).all(|b| b.is_ascii_digit());
        if whole.len() + part.len() == 0 || whole.len() > 9 || !all_digits {
            return None;
        }
        let whole: i64 = if whole.is_empty() {
            0
        } else {
            whole.parse().ok()?
        };
        let digits = part.bytes().chain(std::iter::repeat(b'0')).take(6);
        let part = digits.fold(0, |n, digit| n * 10 + i64::from(digit - b'0'));
        let millionths = whole * 1_000_000 + part;
        Some(Self {
            millionths: if negative { -millionths } else { millionths },
        })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.millionths < 0 { "-" } else { "" };
        let all = self.millionths.unsigned_abs();
        let part = format!("{:06}", all % 1_000_000);
        match part.trim_end_matches('0') {
            "" => write!(f, "{sign}{}", all / 1_000_000),
            part => write!(f, "{sign}{}.{part}", all / 1_000_000),
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// What a call cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// How much.
    pub amount: Money,
    /// Of what, by ISO 4217, where the feed says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Box<str>>,
}
