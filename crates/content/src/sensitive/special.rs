//! Special categories and criminal matters: a strong term said of somebody.
//!
//! The term alone is a subject, and councils work on such subjects all day. It becomes a
//! finding about a person only where the person stands beside it.

use std::ops::Range;

use super::context::{after, before, last_of};
use super::identifiers::Found;
use super::people::{name_pair, person_reference};
use super::vocabulary::Term;
use crate::finding::Confidence::{self, High, Low};

/// How far an identifier, or a name with a case reference, may stand from the term: bytes or
/// characters, which for this purpose are the same.
const NEAR: usize = 200;

/// How far a sentence is followed to either side, in characters.
const SENTENCE: usize = 250;

/// Words of sentences that speak of many or of nobody.
const IN_GENERAL: &[&str] = &[
    "agenda",
    "article",
    "awareness",
    "briefing",
    "campaign",
    "charity",
    "conference",
    "consultation",
    "course",
    "e-learning",
    "event",
    "fundrais~",
    "guidance",
    "http~",
    "leaflet",
    "legislation",
    "minutes",
    "news",
    "newsletter",
    "policies",
    "policy",
    "procedure~",
    "programme",
    "report on",
    "research",
    "seminar",
    "speaker",
    "sponsor~",
    "statistics",
    "strategy",
    "survey",
    "talk on",
    "training",
    "webinar",
    "week",
    "workshop",
    "worldwide",
];

/// What a term says of somebody, if it does; `identifiers` are those of the text, in order.
pub(super) fn about_somebody(text: &str, term: &Term, identifiers: &[Found]) -> Option<Confidence> {
    let sentence = sentence(text, &term.span);
    let near = term.span.start.saturating_sub(NEAR).min(sentence.start)
        ..term.span.end.saturating_add(NEAR).max(sentence.end);
    let of_high = |found: &&Found| found.confidence == High && personal(found.pattern);
    // Identifiers are in order of place and short, so the first that may reach here is close.
    let from = identifiers.partition_point(|found| found.span.end + NEAR < near.start);
    let identified = identifiers
        .get(from..)?
        .iter()
        .take_while(|found| found.span.start < near.end)
        .filter(of_high)
        .any(|found| found.span.end > near.start);
    if identified {
        return Some(High);
    }
    let spoken = text.get(sentence)?;
    if last_of(&spoken.to_ascii_lowercase(), IN_GENERAL).is_some() {
        return None;
    }
    let around = [
        before(text, term.span.start, NEAR),
        after(text, term.span.end, NEAR),
    ];
    if around.into_iter().chain([spoken]).any(names_a_case) {
        return Some(High);
    }
    person_reference(spoken).then_some(Low)
}

/// Whether an identifier is a person's own, rather than their money's or their car's.
fn personal(pattern: &str) -> bool {
    !matches!(
        pattern,
        "payment-card" | "bank-account" | "iban" | "vehicle-registration"
    )
}

/// The sentence around a place.
fn sentence(text: &str, span: &Range<usize>) -> Range<usize> {
    let lead = before(text, span.start, SENTENCE);
    let ends = lead.char_indices().rev().find(|&(at, c)| {
        let rest = lead.get(at + c.len_utf8()..).unwrap_or_default();
        ends_sentence(lead.get(..at).unwrap_or_default(), c, rest)
    });
    let start = span.start - ends.map_or(lead.len(), |(at, _)| lead.len() - at - 1);
    let tail = after(text, span.end, SENTENCE);
    let end = tail.char_indices().find(|&(at, c)| {
        let rest = tail.get(at + c.len_utf8()..).unwrap_or_default();
        ends_sentence(tail.get(..at).unwrap_or_default(), c, rest)
    });
    start..span.end + end.map_or(tail.len(), |(at, _)| at)
}

fn ends_sentence(before: &str, c: char, rest: &str) -> bool {
    let word = before.len() - before.trim_end_matches(char::is_alphabetic).len();
    match c {
        '!' | '?' => rest.starts_with(char::is_whitespace),
        // "Mr." and initials do not end one.
        '.' => rest.starts_with(char::is_whitespace) && word > 3,
        '\n' => {
            rest.starts_with(['\n', '\r', '-', '*'])
                || rest.trim_start_matches(' ').starts_with('\n')
        }
        _ => false,
    }
}

/// Words before the number of somebody's file.
const FILES: &[&str] = &[
    "case",
    "ref",
    "reference",
    "file no",
    "file number",
    "swift id",
    "mosaic id",
    "upn",
    "client id",
    "our ref",
];

/// Whether a name and a reference to somebody's file stand close together: "Jan Novak, case
/// 20417", "ref CS/20417: Jan Novak".
fn names_a_case(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let Some(at) = last_of(&lower, FILES) else {
        return false;
    };
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    let mut behind = after(text, at, 40).split_whitespace().skip(1).take(4);
    let numbered = behind.any(|word| digits(word) >= 4 && digits(word) <= 12 && word.len() <= 20);
    let close = [before(text, at, 60), after(text, at, 80)];
    numbered && close.into_iter().any(|side| name_pair(side).is_some())
}
