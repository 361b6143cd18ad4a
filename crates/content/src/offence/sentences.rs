//! The first stage: every sentence's sums in one pass, and which sentences to look at.

use std::ops::Range;

use super::features::{self, BITS, Break, Reader, WORDS_IN_SENTENCE};
use super::known::{DIRECTED, Known, LISTED, PHRASE, YOU};
use super::model::{Model, NOTHING, Sums, Weights};
use crate::bits::Bits;

/// Buckets of pairs that share a bit, as a power of two.
const FOLDED: u32 = 4;

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
            whole: Bits::of(BITS - FOLDED),
            last: Bits::of(BITS - FOLDED),
            before: Bits::of(BITS - FOLDED),
        }
    }

    /// Takes in a phrase by the keys of its words.
    pub(super) fn insert(&mut self, keys: &[u64]) {
        match keys {
            [a, b] => self.whole.insert(features::pair(*a, *b) >> FOLDED),
            [.., a, b, c] => {
                self.before.insert(features::pair(*a, *b) >> FOLDED);
                self.last.insert(features::pair(*b, *c) >> FOLDED);
            }
            _ => (),
        }
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
        const SAID_TO_YOU: u16 = DIRECTED | YOU;
        let flags = self.sums.flags;
        self.listed || flags & LISTED != 0 || flags & SAID_TO_YOU == SAID_TO_YOU
    }

    /// Where it stands.
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// One word with what the tables hold of it.
struct Looked<'m> {
    span: Range<usize>,
    found: Break,
    key: u64,
    /// It is one letter.
    is_single: bool,
    known: Option<&'m Known>,
    /// The bucket of the word before and this one, and what the two add.
    pair: u32,
    pair_adds: &'m Weights,
}

/// Reads words and then looks them all up. Which table holds what cannot be guessed, so nothing is
/// asked before it must be, and what one word waits for the next need not.
fn look_up<'m>(reader: &mut Reader<'_>, model: &'m Model, looked: &mut Vec<Looked<'m>>) {
    /// Words of a sentence or two.
    const BATCH: usize = 32;
    let mut before = looked.last().map_or(0, |word| word.key);
    looked.clear();
    while looked.len() < BATCH
        && let Some((span, found)) = reader.next_word()
    {
        let key = reader.key();
        looked.push(Looked {
            span,
            found,
            key,
            is_single: matches!(reader.letters(), [b'a'..=b'z']),
            known: None,
            pair: features::pair(before, key),
            pair_adds: &NOTHING,
        });
        before = key;
    }
    for word in looked.iter_mut() {
        word.known = model.known(word.key);
    }
    for word in looked {
        word.pair_adds = model.bucket(word.pair);
    }
}

/// Calls `each` with every sentence of `text` in order, and after its last sentence with every
/// paragraph of several sentences that is no longer than one may be.
pub(super) fn each(text: &str, model: &Model, pairs: &Pairs, mut each: impl FnMut(&Sentence)) {
    let (mut reader, mut again) = (Reader::new(text), Reader::new(text));
    let (mut sentence, mut paragraph) = (Sentence::default(), Sentence::default());
    let mut before: Option<u16> = None;
    let (mut singles, mut goes_on) = (0u32, false);
    let mut looked = Vec::new();
    loop {
        look_up(&mut reader, model, &mut looked);
        if looked.is_empty() {
            break;
        }
        for word in &looked {
            let found = word.found;
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
                sentence.start = word.span.start;
            }
            sentence.end = word.span.end;
            sentence.words += 1;
            let mut flags = 0;
            match word.known {
                Some(known) => {
                    sentence.sums.add_known(known);
                    flags = known.flags;
                }
                None => {
                    again.back_to(word.span.start);
                    again.next_word();
                    let (row, n) = model.word(again.letters());
                    sentence.sums.add(&row, n);
                    sentence.listed |= again.letters().contains(&b'*');
                }
            }
            if let Some(flags_before) = before {
                sentence.sums.add_pair(word.pair_adds);
                if flags & flags_before & PHRASE != 0 {
                    let bit = word.pair >> FOLDED;
                    sentence.listed |= pairs.whole.holds(bit) || goes_on && pairs.last.holds(bit);
                    goes_on = pairs.before.holds(bit);
                } else {
                    goes_on = false;
                }
            }
            before = Some(flags);
            singles = match word.is_single {
                true => singles + 1,
                false => 0,
            };
            sentence.listed |= singles >= 4;
        }
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
        for (sum, more) in self.sums.columns.iter_mut().zip(sentence.sums.columns) {
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
