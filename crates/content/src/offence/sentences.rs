//! The first stage: every sentence's sums in one pass, and which sentences to look at.

use std::ops::Range;

use super::features::{self, Break, Reader, WORDS_IN_SENTENCE};
use super::known::{DIRECTED, LISTED, PHRASE, YOU};
use super::model::{Model, Sums};

/// Pairs of words of the phrases of the lists.
#[derive(Debug)]
pub(super) struct Pairs {
    /// Phrases of two words.
    whole: Bits,
    /// The last two words of longer phrases.
    last: Bits,
    /// The two before.
    before: Bits,
}

impl Pairs {
    /// None yet.
    pub(super) fn new() -> Self {
        Pairs {
            whole: Bits::new(),
            last: Bits::new(),
            before: Bits::new(),
        }
    }

    /// Takes in a phrase by the keys of its words.
    pub(super) fn insert(&mut self, keys: &[u64]) {
        match keys {
            [a, b] => self.whole.insert(features::pair(*a, *b)),
            [.., a, b, c] => {
                self.before.insert(features::pair(*a, *b));
                self.last.insert(features::pair(*b, *c));
            }
            _ => (),
        }
    }
}

/// One bit a pair, by its bucket.
#[derive(Debug)]
struct Bits(Vec<u64>);

impl Bits {
    fn new() -> Self {
        Bits(vec![0; 1 << 12])
    }

    fn insert(&mut self, bucket: u32) {
        if let Some(bits) = self.0.get_mut((bucket >> 10) as usize) {
            *bits |= 1 << (bucket >> 4 & 63);
        }
    }

    #[inline]
    fn holds(&self, bucket: u32) -> bool {
        self.0
            .get((bucket >> 10) as usize)
            .is_some_and(|bits| bits >> (bucket >> 4 & 63) & 1 == 1)
    }
}

/// One sentence as the first stage saw it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sentence {
    /// First byte of its first word.
    pub(super) start: usize,
    /// End of its last word.
    pub(super) end: usize,
    /// What its words add up to.
    pub(super) sums: Sums,
    /// It holds the telling pair of a phrase, letters set apart or a masked word.
    listed: bool,
    words: u32,
    /// Of a paragraph; 0 for a sentence.
    sentences: u32,
}

impl Sentence {
    /// Whether a list may have something to say of it.
    pub(super) fn is_listed(&self) -> bool {
        const SAID_TO_YOU: u8 = DIRECTED | YOU;
        let flags = self.sums.flags;
        self.listed || flags & LISTED != 0 || flags & SAID_TO_YOU == SAID_TO_YOU
    }

    /// Where it stands.
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// Calls `each` with every sentence of `text` in order, and after its last sentence with every
/// paragraph of several sentences that is no longer than one may be.
pub(super) fn each(text: &str, model: &Model, pairs: &Pairs, mut each: impl FnMut(&Sentence)) {
    let mut reader = Reader::new(text);
    let (mut sentence, mut paragraph) = (Sentence::default(), Sentence::default());
    let mut before: Option<(u64, u8)> = None;
    let (mut singles, mut goes_on) = (0u32, false);
    while let Some((span, found)) = reader.next_word() {
        if sentence.words > 0 && (found > Break::None || sentence.words >= WORDS_IN_SENTENCE) {
            each(&sentence);
            paragraph.take(&sentence);
            if found == Break::Paragraph || paragraph.words >= WORDS_IN_SENTENCE {
                paragraph.close(&mut each);
            }
            (sentence, before) = (Sentence::default(), None);
            (singles, goes_on) = (0, false);
        }
        if sentence.words == 0 {
            sentence.start = span.start;
        }
        sentence.end = span.end;
        sentence.words += 1;
        let letters = reader.letters();
        let key = features::key(letters);
        let mut flags = 0;
        match model.known(key) {
            Some(known) => {
                sentence.sums.add_known(known);
                flags = known.flags;
            }
            None => {
                let (row, n) = model.word(letters);
                sentence.sums.add(&row, n);
                sentence.listed |= letters.contains(&b'*');
            }
        }
        if let Some((before, flags_before)) = before {
            let bucket = features::pair(before, key);
            sentence.sums.n += features::PAIR as u32;
            if let Some(row) = model.pair(bucket) {
                sentence.sums.add(&row, 0);
            }
            if flags & flags_before & PHRASE != 0 {
                sentence.listed |= pairs.whole.holds(bucket) || goes_on && pairs.last.holds(bucket);
                goes_on = pairs.before.holds(bucket);
            } else {
                goes_on = false;
            }
        }
        before = Some((key, flags));
        singles = match letters {
            [b'a'..=b'z'] => singles + 1,
            _ => 0,
        };
        sentence.listed |= singles >= 4;
    }
    if sentence.words > 0 {
        each(&sentence);
        paragraph.take(&sentence);
    }
    paragraph.close(&mut each);
}

impl Sentence {
    /// Whether it is several sentences together.
    pub(super) fn is_paragraph(&self) -> bool {
        self.sentences > 0
    }

    /// Takes another sentence into a paragraph.
    fn take(&mut self, sentence: &Sentence) {
        if self.sentences == 0 {
            self.start = sentence.start;
        }
        self.end = sentence.end;
        self.sentences += 1;
        self.words += sentence.words;
        for (sum, more) in self.sums.heads.iter_mut().zip(sentence.sums.heads) {
            *sum += more;
        }
        self.sums.n += sentence.sums.n;
        self.sums.flags |= sentence.sums.flags;
    }

    /// Ends a paragraph, and shows it where it says more than its one sentence did.
    fn close(&mut self, each: &mut impl FnMut(&Sentence)) {
        if self.sentences > 1 && self.words <= WORDS_IN_SENTENCE {
            each(self);
        }
        *self = Sentence::default();
    }
}
