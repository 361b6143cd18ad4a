//! The words that make a second look worth its time, found in one pass over the text.

use std::ops::Range;
use std::sync::LazyLock;

use crate::bits::Bits;
use crate::eight::{self, Eight};

/// What a word of the vocabulary is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Topic {
    /// A word without which a number that has no check digit is nothing.
    Label,
    /// A label before a date of birth.
    BirthDate,
    /// A secret word, or the details one signs in with.
    Password,
    /// A secret number.
    Pin,
    Health,
    Criminal,
    Children,
    Ethnicity,
    Religion,
    UnionMembership,
    SexualLife,
}

impl Topic {
    /// The rule a special category is reported under; `None` for the other topics.
    pub(super) fn special_category(self) -> Option<&'static str> {
        match self {
            Topic::Label | Topic::BirthDate | Topic::Password | Topic::Pin => None,
            Topic::Health => Some("health"),
            Topic::Criminal => Some("criminal offences"),
            Topic::Children => Some("child safeguarding"),
            Topic::Ethnicity => Some("ethnic origin"),
            Topic::Religion => Some("religion"),
            Topic::UnionMembership => Some("trade union membership"),
            Topic::SexualLife => Some("sexual life"),
        }
    }
}

/// Topics, and indented under each its terms, in lower case.
///
/// Only strong terms: said of somebody, they are the special category itself. What a council's
/// agenda is full of ("children's services", "health and safety", "crime prevention") is left
/// out.
const TERMS: &str = include_str!("vocabulary.txt");

/// The topics as the list of terms calls them.
const TOPICS: &[(&str, Topic)] = &[
    ("label", Topic::Label),
    ("birth-date", Topic::BirthDate),
    ("password", Topic::Password),
    ("pin", Topic::Pin),
    ("health", Topic::Health),
    ("criminal", Topic::Criminal),
    ("children", Topic::Children),
    ("ethnicity", Topic::Ethnicity),
    ("religion", Topic::Religion),
    ("union-membership", Topic::UnionMembership),
    ("sexual-life", Topic::SexualLife),
];

/// The terms with their topics. A topic nobody knows has none; a test sees that there is none.
fn listed() -> impl Iterator<Item = (Topic, &'static str)> {
    let mut topic = None;
    TERMS.lines().filter_map(move |line| {
        let term = line.trim_start();
        if term.len() == line.len() {
            topic = TOPICS
                .iter()
                .find(|(name, _)| *name == line)
                .map(|(_, topic)| *topic);
            return None;
        }
        Some((topic?, term))
    })
}

/// One word of the vocabulary in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) topic: Topic,
    pub(super) span: Range<usize>,
}

/// The terms by what they begin with, and a first look that turns nearly every other word away.
struct Vocabulary {
    /// In order of the hash of their first four letters.
    terms: Vec<(u16, Topic, &'static str)>,
    /// One bit for each hash that occurs.
    begun: Bits,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut terms = Vec::new();
    for (topic, word) in listed() {
        terms.extend(hash(word.as_bytes()).map(|hash| (hash, topic, word)));
    }
    terms.sort_unstable();
    terms.dedup();
    let mut begun = Bits::of(16);
    for (hash, ..) in &terms {
        begun.insert(u32::from(*hash));
    }
    Vocabulary { terms, begun }
});

/// A hash of the first four bytes that does not tell capitals from small letters, nor what it is
/// that ends a word of three letters. Shorter texts hold no term.
fn hash(text: &[u8]) -> Option<u16> {
    let (&[a, b, c], rest) = text.split_first_chunk::<3>()?;
    let d = rest
        .first()
        .copied()
        .filter(|byte| in_word(*byte))
        .unwrap_or(b' ');
    let head = u32::from_le_bytes([a, b, c, d]) | 0x2020_2020;
    Some((head.wrapping_mul(0x9e37_79b1) >> 16) as u16)
}

impl Vocabulary {
    /// The longest term that stands where a word begins.
    fn at(&self, text: &[u8], start: usize) -> Option<Term> {
        let tail = text.get(start..)?;
        let hash = hash(tail)?;
        if !self.begun.holds(u32::from(hash)) {
            return None;
        }
        let from = self.terms.partition_point(|(other, ..)| *other < hash);
        let alike = self
            .terms
            .get(from..)?
            .iter()
            .take_while(|(other, ..)| *other == hash);
        let here = alike.filter(|(.., word)| {
            let free = !tail.get(word.len()).is_some_and(|byte| in_word(*byte));
            free && tail
                .get(..word.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
        });
        let (_, topic, word) = here.max_by_key(|(.., word)| word.len())?;
        Some(Term {
            topic: *topic,
            span: start..start + word.len(),
        })
    }
}

/// Whether a byte is of a letter or a digit, of whatever script.
fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// The words of the vocabulary in a text, as whole words, in order, none inside another.
pub(super) fn terms(text: &str) -> Vec<Term> {
    let vocabulary = &*VOCABULARY;
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut behind = 0;
    let mut before = 0;
    for (n, part) in bytes.chunks(64).enumerate() {
        let words = eight::marks(part, Eight::words);
        let mut starts = words & !(words << 1 | before);
        before = words >> 63;
        while starts != 0 {
            let start = n * 64 + starts.trailing_zeros() as usize;
            starts &= starts - 1;
            if start < behind {
                continue;
            }
            if let Some(term) = vocabulary.at(bytes, start) {
                behind = term.span.end;
                found.push(term);
            }
        }
    }
    found
}

/// Whether a label stands within 60 characters of a place (of four bytes at most), so that a
/// closer look is worth its time.
pub(super) fn label_near(terms: &[Term], span: &Range<usize>) -> bool {
    let first = terms.partition_point(|term| term.span.end + 240 < span.start);
    let mut near = terms
        .iter()
        .skip(first)
        .take_while(|term| term.span.start <= span.end + 240);
    near.any(|term| term.topic == Topic::Label)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    #[test]
    fn every_line_of_the_list_is_a_topic_or_a_term() {
        let headings = TERMS.lines().filter(|line| !line.starts_with("  "));
        assert!(
            headings
                .clone()
                .all(|line| TOPICS.iter().any(|(name, _)| *name == line))
        );
        assert_eq!(headings.count(), TOPICS.len());
        assert_eq!(listed().count() + TOPICS.len(), TERMS.lines().count());
        for (_, term) in listed() {
            assert!(
                term.len() >= 3 && term.is_ascii() && term == term.to_lowercase().trim(),
                "{term:?}"
            );
            assert!(term.starts_with(|c: char| c.is_ascii_lowercase()), "{term}");
        }
    }

    #[test]
    fn terms_are_whole_words_and_the_longest() {
        let check = |text: &str, found: &[&str]| {
            let terms: Vec<&str> = terms(text)
                .into_iter()
                .map(|term| &text[term.span])
                .collect();
            assert_eq!(terms, found, "{text}");
        };
        check("the PIN number and the Pins", &["PIN number"]);
        check("spinning, dobson, pin", &["pin"]);
        check(
            "has cancer (breast cancer)",
            &["has cancer", "breast cancer"],
        );
        check("", &[]);
        let late = format!("{} password", "x ".repeat(1_000));
        check(&late, &["password"]);
    }
}
