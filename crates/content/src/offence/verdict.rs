//! One sentence looked at closely: terms, scores and stance become hits.

use std::ops::Range;

use super::context::{self, Aim, Sentence, Stance};
use super::features;
use super::lexicon::{Force, Found};
use super::model::{HEADS, Head, Row, Sums, weight};
use super::{Detector, Word, words_of};
use crate::finding::{Confidence, Evidence, Hit, Label};

/// Words read of one sentence, and of each neighbour: above [`features::WORDS_IN_SENTENCE`].
const WORDS: usize = 64;

/// Words read of the opening of a text to tell whether it is a report: about a page.
const OPENING: usize = 400;

/// N-grams shown as evidence.
const SHOWN: usize = 5;

/// Looks at suspect sentences and keeps the worst of each label.
pub(super) struct Judge<'a> {
    detector: &'a Detector,
    text: &'a str,
    in_report: Option<bool>,
    worst: Vec<(f32, Hit)>,
}

/// What one word, or one pair of words, adds.
struct Part {
    words: Range<usize>,
    row: Row,
}

impl<'a> Judge<'a> {
    pub(super) fn new(detector: &'a Detector, text: &'a str) -> Self {
        Judge {
            detector,
            text,
            in_report: None,
            worst: Vec::new(),
        }
    }

    /// The worst of each label, in the order of the text.
    pub(super) fn hits(self) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self.worst.into_iter().map(|(_, hit)| hit).collect();
        hits.sort_by_key(|hit| (hit.span.start, hit.label));
        hits
    }

    /// Judges the sentence at `span`, between the two beside it.
    pub(super) fn sentence(
        &mut self,
        before: Range<usize>,
        span: Range<usize>,
        after: Range<usize>,
    ) {
        let words = self.undisguised(words_of(self.text, span.clone(), WORDS));
        let (found, allowed) = self.terms(&words);
        let (parts, sums) = self.weigh(&words, &allowed);
        if !self.detector.model.is_suspect(&sums) && !found.iter().any(|f| speaks(f, &words)) {
            return;
        }
        let (before, after) = (
            words_of(self.text, before, WORDS),
            words_of(self.text, after, WORDS),
        );
        let in_report = *self.in_report.get_or_insert_with(|| {
            let opening = words_of(self.text, 0..self.text.len(), OPENING);
            self.detector.context.is_report(&opening)
        });
        let context = &self.detector.context;
        let sentence = context.read(self.text, &words, [&before, &after], in_report);
        let view = View {
            detector: self.detector,
            sentence: &sentence,
            found: &found,
            parts: &parts,
            sums: &sums,
        };
        for (score, label, confidence, evidence) in view.terms().chain(view.heads()) {
            self.keep(
                score,
                Hit {
                    label,
                    confidence,
                    span: span.clone(),
                    evidence,
                },
            );
        }
    }

    /// Terms of the lists, and which words are not what they look like.
    fn terms(&self, words: &[Word]) -> (Vec<Found<'a>>, Vec<bool>) {
        let mut found = self.detector.lexicon.find(words);
        let mut allowed = vec![false; words.len()];
        for term in found.iter().filter(|f| f.term.force == Force::Allow) {
            for word in allowed.get_mut(term.from..term.to).unwrap_or_default() {
                *word = true;
            }
        }
        found.retain(|f| {
            let words = allowed.get(f.from..f.to).unwrap_or_default();
            f.term.force != Force::Allow && !words.contains(&true)
        });
        (found, allowed)
    }

    fn keep(&mut self, score: f32, hit: Hit) {
        match self
            .worst
            .iter_mut()
            .find(|(_, kept)| kept.label == hit.label)
        {
            Some(kept) => {
                if (hit.confidence, score) > (kept.1.confidence, kept.0) {
                    *kept = (score, hit);
                }
            }
            None => self.worst.push((score, hit)),
        }
    }

    /// Words of the lists as they are meant: `f u c k` where four or more letters stand apart, and
    /// `f**k`.
    fn undisguised(&self, words: Vec<Word>) -> Vec<Word> {
        let lexicon = &self.detector.lexicon;
        let mut plain: Vec<Word> = Vec::with_capacity(words.len());
        for run in words.chunk_by(|a, b| a.letters.len() == 1 && b.letters.len() == 1) {
            let letters: String = run.iter().map(|word| &*word.letters).collect();
            match (run.first(), run.last()) {
                (Some(first), Some(last)) if run.len() >= 4 && lexicon.is_maskable(&letters) => {
                    plain.push(Word {
                        span: first.span.start..last.span.end,
                        key: features::key(letters.as_bytes()),
                        letters: letters.into(),
                        begins: first.begins,
                    });
                }
                _ => plain.extend(run.iter().cloned()),
            }
        }
        for word in &mut plain {
            if let Some(letters) = lexicon.unmask(&word.letters) {
                word.key = features::key(letters.as_bytes());
                word.letters = letters.into();
            }
        }
        plain
    }

    /// What every word and pair adds, leaving out what is allowed.
    fn weigh(&self, words: &[Word], allowed: &[bool]) -> (Vec<Part>, Sums) {
        let model = &self.detector.model;
        let (mut parts, mut sums) = (Vec::new(), Sums::default());
        let mut before: Option<u64> = None;
        for (at, (word, allowed)) in words.iter().zip(allowed).enumerate() {
            if *allowed {
                before = None;
                continue;
            }
            let row = match model.known(word.key) {
                Some(known) => {
                    sums.add_known(known);
                    known.row
                }
                None => {
                    let (row, n) = model.word(word.letters.as_bytes());
                    sums.add(&row, n);
                    row
                }
            };
            parts.push(Part {
                words: at..at + 1,
                row,
            });
            if let Some(before) = before.filter(|_| !word.begins) {
                let row = sums.add_pair(model.bucket(features::pair(before, word.key)));
                if row != Row::default() {
                    parts.push(Part {
                        words: at - 1..at + 1,
                        row,
                    });
                }
            }
            before = Some(word.key);
        }
        (parts, sums)
    }
}

/// Whether a term may say something without the model.
fn speaks(found: &Found<'_>, words: &[Word]) -> bool {
    match found.term.force {
        Force::Group | Force::Allow => false,
        Force::Directed => context::aim(words, found.from..found.to) == Aim::You,
        _ => true,
    }
}

/// Everything known of one sentence.
struct View<'a> {
    detector: &'a Detector,
    sentence: &'a Sentence<'a>,
    found: &'a [Found<'a>],
    parts: &'a [Part],
    sums: &'a Sums,
}

type Opinion = (f32, Label, Confidence, Evidence);

impl View<'_> {
    fn score(&self, head: Head) -> f32 {
        self.detector.model.score(head, self.sums)
    }

    fn level(&self, head: Head) -> Option<Confidence> {
        let scale = self.detector.model.scale(head);
        match self.score(head) {
            score if score >= scale.high => Some(Confidence::High),
            score if score >= scale.low => Some(Confidence::Low),
            _ => None,
        }
    }

    /// Opinions from the lists: one sign is low, two that agree are high.
    fn terms(&self) -> impl Iterator<Item = Opinion> {
        let words = self.sentence.words;
        self.found.iter().filter_map(move |found| {
            let (label, place) = (found.term.label, found.from..found.to);
            let agrees = |head: Head| self.level(head).is_some();
            let agree = agrees(Head::Abuse) || head_of(label).is_some_and(agrees);
            let aim = || context::aim(words, place.clone());
            let certain = match found.term.force {
                Force::Slur => agree || aim() != Aim::Nobody,
                Force::Phrase => true,
                Force::Strong | Force::Hint => agree,
                Force::Mild => false,
                Force::Directed => match aim() {
                    Aim::You => {
                        agree
                            || self.is_stressed()
                            || self.is_heaped()
                            || context::is_called(words, place.clone())
                    }
                    Aim::Them if agree => false,
                    _ => return None,
                },
                Force::Group | Force::Allow => return None,
            };
            if self.sentence.stance(place) == Stance::Reported {
                return None;
            }
            let confidence = if certain {
                Confidence::High
            } else {
                Confidence::Low
            };
            let terms = self.text_of(&(found.from..found.to));
            let evidence = Evidence::Terms {
                rule: found.term.force.rule(),
                terms: vec![terms],
            };
            Some((f32::MAX, label, confidence, evidence))
        })
    }

    /// Whether strong language stands beside an insult.
    fn is_stressed(&self) -> bool {
        let forces = |f: &Found<'_>| matches!(f.term.force, Force::Slur | Force::Strong);
        self.found.iter().any(forces)
    }

    /// Whether one insult follows another.
    fn is_heaped(&self) -> bool {
        let insults = self.found.iter();
        insults.filter(|f| f.term.force == Force::Directed).count() > 1
    }

    /// Opinions from the model.
    fn heads(&self) -> impl Iterator<Item = Opinion> {
        Head::ALL.into_iter().filter_map(move |head| {
            let mut confidence = self.level(head)?;
            // A few hundred examples do not make two signs: such a head suspects, and a phrase of the
            // lists makes it a finding.
            if !matches!(head, Head::Abuse | Head::Sexism | Head::Hate) {
                confidence = Confidence::Low;
            }
            // A word alone is for the lists to judge.
            if head != Head::Abuse && self.sentence.words.len() < 3 {
                return None;
            }
            let heaviest = self
                .parts
                .iter()
                .max_by_key(|part| weight(&part.row, head, self.sums.flags))?;
            if self.sentence.stance(heaviest.words.clone()) == Stance::Reported {
                return None;
            }
            let label = self.label(head)?;
            let above = self.score(head) - self.detector.model.scale(head).low;
            let weights = self.heaviest(head);
            let evidence = Evidence::Weights {
                score: above,
                weights,
            };
            Some((above, label, confidence, evidence))
        })
    }

    /// What a head's alarm is called.
    fn label(&self, head: Head) -> Option<Label> {
        Some(match head {
            Head::Abuse => self.kind_of_abuse(),
            Head::Sexism => Label::Sexist,
            Head::Hate => self.group()?,
            Head::Threat => Label::Threat,
            Head::Sexual => Label::Sexual,
            Head::Harassment => Label::Harassment,
            Head::Age => Label::Ageist,
            Head::Ability => Label::Ableist,
        })
    }

    /// What abuse is where nothing tells its kind; strong language at nobody is only that. That a
    /// small head sees a threat in it is that head's own suspicion.
    fn kind_of_abuse(&self) -> Label {
        let strong = self
            .found
            .iter()
            .any(|f| matches!(f.term.force, Force::Strong | Force::Mild));
        let aimed = self.sentence.words.iter().any(|word| {
            matches!(
                &*word.letters,
                "you"
                    | "youre"
                    | "your"
                    | "u"
                    | "ur"
                    | "he"
                    | "she"
                    | "they"
                    | "him"
                    | "her"
                    | "them"
                    | "hes"
                    | "shes"
                    | "theyre"
            )
        });
        if strong && !aimed {
            Label::Profane
        } else {
            Label::Insult
        }
    }

    /// Which group hatred is about, from the words of the sentence; none: nothing is said.
    fn group(&self) -> Option<Label> {
        let hatred = [
            Label::Racist,
            Label::Homophobic,
            Label::ReligiousHatred,
            Label::Ableist,
        ];
        let named = |force: fn(Force) -> bool| {
            self.found
                .iter()
                .find(|f| force(f.term.force) && hatred.contains(&f.term.label))
                .map(|f| f.term.label)
        };
        named(|force| force == Force::Slur).or_else(|| named(|force| force == Force::Group))
    }

    /// Words and pairs that added most, as they stand in the text. A word counts with all the
    /// n-grams of its letters.
    fn heaviest(&self, head: Head) -> Vec<(String, f32)> {
        let unit = self.detector.model.scale(head).scale * features::share(self.sums.n as usize);
        let mut weights: Vec<(String, i32)> = Vec::new();
        for part in self.parts {
            let weight = weight(&part.row, head, self.sums.flags);
            let text = self.text_of(&part.words);
            match weights.iter_mut().find(|(seen, _)| *seen == text) {
                Some((_, sum)) => *sum += weight,
                None => weights.push((text, weight)),
            }
        }
        weights.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        weights
            .into_iter()
            .take(SHOWN)
            .filter(|(_, weight)| *weight > 0)
            .map(|(text, weight)| (text, weight as f32 * unit))
            .collect()
    }

    fn text_of(&self, words: &Range<usize>) -> String {
        let place = self.sentence.words.get(words.clone()).unwrap_or_default();
        match (place.first(), place.last()) {
            (Some(first), Some(last)) => self
                .sentence
                .text
                .get(first.span.start..last.span.end)
                .unwrap_or_default()
                .to_lowercase(),
            _ => String::new(),
        }
    }
}

fn head_of(label: Label) -> Option<Head> {
    Some(match label {
        Label::Sexist => Head::Sexism,
        Label::Racist | Label::Homophobic | Label::ReligiousHatred => Head::Hate,
        Label::Threat => Head::Threat,
        Label::Sexual | Label::Obscene => Head::Sexual,
        Label::Harassment => Head::Harassment,
        Label::Ageist => Head::Age,
        Label::Ableist => Head::Ability,
        _ => return None,
    })
}

const _: () = assert!(HEADS == Head::ALL.len());
