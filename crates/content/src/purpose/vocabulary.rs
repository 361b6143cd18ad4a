//! The words our phrases are made of, each with a number.
//!
//! Most words of an ordinary letter stand in no phrase. Knowing that from one probe of a small
//! table keeps the search for phrases off them.

use crate::eight::Eight;

/// Bytes of the longest word that can be known. 24: the longest in any phrase has 16.
pub(super) const LONGEST: usize = 24;

/// Words that can be numbered: two bytes of seven bits each, less the number for the unknown.
const MOST: usize = (1 << 14) - 1;

/// Slots of the table. 2^14, for some 2,500 words: five probes of six for an unknown word end
/// at an empty slot.
const SLOTS: usize = 1 << 14;

/// A word in lower case, padded with zeros, as three numbers of eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key([u64; LONGEST / 8]);

impl Key {
    /// The word a text begins with, ASCII letters and digits, and how many bytes it has. No key if
    /// that is too long for a known word.
    #[inline]
    pub(super) fn at(text: &[u8]) -> (Option<Key>, usize) {
        let mut parts = [0; LONGEST / 8];
        let mut length = 0;
        for part in &mut parts {
            let rest = text.get(length..).unwrap_or_default();
            let n;
            (*part, n) = Eight::of(rest).letters_and_digits();
            length += n;
            if n < 8 {
                return (Some(Key(parts)), length);
            }
        }
        let rest = text.get(length..).unwrap_or_default();
        let more = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric());
        match more.count() {
            0 => (Some(Key(parts)), length),
            more => (None, length + more),
        }
    }

    /// A word already in lower case, or a mark. `None` if it is too long to be known.
    pub(super) fn of(word: &[u8]) -> Option<Key> {
        if word.len() > LONGEST {
            return None;
        }
        let mut parts = [0; LONGEST / 8];
        for (part, eight) in parts.iter_mut().zip(word.chunks(8)) {
            *part = padded(eight);
        }
        Some(Key(parts))
    }
}

/// Up to eight bytes as a number.
fn padded(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .rev()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// How a known word is written in a stream: the first byte has its high bit set, the second has
/// not and is not zero, so no phrase is found askew.
pub(super) type Code = [u8; 2];

/// How every unknown word is written.
pub(super) const UNKNOWN: u8 = 0;

/// What is no word's code.
pub(super) const UNKNOWN_CODE: Code = [UNKNOWN; 2];

/// Numbered words.
pub(super) struct Vocabulary {
    /// The number of the word in each slot, plus one; 0 where there is none.
    slots: Vec<u16>,
    keys: Vec<Key>,
}

impl Vocabulary {
    /// Numbers every different word. One too long to be known is left out.
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Vocabulary {
        let mut vocabulary = Vocabulary {
            slots: vec![0; SLOTS],
            keys: Vec::new(),
        };
        for key in words.filter_map(|word| Key::of(word.as_bytes())) {
            if vocabulary.code(&key).is_none() && vocabulary.keys.len() < MOST / 2 {
                vocabulary.keys.push(key);
                let number = vocabulary.keys.len() as u16;
                let free = probes(&key).find(|&slot| {
                    vocabulary
                        .slots
                        .get(slot)
                        .is_some_and(|&number| number == 0)
                });
                if let Some(slot) = free.and_then(|slot| vocabulary.slots.get_mut(slot)) {
                    *slot = number;
                }
            }
        }
        vocabulary
    }

    /// How a word is written, if it is known.
    pub(super) fn code(&self, key: &Key) -> Option<Code> {
        for slot in probes(key) {
            let number = *self.slots.get(slot)?;
            if number == 0 {
                return None;
            }
            if self.keys.get(usize::from(number) - 1) == Some(key) {
                return Some([0x80 | (number / 127) as u8, (number % 127 + 1) as u8]);
            }
        }
        None
    }

    /// A phrase as it stands in a stream; `None` if any word of it is not known.
    pub(super) fn write(&self, phrase: &str) -> Option<Vec<u8>> {
        let mut stream = Vec::new();
        for word in phrase.split(' ') {
            stream.extend(self.code(&Key::of(word.as_bytes())?)?);
        }
        Some(stream)
    }
}

/// Slots where a word may be, in order. The words are ours alone, so nobody can crowd a slot.
fn probes(key: &Key) -> impl Iterator<Item = usize> + use<> {
    let Key([a, b, c]) = *key;
    let mixed = a.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ b.wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
        ^ c.wrapping_mul(0x1656_67b1_9e37_79f9);
    let first = (mixed >> 44) as usize;
    (0..SLOTS).map(move |step| (first + step) % SLOTS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_told_apart() {
        let words: Vec<String> = (0..3_000).map(|n| format!("word{n}")).collect();
        let vocabulary = Vocabulary::of(words.iter().map(String::as_str));
        let mut codes: Vec<Code> = words
            .iter()
            .map(|word| vocabulary.code(&Key::of(word.as_bytes()).unwrap()).unwrap())
            .collect();
        assert!(
            codes
                .iter()
                .all(|[first, second]| *first >= 0x80 && (1..0x80).contains(second))
        );
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), words.len());
        assert_eq!(vocabulary.code(&Key::of(b"word3000").unwrap()), None);
        assert_eq!(Key::of(b"a word of more than twenty-four bytes"), None);
    }

    proptest! {
        #[test]
        fn letters_of_a_text_are_a_word(text in "([a-zA-Z0-9]{0,30}|\\PC{0,3}|(?s:.){0,3}){0,3}") {
            let length = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
            let lower = text.get(..length).unwrap().to_lowercase();
            prop_assert_eq!(Key::at(text.as_bytes()), (Key::of(lower.as_bytes()), length));
        }
    }
}
