//! Tables of what numbers begin with.

use super::{Class, Digits, Whole};

/// A table by first digits, of each the longest beginning first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ranges([Vec<Range>; 10]);

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
        let mut ranges = Self::default();
        for range in lines(table).filter_map(range) {
            if let Some(digit) = range.prefix.first() {
                ranges.0[digit].push(range);
            }
        }
        for ranges in &mut ranges.0 {
            ranges.sort_by_key(|range| std::cmp::Reverse(range.prefix.len()));
        }
        ranges
    }

    /// The kind of a number; of one with digits hidden, by those that are left.
    pub(crate) fn class(&self, digits: Digits, whole: Whole) -> Option<Class> {
        let ranges = &self.0[digits.first()?];
        let begins = |range: &&Range| digits.as_bytes().starts_with(range.prefix.as_bytes());
        match whole {
            Whole::No => ranges.iter().find(begins).map(|range| range.class),
            Whole::Yes => {
                // A shorter beginning may allow what a longer one does not: 0800 1111 and 0800 111 1234.
                let fits = |range: &&Range| (range.fewest..=range.most).contains(&digits.len());
                let mut fitting = ranges.iter().filter(begins).filter(fits);
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

/// How country codes begin that are given to countries or services (ITU-T E.164): those of two digits,
/// and the first two of those that have three. Codes that begin with 1 and 7 have one.
const BEGINNINGS: [u8; 66] = [
    20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44,
    45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68,
    69, 80, 81, 82, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94, 95, 96, 97, 98,
];

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
    let known = match digits.as_bytes() {
        [b'1' | b'7', ..] => true,
        [one, two, ..] => BEGINNINGS.contains(&((one - b'0') * 10 + (two - b'0'))),
        _ => false,
    };
    known.then_some(Class::International)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_is_read() {
        for table in [include_str!("ranges.txt"), include_str!("short_codes.txt")] {
            let read: usize = Ranges::read(table).0.iter().map(Vec::len).sum();
            assert_eq!(read, lines(table).count());
        }
    }
}
