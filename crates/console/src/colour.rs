//! Colours and their contrast, by WCAG 2.2's relative luminance.

use std::fmt;
use std::str::FromStr;

/// Least contrast between text and what is behind it: WCAG 2.2, 1.4.3, level AA.
pub const LEAST_CONTRAST: f64 = 4.5;

/// A colour, eight bits to each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// Not a colour.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a colour; write it like `#1d3557`")]
pub struct ColourError(String);

impl Colour {
    /// White.
    pub const WHITE: Self = Self([0xff; 3]);

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

/// From 1, the same colour, to 21, black on white.
pub fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (one.luminance(), other.luminance());
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

impl FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ColourError(text.chars().take(20).collect());
        let digits = text.strip_prefix('#').ok_or_else(wrong)?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let all = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
        let [_, red, green, blue] = all.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}
