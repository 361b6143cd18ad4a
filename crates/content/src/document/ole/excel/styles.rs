//! Which format the numbers in cells have.

use std::collections::HashMap;

use super::string;
use crate::document::bytes::u16_le;
use crate::document::number_format::{Epoch, NumberFormat};

/// What cells refer to for the format of their numbers.
#[derive(Default)]
pub(super) struct Styles {
    pub(super) epoch: Epoch,
    codes: HashMap<usize, NumberFormat>,
    formats: Vec<NumberFormat>,
}

impl Styles {
    /// More than a workbook may have, which is 4,050.
    const MOST: usize = 8_192;

    /// Takes in a code for a format.
    pub(super) fn coded(&mut self, data: &[u8], wide: bool) {
        // Version 5 has a length of one byte, and hardly a code of its own.
        let code = data.get(2..).and_then(|data| string(data, wide));
        if let (Some(number), Some(code)) = (u16_le(data, 0), code)
            && wide
            && self.codes.len() < Self::MOST
        {
            self.codes.insert(number, NumberFormat::of(&code));
        }
    }

    /// Takes in the next style of cells.
    pub(super) fn style(&mut self, data: &[u8]) {
        if self.formats.len() < Self::MOST {
            let number = u16_le(data, 2).unwrap_or_default();
            let coded = self.codes.get(&number).copied();
            let format = coded.unwrap_or_else(|| NumberFormat::built_in(number));
            self.formats.push(format);
        }
    }

    /// What a cell of this style shows for a number.
    pub(super) fn shown(&self, style: Option<usize>, number: f64) -> String {
        let format = style.and_then(|style| self.formats.get(style));
        let shown = format.and_then(|format| format.shown(number, self.epoch));
        shown.unwrap_or_else(|| number.to_string())
    }
}
