//! A text as a correction sees it: whole words and pairs, with what the model makes of them.

use super::Feature;
use crate::offence::features::{self, Break, PAIR, Reader, WORD, WORDS_IN_SENTENCE};
use crate::offence::model::{Model, Sums};

/// A word by its key, and whether it goes on with the sentence of the word before.
pub(super) type Word = (u64, bool);

/// Something in a text that can be corrected.
pub(super) struct Seen<'a> {
    pub(super) feature: Feature,
    /// How often its weight counts.
    pub(super) times: usize,
    /// The word before, of a pair.
    before: Option<&'a str>,
    word: &'a str,
}

impl Seen<'_> {
    /// In words, as compared.
    pub(super) fn name(&self) -> String {
        match self.before {
            Some(before) => format!("{before} {}", self.word),
            None => self.word.to_owned(),
        }
    }
}

/// Calls `each` with whatever can be corrected in a text, up to the length of a sentence: what the
/// lists allow weighs nothing and cannot. Gives its words, and its sums.
pub(super) fn each(model: &Model, text: &str, mut each: impl FnMut(Seen<'_>)) -> (Vec<Word>, Sums) {
    let (mut words, mut sums) = (Vec::new(), Sums::default());
    let mut last = String::new();
    let mut reader = Reader::new(text);
    while words.len() < WORDS_IN_SENTENCE as usize {
        let Some((_, found)) = reader.next_word() else {
            break;
        };
        let letters = reader.letters();
        let word = String::from_utf8_lossy(letters).into_owned();
        let key = features::key(letters);
        let is_allowed = match model.known(key) {
            Some(known) => {
                sums.add_known(known);
                known.n == 0
            }
            None => {
                let (row, n) = model.word(letters);
                sums.add(&row, n);
                false
            }
        };
        if !is_allowed {
            each(Seen {
                feature: Feature::Word(key),
                times: WORD,
                before: None,
                word: &word,
            });
        }
        let goes_on = found == Break::None;
        if let Some((before, _)) = words.last().filter(|_| goes_on) {
            let bucket = features::pair(*before, key);
            sums.add_pair(model.bucket(bucket));
            each(Seen {
                feature: Feature::Pair(bucket),
                times: PAIR,
                before: Some(&last),
                word: &word,
            });
        }
        words.push((key, goes_on));
        last = word;
    }
    (words, sums)
}
