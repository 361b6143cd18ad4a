//! Dates of birth, by their label and the name they belong to.

use super::context::{after, before};
use super::identifiers::{Found, LABEL};
use super::people::{last_name_pair, name_pair};
use super::vocabulary::Term;
use crate::finding::Confidence::{High, Low};

/// How far the name may stand before the label, in characters.
const NAME_BEFORE: usize = 80;

/// How far behind the date, in characters.
const NAME_BEHIND: usize = 40;

/// How far the date may stand behind its label, in bytes: ` was given as `.
const GAP: usize = 16;

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The date of birth that a label announces.
pub(super) fn date_of_birth(text: &str, label: &Term) -> Option<Found> {
    let tail = after(text, label.span.end, 60);
    // "born" alone is also said of ideas: its date follows at once.
    let gap = if label.span.len() == 4 { 4 } else { GAP };
    let from = tail
        .find(|c: char| c.is_ascii_digit() || c.is_uppercase())
        .filter(|from| *from <= gap)?;
    let length = date(tail.get(from..)?)?;
    let (start, end) = (label.span.start, label.span.end + from + length);

    let lead = paragraph_end(before(text, start, NAME_BEFORE));
    let trail = after(text, end, NAME_BEHIND);
    let name = last_name_pair(lead)
        .map(|name| start - lead.len() + name.start..end)
        .or_else(|| name_pair(trail).map(|name| start..end + name.end));
    // "Born" is how a birth is announced, and fathers announce it to the whole office.
    let told = if label.span.len() == 4 { Low } else { High };
    Some(match name {
        Some(span) => Found {
            span,
            confidence: told,
            pattern: "name-birth-date",
            validators: vec![LABEL, "name nearby"],
        },
        None => Found {
            span: start..end,
            confidence: Low,
            pattern: "birth-date",
            validators: vec![LABEL],
        },
    })
}

/// What belongs to the same paragraph as what follows.
fn paragraph_end(text: &str) -> &str {
    text.rsplit("\n\n").next().unwrap_or(text)
}

/// Length of the date a text begins with: `12/03/1985`, `1985-03-12`, `12 March 1985`,
/// `March 12, 1985`.
fn date(text: &str) -> Option<usize> {
    let mut parts = Vec::new();
    let mut at = 0;
    while parts.len() < 3 {
        let rest = text.get(at..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let length = digits.max(letters);
        if length == 0 {
            return None;
        }
        parts.push(part(rest.get(..length)?)?);
        at += length;
        if parts.len() == 3 {
            break;
        }
        let rest = text.get(at..)?;
        let ordinal = ["st", "nd", "rd", "th"]
            .iter()
            .find(|end| rest.starts_with(**end) && digits > 0);
        at += ordinal.map_or(0, |end| end.len());
        at += text
            .get(at..)?
            .bytes()
            .take(3)
            .take_while(|byte| b" ,/.-".contains(byte))
            .count();
    }
    let (day, month) = (|n| (1..=31).contains(&n), |n| (1..=12).contains(&n));
    let year = |n, digits| match digits {
        4 => (1900..=2099).contains(&n),
        _ => digits == 2,
    };
    use Part::{Month, Number};
    let real = match *parts.as_slice() {
        [Number(a, 4), Number(b, _), Number(c, _)] => year(a, 4) && month(b) && day(c),
        [Number(a, _), Number(b, _), Number(c, n)] => {
            year(c, n) && (day(a) && month(b) || month(a) && day(b))
        }
        [Number(a, _), Month, Number(c, n)] | [Month, Number(a, _), Number(c, n)] => {
            day(a) && year(c, n)
        }
        _ => false,
    };
    real.then_some(at)
}

enum Part {
    /// A number and how many digits it has.
    Number(u32, usize),
    Month,
}

fn part(word: &str) -> Option<Part> {
    if word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return word
            .parse()
            .ok()
            .map(|number| Part::Number(number, word.len()));
    }
    let lower = word.to_ascii_lowercase();
    let month = lower.len() <= 9 && MONTHS.iter().any(|month| lower.starts_with(month));
    month.then_some(Part::Month)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    #[test]
    fn dates_are_real_days() {
        for (text, length) in [
            ("12/03/1985", Some(10)),
            ("12.3.85 and", Some(7)),
            ("1985-03-12", Some(10)),
            ("12th March 1985.", Some(15)),
            ("12 Mar 1985", Some(11)),
            ("March 12, 1985", Some(14)),
            ("45/13/1985", None),
            ("12/03", None),
            ("12 people 1985", None),
            ("", None),
        ] {
            assert_eq!(date(text), length, "{text}");
        }
    }
}
