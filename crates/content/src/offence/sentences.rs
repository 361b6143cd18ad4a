//! The first stage: every sentence's sums in one pass, and which sentences to look at.

use std::ops::Range;

use super::features::{self, Break, Reader, WORDS_IN_SENTENCE};
use super::model::{Model, Sums};

/// Which pairs of words end a phrase of the lists: one bit a pair, by its bucket.
#[derive(Debug)]
pub(super) struct Pairs(Vec<u64>);

impl Pairs {
    /// None yet.
    pub(super) fn new() -> Self {
        Pairs(vec![0; 1 << 14])
    }

    pub(super) fn insert(&mut self, bucket: u32) {
        if let Some(bits) = self.0.get_mut((bucket >> 8) as usize) {
            *bits |= 1 << (bucket >> 2 & 63);
        }
    }

    #[inline]
    fn holds(&self, bucket: u32) -> bool {
        self.0
            .get((bucket >> 8) as usize)
            .is_some_and(|bits| bits >> (bucket >> 2 & 63) & 1 == 1)
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
    /// It holds a word or the end of a phrase that a list asks after, or letters set apart.
    pub(super) listed: bool,
    words: u32,
    /// Of a paragraph; 0 for a sentence.
    sentences: u32,
}

impl Sentence {
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
    let mut before: Option<u64> = None;
    let mut singles = 0u32;
    while let Some((span, found)) = reader.next_word() {
        if sentence.words > 0 && (found > Break::None || sentence.words >= WORDS_IN_SENTENCE) {
            each(&sentence);
            paragraph.take(&sentence);
            if found == Break::Paragraph || paragraph.words >= WORDS_IN_SENTENCE {
                paragraph.close(&mut each);
            }
            (sentence, before, singles) = (Sentence::default(), None, 0);
        }
        if sentence.words == 0 {
            sentence.start = span.start;
        }
        sentence.end = span.end;
        sentence.words += 1;
        let letters = reader.letters();
        let key = features::key(letters);
        match model.known(key) {
            Some(known) => {
                sentence.sums.add_known(known);
                sentence.listed |= known.listed;
            }
            None => {
                let (row, n) = model.word(letters);
                sentence.sums.add(&row, n);
                sentence.listed |= letters.contains(&b'*');
            }
        }
        if let Some(before) = before {
            let bucket = features::pair(before, key);
            sentence.sums.n += features::PAIR as u32;
            if let Some(row) = model.pair(bucket) {
                sentence.sums.add(&row, 0);
            }
            sentence.listed |= pairs.holds(bucket);
        }
        before = Some(key);
        singles = if letters.len() == 1 { singles + 1 } else { 0 };
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
        self.sums.groups |= sentence.sums.groups;
    }

    /// Ends a paragraph, and shows it where it says more than its one sentence did.
    fn close(&mut self, each: &mut impl FnMut(&Sentence)) {
        if self.sentences > 1 && self.words <= WORDS_IN_SENTENCE {
            each(self);
        }
        *self = Sentence::default();
    }
}
