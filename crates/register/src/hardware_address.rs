//! Hardware addresses (EUI-48), however a switch writes them.

use std::fmt;
use std::str::FromStr;

/// One, compared by its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HardwareAddress([u8; 6]);

/// Longest text that is one: a separator before each digit.
const LONGEST: usize = 24;

/// A text that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no hardware address such as 02-00-5E-10-00-01")]
pub struct BadHardwareAddress {
    given: String,
}

impl FromStr for HardwareAddress {
    type Err = BadHardwareAddress;

    /// Twelve hexadecimal digits, with `-`, `:` or `.` between any of them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (mut bytes, mut n) = ([0_u8; 6], 0);
        let text = text.trim();
        for c in text.chars() {
            match c.to_digit(16) {
                Some(digit) if n < 12 => {
                    bytes[n / 2] = bytes[n / 2] << 4 | u8::try_from(digit).unwrap_or(0);
                    n += 1;
                }
                None if matches!(c, '-' | ':' | '.') => (),
                _ => {
                    n = 0;
                    break;
                }
            }
        }
        match n {
            12 if text.len() <= LONGEST => Ok(Self(bytes)),
            _ => Err(BadHardwareAddress {
                given: text.chars().take(40).collect(),
            }),
        }
    }
}

impl fmt::Display for HardwareAddress {
    /// As RADIUS writes it (RFC 3580, 3.21).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02X}-{b:02X}-{c:02X}-{d:02X}-{e:02X}-{g:02X}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_way_of_writing_one_is_the_same() {
        for text in [
            "02-00-5e-10-00-aB",
            "02:00:5E:10:00:AB",
            "0200.5e10.00ab",
            "02005e1000ab",
            " 02005E-1000AB ",
        ] {
            let address = text.parse::<HardwareAddress>().unwrap();
            assert_eq!(address.to_string(), "02-00-5E-10-00-AB", "{text}");
        }
    }

    #[test]
    fn what_is_none_is_told() {
        let long = format!("02-00-5e-10-00-ab{}", "-".repeat(20));
        for text in [
            "",
            &long,
            "02-00-5e-10-00",
            "02-00-5e-10-00-ab-cd",
            "ann",
            "02/00/5e/10/00/ab",
            "०२००५e१०००ab",
        ] {
            assert!(text.parse::<HardwareAddress>().is_err(), "{text}");
        }
    }
}
