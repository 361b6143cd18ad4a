//! Abuse and offence in a text: lists of words, a small linear model, and who is speaking.
//!
//! A text is read sentence by sentence, since one sentence of abuse drowns in a long mail. Three
//! things are looked at: `lexicon` knows words and phrases, [`model`] what abuse looks like in
//! general, `context` whether the sentence attacks somebody or reports, quotes or forbids an
//! attack. One sign is a suspicion; two that agree, or one that leaves no doubt, are a finding.
//!
//! It reads English and what people say outright. It does not see contempt in polite words, it
//! cannot know whose words a reclaimed slur are, and it does not tell the sender's own words from
//! a quoted reply: give it what is to be judged. `docs/models/offence.md` has the figures.

mod context;
pub mod correction;
pub mod features;
mod known;
mod lexicon;
pub mod model;
mod sentences;
mod verdict;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

use crate::finding::Hit;
use context::Context;
use correction::Correction;
use features::Reader;
use lexicon::Lexicon;
use model::{Head, Model};
use sentences::Pairs;

/// Offence in a text, judged sentence by sentence; the worst sentence of each label is quoted by
/// its span.
///
/// Labels: profane, obscene, sexual, racist, sexist, ageist, homophobic, religious-hatred,
/// ableist, threat, harassment and insult. Time is linear in the text.
pub fn find(text: &str) -> Vec<Hit> {
    built_in().find(text)
}

/// The detector with the model this crate was built with, as it was trained. It takes shape when it
/// is first asked for.
pub fn built_in() -> &'static Detector {
    static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(MODEL_FILE));
    &DETECTOR
}

/// A detector with that model, corrected. It has tables of its own, about 4 MB, and works as fast.
pub fn corrected(correction: &Correction) -> Detector {
    Detector::of(MODEL_FILE, Some(correction))
}

static MODEL_FILE: &[u8] = include_bytes!("../models/offence.model");

/// Checksum of the model's file, as its head has it.
fn base() -> u64 {
    let checksum = MODEL_FILE.strip_prefix(model::MAGIC);
    let checksum = checksum.and_then(<[u8]>::first_chunk);
    checksum.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// A model with the lists: what [`find`] uses, for any model file.
#[derive(Debug)]
pub struct Detector {
    version: String,
    model: Model,
    lexicon: Lexicon,
    context: Context,
    pairs: Pairs,
}

impl Detector {
    /// Of a model file. One that cannot be read leaves the lists alone to judge; a test sees to it
    /// that ours can.
    pub fn new(file: &[u8]) -> Self {
        Self::of(file, None)
    }

    fn of(file: &[u8], correction: Option<&Correction>) -> Self {
        let lexicon = Lexicon::built_in();
        let mut model = Model::read(file).unwrap_or_else(Model::silent);
        let mut version = format!("offence-1 {}", model.checksum());
        // Before the lists, which have the last word.
        if let Some(correction) = correction {
            model.correct(correction.weights());
            version = correction.version();
        }
        let mut pairs = Pairs::new();
        lexicon.announce(&mut model, &mut pairs);
        Detector {
            version,
            model,
            lexicon,
            context: Context::new(),
            pairs,
        }
    }

    /// Name of the model and the first twelve hex digits of its file's checksum, such as
    /// `offence-1 0123456789ab`, and those of its correction behind ` + ` if it has one: told with
    /// what it found.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// As [`find`].
    pub fn find(&self, text: &str) -> Vec<Hit> {
        let mut judge = verdict::Judge::new(self, text);
        let mut before: Option<Range<usize>> = None;
        let mut waiting: Option<(Range<usize>, Range<usize>)> = None;
        sentences::each(text, &self.model, &self.pairs, |sentence| {
            if let Some((span, before)) = waiting.take() {
                judge.sentence(before, span, sentence.span());
            }
            if (sentence.is_listed() && !sentence.is_paragraph())
                || self.model.is_suspect(&sentence.sums)
            {
                waiting = Some((sentence.span(), before.clone().unwrap_or(0..0)));
            }
            if !sentence.is_paragraph() {
                before = Some(sentence.span());
            }
        });
        if let Some((span, before)) = waiting {
            judge.sentence(before, span, 0..0);
        }
        judge.hits()
    }

    /// The highest score of any sentence for every head, in log-odds, in the order of
    /// [`Head::ALL`]: for measuring a model, without lists and context.
    pub fn scores(&self, text: &str) -> [f32; model::HEADS] {
        let mut best = [f32::NEG_INFINITY; model::HEADS];
        sentences::each(text, &self.model, &self.pairs, |sentence| {
            for (best, head) in best.iter_mut().zip(Head::ALL) {
                *best = best.max(self.model.score(head, &sentence.sums));
            }
        });
        best
    }

    /// How one head's scores are read.
    pub fn scale(&self, head: Head) -> model::Scale {
        self.model.scale(head)
    }

    /// The spans of every sentence, as they are judged.
    pub fn sentences(&self, text: &str) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        sentences::each(text, &self.model, &self.pairs, |s| {
            if !s.is_paragraph() {
                spans.push(s.span());
            }
        });
        spans
    }
}

/// One word of a sentence, folded.
#[derive(Debug, Clone)]
struct Word {
    span: Range<usize>,
    letters: Box<str>,
    key: u64,
    /// Whether a sentence begins with it.
    begins: bool,
}

/// The words of a part of a text, at most `most`.
fn words_of(text: &str, part: Range<usize>, most: usize) -> Vec<Word> {
    let start = part.start;
    let mut reader = Reader::new(text.get(part).unwrap_or_default());
    let mut words = Vec::new();
    while words.len() < most {
        let Some((span, found)) = reader.next_word() else {
            break;
        };
        let letters = reader.letters();
        words.push(Word {
            span: start + span.start..start + span.end,
            letters: String::from_utf8_lossy(letters).into(),
            key: reader.key(),
            begins: found > features::Break::None,
        });
    }
    words
}

#[cfg(test)]
mod tests;
