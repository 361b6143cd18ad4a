//! Who is speaking: whether a sentence attacks somebody, or reports, quotes or forbids an attack.
//!
//! Councils are where people complain. A witness statement, a grievance, a policy that lists
//! forbidden words and a safeguarding note are full of abuse nobody in the conversation has
//! committed; holding them would silence the victim, which is worse than missing an insult.

mod cues;

use std::collections::HashMap;
use std::ops::Range;

use self::cues::{ABOUT, DOCUMENT, FORBIDDEN, TOLD};
use super::Word;

/// How a sentence stands to what is said in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stance {
    /// Nothing speaks against the plain reading.
    Said,
    /// Told, quoted or forbidden.
    Reported,
}

/// A set of short phrases of folded words, by their first word.
#[derive(Debug)]
struct Cues(HashMap<&'static str, Vec<Vec<Vec<&'static str>>>>);

/// Where cues stand in a sentence.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Number of the word after the cue that ends first.
    ends: Option<usize>,
    /// Number of the word with which the last cue begins.
    last: Option<usize>,
}

impl Seen {
    fn any(self) -> bool {
        self.last.is_some()
    }
}

impl Cues {
    fn new(cues: &[&'static str]) -> Self {
        let mut by_first: HashMap<_, Vec<Vec<Vec<&'static str>>>> = HashMap::new();
        for cue in cues {
            let mut slots = cue
                .split_whitespace()
                .map(|slot| slot.trim_matches(['(', ')']).split('/').collect::<Vec<_>>());
            let first = slots.next().unwrap_or_default();
            let rest: Vec<Vec<&'static str>> = slots.collect();
            for word in first {
                by_first.entry(word).or_default().push(rest.clone());
            }
        }
        Cues(by_first)
    }

    fn seen(&self, words: &[Word]) -> Seen {
        let mut seen = Seen::default();
        for (at, word) in words.iter().enumerate() {
            let rest = words.get(at + 1..).unwrap_or_default();
            let fits = |slots: &&Vec<Vec<&str>>| {
                rest.len() >= slots.len()
                    && slots
                        .iter()
                        .zip(rest)
                        .all(|(slot, word)| slot.contains(&&*word.letters))
            };
            let cues = self.0.get(&*word.letters);
            if let Some(slots) = cues.and_then(|cues| cues.iter().find(fits)) {
                seen.ends.get_or_insert(at + 1 + slots.len());
                seen.last = Some(at);
            }
        }
        seen
    }
}

/// Reads stances; built once.
#[derive(Debug)]
pub(super) struct Context {
    told: Cues,
    about: Cues,
    document: Cues,
    forbidden: Cues,
}

impl Context {
    pub(super) fn new() -> Self {
        Context {
            told: Cues::new(TOLD),
            about: Cues::new(ABOUT),
            document: Cues::new(DOCUMENT),
            forbidden: Cues::new(FORBIDDEN),
        }
    }

    /// Whether the words say that the document as a whole reports: its opening counts.
    pub(super) fn is_report(&self, opening: &[Word]) -> bool {
        self.document.seen(opening).any()
    }

    /// What there is to know before asking how a sentence stands to any of its words.
    pub(super) fn read<'a>(
        &self,
        text: &'a str,
        words: &'a [Word],
        neighbours: [&[Word]; 2],
        in_report: bool,
    ) -> Sentence<'a> {
        let reports = |near: &&[Word]| self.about.seen(near).any() || self.told.seen(near).any();
        Sentence {
            text,
            words,
            in_report,
            told: self.told.seen(words),
            about: self.about.seen(words).any(),
            forbidden: self.forbidden.seen(words).any(),
            near: neighbours.iter().any(reports),
        }
    }
}

/// A sentence with what stands around it.
#[derive(Debug)]
pub(super) struct Sentence<'a> {
    pub(super) text: &'a str,
    pub(super) words: &'a [Word],
    /// The document reports.
    in_report: bool,
    told: Seen,
    about: bool,
    forbidden: bool,
    /// A sentence beside it tells or is about complaints.
    near: bool,
}

impl Sentence<'_> {
    /// How the sentence stands to its words at `place`.
    pub(super) fn stance(&self, place: Range<usize>) -> Stance {
        let before = self.words.get(..place.start).unwrap_or_default();
        let to_you = before.iter().rev().take(6).any(is_you) || addresses(self.words, &place);
        let quoted = self.is_quoted(&place);
        let told = self.told.ends.is_some_and(|ends| ends <= place.start);
        // What follows may say it too: `… is racist`, `… , he said`.
        let told_after = self.told.last.is_some_and(|last| last >= place.start);
        let reported = if told {
            true
        } else if quoted {
            !to_you || told_after || self.about || self.near || self.in_report
        } else if to_you {
            self.in_report && (self.about || told_after || self.near)
                || self.about && self.forbidden
        } else {
            self.about || self.forbidden || told_after || self.in_report
        };
        if reported {
            Stance::Reported
        } else {
            Stance::Said
        }
    }

    /// Whether quotation marks stand on both sides of the words at `place`, near by.
    fn is_quoted(&self, place: &Range<usize>) -> bool {
        let (Some(first), Some(last), Some(start), Some(end)) = (
            self.words.get(place.start),
            place.end.checked_sub(1).and_then(|at| self.words.get(at)),
            self.words.first(),
            self.words.last(),
        ) else {
            return false;
        };
        // The mark may stand just outside the sentence's first and last word.
        let from = floor(self.text, start.span.start.saturating_sub(4));
        let to = ceiling(self.text, end.span.end + 5);
        let before = self.text.get(from..first.span.start).unwrap_or_default();
        let after = self.text.get(last.span.end..to).unwrap_or_default();
        let opens = |c: char| matches!(c, '"' | '\u{201c}' | '\u{2018}' | '\u{ab}');
        let closes = |c: char| matches!(c, '"' | '\u{201d}' | '\u{2019}' | '\u{bb}');
        before.chars().filter(|c| opens(*c)).count()
            > before
                .chars()
                .filter(|c| matches!(c, '\u{201d}' | '\u{bb}'))
                .count()
            && before.chars().filter(|c| *c == '"').count() % 2 == usize::from(before.contains('"'))
            && after.contains(closes)
            || before.ends_with('\'') && after.starts_with('\'')
            || before.contains(" '") && after.contains("' ")
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceiling(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Words that speak to somebody.
pub(super) const YOU: &[&str] = &[
    "you",
    "youre",
    "your",
    "u",
    "ur",
    "yourself",
    "youve",
    "youll",
    "ya",
    "yer",
    "yourselves",
];

fn is_you(word: &Word) -> bool {
    YOU.contains(&&*word.letters)
}

/// Whether the words at `place`, or just after, speak to somebody.
fn addresses(words: &[Word], place: &Range<usize>) -> bool {
    words
        .get(place.start..(place.end + 2).min(words.len()))
        .is_some_and(|words| words.iter().any(is_you))
}

/// Whom an insult is aimed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aim {
    /// Nobody in particular.
    Nobody,
    /// Somebody spoken of: `he is a …`.
    Them,
    /// Somebody spoken to: `you …`.
    You,
}

/// Words that may stand between a person and what they are called.
const BETWEEN: &[&str] = &[
    "a",
    "an",
    "are",
    "is",
    "was",
    "such",
    "so",
    "just",
    "all",
    "really",
    "total",
    "totally",
    "complete",
    "completely",
    "absolute",
    "absolutely",
    "utter",
    "utterly",
    "bloody",
    "fucking",
    "stupid",
    "old",
    "little",
    "fat",
    "ugly",
    "lazy",
    "useless",
    "pathetic",
    "thick",
    "silly",
    "dirty",
    "big",
    "lying",
    "miserable",
    "the",
    "most",
    "biggest",
    "bunch",
    "of",
    "lot",
    "being",
    "nothing",
    "but",
    "more",
    "than",
    "ignorant",
    "arrogant",
    "sad",
    "nasty",
    "vile",
    "horrible",
    "worthless",
    "brainless",
    "spineless",
    "mad",
    "crazy",
    "daft",
    "bone",
    "very",
    "clearly",
    "obviously",
    "and",
    "fing",
    "damn",
    "jumped",
    "up",
    "fuckin",
    "always",
    "still",
    "smug",
];

/// Looks back from an insult for the person it is tied to.
pub(super) fn aim(words: &[Word], place: Range<usize>) -> Aim {
    let before = words.get(..place.start).unwrap_or_default();
    let mut at = before.len();
    let mut linked = false;
    for word in before.iter().rev().take(6) {
        let letters = &*word.letters;
        at -= 1;
        match letters {
            "you" | "u" => return you_or_question(before, at, linked),
            "youre" | "ur" | "ya" | "yer" => return Aim::You,
            "hes" | "shes" | "theyre" => return Aim::Them,
            "he" | "she" | "they" if linked => return Aim::Them,
            "what" | "those" | "these" | "that" => return Aim::Them,
            "are" | "is" | "was" => linked = true,
            _ if BETWEEN.contains(&letters) => (),
            _ if linked => return Aim::Them,
            _ => break,
        }
    }
    match words.get(place.end..) {
        Some([like, you, ..]) if &*like.letters == "like" && is_you(you) => Aim::You,
        _ => Aim::Nobody,
    }
}

/// Whether a sentence says no more than that somebody *is* it: `you are an idiot`, `you're such a
/// liar and …`, but not `you are a rat catcher`.
pub(super) fn is_called(words: &[Word], place: Range<usize>) -> bool {
    let is = |word: Option<&Word>, these: &[&str]| {
        word.is_some_and(|word| these.contains(&&*word.letters))
    };
    let before = words.get(..place.start).unwrap_or_default();
    let mut back = before.iter().rev().peekable();
    let has_article = is(back.next(), &["a", "an"]);
    back.next_if(|word| *word.letters == *"such");
    let after = words.get(place.end);
    let ends = after.is_none() || is(after, &["and", "who", "you", "to", "if"]);
    has_article && ends && is(back.next(), &["are", "youre", "ur"])
}

/// `you are a …` and `you …!`, but not `help you lazy susan` or `if you are`.
fn you_or_question(before: &[Word], at: usize, linked: bool) -> Aim {
    let previous = at.checked_sub(1).and_then(|at| before.get(at));
    match previous.map(|word| &*word.letters) {
        Some("if" | "think" | "unless" | "whether" | "thinks" | "not") => Aim::Nobody,
        Some(_) if !linked && before.len() - at > 4 => Aim::Nobody,
        _ => Aim::You,
    }
}

#[cfg(test)]
mod tests;
