//! The frozen set: sentences of our own that no model and no correction learns from.
//!
//! It says what a correction does to mail nobody has judged: how much abuse is still found, head by
//! head, and whether clean sentences become alarms. It is compared with the built-in model, never
//! with the correction before, so that harm cannot add up from week to week.

use crate::finding::{Confidence, Kind, Label};
use crate::offence::Detector;
use crate::offence::model::Head;

use super::verdict::heads_of;

/// Its sentences: what each is, a tab, and the sentence.
const SENTENCES: &str = include_str!("frozen.tsv");

/// Of the abuse that the built-in model finds, the share that may be lost, in hundredths: as many as
/// two readers disagree about.
pub const MOST_LOST: usize = 2;

/// Sentences of one head that may be lost all the same: one is no pattern.
pub const MOST_LOST_OF_A_HEAD: usize = 1;

/// Of the findings of high confidence, the share that may become a suspicion, in hundredths.
pub const MOST_WEAKENED: usize = 5;

/// What a sentence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Abuse(Label),
    /// Everyday work.
    Work,
    /// Abuse that is reported, quoted or forbidden.
    Reported,
}

/// How a detector does on the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Abusive sentences by the head they are for, in the order of [`Head::ALL`].
    pub heads: Vec<OfHead>,
    /// Clean sentences of everyday work.
    pub work: Alarms,
    /// Sentences that report abuse.
    pub reported: Alarms,
}

/// Abusive sentences of one head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfHead {
    /// Its name.
    pub head: &'static str,
    /// How many there are.
    pub sentences: usize,
    /// In how many something is found.
    pub found: usize,
    /// In how many with high confidence.
    pub high: usize,
}

/// Clean sentences of one sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Alarms {
    /// How many there are.
    pub sentences: usize,
    /// In how many something is found all the same.
    pub flagged: usize,
}

/// Why a correction makes things worse than they may become.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Worse {
    /// Too much abuse is no longer found.
    #[error(
        "of {before} abusive sentences that were found, {lost} no longer are; at most {most} may be lost"
    )]
    Lost {
        /// Found by the built-in model.
        before: usize,
        /// No longer found.
        lost: usize,
        /// The bound.
        most: usize,
    },
    /// Too much abuse of one head is no longer found.
    #[error(
        "of {before} sentences for `{head}` that were found, {lost} no longer are; at most {most} may be lost"
    )]
    LostOfHead {
        /// Which head.
        head: &'static str,
        /// Found by the built-in model.
        before: usize,
        /// No longer found.
        lost: usize,
        /// The bound.
        most: usize,
    },
    /// Too many findings have become suspicions.
    #[error(
        "of {before} abusive sentences found with high confidence, {lost} no longer are; at most {most} may be lost"
    )]
    Weakened {
        /// Found so by the built-in model.
        before: usize,
        /// No longer found so.
        lost: usize,
        /// The bound.
        most: usize,
    },
    /// Clean sentences have become alarms.
    #[error("{after} clean sentences are flagged where {before} were; it may not be more")]
    Alarms {
        /// Flagged by the built-in model.
        before: usize,
        /// Flagged now.
        after: usize,
    },
}

/// Puts every sentence to a detector.
pub fn score(detector: &Detector) -> Score {
    let mut score = Score {
        heads: Head::ALL.iter().map(|head| OfHead::none(*head)).collect(),
        work: Alarms::default(),
        reported: Alarms::default(),
    };
    for (sort, text) in sentences() {
        let hits = detector.find(text);
        let is_found = !hits.is_empty();
        match sort {
            Sort::Work => score.work.count(is_found),
            Sort::Reported => score.reported.count(is_found),
            Sort::Abuse(label) => {
                // Of the two heads a label may come from, the last is the one that is about it.
                let head = heads_of(label).last().map_or(0, |head| *head as usize);
                if let Some(of_head) = score.heads.get_mut(head) {
                    of_head.sentences += 1;
                    of_head.found += usize::from(is_found);
                    let is_high = hits.iter().any(|hit| hit.confidence == Confidence::High);
                    of_head.high += usize::from(is_high);
                }
            }
        }
    }
    score
}

/// What speaks against a detector beside the built-in one; nothing if it may be used.
pub fn compare(before: &Score, after: &Score) -> Vec<Worse> {
    let mut worse = Vec::new();
    let (found, high) = (before.found(), before.high());
    let lost = found.saturating_sub(after.found());
    let most = found * MOST_LOST / 100;
    if lost > most {
        worse.push(Worse::Lost {
            before: found,
            lost,
            most,
        });
    }
    for (before, after) in before.heads.iter().zip(&after.heads) {
        let lost = before.found.saturating_sub(after.found);
        if lost > MOST_LOST_OF_A_HEAD {
            worse.push(Worse::LostOfHead {
                head: before.head,
                before: before.found,
                lost,
                most: MOST_LOST_OF_A_HEAD,
            });
        }
    }
    let lost = high.saturating_sub(after.high());
    let most = high * MOST_WEAKENED / 100;
    if lost > most {
        worse.push(Worse::Weakened {
            before: high,
            lost,
            most,
        });
    }
    let (before, after) = (before.flagged(), after.flagged());
    if after > before {
        worse.push(Worse::Alarms { before, after });
    }
    worse
}

impl Score {
    /// Abusive sentences in which something is found.
    pub fn found(&self) -> usize {
        self.heads.iter().map(|head| head.found).sum()
    }

    /// Those found with high confidence.
    pub fn high(&self) -> usize {
        self.heads.iter().map(|head| head.high).sum()
    }

    /// Clean sentences in which something is found.
    pub fn flagged(&self) -> usize {
        self.work.flagged + self.reported.flagged
    }
}

impl OfHead {
    fn none(head: Head) -> Self {
        Self {
            head: head.name(),
            sentences: 0,
            found: 0,
            high: 0,
        }
    }
}

impl Alarms {
    fn count(&mut self, is_flagged: bool) {
        self.sentences += 1;
        self.flagged += usize::from(is_flagged);
    }
}

fn sentences() -> impl Iterator<Item = (Sort, &'static str)> {
    let lines = SENTENCES.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (sort, text) = line.split_once('\t')?;
        Some((sort_named(sort)?, text))
    })
}

fn sort_named(name: &str) -> Option<Sort> {
    let of_offence = |label: &&Label| label.kind() == Kind::Offence && label.name() == name;
    match name {
        "work" => Some(Sort::Work),
        "reported" => Some(Sort::Reported),
        _ => Label::ALL
            .iter()
            .find(of_offence)
            .map(|label| Sort::Abuse(*label)),
    }
}
