//! Finds the places in a text where a number of any kind stands, and reads one with its usual
//! groupings taken away.
//!
//! What identifiers have in common is here: letters and digits in groups, with spaces and hyphens
//! between them. What a number means, and whether it stands by itself, is asked elsewhere.

use std::ops::Range;

use crate::eight::Eight;

/// Longest identifier with room to see that it ends: an IBAN has 34 characters.
const LONGEST: usize = 36;

/// Tokens longer than this are keys or encoded data, not identifiers.
const LONGEST_TOKEN: usize = 40;

/// Group sizes: bit `n` says that a group may end after `n` characters.
pub(super) type Cuts = u64;

/// The cuts after the given numbers of characters.
pub(super) const fn cuts(after: &[u32]) -> Cuts {
    let mut bits = 0;
    let mut n = 0;
    while n < after.len() {
        bits |= 1 << after[n];
        n += 1;
    }
    bits
}

/// A run of letters and digits read without the separators between its groups.
pub(super) struct Number {
    chars: [u8; LONGEST],
    start: usize,
    /// How far behind the start each character stands; three bytes of separator at most lie
    /// between two of them.
    at: [u8; LONGEST],
    len: usize,
    /// Groups ended by a space.
    spaces: Cuts,
    /// Groups ended by a hyphen.
    hyphens: Cuts,
    /// Groups ended by a full stop.
    dots: Cuts,
    /// Groups ended by a hyphen between spaces.
    dashes: Cuts,
    /// Whether the text goes on without a break after the last character read.
    unfinished: bool,
}

/// The first characters of a [`Number`] that stand for themselves.
#[derive(Clone, Copy)]
pub(super) struct Taken<'n> {
    /// Letters in upper case, and digits.
    pub(super) chars: &'n [u8],
    /// Where it begins.
    pub(super) start: usize,
    /// Behind its last character.
    pub(super) end: usize,
    /// Where its groups end.
    pub(super) groups: Cuts,
    /// Whether groups are set apart by spaces.
    pub(super) spaced: bool,
    /// Whether groups are set apart by hyphens.
    pub(super) hyphened: bool,
}

impl Number {
    /// Reads from a place where letters or digits begin.
    pub(super) fn read(text: &[u8], start: usize) -> Self {
        let mut number = Number {
            chars: [0; LONGEST],
            start,
            at: [0; LONGEST],
            len: 0,
            spaces: 0,
            hyphens: 0,
            dots: 0,
            dashes: 0,
            unfinished: false,
        };
        let mut at = start;
        while let Some(&byte) = text.get(at) {
            if !byte.is_ascii_alphanumeric() {
                let next = text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
                let cut = 1 << number.len;
                match byte {
                    b' ' if next => number.spaces |= cut,
                    b'-' if next => number.hyphens |= cut,
                    b'.' if next => number.dots |= cut,
                    b' ' if text.get(at..at + 3) == Some(b" - ") => {
                        number.dashes |= cut;
                        at += 2;
                    }
                    _ => break,
                }
                at += 1;
                continue;
            }
            let (Some(char), Some(place)) = (
                number.chars.get_mut(number.len),
                number.at.get_mut(number.len),
            ) else {
                number.unfinished = true;
                break;
            };
            (*char, *place) = (byte.to_ascii_uppercase(), (at - start) as u8);
            number.len += 1;
            at += 1;
        }
        // A letter of another script, an underscore or the like goes on with the word.
        number.unfinished |= text
            .get(at)
            .is_some_and(|&byte| byte >= 0x80 || byte == b'_');
        number
    }

    /// From the first character read to the last.
    pub(super) fn span(&self) -> Range<usize> {
        let last = self.len.checked_sub(1).and_then(|last| self.at.get(last));
        self.start..self.start + last.map_or(0, |last| usize::from(*last) + 1)
    }

    /// How many characters the first group has.
    pub(super) fn group(&self) -> usize {
        let ends = self.all_cuts();
        self.len.min(ends.trailing_zeros() as usize)
    }

    /// How many letters and digits were read.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The first characters, wherever groups end.
    pub(super) fn head(&self, length: usize) -> Option<&[u8]> {
        self.chars.get(..self.len)?.get(..length)
    }

    /// The first `length` characters, if they end where a group ends and are grouped only as
    /// allowed: in one piece, or with any of `allowed` cuts.
    pub(super) fn take(&self, length: usize, allowed: Cuts) -> Option<Taken<'_>> {
        self.taken(length, allowed, self.spaces | self.hyphens)
    }

    fn all_cuts(&self) -> Cuts {
        self.spaces | self.hyphens | self.dots | self.dashes
    }

    /// As [`take`](Self::take), with full stops and spaced hyphens as separators too.
    pub(super) fn take_loosely(&self, length: usize, allowed: Cuts) -> Option<Taken<'_>> {
        self.taken(length, allowed, self.all_cuts())
    }

    fn taken(&self, length: usize, allowed: Cuts, separators: Cuts) -> Option<Taken<'_>> {
        let within = (1 << length) - 1;
        let all = self.all_cuts();
        let ends = match length.cmp(&self.len) {
            std::cmp::Ordering::Less => all >> length & 1 == 1,
            std::cmp::Ordering::Equal => !self.unfinished,
            std::cmp::Ordering::Greater => false,
        };
        let grouped = all & within;
        if !ends || grouped & !allowed != 0 || grouped & !separators != 0 {
            return None;
        }
        let last = self.start + usize::from(*self.at.get(length.checked_sub(1)?)?);
        Some(Taken {
            chars: self.chars.get(..length)?,
            start: self.start,
            end: last + 1,
            groups: grouped,
            spaced: grouped & self.spaces != 0,
            hyphened: grouped & self.hyphens != 0,
        })
    }
}

/// Places where an identifier may begin: each token with a digit, and a token of letters (five
/// at most: the longest first group, of a driving licence) right before one.
pub(super) fn starts(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut at = 0;
    let mut behind = 0;
    let mut pending = None;
    std::iter::from_fn(move || {
        if let Some(start) = pending.take() {
            return Some(start);
        }
        loop {
            let digit = at + first_digit(text.get(at..)?)?;
            let start = token_start(text, digit, behind);
            let length = text
                .get(digit..)?
                .iter()
                .position(|byte| !byte.is_ascii_alphanumeric());
            let end = length.map_or(text.len(), |length| digit + length);
            let floor = behind;
            (at, behind) = (end, end);
            if end - start > LONGEST_TOKEN {
                continue;
            }
            let letters = start.checked_sub(1).filter(|&gap| {
                gap > floor
                    && text
                        .get(gap)
                        .is_some_and(|byte| matches!(byte, b' ' | b'-'))
            });
            let first = letters.map(|gap| token_start(text, gap, gap.saturating_sub(6).max(floor)));
            match (first, letters) {
                (Some(first), Some(gap)) if first < gap && gap - first <= 5 => {
                    pending = Some(start);
                    return Some(first);
                }
                _ => return Some(start),
            }
        }
    })
}

/// Where the first digit stands.
fn first_digit(text: &[u8]) -> Option<usize> {
    let eights = text.chunks(8).map(|eight| Eight::of(eight).digits());
    let (n, digits) = eights.enumerate().find(|(_, digits)| *digits != 0)?;
    Some(8 * n + digits.trailing_zeros() as usize / 8)
}

/// Where the letters and digits that end before `end` begin, not looking before `floor`.
fn token_start(text: &[u8], end: usize, floor: usize) -> usize {
    let before = text.get(floor..end).unwrap_or_default();
    let length = before
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    end - length
}
