//! The lists: words and phrases of abuse, each with its label and its force.
//!
//! `lexicon.tsv` says what the columns mean. Matching is by whole folded words, so that place names
//! and surnames that happen to hold a shorter word are never touched.

use std::collections::HashMap;

use super::Word;
use super::context::YOU;
use super::features;
use super::known::{self, DIRECTED, LISTED, PHRASE, group, topic_flag};
use super::model::{Head, Model, Topic};
use super::sentences::Pairs;
use crate::finding::Label;

/// How much a term says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Force {
    Slur,
    Strong,
    Mild,
    Directed,
    Phrase,
    Hint,
    Group,
    Allow,
}

impl Force {
    fn named(name: &str) -> Option<Force> {
        Some(match name {
            "slur" => Force::Slur,
            "strong" => Force::Strong,
            "mild" => Force::Mild,
            "directed" => Force::Directed,
            "phrase" => Force::Phrase,
            "hint" => Force::Hint,
            "group" => Force::Group,
            "allow" => Force::Allow,
            _ => return None,
        })
    }

    /// The rule as evidence names it.
    pub(super) fn rule(self) -> &'static str {
        match self {
            Force::Slur => "slur",
            Force::Strong => "strong language",
            Force::Mild => "language",
            Force::Directed => "insult directed at somebody",
            Force::Phrase | Force::Hint => "phrase",
            Force::Group => "group",
            Force::Allow => "allowed",
        }
    }
}

/// One term of the lists.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) label: Label,
    pub(super) force: Force,
    /// Its words as compared.
    words: Vec<Box<str>>,
}

/// A term found: words `from..to` of a sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) term: &'a Term,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Every term, by its last word.
#[derive(Debug)]
pub(super) struct Lexicon {
    by_last_word: HashMap<Box<str>, Vec<Term>>,
    /// Single words of abuse, for letters masked by `*`.
    maskable: Vec<Box<str>>,
}

/// Alternatives one line of the list may stand for: far above what is written there.
const MOST_ALTERNATIVES: usize = 1000;

impl Lexicon {
    /// The list this crate was built with.
    pub(super) fn built_in() -> Self {
        Lexicon::read(include_str!("lexicon.tsv"))
    }

    fn read(list: &str) -> Self {
        let mut lexicon = Lexicon {
            by_last_word: HashMap::new(),
            maskable: Vec::new(),
        };
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let (Some(label), Some(force), Some(terms)) =
                (columns.next(), columns.next(), columns.next())
            else {
                continue;
            };
            let label = Label::ALL.iter().copied().find(|l| l.name() == label);
            let (Some(label), Some(force)) = (label, Force::named(force)) else {
                continue;
            };
            for term in terms.split(',').flat_map(alternatives) {
                lexicon.add(label, force, &term);
            }
        }
        lexicon.maskable.sort_unstable();
        lexicon.maskable.dedup();
        lexicon
    }

    fn add(&mut self, label: Label, force: Force, term: &str) {
        let words: Vec<Box<str>> = term.split_whitespace().map(Box::from).collect();
        let Some(last) = words.last() else {
            return;
        };
        if words.len() == 1 && matches!(force, Force::Slur | Force::Strong | Force::Mild) {
            self.maskable.push(last.clone());
        }
        let terms = self.by_last_word.entry(last.clone()).or_default();
        terms.push(Term {
            label,
            force,
            words,
        });
    }

    /// Tells the first stage what to look out for.
    pub(super) fn announce(&self, model: &mut Model, pairs: &mut Pairs) {
        // What is allowed comes last, so that it holds.
        let terms = || self.by_last_word.values().flatten();
        let allowed = |term: &&Term| term.force == Force::Allow;
        for term in terms()
            .filter(|term| !allowed(term))
            .chain(terms().filter(allowed))
        {
            let about = groups(term.label);
            match (term.force, term.words.as_slice()) {
                (Force::Group, [word]) => model.flag(word.as_bytes(), about),
                (Force::Directed, [word]) => model.flag(word.as_bytes(), about | DIRECTED),
                (Force::Allow, [word]) => model.silence(word.as_bytes()),
                (Force::Group | Force::Allow, _) => (),
                (_, [word]) => model.flag(word.as_bytes(), about | LISTED),
                (_, words) => {
                    let keys: Vec<u64> = words
                        .iter()
                        .map(|word| features::key(word.as_bytes()))
                        .collect();
                    for word in words.iter().rev().take(3) {
                        model.flag(word.as_bytes(), PHRASE);
                    }
                    pairs.insert(&keys);
                }
            }
        }
        for word in YOU {
            model.flag(word.as_bytes(), known::YOU);
        }
        for topic in Topic::ALL {
            for word in topic.words() {
                model.flag(word.as_bytes(), topic_flag(topic));
            }
        }
    }

    /// Every term, as its words.
    #[cfg(test)]
    pub(super) fn terms(&self) -> impl Iterator<Item = (Force, &[Box<str>])> {
        let terms = self.by_last_word.values().flatten();
        terms.map(|term| (term.force, term.words.as_slice()))
    }

    /// Every term in a sentence. Terms have few words and few share their last, so the work is
    /// linear in the sentence.
    pub(super) fn find(&self, words: &[Word]) -> Vec<Found<'_>> {
        let mut found = Vec::new();
        for (at, word) in words.iter().enumerate() {
            for term in self.by_last_word.get(&word.letters).into_iter().flatten() {
                let Some(from) = (at + 1).checked_sub(term.words.len()) else {
                    continue;
                };
                let before = words.get(from..at).unwrap_or_default();
                if before
                    .iter()
                    .zip(&term.words)
                    .all(|(word, wanted)| *word.letters == **wanted)
                {
                    found.push(Found {
                        term,
                        from,
                        to: at + 1,
                    });
                }
            }
        }
        found
    }

    /// Whether it is a single word of abuse.
    pub(super) fn is_maskable(&self, letters: &str) -> bool {
        self.maskable
            .binary_search_by(|word| (**word).cmp(letters))
            .is_ok()
    }

    /// The word of the lists that `f**k` stands for.
    pub(super) fn unmask(&self, letters: &str) -> Option<&str> {
        if !letters.contains('*') || !letters.starts_with(|c: char| c.is_ascii_lowercase()) {
            return None;
        }
        // A lone letter before stars could be anything.
        let shown = letters.bytes().filter(|byte| *byte != b'*').count();
        let fits = |word: &&str| {
            word.len() == letters.len()
                && word
                    .bytes()
                    .zip(letters.bytes())
                    .all(|(a, b)| a == b || b == b'*')
        };
        if shown < 2 && letters.len() > 4 || letters.len() < 4 {
            return None;
        }
        self.maskable.iter().map(|word| &**word).find(fits)
    }
}

/// Which heads a word of this label is about, as bits.
fn groups(label: Label) -> u16 {
    match label {
        Label::Racist | Label::Homophobic | Label::ReligiousHatred => group(Head::Hate),
        Label::Ageist => group(Head::Age),
        Label::Ableist => group(Head::Ability),
        _ => 0,
    }
}

/// `a (b/c) d` written out.
fn alternatives(term: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut rest = term.trim();
    while let Some((before, after)) = rest.split_once('(') {
        let (choices, after) = after.split_once(')').unwrap_or((after, ""));
        all = all
            .iter()
            .flat_map(|start| {
                choices
                    .split('/')
                    .map(move |choice| format!("{start}{before}{choice}"))
            })
            .take(MOST_ALTERNATIVES)
            .collect();
        rest = after;
    }
    for one in &mut all {
        one.push_str(rest);
    }
    all
}
