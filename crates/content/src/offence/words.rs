//! Words as they are compared, and the breaks between them.
//!
//! A word is read once and folded for comparison only: case, accents, letters of other alphabets
//! that look alike, `sh1t` and `b@stard`, `stooopid`, and characters nobody sees. Offsets stay
//! those of the text as given. What cannot be folded to a letter a-z becomes `~`: the text is
//! judged as English.

use std::ops::Range;

use super::features::{key, key_of_eights};
use crate::eight::Eight;

/// Bytes of a folded word; what is longer is a link or a blob and is not read as a word.
pub(super) const LONGEST: usize = 40;

/// Words in one sentence; a longer one is judged in pieces, so that lists and run-on text cannot
/// thin out what one clause says.
pub const WORDS_IN_SENTENCE: u32 = 48;

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Break {
    /// Same sentence.
    None,
    /// A full stop, or a line that ends early.
    Sentence,
    /// A blank line.
    Paragraph,
}

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const HIGH: u8 = 3;
const NEWLINE: u8 = 4;
const STOP: u8 = 5;
const SIGN: u8 = 6;

const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' => DIGIT,
            0x80.. => HIGH,
            b'\n' => NEWLINE,
            b'.' | b'!' | b'?' => STOP,
            b'@' | b'$' => SIGN,
            _ => 0,
        };
        byte += 1;
    }
    class
};

/// Bytes that always end a word, whatever comes behind them.
const ENDS_WORD: [bool; 256] = {
    let mut ends = [true; 256];
    let mut byte = 0;
    while byte < 256 {
        ends[byte] = !matches!(byte as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'\'' | b'*'
            | b'@' | b'$' | b'!' | 0x80..);
        byte += 1;
    }
    ends
};

/// Reads a text word by word.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    line_start: usize,
    letters: [u8; LONGEST],
    len: usize,
    key: u64,
}

impl<'a> Reader<'a> {
    /// At the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Reader {
            text,
            at: 0,
            line_start: 0,
            letters: [0; LONGEST],
            len: 0,
            key: 0,
        }
    }

    /// The [`key`] of the word just read.
    pub fn key(&self) -> u64 {
        self.key
    }

    /// The word just read, folded: a-z, `~`, digits that stand for no letter, `*` for what was
    /// masked; `0` for a number.
    pub fn letters(&self) -> &[u8] {
        self.letters.get(..self.len).unwrap_or_default()
    }

    /// Goes to where a word that was read begins, to read it again.
    pub(super) fn back_to(&mut self, start: usize) {
        self.at = start;
    }

    /// The next word's place, and what came before it.
    pub fn next_word(&mut self) -> Option<(Range<usize>, Break)> {
        let bytes = self.text.as_bytes();
        let mut found = Break::None;
        // What nearly always stands here.
        self.at += usize::from(bytes.get(self.at) == Some(&b' '));
        loop {
            let start = self.at;
            let byte = *bytes.get(start)?;
            let end = match CLASS[usize::from(byte)] {
                LETTER => self
                    .simple(start)
                    .or_else(|| self.plain(start))
                    .or_else(|| self.careful(start)),
                0 => None,
                NEWLINE => {
                    found = found.max(self.line_break(start));
                    self.line_start = start + 1;
                    None
                }
                STOP => {
                    if bytes
                        .get(start + 1)
                        .is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b',')
                    {
                        found = found.max(Break::Sentence);
                    }
                    None
                }
                SIGN if !bytes.get(start + 1).is_some_and(u8::is_ascii_alphabetic)
                    || start
                        .checked_sub(1)
                        .and_then(|before| bytes.get(before))
                        .is_some_and(u8::is_ascii_alphanumeric) =>
                {
                    None
                }
                _ => self.careful(start),
            };
            match end {
                Some(end) => {
                    self.at = end;
                    if bytes.get(end) == Some(&b':') {
                        self.skip_link(end);
                    }
                    if self.len > 0 {
                        return Some((start..end, found));
                    }
                }
                None if byte >= 0x80 => {
                    self.at += self
                        .text
                        .get(start..)
                        .and_then(|rest| rest.chars().next())
                        .map_or(1, char::len_utf8);
                }
                None => self.at += 1,
            }
        }
    }

    /// The rest of `https://…` is no text.
    fn skip_link(&mut self, colon: usize) {
        let rest = self.text.as_bytes().get(colon..).unwrap_or_default();
        if rest.starts_with(b"://") {
            self.at += rest
                .iter()
                .take_while(|byte| !byte.is_ascii_whitespace() && **byte < 0x80)
                .count();
        }
    }

    /// Letters and then nothing that could be of the word, which is nearly every word. `None`: it
    /// needs a closer look.
    #[inline]
    fn simple(&mut self, start: usize) -> Option<usize> {
        let rest = self.text.as_bytes().get(start..)?;
        let mut eights = [0; LONGEST / 8];
        let mut len = 0;
        for (eight, to) in eights.iter_mut().zip(self.letters.as_chunks_mut().0) {
            let n;
            (*eight, n) = Eight::of(rest.get(len..)?).letters();
            *to = eight.to_le_bytes();
            len += n;
            if n < 8 {
                break;
            }
        }
        if !rest
            .get(len)
            .is_none_or(|byte| ENDS_WORD[usize::from(*byte)])
        {
            return None;
        }
        self.len = len;
        let [first, ..] = eights;
        let has_run = match len {
            ..8 => has_run(first),
            _ => self
                .letters()
                .windows(3)
                .any(|w| w[0] == w[1] && w[1] == w[2]),
        };
        if has_run {
            return None;
        }
        self.key = key_of_eights(&eights, len);
        Some(start + len)
    }

    /// Letters and apostrophes only. `None`: something else is in it.
    fn plain(&mut self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = start;
        let mut letters = Folding::new(&mut self.letters);
        loop {
            match bytes.get(at) {
                Some(byte) if byte.is_ascii_alphabetic() => letters.push(byte | 0x20),
                Some(b'\'') if bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => (),
                Some(b'0'..=b'9' | b'*' | 0x80..) => return None,
                Some(b'@' | b'$' | b'!')
                    if bytes
                        .get(at + 1)
                        .is_some_and(|next| next.is_ascii_alphabetic() || *next == b'$') =>
                {
                    return None;
                }
                _ => break,
            }
            at += 1;
        }
        self.len = letters.finish();
        self.key = key(self.letters());
        Some(at)
    }

    /// Any word. `None`: no word starts here after all.
    fn careful(&mut self, start: usize) -> Option<usize> {
        let rest = self.text.get(start..)?;
        let mut raw = [0u8; 2 * LONGEST];
        let mut len = 0;
        let mut end = start;
        let mut chars = rest.char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            let letter_next = next.is_some_and(char::is_alphabetic);
            let folded = match c {
                'a'..='z' | '0'..='9' => c as u8,
                'A'..='Z' => c as u8 | 0x20,
                '\'' | '\u{2019}' if len > 0 && letter_next => 0,
                '@' if letter_next && !is_address(raw.get(..len), rest.get(offset + 1..)) => b'@',
                '$' if letter_next || next == Some('$') => b'$',
                '!' if letter_next && (1..4).contains(&len) => b'!',
                '*' if len > 0 => b'*',
                _ if is_unseen(c) => 0,
                _ if c.is_ascii() => break,
                _ => match fold(c) {
                    Some(folded) => folded,
                    None if c.is_alphabetic() => b'~',
                    None => break,
                },
            };
            end = start + offset + c.len_utf8();
            if folded != 0 {
                // A blob: read to its end, keep its start.
                if let Some(slot) = raw.get_mut(len) {
                    *slot = folded;
                    len += 1;
                }
            }
        }
        if end == start {
            return None;
        }
        self.settle(raw.get(..len).unwrap_or_default());
        Some(end)
    }

    /// Decides what the digits and signs within a word stand for.
    fn settle(&mut self, raw: &[u8]) {
        let mut raw = raw;
        // Emphasis such as `*this*`, but not `f**`.
        if raw.ends_with(b"*") && !raw.ends_with(b"**") {
            raw = raw.get(..raw.len() - 1).unwrap_or_default();
        }
        let n_letters = raw.iter().filter(|b| b.is_ascii_alphabetic()).count();
        let last_letter = raw.iter().rposition(u8::is_ascii_alphabetic);
        let starts_with_digit = raw.first().is_some_and(u8::is_ascii_digit);
        let mut letters = Folding::new(&mut self.letters);
        let digits_at_end = raw.last().is_some_and(u8::is_ascii_digit);
        if starts_with_digit || digits_at_end {
            // Numbers, dates, references, codes.
            letters.push(b'0');
        } else {
            for (at, byte) in raw.iter().enumerate() {
                let stands_for_letter =
                    n_letters * 2 >= raw.len() && last_letter.is_some_and(|last| at < last);
                letters.push(match byte {
                    b'@' => b'a',
                    b'$' => b's',
                    b'!' => b'i',
                    digit if stands_for_letter => leet(*digit),
                    other => *other,
                });
            }
        }
        self.len = letters.finish();
        self.key = key(self.letters());
    }

    /// What the line ending at `newline` does: text wrapped at some width goes on.
    fn line_break(&self, newline: usize) -> Break {
        let bytes = self.text.as_bytes();
        let line = bytes.get(self.line_start..newline).unwrap_or_default();
        let next = bytes.get(newline + 1..).unwrap_or_default();
        // Bounded: a long run of blanks is taken for a blank line.
        let first = next
            .iter()
            .take(80)
            .find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        match first {
            None | Some(b'\n') => Break::Paragraph,
            Some(b'>' | b'-' | b'*') => Break::Sentence,
            Some(_) => {
                let last = line
                    .iter()
                    .rev()
                    .take(80)
                    .find(|b| !b.is_ascii_whitespace());
                let goes_on = line.len() >= 45 && !matches!(last, Some(b':' | b';'));
                if goes_on {
                    Break::None
                } else {
                    Break::Sentence
                }
            }
        }
    }
}

/// A folded word being written: three or more of a letter in a row become one, or two for the
/// letters English doubles at the end of words.
struct Folding<'a> {
    to: &'a mut [u8; LONGEST],
    len: usize,
    run: usize,
    last: u8,
    too_long: bool,
}

impl<'a> Folding<'a> {
    fn new(to: &'a mut [u8; LONGEST]) -> Self {
        Folding {
            to,
            len: 0,
            run: 0,
            last: 0,
            too_long: false,
        }
    }

    fn push(&mut self, letter: u8) {
        if letter == self.last && letter != b'*' {
            self.run += 1;
            if self.run >= 2 {
                if self.run == 2 && !matches!(letter, b's' | b'l') {
                    self.len -= 1;
                }
                return;
            }
        } else {
            self.run = 0;
            self.last = letter;
        }
        match self.to.get_mut(self.len) {
            Some(slot) => {
                *slot = letter;
                self.len += 1;
            }
            None => self.too_long = true,
        }
    }

    fn finish(self) -> usize {
        if self.too_long { 0 } else { self.len }
    }
}

/// Whether any of eight letters, zeros behind them, occurs three times in a row.
fn has_run(letters: u64) -> bool {
    const LOW: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = LOW << 7;
    // A byte of these is zero where a letter is as the next, and as the two next.
    let pairs = letters ^ letters >> 8;
    let runs = pairs | pairs >> 8;
    // The zeros behind the word are no letters, which have the bit below the highest.
    runs.wrapping_sub(LOW) & !runs & HIGH & letters << 1 != 0
}

/// Whether `@` stands in a mail address or a name rather than for an `a`.
fn is_address(before: Option<&[u8]>, after: Option<&str>) -> bool {
    let before = before.map_or(0, <[u8]>::len);
    let after = after
        .unwrap_or_default()
        .bytes()
        .take(4)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    after >= 3 && before >= 3
}

fn leet(digit: u8) -> u8 {
    match digit {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'7' => b't',
        b'8' => b'b',
        other => other,
    }
}

/// Soft hyphen, zero-width and direction marks, variation selectors.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{0300}'..='\u{036f}')
}

/// The letter a-z that `c` looks like.
fn fold(c: char) -> Option<u8> {
    Some(match c {
        'à'..='å' | 'À'..='Å' | 'ā' | 'ă' | 'ą' | 'а' | 'А' | 'α' | 'Α' => b'a',
        'ß' => b's',
        'ç' | 'Ç' | 'ć' | 'č' | 'с' | 'С' => b'c',
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'ę' | 'ě' | 'е' | 'Е' | 'ё' | 'Ё' | 'ε' | 'Ε' => {
            b'e'
        }
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'ı' | 'і' | 'І' | 'ι' | 'Ι' => b'i',
        'ñ' | 'Ñ' | 'ń' | 'ň' | 'Ν' => b'n',
        'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ō' | 'ő' | 'о' | 'О' | 'ο' | 'Ο' | 'σ' => {
            b'o'
        }
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'ů' | 'υ' => b'u',
        'ý' | 'ÿ' | 'Ý' | 'у' | 'У' | 'γ' | 'Υ' => b'y',
        'В' | 'Β' => b'b',
        'ԁ' | 'ð' => b'd',
        'Н' | 'Η' => b'h',
        'ј' => b'j',
        'к' | 'К' | 'κ' | 'Κ' => b'k',
        'ł' | 'Ł' => b'l',
        'м' | 'М' | 'Μ' => b'm',
        'р' | 'Р' | 'ρ' | 'Ρ' => b'p',
        'ś' | 'š' | 'Š' | 'ѕ' => b's',
        'т' | 'Т' | 'τ' | 'Τ' => b't',
        'ν' => b'v',
        'х' | 'Х' | 'χ' | 'Χ' => b'x',
        'ź' | 'ż' | 'ž' | 'Ζ' => b'z',
        // Full-width letters.
        '\u{ff21}'..='\u{ff3a}' => b'a' + u8::try_from(u32::from(c) - 0xff21).ok()?,
        '\u{ff41}'..='\u{ff5a}' => b'a' + u8::try_from(u32::from(c) - 0xff41).ok()?,
        _ => return None,
    })
}
