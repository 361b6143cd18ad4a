//! What a correction does to verdicts it has not seen.

use super::Verdict;
use super::fit::propose;
use crate::offence::features::Reader;
use crate::offence::model::checksum_of;
use crate::offence::{Detector, built_in, corrected};

/// Parts the verdicts are cut into: each is judged by a correction made of the others.
const PARTS: u64 = 5;

/// Findings with a verdict, before and after, each by a correction that has not seen its words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeldBack {
    /// Verdicts that say wrong.
    pub wrong: Judged,
    /// Verdicts that say right.
    pub right: Judged,
}

/// Verdicts of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    /// How many there are.
    pub verdicts: usize,
    /// Whose words the built-in model finds by themselves. What needed the rest of the message, or
    /// the whole of what was quoted in part, is not.
    pub found_before: usize,
    /// Whose words the corrected model finds.
    pub found_after: usize,
}

/// Judges every verdict by a correction made of other words than its own.
pub fn held_back(verdicts: &[Verdict]) -> HeldBack {
    let mut held_back = HeldBack::default();
    let of_offence = || verdicts.iter().filter(|verdict| verdict.is_about_offence());
    for part in 0..PARTS {
        let (own, others): (Vec<&Verdict>, Vec<&Verdict>) =
            of_offence().partition(|verdict| part_of(&verdict.words) == part);
        if own.is_empty() {
            continue;
        }
        let others: Vec<Verdict> = others.into_iter().cloned().collect();
        let corrected = corrected(&propose(&others).correction);
        for verdict in own {
            let judged = match verdict.is_wrong() {
                true => &mut held_back.wrong,
                false => &mut held_back.right,
            };
            judged.verdicts += 1;
            judged.found_before += usize::from(finds(built_in(), verdict));
            judged.found_after += usize::from(finds(&corrected, verdict));
        }
    }
    held_back
}

fn finds(detector: &Detector, verdict: &Verdict) -> bool {
    let hits = detector.find(&verdict.words);
    hits.iter().any(|hit| hit.label == verdict.label)
}

/// Same words, same part, however they are written.
fn part_of(text: &str) -> u64 {
    let mut reader = Reader::new(text);
    let mut words = Vec::new();
    while reader.next_word().is_some() {
        words.extend_from_slice(reader.letters());
        words.push(b' ');
    }
    checksum_of(&words) % PARTS
}
