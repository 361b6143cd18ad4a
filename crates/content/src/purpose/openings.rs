//! The first stage of the search for phrases: where one may begin.
//!
//! Most of a text is no phrase, and its first words tell. Every run of known words that holds the
//! opening of a phrase is looked through; a run without one holds none.

use std::ops::Range;

use super::vocabulary::{Code, UNKNOWN_CODE};
use crate::bits::Bits;

/// What phrases begin with.
pub(super) struct Openings {
    /// Phrases of one word.
    one: Bits,
    /// Phrases of two.
    two: Bits,
    /// The first three words of longer ones.
    three: Bits,
}

/// Bits of the hash of several words: 16 kB for some thousands of openings, so that few others are
/// looked at for nothing.
const HASHED: u32 = 17;

impl Openings {
    /// Of phrases as they are written in a stream.
    pub(super) fn of<'p>(phrases: impl Iterator<Item = &'p [u8]>) -> Self {
        let mut openings = Openings {
            one: Bits::of(16),
            two: Bits::of(HASHED),
            three: Bits::of(HASHED),
        };
        for phrase in phrases {
            match *phrase.as_chunks().0 {
                [a] => openings.one.insert(number(a)),
                [a, b] => openings.two.insert(hash([UNKNOWN_CODE, a, b])),
                [a, b, c, ..] => openings.three.insert(hash([a, b, c])),
                [] => (),
            }
        }
        openings
    }

    /// Whether the last of these words in a row completes an opening.
    #[inline]
    fn complete(&self, [a, b, c]: [Code; 3]) -> bool {
        self.one.holds(number(c))
            | self.two.holds(hash([UNKNOWN_CODE, b, c]))
            | self.three.holds(hash([a, b, c]))
    }
}

fn number(word: Code) -> u32 {
    u32::from(u16::from_be_bytes(word))
}

fn hash([a, b, c]: [Code; 3]) -> u32 {
    let words = u64::from(number(a)) << 32 | u64::from(number(b)) << 16 | u64::from(number(c));
    (words.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - HASHED)) as u32
}

/// Runs of known words as they are written, and which of them may hold a phrase.
#[derive(Default)]
pub(super) struct Runs {
    found: Vec<Range<usize>>,
    /// Where this one begins.
    start: usize,
    may_hold: bool,
    /// The last two words; the unknown where there are none.
    last: [Code; 2],
}

impl Runs {
    /// Takes in a known word.
    #[inline]
    pub(super) fn known(&mut self, word: Code, openings: &Openings) {
        let [a, b] = self.last;
        self.may_hold |= openings.complete([a, b, word]);
        self.last = [b, word];
    }

    /// Ends the run before `at`, where something stands that is one byte and in no phrase.
    #[inline]
    pub(super) fn end(&mut self, at: usize) {
        if self.may_hold {
            self.found.push(self.start..at);
        }
        (self.start, self.may_hold, self.last) = (at + 1, false, [UNKNOWN_CODE; 2]);
    }

    /// The runs that may hold a phrase.
    pub(super) fn found(&self) -> &[Range<usize>] {
        &self.found
    }
}
