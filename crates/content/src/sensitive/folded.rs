//! A text as the patterns read it: digits, letters and dashes in their plain form, nothing
//! invisible between them, and a way back to the text as it was given.

use std::borrow::Cow;
use std::ops::Range;

/// A text folded for matching.
pub(super) struct Folded<'t> {
    /// What patterns are matched against.
    pub(super) text: Cow<'t, str>,
    /// Places from which the two texts run in step again: (here, in the original), both rising.
    steps: Vec<(usize, usize)>,
    original: &'t str,
}

impl<'t> Folded<'t> {
    /// Folds a text; without anything to fold it is borrowed as it is.
    pub(super) fn of(text: &'t str) -> Self {
        let whole = Folded {
            text: Cow::Borrowed(text),
            steps: Vec::new(),
            original: text,
        };
        if text.is_ascii()
            || text
                .chars()
                .all(|c| c.is_ascii() || plain(c) == Plain::Same)
        {
            return whole;
        }
        let mut folded = String::with_capacity(text.len());
        let mut steps = Vec::new();
        for (at, c) in text.char_indices() {
            match plain(c) {
                Plain::Same => folded.push(c),
                Plain::As(plain) => {
                    steps.push((folded.len(), at));
                    folded.push(plain);
                    steps.push((folded.len(), at + c.len_utf8()));
                }
                Plain::Nothing => steps.push((folded.len(), at + c.len_utf8())),
            }
        }
        Folded {
            text: Cow::Owned(folded),
            steps,
            ..whole
        }
    }

    /// A range of the folded text as a range of the original, on its character boundaries.
    ///
    /// The end is where the last character ends, not where the next begins: what is invisible
    /// between them is not part of the match.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.place(span.start);
        let last = self
            .text
            .get(..span.end)
            .and_then(|text| text.char_indices().next_back());
        let last = self.place(last.map_or(0, |(at, _)| at));
        let length = self
            .original
            .get(last..)
            .and_then(|rest| rest.chars().next());
        start..(last + length.map_or(0, char::len_utf8)).max(start)
    }

    /// Where a character of the folded text stands in the original.
    fn place(&self, at: usize) -> usize {
        let step = self.steps.partition_point(|&(here, _)| here <= at);
        match step
            .checked_sub(1)
            .and_then(|before| self.steps.get(before))
        {
            Some(&(here, there)) => there + (at - here),
            None => at,
        }
    }
}

#[derive(PartialEq)]
enum Plain {
    Same,
    As(char),
    Nothing,
}

/// The plain form of one character.
fn plain(c: char) -> Plain {
    match c {
        '\0'..='\x7f' => Plain::Same,
        // Invisible: soft hyphen, zero-width and direction marks, word joiner, byte order mark.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{feff}' => Plain::Nothing,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => {
            Plain::Nothing
        }
        '\u{fe00}'..='\u{fe0f}' => Plain::Nothing,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            Plain::As(' ')
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => Plain::As('-'),
        '\u{2018}' | '\u{2019}' => Plain::As('\''),
        // Full-width forms of the printable ASCII characters lie in the same order.
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(c as u32 - 0xff01 + 0x21).map_or(Plain::Same, Plain::As)
        }
        _ => digit(c).map_or(Plain::Same, Plain::As),
    }
}

/// Where the decimal digits of other scripts begin: each block is ten in order.
const ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0,
    0x11066, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1fbf0,
];

fn digit(c: char) -> Option<char> {
    if (c as u32) < 0x660 {
        return None;
    }
    let block = ZEROS
        .partition_point(|&zero| zero <= c as u32)
        .checked_sub(1)?;
    char::from_digit((c as u32).checked_sub(*ZEROS.get(block)?)?, 10)
}
