//! Tables of what numbers begin with.

use super::{Class, Digits, Whole};

/// A table, longest beginning first.
#[derive(Debug, Clone)]
pub(crate) struct Ranges(Vec<Range>);

#[derive(Debug, Clone)]
struct Range {
    prefix: Digits,
    fewest: usize,
    most: usize,
    class: Class,
}

impl Ranges {
    /// Reads a table of ours; a line that makes no sense is left out, and a test finds it.
    pub(crate) fn read(table: &str) -> Self {
        let mut ranges: Vec<_> = lines(table).filter_map(range).collect();
        ranges.sort_by_key(|range| std::cmp::Reverse(range.prefix.len()));
        Self(ranges)
    }

    /// The kind of a number; of one with digits hidden, by those that are left.
    pub(crate) fn class(&self, digits: Digits, whole: Whole) -> Option<Class> {
        let begins = |range: &&Range| digits.as_bytes().starts_with(range.prefix.as_bytes());
        match whole {
            Whole::No => self.0.iter().find(begins).map(|range| range.class),
            Whole::Yes => {
                // A shorter beginning may allow what a longer one does not: 0800 1111 and 0800 111 1234.
                let fits = |range: &&Range| (range.fewest..=range.most).contains(&digits.len());
                let mut fitting = self.0.iter().filter(begins).filter(fits);
                fitting.next().map(|range| range.class)
            }
        }
    }
}

/// Lines that say something.
fn lines(table: &str) -> impl Iterator<Item = &str> {
    let lines = table.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn range(line: &str) -> Option<Range> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [prefix, lengths, class] = words[..] else {
        return None;
    };
    let (fewest, most) = lengths.split_once('-').unwrap_or((lengths, lengths));
    Some(Range {
        prefix: Digits::of(prefix)?,
        fewest: fewest.parse().ok()?,
        most: most.parse().ok()?,
        class: Class::ALL.into_iter().find(|known| known.name() == class)?,
    })
}

/// Country codes of two digits (ITU-T E.164); 1 and 7 have one, all others three.
const TWO_DIGITS: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
    "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65",
    "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
];
/// Beginnings of codes of three digits that are given to countries or services.
const THREE_DIGITS: [&str; 14] = [
    "21", "22", "23", "24", "25", "26", "29", "35", "37", "38", "42", "50", "59", "67",
];
const THREE_DIGITS_TOO: [&str; 8] = ["68", "69", "80", "85", "87", "88", "96", "97"];

/// The kind of a number of another country. Its digits with the country's are 7 to 15.
pub(crate) fn abroad(digits: Digits) -> Option<Class> {
    let fits = match digits.as_bytes() {
        [b'1', ..] => digits.len() == 11,
        _ => (7..=15).contains(&digits.len()),
    };
    fits.then(|| abroad_masked(digits)).flatten()
}

/// The same, with digits hidden.
pub(crate) fn abroad_masked(digits: Digits) -> Option<Class> {
    // The international premium-rate service, and freephone across countries.
    match digits.as_bytes() {
        [b'9', b'7', b'9', ..] => return Some(Class::Premium),
        [b'8', b'0', b'0', ..] => return Some(Class::Freephone),
        _ => {}
    }
    let one = digits.begins_with("1") || digits.begins_with("7");
    let begins = |codes: &[&str]| codes.iter().any(|code| digits.begins_with(code));
    let known = one || begins(&TWO_DIGITS) || begins(&THREE_DIGITS) || begins(&THREE_DIGITS_TOO);
    known.then_some(Class::International)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_is_read() {
        for table in [include_str!("ranges.txt"), include_str!("short_codes.txt")] {
            assert_eq!(Ranges::read(table).0.len(), lines(table).count());
        }
    }
}
