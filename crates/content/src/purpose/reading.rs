//! One pass over a letter for every phrase of every label, and questions about what was met.

use std::ops::Range;

use super::fold::Folded;
use super::phrases::PHRASES;
use super::signs::Sign;
use super::{Letter, READ};
use crate::finding::{Confidence, Evidence, Hit, Label};

/// Phrases remembered of one letter. 10,000: an ordinary mail has a dozen, and a text made of
/// nothing but phrases is judged by its first pages.
const REMEMBERED: usize = 10_000;

/// A term of the evidence in bytes, at most: enough to recognise the place.
const TERM: usize = 80;

/// How far apart, in folded bytes, two phrases of one sentence still belong together: 100, some
/// 60 words, because a list without full stops is one long sentence.
const REACH: usize = 100;

/// A phrase that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Met {
    pub(super) sign: Sign,
    /// Offsets in the folded words.
    pub(super) start: usize,
    end: usize,
    pub(super) sentence: usize,
}

/// A rule's name, as it reads when its phrase stands in the text and when in the subject.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) in_text: &'static str,
    pub(super) in_subject: &'static str,
}

/// Names a rule.
macro_rules! rule {
    ($name:literal) => {
        $crate::purpose::reading::Rule {
            in_text: $name,
            in_subject: concat!("subject: ", $name),
        }
    };
}
pub(super) use rule;

/// A letter with every phrase that was met, in the order they end.
pub(super) struct Reading<'a> {
    letter: Letter<'a>,
    folded: Folded,
    /// Where the folded text begins, after the folded subject.
    text_at: usize,
    met: Vec<Met>,
    times: [u16; Sign::N],
}

impl<'a> Reading<'a> {
    /// Folds a letter and looks for every phrase.
    pub(super) fn of(letter: &Letter<'a>) -> Reading<'a> {
        let subject = beginning(letter.subject);
        let text = beginning(letter.text);
        let mut folded = Folded::with_room(subject.len() + text.len());
        folded.push(subject, &PHRASES.vocabulary, &PHRASES.openings);
        let text_at = folded.stream().len();
        folded.push(text, &PHRASES.vocabulary, &PHRASES.openings);
        let found = PHRASES.find(folded.stream(), folded.starts());
        let met = found.take(REMEMBERED).map(|(sign, place)| Met {
            sign,
            start: place.start,
            end: place.end,
            sentence: folded.sentence(place.start),
        });
        let mut met: Vec<Met> = met.collect();
        met.sort_by_key(|met| (met.end, met.start));
        let mut times = [0u16; Sign::N];
        for met in &met {
            if let Some(times) = times.get_mut(met.sign as usize) {
                *times = times.saturating_add(1);
            }
        }
        Reading {
            letter: Letter {
                subject,
                text,
                ..*letter
            },
            folded,
            text_at,
            met,
            times,
        }
    }

    /// Whether no phrase at all was met.
    pub(super) fn is_empty(&self) -> bool {
        self.met.is_empty()
    }

    /// The letter, cut to what is read.
    pub(super) fn letter(&self) -> &Letter<'a> {
        &self.letter
    }

    /// Words of subject and text together.
    pub(super) fn n_words(&self) -> usize {
        self.folded.n_words()
    }

    /// Whether a sign was met.
    pub(super) fn has(&self, sign: Sign) -> bool {
        self.times(sign) > 0
    }

    /// Whether any of these signs was met.
    pub(super) fn any(&self, signs: &[Sign]) -> bool {
        signs.iter().any(|&sign| self.has(sign))
    }

    /// How often a sign was met.
    pub(super) fn times(&self, sign: Sign) -> usize {
        self.times
            .get(sign as usize)
            .copied()
            .unwrap_or_default()
            .into()
    }

    /// How many of these signs were met, each counted once.
    pub(super) fn different(&self, signs: &[Sign]) -> usize {
        signs.iter().filter(|&&sign| self.has(sign)).count()
    }

    /// Where a sign was first met; in the text if anywhere there.
    pub(super) fn first(&self, sign: Sign) -> Option<Met> {
        if !self.has(sign) {
            return None;
        }
        let mut of_sign = self.met.iter().filter(|met| met.sign == sign);
        let first = of_sign.next().copied()?;
        if self.in_subject(first) {
            return of_sign
                .find(|&&met| !self.in_subject(met))
                .copied()
                .or(Some(first));
        }
        Some(first)
    }

    /// The first place of each of these signs that was met.
    pub(super) fn firsts(&self, signs: &[Sign]) -> Vec<Met> {
        signs.iter().filter_map(|&sign| self.first(sign)).collect()
    }

    /// Every phrase met of these signs.
    pub(super) fn all<'b>(&'b self, signs: &'b [Sign]) -> impl Iterator<Item = Met> + 'b {
        self.met
            .iter()
            .filter(|met| signs.contains(&met.sign))
            .copied()
    }

    /// Whether a phrase stands in the subject.
    pub(super) fn in_subject(&self, met: Met) -> bool {
        met.start < self.text_at
    }

    /// The first two phrases, one of either list, that stand near each other in one sentence.
    pub(super) fn together(&self, these: &[Sign], those: &[Sign]) -> Option<(Met, Met)> {
        if !self.any(these) || !self.any(those) {
            return None;
        }
        let (mut this, mut that): (Option<Met>, Option<Met>) = (None, None);
        for &met in &self.met {
            if these.contains(&met.sign) {
                this = Some(met);
            } else if those.contains(&met.sign) {
                that = Some(met);
            } else {
                continue;
            }
            if let (Some(this), Some(that)) = (this, that)
                && this.sentence == that.sentence
                && this.start.abs_diff(that.start) <= REACH
            {
                return Some((this, that));
            }
        }
        None
    }

    /// The first phrase of one list that follows one of another in the same sentence, with at
    /// most `gap` words between them, and the one it follows.
    pub(super) fn followed(
        &self,
        these: &[Sign],
        those: &[Sign],
        gap: usize,
    ) -> Option<(Met, Met)> {
        if !self.any(these) || !self.any(those) {
            return None;
        }
        let mut before: Option<Met> = None;
        for &met in &self.met {
            if those.contains(&met.sign)
                && let Some(this) = before
                && this.sentence == met.sentence
                && self
                    .words_between(this, met)
                    .is_some_and(|words| words <= gap)
            {
                return Some((this, met));
            }
            if these.contains(&met.sign) {
                before = Some(met);
            }
        }
        None
    }

    /// Every phrase of a sign before another in its sentence, with at most `gap` words between them.
    pub(super) fn all_before(
        &self,
        met: Met,
        sign: Sign,
        gap: usize,
    ) -> impl Iterator<Item = Met> + '_ {
        let of_sign = self
            .met
            .iter()
            .copied()
            .filter(move |other| other.sign == sign);
        of_sign.filter(move |other| self.are_near(*other, met, gap))
    }

    /// Whether one of a sign stands before a phrase in its sentence, with at most `gap` words between
    /// them.
    pub(super) fn is_after(&self, met: Met, sign: Sign, gap: usize) -> bool {
        self.has(sign) && self.all_before(met, sign, gap).next().is_some()
    }

    /// Whether one of some words stands before a phrase in its sentence, with at most `gap` words
    /// between them; where it does, the first byte of the nearest. For words so common that no
    /// phrase may be one of them by itself.
    pub(super) fn word_before(&self, met: Met, words: &[&str], gap: usize) -> Option<usize> {
        let first = self.folded.words_before(met.start);
        let numbers = (first.saturating_sub(gap + 1)..first).rev();
        self.word_among(met, words, numbers)
    }

    /// As [`Self::word_before`], behind a phrase.
    pub(super) fn word_behind(&self, met: Met, words: &[&str], gap: usize) -> Option<usize> {
        let end = self.folded.words_before(met.end);
        self.word_among(met, words, end..end + gap + 1)
    }

    fn word_among(
        &self,
        met: Met,
        words: &[&str],
        mut numbers: impl Iterator<Item = usize>,
    ) -> Option<usize> {
        numbers.find_map(|number| {
            let (at, span) = self.folded.word(number)?;
            let from = span.start;
            let word = self.source(met).get(span)?;
            let is_one = self.folded.sentence(at) == met.sentence
                && words.iter().any(|one| one.eq_ignore_ascii_case(word));
            is_one.then_some(from)
        })
    }

    fn are_near(&self, before: Met, after: Met, gap: usize) -> bool {
        let words = || self.words_between(before, after);
        before.sentence == after.sentence && words().is_some_and(|words| words <= gap)
    }

    /// Whether one of these signs stands in the same sentence as a phrase.
    pub(super) fn beside(&self, met: Met, signs: &[Sign]) -> bool {
        self.any(signs) && self.all(signs).any(|other| other.sentence == met.sentence)
    }

    /// Words between the end of one phrase and the start of a later one; `None` if they overlap.
    fn words_between(&self, before: Met, after: Met) -> Option<usize> {
        let words = |at| self.folded.words_before(at);
        words(after.start).checked_sub(words(before.end))
    }

    /// Words between two phrases, whichever comes first; 0 if they overlap.
    pub(super) fn words_apart(&self, this: Met, that: Met) -> usize {
        self.words_between(this, that)
            .or_else(|| self.words_between(that, this))
            .unwrap_or(0)
    }

    /// A finding: the phrases are its terms, and its span covers them as far as they stand in
    /// the sentence of the first.
    pub(super) fn hit(
        &self,
        label: Label,
        confidence: Confidence,
        rule: Rule,
        because: &[Met],
    ) -> Option<Hit> {
        let decides = because
            .iter()
            .find(|&&met| !self.in_subject(met))
            .or_else(|| because.first())?;
        let in_subject = self.in_subject(*decides);
        let mut span = if in_subject {
            0..0
        } else {
            self.span(*decides)
        };
        let mut terms: Vec<String> = Vec::new();
        for &met in because {
            let here = self.span(met);
            if !in_subject && met.sentence == decides.sentence {
                span = span.start.min(here.start)..span.end.max(here.end);
            }
            let term = term(self.source(met).get(here).unwrap_or_default());
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        let rule = if in_subject {
            rule.in_subject
        } else {
            rule.in_text
        };
        Some(Hit {
            label,
            confidence,
            span,
            evidence: Evidence::Terms { rule, terms },
        })
    }

    /// Whether a phrase heads the subject, a line or a sentence.
    pub(super) fn heads(&self, met: Met) -> bool {
        self.is_head(met, self.span(met).start)
    }

    /// Whether a byte of what a phrase stands in heads it, a line or a sentence.
    pub(super) fn is_head(&self, met: Met, at: usize) -> bool {
        let before = self.source(met).get(..at).unwrap_or_default();
        let is_no_end = |c: char| !c.is_alphanumeric() && !"\n.:?!".contains(c);
        let before = before.trim_end_matches(is_no_end);
        before.is_empty() || before.ends_with(['\n', '.', '?', '!'])
    }

    /// Whether a phrase stands directly behind a colon.
    pub(super) fn follows_a_colon(&self, met: Met) -> bool {
        let before = self
            .source(met)
            .get(..self.span(met).start)
            .unwrap_or_default();
        before.trim_end().ends_with(':')
    }

    /// Whether what a phrase names is the title of what follows: `FOI Act 2000 request: …`.
    pub(super) fn titles(&self, met: Met) -> bool {
        let rest = self
            .source(met)
            .get(self.span(met).end..)
            .unwrap_or_default();
        let rest = rest.trim_start_matches(|c: char| " \t()".contains(c) || c.is_ascii_digit());
        rest.starts_with([':', '-', '\u{2013}', '\u{2014}'])
    }

    /// The words of a phrase as they stand.
    pub(super) fn words(&self, met: Met) -> &'a str {
        self.source(met).get(self.span(met)).unwrap_or_default()
    }

    /// What a phrase stands in, the subject or the text.
    fn source(&self, met: Met) -> &'a str {
        if self.in_subject(met) {
            self.letter.subject
        } else {
            self.letter.text
        }
    }

    /// Whether the sentence a phrase stands in ends with a question mark.
    pub(super) fn is_asked(&self, met: Met) -> bool {
        let rest = self
            .source(met)
            .get(self.span(met).end..)
            .unwrap_or_default();
        let end = rest.find(['.', '!', '?', '\n']);
        end.is_some_and(|end| rest[end..].starts_with('?'))
    }

    /// Where a phrase stands in its own source, the subject or the text.
    fn span(&self, met: Met) -> Range<usize> {
        let (from, to) = self.folded.original(met.start, met.end);
        from..to
    }
}

/// Words as they stand, lower case, on one line and not too long.
fn term(words: &str) -> String {
    let line = words
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    line.get(..line.floor_char_boundary(TERM))
        .unwrap_or_default()
        .to_owned()
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(READ))
        .unwrap_or_default()
}
