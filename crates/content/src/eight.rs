//! Eight bytes of a text at once.
//!
//! How long the next word is cannot be guessed, and a processor that guesses wrong loses more time
//! than it takes to ask eight bytes what they are.

/// Eight bytes, the first lowest; of the end of a text, with zeros behind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Eight(u64);

/// The high bit of every byte.
const HIGH: u64 = all(0x80);

const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

impl Eight {
    /// What a text begins with.
    #[inline]
    pub(crate) fn of(text: &[u8]) -> Self {
        Eight(match text.first_chunk::<8>() {
            Some(eight) => u64::from_le_bytes(*eight),
            None => text
                .iter()
                .rev()
                .fold(0, |number, byte| number << 8 | u64::from(*byte)),
        })
    }

    /// The ASCII letters it begins with, in lower case, and how many they are.
    #[inline]
    pub(crate) fn letters(self) -> (u64, usize) {
        let small = self.0 | all(0x20);
        let letters = within(small, b'a', b'z');
        head(small, letters & !self.0)
    }

    /// The ASCII letters and digits it begins with, in lower case, and how many they are.
    #[inline]
    pub(crate) fn letters_and_digits(self) -> (u64, usize) {
        // The bit that makes a capital small is already set in every digit.
        head(self.0 | all(0x20), self.words() & !self.0)
    }

    /// The high bit of each byte that is an ASCII digit.
    #[inline]
    pub(crate) fn digits(self) -> u64 {
        within(self.0, b'0', b'9') & !self.0 & HIGH
    }

    /// The high bit of each byte of a letter or a digit, of whatever script.
    #[inline]
    pub(crate) fn words(self) -> u64 {
        let small = self.0 | all(0x20);
        (within(small, b'a', b'z') | within(self.0, b'0', b'9') | self.0) & HIGH
    }
}

/// One bit for each of up to 64 bytes, the first lowest, from what is marked in each eight of them.
#[inline]
pub(crate) fn marks(text: &[u8], marked: impl Fn(Eight) -> u64) -> u64 {
    // Each high bit goes to a bit of the highest byte of its own.
    const GATHER: u64 = 0x0002_0408_1020_4081;
    let bits = |eight: Eight| marked(eight).wrapping_mul(GATHER) >> 56;
    let (eights, rest) = text.as_chunks();
    let last = bits(Eight::of(rest));
    eights.iter().rev().fold(last, |behind, eight| {
        behind << 8 | bits(Eight(u64::from_le_bytes(*eight)))
    })
}

/// The high bit of each byte that is from `first` to `last`, both ASCII, whatever its own high bit.
const fn within(bytes: u64, first: u8, last: u8) -> u64 {
    let low = bytes & !HIGH;
    (low + all(0x80 - first)) & !(low + all(0x7f - last))
}

/// The bytes before the first one that is not marked by its high bit.
const fn head(bytes: u64, marked: u64) -> (u64, usize) {
    let n = (!marked & HIGH).trailing_zeros() / 8;
    let kept = match u64::MAX.checked_shl(8 * n) {
        Some(beyond) => !beyond,
        None => u64::MAX,
    };
    (bytes & kept, n as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_what_one_byte_after_another_is(
            text in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(&b"azAZ09@[`{/:"[..])], 0..12),
        ) {
            let check = |(number, n): (u64, usize), inside: fn(&u8) -> bool| {
                let expected: Vec<u8> = text.iter().take(8).take_while(|byte| inside(byte)).map(u8::to_ascii_lowercase).collect();
                let found = number.to_le_bytes();
                prop_assert_eq!(&found[..n], &*expected);
                prop_assert!(found[n..].iter().all(|byte| *byte == 0));
                Ok(())
            };
            check(Eight::of(&text).letters(), u8::is_ascii_alphabetic)?;
            check(Eight::of(&text).letters_and_digits(), u8::is_ascii_alphanumeric)?;
        }

        #[test]
        fn marks_are_in_the_order_of_the_text(
            text in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(&b"azAZ09@[`{/:"[..])], 0..=64),
        ) {
            let check = |marks: u64, inside: fn(&u8) -> bool| {
                let expected = text.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(inside(byte)));
                prop_assert_eq!(marks, expected);
                Ok(())
            };
            check(marks(&text, Eight::digits), u8::is_ascii_digit)?;
            check(marks(&text, Eight::words), |byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)?;
        }
    }
}
