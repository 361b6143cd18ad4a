//! Whose text stands in a text.
//!
//! What counts are letters that stand together in both, not how many phrases are alike somewhere: phrases
//! of one trade are scattered over any two of its texts.

use std::collections::{HashMap, HashSet};

use super::{Class, Found, How, Index};
use crate::finding::Confidence;
use crate::known_files::letters;
use crate::known_files::winnow::{self, RUN};

/// Letters that are the same, standing together, from which on a text holds a passage of a document: 400,
/// some 90 words, a full paragraph. Closings, legal notices of one sentence and quoted headings are shorter.
const PASSAGE: usize = 400;

/// From which on it may: 160, two or three sentences. So much is also shared by letters on one subject that
/// quote the same rule.
const SENTENCES: usize = 160;

/// Hundredths of a registered text from which on it is that text, however short it is: what is left
/// when somebody changed a word in every third line or left a paragraph out.
const MOST_OF_IT: u64 = 60;

/// Letters that are the same, standing together, that there are at least then. 120: half of the shortest
/// text that is registered.
const HALF_OF_THE_SHORTEST: usize = 120;

/// Most letters that may stand in between and still count as together. 96: a changed word hides up to 31
/// letters on either side of it, and may be long itself.
const BETWEEN: usize = 96;

/// Most that are told of one text.
const MOST_FOUND: usize = 8;

/// Where letters of one item stand together.
#[derive(Debug, Clone, Copy, Default)]
struct Stretch {
    /// The first and the last letter, and how many in between are the same.
    from: usize,
    to: usize,
    same: usize,
}

/// What was seen of one item.
#[derive(Debug, Default)]
struct Seen {
    /// Different runs.
    runs: u32,
    /// The number of the last one among all that were selected.
    last: usize,
    now: Stretch,
    longest: Stretch,
}

impl Seen {
    /// Takes the next run with its number. Runs come in the order of the text.
    fn add(&mut self, number: usize, start: usize) {
        self.runs += 1;
        let is_next = self.runs > 1 && number == self.last + 1;
        self.last = number;
        if self.runs == 1 || start > self.now.to + BETWEEN {
            self.now = Stretch {
                from: start,
                to: start,
                same: 0,
            };
        }
        let end = start + RUN;
        // Nothing else was selected since, so what lies between is the same too.
        let from = if is_next {
            self.now.to
        } else {
            start.max(self.now.to)
        };
        self.now.same += end - from;
        self.now.to = end;
        if self.now.same > self.longest.same {
            self.longest = self.now;
        }
    }
}

pub(super) fn find<'i>(index: &'i Index, text: &str) -> Vec<Found<'i>> {
    let mut letters = Vec::new();
    if !index.runs.is_empty() {
        letters::add(text, &mut letters);
    }
    if letters.len() < HALF_OF_THE_SHORTEST {
        return Vec::new();
    }
    let mut seen: HashMap<u32, Seen> = HashMap::new();
    // What stands here twice is no more of it.
    let mut counted = HashSet::new();
    let mut number = 0;
    winnow::select(&letters, |start, hash| {
        number += 1;
        let hash = index.key.of_run(hash);
        let holders = index.runs.holders(hash);
        if !holders.is_empty() && counted.insert(hash) {
            for item in holders {
                seen.entry(*item).or_default().add(number, start);
            }
        }
    });
    let judge = |(number, seen): (u32, Seen)| {
        let item = index.items.get(number as usize)?;
        let share = u64::from(seen.runs) * 100 / u64::from(item.n_runs.max(1));
        let confidence = confidence(item.class, seen.longest.same, share)?;
        Some((item, confidence, seen.longest, share))
    };
    let mut found: Vec<_> = seen.into_iter().filter_map(judge).collect();
    found.sort_by(|one, other| {
        let longest_first = other.2.same.cmp(&one.2.same);
        longest_first.then_with(|| one.0.reference.cmp(&other.0.reference))
    });
    found.truncate(MOST_FOUND);
    let found = found.into_iter().map(|(item, confidence, stretch, share)| {
        let how = How::ItsText {
            letters: stretch.same,
            share: u8::try_from(share).unwrap_or(100),
        };
        let span = letters::span(text, stretch.from, stretch.to);
        item.found(confidence, how, span)
    });
    found.collect()
}

/// How sure it is, by the letters that are the same where they stand closest and the hundredths of the
/// registered text that are here at all.
fn confidence(class: Class, same: usize, share: u64) -> Option<Confidence> {
    let is_it = share >= MOST_OF_IT && same >= HALF_OF_THE_SHORTEST;
    match class {
        _ if is_it => Some(Confidence::High),
        // To quote from somebody's work is nobody's wrong.
        Class::CopyrightWork | Class::Game | Class::OrdinaryText => None,
        _ if same >= PASSAGE => Some(Confidence::High),
        _ if same >= SENTENCES => Some(Confidence::Low),
        _ => None,
    }
}
