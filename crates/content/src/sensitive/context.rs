//! The words around a number that say what it is, or that it is something else.

use std::ops::Range;

/// How far a word may stand from what it names, in characters.
const NEAR: usize = 60;

/// Words that name a number as something that is nobody's personal identifier.
const OTHER: &[&str] = &[
    "account~",
    "acct",
    "booking",
    "call",
    "cell",
    "cellular",
    "claim",
    "conf",
    "conference",
    "contract~",
    "customer id",
    "customer no",
    "customer number",
    "deal~",
    "dial",
    "direct",
    "docket",
    "ext",
    "extension",
    "fax~",
    "invoice~",
    "isbn",
    "item",
    "job",
    "landline",
    "meter~",
    "mobile~",
    "msg",
    "order~",
    "pager",
    "passcode",
    "permit",
    "phone~",
    "pin",
    "po",
    "product",
    "purchase",
    "quote",
    "ref",
    "reference",
    "reservation",
    "ring",
    "serial",
    "sku",
    "tel",
    "telephone~",
    "ticket",
    "tracking",
    "transaction",
    "uprn",
    "vendor~",
    "voicemail",
    "wo",
];

/// Words by which a telephone number is given.
const TELEPHONE: &[&str] = &[
    "call",
    "cell",
    "dial",
    "direct line",
    "ext",
    "extension",
    "fax~",
    "mobile",
    "pager",
    "phone~",
    "ring",
    "tel",
    "telephone",
    "ph",
    "facsimile",
    "reach",
    "reached at",
    "contact number",
    "home number",
    "work number",
    "office number",
    "t:",
    "f:",
    "m:",
];

/// Words that follow a number that is something else: "(o)" for the office, "(f)" for its fax.
const BEHIND: &[&str] = &[
    "order", "fax", "cell", "tel", "(o", "(f", "(w", "(h", "(c", "x",
];

/// The neighbourhood of a number, in lower case.
pub(super) struct Context {
    before: String,
    after: String,
}

impl Context {
    /// The 60 characters before and after.
    pub(super) fn of(text: &str, span: &Range<usize>) -> Self {
        Context {
            before: before(text, span.start, NEAR).to_ascii_lowercase(),
            after: after(text, span.end, NEAR).to_ascii_lowercase(),
        }
    }

    /// Whether any of the words stands near and is not overruled: a telephone word between it and
    /// the number names the number instead. A word ending in `~` is the beginning of one.
    pub(super) fn names(&self, words: &[&str]) -> bool {
        let line = self.before.len() - self.before.rsplit('\n').next().map_or(0, str::len);
        let telephone = last_of(&self.before, TELEPHONE).filter(|at| *at >= line);
        match (last_of(&self.before, words), telephone) {
            (Some(label), Some(telephone)) => label >= telephone,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => last_of(&self.after, words).is_some(),
        }
    }

    /// Whether any of the words stands before, in the last `within` bytes.
    pub(super) fn follows(&self, words: &[&str], within: usize) -> bool {
        let from = self.before.len().saturating_sub(within);
        last_of(&self.before, words).is_some_and(|at| at >= from)
    }

    /// Whether another word names the number, so that its digits prove nothing: before it in its
    /// line, or right behind it.
    pub(super) fn names_another(&self) -> bool {
        let line = self.before.rsplit('\n').next().unwrap_or_default();
        let close = before(line, line.len(), 25);
        let behind = after(&self.after, 0, 12);
        last_of(close, OTHER).is_some()
            || last_of(line, TELEPHONE).is_some()
            || last_of(behind, BEHIND).is_some()
    }
}

/// The last `characters` characters before a place.
pub(super) fn before(text: &str, at: usize, characters: usize) -> &str {
    let head = text.get(..at).unwrap_or_default();
    let from = head
        .char_indices()
        .rev()
        .take(characters)
        .last()
        .map_or(at, |(from, _)| from);
    head.get(from..).unwrap_or_default()
}

/// The first `characters` characters behind a place.
pub(super) fn after(text: &str, at: usize, characters: usize) -> &str {
    let tail = text.get(at..).unwrap_or_default();
    let to = tail
        .char_indices()
        .nth(characters)
        .map_or(tail.len(), |(to, _)| to);
    tail.get(..to).unwrap_or_default()
}

/// Where the last of the words begins: whole words, or beginnings of words marked with `~`.
///
/// Both are short: a neighbourhood, and a list of some tens of words.
pub(super) fn last_of(text: &str, words: &[&str]) -> Option<usize> {
    let bytes = text.as_bytes();
    let free = |place: Option<&u8>| !place.is_some_and(u8::is_ascii_alphanumeric);
    let begins = |at: &usize| free(at.checked_sub(1).and_then(|before| bytes.get(before)));
    (0..bytes.len()).rev().filter(begins).find(|at| {
        let tail = bytes.get(*at..).unwrap_or_default();
        words.iter().map(|word| word.as_bytes()).any(|word| {
            tail.first() == word.first()
                && match word {
                    [stem @ .., b'~'] => tail.starts_with(stem),
                    word => tail.starts_with(word) && free(tail.get(word.len())),
                }
        })
    })
}
