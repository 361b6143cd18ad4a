//! The words our phrases are made of, each with a number.
//!
//! Most words of an ordinary letter stand in no phrase. Knowing that from one probe of a small
//! table keeps the search for phrases off them.

use crate::eight::Eight;

/// Bytes of the longest word that can be known. 24: the longest in any phrase has 16.
pub(super) const LONGEST: usize = 24;

/// Spellings that can be known: half the slots, and fewer than two bytes of seven bits number.
const MOST: usize = SLOTS / 2;

/// Slots of the table. 2^14, for some 3,000 spellings: four probes of five for an unknown word end
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

    /// Whether they are the same. By halves and wholes of it `==` would wait for what was just written.
    #[inline]
    fn is(&self, other: &Key) -> bool {
        let (Key([a, b, c]), Key([x, y, z])) = (self, other);
        (a ^ x) | (b ^ y) | (c ^ z) == 0
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

/// How the word of that number is written; numbers begin at 1.
fn code_of(number: u16) -> Code {
    [0x80 | (number / 127) as u8, (number % 127 + 1) as u8]
}

/// How every unknown word is written.
pub(super) const UNKNOWN: u8 = 0;

/// What is no word's code.
pub(super) const UNKNOWN_CODE: Code = [UNKNOWN; 2];

/// Numbered words.
pub(super) struct Vocabulary {
    /// The place of the spelling in each slot, plus one; 0 where there is none.
    slots: Vec<u16>,
    /// Spellings, each with the code of the word it is one of.
    spellings: Vec<(Key, Code)>,
    n_words: u16,
}

impl Vocabulary {
    /// Numbers every different word. One too long to be known is left out.
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Vocabulary {
        let mut vocabulary = Vocabulary {
            slots: vec![0; SLOTS],
            spellings: Vec::new(),
            n_words: 0,
        };
        for key in words.filter_map(|word| Key::of(word.as_bytes())) {
            let code = code_of(vocabulary.n_words + 1);
            vocabulary.n_words += u16::from(vocabulary.insert(key, code));
        }
        vocabulary
    }

    /// Knows a word by other spellings too, except for those that are words of their own.
    pub(super) fn respell(&mut self, word: &str, spellings: impl Iterator<Item = String>) {
        let code = Key::of(word.as_bytes()).and_then(|key| self.code(&key));
        for spelling in spellings {
            if let (Some(key), Some(code)) = (Key::of(spelling.as_bytes()), code) {
                self.insert(key, code);
            }
        }
    }

    /// Whether the key was new, and there was room.
    fn insert(&mut self, key: Key, code: Code) -> bool {
        if self.code(&key).is_some() || self.spellings.len() >= MOST {
            return false;
        }
        self.spellings.push((key, code));
        let is_free = |slot: &usize| self.slots.get(*slot).is_some_and(|&place| place == 0);
        let free = probes(&key).find(is_free);
        if let Some(slot) = free.and_then(|slot| self.slots.get_mut(slot)) {
            *slot = self.spellings.len() as u16;
        }
        true
    }

    /// How a word is written, if it is known.
    #[inline]
    pub(super) fn code(&self, key: &Key) -> Option<Code> {
        for slot in probes(key) {
            let place = usize::from(*self.slots.get(slot)?).checked_sub(1)?;
            let (spelling, code) = self.spellings.get(place)?;
            if spelling.is(key) {
                return Some(*code);
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
