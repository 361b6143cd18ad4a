//! Every phrase of every label in one automaton.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::signs::Sign;
use super::vocabulary::Vocabulary;
use super::{
    criticism, endorsement, information_request, legal, offer, order, passed_on, personal,
    politics, shop, trade,
};

/// A sign and the phrases that show it, in the spelling of [`expand`].
pub(super) type Cues = &'static [(Sign, &'static [&'static str])];

/// Every phrase, ready to be looked for.
pub(super) struct Phrases {
    /// The words the phrases are made of.
    pub(super) vocabulary: Vocabulary,
    pub(super) automaton: Option<AhoCorasick>,
    /// The sign of each of the automaton's patterns.
    pub(super) signs: Vec<Sign>,
}

/// Built when the first letter is read, in some tens of milliseconds.
pub(super) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let tables = [
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
        passed_on::CUES,
        offer::CUES,
    ];
    let phrases: Vec<(Sign, String)> = tables
        .into_iter()
        .flatten()
        .flat_map(|(sign, cues)| {
            cues.iter()
                .flat_map(|cue| expand(cue))
                .map(|one| (*sign, one))
        })
        .collect();
    let vocabulary = Vocabulary::of(phrases.iter().flat_map(|(_, phrase)| phrase.split(' ')));
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
    }
});

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
