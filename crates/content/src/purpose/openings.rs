//! The first stage of the search for phrases: where one may begin.
//!
//! Most of a text is no phrase, and its first words tell. Only where the opening of a phrase stands
//! are phrases looked for.

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
const HASHED: u32 = 19;

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
}

fn number(word: Code) -> u32 {
    u32::from(u16::from_be_bytes(word))
}

fn hash([a, b, c]: [Code; 3]) -> u32 {
    let words = u64::from(number(a)) << 32 | u64::from(number(b)) << 16 | u64::from(number(c));
    (words.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - HASHED)) as u32
}

/// Words of the longest opening.
pub(super) const LONGEST: usize = 3;

/// Where an opening stands, and how many words it has; three stand for three or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Start {
    /// Offset in the stream.
    pub(super) at: u32,
    pub(super) words: u8,
}

/// Where openings stand in a stream, as it is written.
#[derive(Default)]
pub(super) struct Starts {
    found: Vec<Start>,
    /// The last two words; the unknown where there are none.
    last: [Code; 2],
}

impl Starts {
    /// Takes in a known word that is written at `at`, an offset in the stream.
    #[inline]
    pub(super) fn known(&mut self, word: Code, at: usize, openings: &Openings) {
        let [a, b] = self.last;
        self.last = [b, word];
        let one = openings.one.holds(number(word));
        let two = openings.two.holds(hash([UNKNOWN_CODE, b, word]));
        let three = openings.three.holds(hash([a, b, word]));
        if one | two | three {
            for (stands, words) in [(one, 1), (two, 2), (three, 3)] {
                let at = at.checked_sub((usize::from(words) - 1) * size_of::<Code>());
                let at = at.filter(|_| stands).map(|at| at as u32);
                self.found.extend(at.map(|at| Start { at, words }));
            }
        }
    }

    /// Takes in a word no phrase has.
    #[inline]
    pub(super) fn unknown(&mut self) {
        self.last = [UNKNOWN_CODE; 2];
    }

    /// All openings, in the order they end; a few are none.
    pub(super) fn found(&self) -> &[Start] {
        &self.found
    }
}
