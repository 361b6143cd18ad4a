//! What the model sees of a text: buckets of hashed n-grams.
//!
//! A word gives itself and the runs of 2 to 5 characters within `^word$`; two words side by side
//! give their pair. All of it is counted as often as it occurs, so what a word adds is the same
//! wherever it stands, and may be worked out in advance. The trainer uses these very functions.

use super::words::LONGEST;
pub use super::words::{Break, Reader, WORDS_IN_SENTENCE};

/// Buckets are numbered by this many bits: four million, for about a million n-grams seen in
/// training.
pub const BITS: u32 = 22;

/// Times a pair counts beside one run of characters, since a word gives some twenty of those.
pub const PAIR: usize = 4;

/// Times a word as a whole counts.
pub(super) const WORD: usize = 3;

const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Every bucket of a text, as often as it occurs; no pair reaches over a break.
pub fn buckets(text: &str) -> Vec<u32> {
    let (mut all, mut before) = (Vec::new(), None);
    let mut reader = Reader::new(text);
    while let Some((_, found)) = reader.next_word() {
        let letters = reader.letters();
        let key = key(letters);
        if let Some(before) = before.filter(|_| found == Break::None) {
            all.extend([pair(before, key); PAIR]);
        }
        word(letters, |bucket| all.push(bucket));
        before = Some(key);
    }
    all
}

/// A word's hash, by which tables of words are kept.
pub fn key(letters: &[u8]) -> u64 {
    let mut eights = [0; LONGEST / 8];
    for (eight, letters) in eights.iter_mut().zip(letters.chunks(8)) {
        for (at, letter) in letters.iter().enumerate() {
            *eight |= u64::from(*letter) << (8 * at);
        }
    }
    key_of_eights(&eights, letters.len())
}

/// As [`key`], of letters in eights, the first lowest.
#[inline]
pub(super) fn key_of_eights(eights: &[u64; LONGEST / 8], len: usize) -> u64 {
    let mut hash = len as u64;
    let mut left = len;
    for eight in eights {
        let n = left.min(8);
        if n == 0 {
            break;
        }
        left -= n;
        hash = (hash ^ eight.swap_bytes() >> (64 - 8 * n)).wrapping_mul(ODD);
        hash ^= hash >> 29;
    }
    hash
}

/// The bucket of two words side by side, by their keys.
pub fn pair(first: u64, second: u64) -> u32 {
    bucket(first.rotate_left(23) ^ second ^ 0x5bd1_e995)
}

/// Calls `each` with every bucket of one word: the word itself, then its characters.
pub fn word(letters: &[u8], mut each: impl FnMut(u32)) {
    for _ in 0..WORD {
        each(bucket(key(letters)));
    }
    // A number says nothing by its digits.
    if letters == b"0" {
        return;
    }
    let mut marked = [b'$'; LONGEST + 2];
    marked[0] = b'^';
    let n = letters.len().min(LONGEST);
    if let (Some(to), Some(from)) = (marked.get_mut(1..=n), letters.get(..n)) {
        to.copy_from_slice(from);
    }
    // Runs are packed into one number, newest byte lowest, so that the runs ending at a place are
    // its last 2 to 5 bytes.
    let mut packed = u64::from(b'^');
    for (at, byte) in marked.iter().enumerate().take(n + 2).skip(1) {
        packed = packed << 8 | u64::from(*byte);
        for n in 2..=5.min(at + 1) {
            each(bucket(packed & ((1 << (8 * n)) - 1) | (n as u64) << 48));
        }
    }
}

/// What one n-gram of `n` in a sentence counts: the share of each falls with the root of their
/// number, and is never so large that one short word makes a sentence.
pub fn share(n: usize) -> f32 {
    /// N-grams of three or four words.
    const SHORT: usize = 64;
    1.0 / ((n + SHORT) as f32).sqrt()
}

pub(super) fn bucket(packed: u64) -> u32 {
    let mixed = (packed ^ packed >> 32).wrapping_mul(ODD);
    (mixed >> (64 - BITS)) as u32
}
