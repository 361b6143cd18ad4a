//! Sets of numbers as councils write them down.

use super::{Digits, home};

/// Numbers, ranges of numbers, and all numbers with a beginning.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberSet {
    /// How many digits, first, last; sorted, and none inside another.
    ranges: Vec<(usize, u64, u64)>,
}

impl NumberSet {
    /// Of what stands in a list, or those that make no sense: `2150`, `2000-2999`, `61XX`,
    /// `01922 65XXXX`, `+44 1922 700000-+44 1922 700099`.
    pub(crate) fn read(list: &[String]) -> Result<Self, Vec<String>> {
        let read = list
            .iter()
            .map(|text| range(text).ok_or_else(|| text.clone()));
        let wrong: Vec<_> = read.clone().filter_map(Result::err).collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut all: Vec<_> = read.filter_map(Result::ok).collect();
        all.sort_unstable();
        let mut ranges: Vec<(usize, u64, u64)> = Vec::new();
        for (len, first, last) in all {
            match ranges.last_mut() {
                Some(before) if before.0 == len && first <= before.2 => {
                    before.2 = before.2.max(last)
                }
                _ => ranges.push((len, first, last)),
            }
        }
        Ok(Self { ranges })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    pub(crate) fn contains(&self, digits: Digits) -> bool {
        if self.ranges.is_empty() {
            return false;
        }
        let Some(value) = digits.value() else {
            return false;
        };
        let after = self
            .ranges
            .partition_point(|(len, first, _)| (*len, *first) <= (digits.len(), value));
        let before = after.checked_sub(1).map(|place| self.ranges[place]);
        before.is_some_and(|(len, _, last)| len == digits.len() && value <= last)
    }
}

fn range(text: &str) -> Option<(usize, u64, u64)> {
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (ends(first)?, ends(last)?),
        None => (ends(text)?, ends(text)?),
    };
    let ((low, _), (_, high)) = (first, last);
    let range = (low.len(), low.value()?, high.value()?);
    (low.len() == high.len() && range.1 <= range.2).then_some(range)
}

/// The lowest and highest number with as many X for any digit.
fn ends(text: &str) -> Option<(Digits, Digits)> {
    let text: String = text.split_whitespace().collect();
    let (text, is_international) = match text.strip_prefix('+') {
        Some(rest) => (rest, true),
        None => (text.as_str(), false),
    };
    let fixed = text.trim_end_matches(['X', 'x']);
    let open = text.len() - fixed.len();
    if fixed.is_empty() || open > 8 {
        return None;
    }
    let with = |digit: &str| {
        let digits = Digits::of(&(fixed.to_owned() + &digit.repeat(open)))?;
        Some(if is_international {
            digits
        } else {
            home(digits)
        })
    };
    Some((with("0")?, with("9")?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_list_holds_what_it_says_and_nothing_beside_it() {
        let list = ["2150", "2000-2099", "2050-2120", "61XX", "01922 65XXXX"].map(str::to_owned);
        let set = NumberSet::read(&list).unwrap();
        let check = |number: &str, expected| {
            assert_eq!(
                set.contains(Digits::of(number).unwrap()),
                expected,
                "{number}"
            );
        };
        check("2150", true);
        check("1999", false);
        check("2000", true);
        check("2100", true);
        check("2121", false);
        check("6199", true);
        check("61990", false);
        check("02050", false);
        check("441922650001", true);
        check("441922660001", false);
    }

    #[test]
    fn every_wrong_entry_is_named() {
        let list = ["2150", "2099-2000", "X", "20-300", "Ann"].map(str::to_owned);
        let wrong = NumberSet::read(&list).unwrap_err();
        assert_eq!(wrong, ["2099-2000", "X", "20-300", "Ann"]);
    }
}
