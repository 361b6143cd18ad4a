//! A text as a stream of plain words, so that a phrase is found however it was typed.
//!
//! Words are lower case; apostrophes inside words vanish (`don't` is `dont`), a number is `#`,
//! any currency sign is `$`, `%` and `&` are words of their own (`&` as `and`). The end of a
//! sentence and an empty line are the word `.`, so that no phrase reaches across them. A word
//! is written as its [`Code`](super::vocabulary::Code), and the way back to the original is
//! kept for every word.

use std::ops::Range;

use super::openings::{Openings, Start, Starts};
use super::vocabulary::{Code, Key, LONGEST, UNKNOWN, Vocabulary};

/// One folded word and where it came from. `u32`: no more than a mebibyte is read.
struct Word {
    at: u32,
    from: u32,
    to: u32,
}

/// Folded words, with the way back.
pub(super) struct Folded {
    words: Vec<Word>,
    /// Where sentences end, as offsets in `stream`.
    ends: Vec<u32>,
    stream: Vec<u8>,
    starts: Starts,
}

/// Words after which a full stop ends no sentence.
const ABBREVIATIONS: [&str; 17] = [
    "no", "nos", "mr", "mrs", "ms", "dr", "cllr", "ref", "st", "tel", "ext", "eg", "ie", "approx",
    "vs", "sec", "para",
];

/// ASCII letters to lower case, digits to themselves, all else to 0.
const WORD: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

impl Folded {
    /// An empty stream with room for what folds from `bytes` bytes.
    pub(super) fn with_room(bytes: usize) -> Folded {
        Folded {
            words: Vec::with_capacity(bytes / 5 + 8),
            ends: Vec::with_capacity(bytes / 64 + 4),
            stream: Vec::with_capacity(bytes / 3 + 16),
            starts: Starts::default(),
        }
    }

    /// The codes of the folded words.
    pub(super) fn stream(&self) -> &[u8] {
        &self.stream
    }

    /// Where a phrase may begin in them.
    pub(super) fn starts(&self) -> &[Start] {
        self.starts.found()
    }

    /// How many words, numbers and marks there are.
    pub(super) fn n_words(&self) -> usize {
        self.words.len()
    }

    /// The number of the sentence that holds a place of the stream.
    pub(super) fn sentence(&self, at: usize) -> usize {
        self.ends.partition_point(|&end| (end as usize) <= at)
    }

    /// How many words begin before a place of the stream.
    pub(super) fn words_before(&self, at: usize) -> usize {
        self.words.partition_point(|word| (word.at as usize) < at)
    }

    /// Where a word by its number stands: in the stream, and in the text.
    pub(super) fn word(&self, number: usize) -> Option<(usize, Range<usize>)> {
        let word = self.words.get(number)?;
        Some((word.at as usize, word.from as usize..word.to as usize))
    }

    /// Where the words between two places of the stream stood in the text.
    pub(super) fn original(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.words.get(self.words_before(start));
        let last = self
            .words_before(end)
            .checked_sub(1)
            .and_then(|i| self.words.get(i));
        let from = first.map_or(0, |word| word.from as usize);
        (from, last.map_or(from, |word| (word.to as usize).max(from)))
    }

    /// Folds a text onto the end of the stream and ends the sentence.
    pub(super) fn push(&mut self, text: &str, vocabulary: &Vocabulary, openings: &Openings) {
        Folding {
            text,
            bytes: text.as_bytes(),
            vocabulary,
            openings,
            folded: self,
        }
        .all();
    }
}

/// A text on its way into a stream.
struct Folding<'a> {
    text: &'a str,
    bytes: &'a [u8],
    vocabulary: &'a Vocabulary,
    openings: &'a Openings,
    folded: &'a mut Folded,
}

impl Folding<'_> {
    fn all(mut self) {
        let mut at = 0;
        let mut newlines = 0;
        while let Some(&byte) = self.bytes.get(at) {
            if WORD[usize::from(byte)] != 0 {
                newlines = 0;
                at = if byte.is_ascii_digit() {
                    self.number(at)
                } else {
                    self.word(at)
                };
                continue;
            }
            at = match byte {
                b' ' | b'\t' | b'\r' => at + 1,
                b'\n' => {
                    newlines += 1;
                    if newlines == 2 {
                        self.end_sentence();
                    }
                    at + 1
                }
                b'%' => self.mark("%", at, at + 1),
                b'$' => self.mark("$", at, at + 1),
                b'&' => self.mark("and", at, at + 1),
                b'.' | b'!' | b'?' => self.stop(byte, at),
                128.. => self.beyond_ascii(at),
                _ => at + 1,
            };
        }
        self.end_sentence();
    }

    fn word(&mut self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let (key, length) = Key::at(rest);
        if matches!(rest.get(length), Some(b'\'' | 128..)) {
            return self.mixed_word(from);
        }
        let code = key.and_then(|key| self.vocabulary.code(&key));
        self.write(code, from, from + length)
    }

    /// A word with an apostrophe or a letter beyond ASCII in it.
    fn mixed_word(&mut self, from: usize) -> usize {
        let mut word = Vec::with_capacity(LONGEST);
        let mut is_ascii = true;
        let mut at = from;
        while let Some(&byte) = self.bytes.get(at) {
            let folded = WORD[usize::from(byte)];
            if folded != 0 {
                if word.len() <= LONGEST {
                    word.push(folded);
                }
                at += 1;
                continue;
            }
            match self.inside_word(at) {
                Inside::Apostrophe(width) => at += width,
                Inside::Letter(width) => {
                    is_ascii = false;
                    at += width;
                }
                Inside::End => break,
            }
        }
        // No phrase has a letter beyond ASCII.
        let key = if is_ascii { Key::of(&word) } else { None };
        let code = key.and_then(|key| self.vocabulary.code(&key));
        self.write(code, from, at)
    }

    fn inside_word(&self, at: usize) -> Inside {
        let Some(character) = self.char_at(at) else {
            return Inside::End;
        };
        let width = character.len_utf8();
        let next = self.bytes.get(at + width);
        match character {
            '\'' | '\u{2018}' | '\u{2019}' if next.is_some_and(u8::is_ascii_alphabetic) => {
                Inside::Apostrophe(width)
            }
            letter if letter.is_alphanumeric() => Inside::Letter(width),
            _ => Inside::End,
        }
    }

    fn number(&mut self, from: usize) -> usize {
        let is_digit = |at: usize| self.bytes.get(at).is_some_and(u8::is_ascii_digit);
        let is_mark = |at: usize| matches!(self.bytes.get(at), Some(b'.' | b',' | b':'));
        let mut at = from + 1;
        while is_digit(at) || (is_mark(at) && is_digit(at + 1)) {
            at += 1;
        }
        self.mark("#", from, at)
    }

    fn stop(&mut self, byte: u8, at: usize) -> usize {
        let next = self.bytes.get(at + 1);
        let closes = next.is_none_or(|b| b.is_ascii_whitespace() || b"\"')".contains(b));
        if closes && (byte != b'.' || !self.after_abbreviation()) {
            self.end_sentence();
        }
        at + 1
    }

    fn after_abbreviation(&self) -> bool {
        let Some(word) = self.folded.words.last() else {
            return false;
        };
        let word = self
            .text
            .get(word.from as usize..word.to as usize)
            .unwrap_or_default();
        word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic())
            || ABBREVIATIONS
                .iter()
                .any(|one| one.eq_ignore_ascii_case(word))
    }

    fn beyond_ascii(&mut self, at: usize) -> usize {
        let Some(character) = self.char_at(at) else {
            return at + 1;
        };
        match character {
            '£' | '€' => self.mark("$", at, at + character.len_utf8()),
            letter if letter.is_alphanumeric() => self.mixed_word(at),
            _ => at + character.len_utf8(),
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|rest| rest.chars().next())
    }

    fn mark(&mut self, mark: &str, from: usize, to: usize) -> usize {
        let key = Key::of(mark.as_bytes());
        let code = key.and_then(|key| self.vocabulary.code(&key));
        self.write(code, from, to)
    }

    fn write(&mut self, code: Option<Code>, from: usize, to: usize) -> usize {
        let at = self.folded.stream.len();
        match code {
            Some(code) => {
                self.folded.stream.extend_from_slice(&code);
                self.folded.starts.known(code, at, self.openings);
            }
            None => {
                self.folded.stream.push(UNKNOWN);
                self.folded.starts.unknown();
            }
        }
        self.folded.words.push(Word {
            at: at as u32,
            from: from as u32,
            to: to as u32,
        });
        to
    }

    /// No phrase holds the end of a sentence, so it is written as an unknown word is.
    fn end_sentence(&mut self) {
        let end = self.folded.stream.len() as u32;
        if end > 0 && self.folded.ends.last() != Some(&end) {
            self.folded.stream.push(UNKNOWN);
            self.folded.ends.push(end + 1);
            self.folded.starts.unknown();
        }
    }
}

/// What a byte that is no ASCII letter is to the word before it.
enum Inside {
    Apostrophe(usize),
    Letter(usize),
    End,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Folds with a vocabulary of the expected words, `_` being an unknown one.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let vocabulary = Vocabulary::of(expected.split(' ').filter(|word| *word != "_"));
        let mut folded = Folded::with_room(text.len());
        folded.push(text, &vocabulary, &Openings::of([].into_iter()));
        let mut stream = Vec::new();
        for word in expected.split(' ').filter(|word| !word.is_empty()) {
            let code = Key::of(word.as_bytes()).and_then(|key| vocabulary.code(&key));
            match code {
                Some(code) if word != "." => stream.extend(code),
                _ => stream.push(UNKNOWN),
            }
        }
        assert_eq!(folded.stream(), stream, "{text}");
    }

    #[test]
    fn words_are_plain() {
        check("Don\u{2019}t  STOP", "dont stop .");
        check("the council's bins", "the councils bins .");
        check("It's 'quoted' text", "its quoted text .");
        check("opt-in & opt\nout", "opt in and opt out .");
        check("Café Zoë opens", "_ _ opens .");
        check("", "");
    }

    #[test]
    fn numbers_and_money_are_signs() {
        check("£1,250.00 or $5 or €7", "$ # or $ # or $ # .");
        check("save 20% by 12:30 in 2023/24", "save # % by # in # # .");
        check("A4 paper, 1st class", "a4 paper # st class .");
    }

    #[test]
    fn sentences_end() {
        check("One. Two! Three?\n\nFour", "one . two . three . four .");
        check("order no. 12 of Mr. Cole", "order no # of mr cole .");
        check(
            "see www.example.org/a.b now...",
            "see www example org a b now .",
        );
        check("line\nline", "line line .");
    }

    #[test]
    fn the_way_back_is_kept() {
        let text = "See the Council\u{2019}s  £1,250 offer.";
        let mut folded = Folded::with_room(text.len());
        let vocabulary = Vocabulary::of(["councils"].into_iter());
        folded.push(text, &vocabulary, &Openings::of([].into_iter()));
        // Two unknown words, a known one of two bytes, two marks.
        let (from, to) = folded.original(2, 6);
        assert_eq!(text.get(from..to), Some("Council\u{2019}s  £1,250"));
    }
}
