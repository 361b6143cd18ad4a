//! Every phrase of every label in one sorted list.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::openings::{LONGEST, Openings, Start};
use super::signs::Sign;
use super::vocabulary::{Code, Vocabulary};
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
    /// Phrases as they are written in a stream, in order, each with its sign.
    written: Vec<(Box<[u8]>, Sign)>,
    /// Which of them begin with an opening, by its number.
    opened: HashMap<u64, Range<usize>>,
    /// What they begin with.
    pub(super) openings: Openings,
}

impl Phrases {
    /// Every phrase in a stream of folded words with its sign and place. `starts` are the places where
    /// one may begin.
    pub(super) fn find<'s>(
        &'s self,
        stream: &'s [u8],
        starts: &'s [Start],
    ) -> impl Iterator<Item = (Sign, Range<usize>)> + 's {
        starts.iter().flat_map(|&start| {
            let at = start.at as usize;
            let tail = stream.get(at..).unwrap_or_default();
            let opened = self.opened.get(&opening(tail, start.words.into()));
            let alike = opened.and_then(|opened| self.written.get(opened.clone()));
            let here = alike
                .into_iter()
                .flatten()
                .filter(|(phrase, _)| tail.starts_with(phrase));
            here.map(move |(phrase, sign)| (*sign, at..at + phrase.len()))
        })
    }
}

/// Put together when the first letter is read, in some milliseconds.
pub(super) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let phrases: Vec<(Sign, String)> = spelled().collect();
    let mut vocabulary = Vocabulary::of(phrases.iter().flat_map(|(_, phrase)| phrase.split(' ')));
    for word in information_request::OFTEN_MISSPELT {
        vocabulary.respell(word, misspelt::spellings(word).into_iter());
    }
    let written = |(sign, phrase): &(Sign, String)| Some((vocabulary.write(phrase)?.into(), *sign));
    let mut written: Vec<(Box<[u8]>, Sign)> = phrases.iter().filter_map(written).collect();
    // Those with the same opening side by side.
    written.sort_by_cached_key(|(phrase, sign)| (opening(phrase, LONGEST), phrase.clone(), *sign));
    let mut opened: HashMap<u64, Range<usize>> = HashMap::new();
    for (number, (phrase, _)) in written.iter().enumerate() {
        let range = opened
            .entry(opening(phrase, LONGEST))
            .or_insert(number..number);
        range.end = number + 1;
    }
    let openings = Openings::of(written.iter().map(|(phrase, _)| &**phrase));
    Phrases {
        vocabulary,
        written,
        opened,
        openings,
    }
});

/// The number of the words a text begins with, so many at most.
fn opening(stream: &[u8], words: usize) -> u64 {
    let (words_written, _) = stream.as_chunks::<{ size_of::<Code>() }>();
    let words = words_written.iter().take(words);
    words.fold(0, |number, word| {
        number << 16 | u64::from(u16::from_be_bytes(*word))
    })
}

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

    /// Each phrase at each place, one after another.
    fn everywhere(stream: &[u8]) -> Vec<(Sign, Range<usize>)> {
        let mut found = Vec::new();
        for (phrase, sign) in &PHRASES.written {
            let mut from = 0;
            while let Some(at) = memchr::memmem::find(&stream[from..], phrase) {
                let start = from + at;
                found.push((*sign, start..start + phrase.len()));
                from = start + 1;
            }
        }
        found.sort_by_key(|(sign, place)| (place.start, place.end, *sign));
        found
    }

    #[test]
    fn no_phrase_is_passed_over() {
        let examples = [include_str!("examples.tsv"), include_str!("unseen.tsv")].concat();
        for text in examples.lines() {
            let mut folded = Folded::with_room(text.len());
            folded.push(text, &PHRASES.vocabulary, &PHRASES.openings);
            let found = PHRASES.find(folded.stream(), folded.starts());
            let mut found: Vec<_> = found.collect();
            found.sort_by_key(|(sign, place)| (place.start, place.end, *sign));
            assert_eq!(found, everywhere(folded.stream()), "{text}");
        }
        // And each phrase by itself, between words nobody knows.
        for (_, phrase) in spelled() {
            let text = format!("qqq {} qqq", phrase.replace('#', "7"));
            let mut folded = Folded::with_room(text.len());
            folded.push(&text, &PHRASES.vocabulary, &PHRASES.openings);
            let whole = 1..folded.stream().len() - 2;
            let mut found = PHRASES.find(folded.stream(), folded.starts());
            assert!(found.any(|(_, place)| place == whole), "{phrase}");
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
        let mut signs: Vec<Sign> = PHRASES.written.iter().map(|(_, sign)| *sign).collect();
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), Sign::N);
    }

    #[test]
    fn every_phrase_is_written() {
        assert!(PHRASES.written.len() > 1_000);
        assert_eq!(PHRASES.written.len(), spelled().count());
    }
}
