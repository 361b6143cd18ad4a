//! Every phrase of every label in one automaton.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use super::openings::Openings;
use super::signs::Sign;
use super::vocabulary::Vocabulary;
use super::{
    accusation, criticism, endorsement, information_request, legal, misspelt, offer, order,
    passed_on, personal, politics, shop, trade,
};

/// A sign and the phrases that show it, in the spelling of [`expand`].
pub(super) type Cues = &'static [(Sign, &'static [&'static str])];

/// Every phrase, ready to be looked for.
pub(super) struct Phrases {
    /// The words the phrases are made of.
    pub(super) vocabulary: Vocabulary,
    automaton: Option<AhoCorasick>,
    /// The sign of each of the automaton's patterns.
    signs: Vec<Sign>,
    /// What they begin with.
    pub(super) openings: Openings,
}

impl Phrases {
    /// Every phrase in a stream of folded words with its sign and place, in the order they end.
    /// `runs` are the places that may hold one.
    pub(super) fn find(
        &self,
        stream: &[u8],
        runs: &[Range<usize>],
    ) -> impl Iterator<Item = (Sign, Range<usize>)> {
        let inputs = runs
            .iter()
            .map(move |run| Input::new(stream).range(run.clone()));
        let automaton = self.automaton.iter();
        let found = automaton.flat_map(move |automaton| {
            let inputs = inputs.clone();
            inputs.flat_map(|input| automaton.find_overlapping_iter(input))
        });
        found.filter_map(|found| {
            let sign = self.signs.get(found.pattern().as_usize())?;
            Some((*sign, found.range()))
        })
    }
}

/// Built when the first letter is read, in some tens of milliseconds.
pub(super) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let phrases: Vec<(Sign, String)> = spelled().collect();
    let mut vocabulary = Vocabulary::of(phrases.iter().flat_map(|(_, phrase)| phrase.split(' ')));
    for word in information_request::OFTEN_MISSPELT {
        vocabulary.respell(word, misspelt::spellings(word).into_iter());
    }
    let (signs, patterns): (Vec<Sign>, Vec<Vec<u8>>) = phrases
        .iter()
        .filter_map(|(sign, phrase)| Some((*sign, vocabulary.write(phrase)?)))
        .unzip();
    // The sparse form, because the dense one is twenty times as large and no faster here. It is
    // built from our own phrases alone, and a test builds it, so `None` never ships.
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .prefilter(false)
        .build(&patterns)
        .ok();
    Phrases {
        vocabulary,
        automaton,
        signs,
        openings: Openings::of(patterns.iter().map(Vec::as_slice)),
    }
});

/// Every phrase as it is spelled, with its sign.
fn spelled() -> impl Iterator<Item = (Sign, String)> {
    cues().flat_map(|(sign, cue)| expand(cue).into_iter().map(move |one| (sign, one)))
}

/// Every phrase as it is written, with its sign.
fn cues() -> impl Iterator<Item = (Sign, &'static str)> {
    [
        information_request::CUES,
        information_request::RECORDED_CUES,
        information_request::AROUND_CUES,
        order::CUES,
        shop::CUES,
        legal::CUES,
        politics::CUES,
        endorsement::CUES,
        trade::CUES,
        personal::CUES,
        criticism::CUES,
        accusation::CUES,
        passed_on::CUES,
        offer::CUES,
    ]
    .into_iter()
    .flatten()
    .flat_map(|(sign, cues)| cues.iter().map(|cue| (*sign, *cue)))
}

/// All spellings of a phrase: `{a|b}` stands for either, an empty choice for nothing.
///
/// Apostrophes vanish and hyphens become spaces, as in the folded text. Choices do not nest.
fn expand(phrase: &str) -> Vec<String> {
    let mut spellings = vec![String::new()];
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        let (choices, tail) = after.split_once('}').unwrap_or((after, ""));
        spellings = spellings
            .iter()
            .flat_map(|head| {
                choices
                    .split('|')
                    .map(move |one| format!("{head}{before}{one}"))
            })
            .collect();
        rest = tail;
    }
    spellings
        .iter()
        .map(|head| format!("{head}{rest}").replace('\'', "").replace('-', " "))
        .map(|spelling| spelling.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::slice;

    use super::super::fold::Folded;
    use super::*;

    #[test]
    fn choices_expand() {
        assert_eq!(
            expand("we {do|don't} {hereby |}agree"),
            [
                "we do hereby agree",
                "we do agree",
                "we dont hereby agree",
                "we dont agree"
            ]
        );
        assert_eq!(expand("opt-out"), ["opt out"]);
    }

    #[test]
    fn the_first_stage_passes_over_no_phrase() {
        let examples = [include_str!("examples.tsv"), include_str!("unseen.tsv")].concat();
        for text in examples.lines() {
            let mut folded = Folded::with_room(text.len());
            folded.push(text, &PHRASES.vocabulary, &PHRASES.openings);
            let whole = 0..folded.stream().len();
            let all = PHRASES.find(folded.stream(), slice::from_ref(&whole));
            let passed = PHRASES.find(folded.stream(), folded.runs());
            assert_eq!(
                passed.collect::<Vec<_>>(),
                all.collect::<Vec<_>>(),
                "{text}"
            );
        }
        // And each phrase by itself, between words nobody knows.
        for (_, phrase) in spelled() {
            let text = format!("qqq {} qqq", phrase.replace('#', "7"));
            let mut folded = Folded::with_room(text.len());
            folded.push(&text, &PHRASES.vocabulary, &PHRASES.openings);
            assert_eq!(folded.runs().len(), 1, "{phrase}");
        }
    }

    #[test]
    fn no_cue_multiplies_without_bound() {
        for (_, cue) in cues() {
            let n = expand(cue).len();
            assert!(
                n < 4_000,
                "{n} spellings of `{cue}`: divide it, or relate two signs"
            );
        }
    }

    #[test]
    fn every_sign_has_a_phrase() {
        let mut signs = PHRASES.signs.clone();
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), Sign::N);
    }

    #[test]
    fn the_phrases_fit_one_table() {
        let automaton = PHRASES.automaton.as_ref().unwrap();
        assert!(automaton.patterns_len() > 1_000);
        assert!(
            automaton.memory_usage() < 32 << 20,
            "{}",
            automaton.memory_usage()
        );
    }
}
