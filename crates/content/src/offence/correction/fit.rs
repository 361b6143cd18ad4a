//! Fitting a correction to verdicts: a linear support vector machine that starts from the model.
//!
//! A wrong verdict asks that the score of its words fall below the threshold, with room to spare; a
//! right one that it stay where it was. Weights are lowered and never raised: nobody can teach the
//! model new alarms. The change sought is the smallest that does so (the squares of what is taken),
//! each verdict pulling only so hard, by dual coordinate descent (Hsieh et al., 2008) in a fixed
//! order. There is nothing in it but sums, products, quotients and a root, which come out the same on
//! every machine; and verdicts are put in order first, so theirs does not matter.

use std::collections::BTreeMap;

use super::reading::{self, Word};
use super::verdict::heads_of;
use super::{Correction, Feature, MOST_UNITS, MOST_WEIGHTS, Verdict, Weight};
use crate::finding::Label;
use crate::offence::features;
use crate::offence::model::{Head, Model, Sums};

/// Log-odds below the threshold at which words said to be wrong are to end. Wide, as weights are
/// rounded to whole units afterwards.
const MARGIN: f64 = 1.0;

/// How hard a wrong verdict pulls: alone it moves a weight by two to seven units, the more the shorter
/// the sentence, where the word stands in it once.
const PULL: f64 = 16.0;

/// How hard a right one holds. It is known of every finding that somebody looked, and the more of them
/// are right, the more there is to lose.
const HOLD: f64 = 2.0 * PULL;

/// Verdicts a word or a pair must stand in to be corrected: one says little, and may be a name.
const SEEN: u32 = 2;

/// Rounds of the descent; it has settled long before.
const ROUNDS: usize = 60;

/// A change of pull that is none.
const SETTLED: f64 = 1e-3;

/// A correction with what is to be told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The correction.
    pub correction: Correction,
    /// What it lowers, the most first.
    pub changes: Vec<Change>,
}

/// One weight that is lowered, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// A word, or two side by side, as compared.
    pub words: String,
    /// For which head.
    pub head: &'static str,
    /// What is added, below 0; the largest weight has 127.
    pub units: i8,
}

/// Fits a correction of the built-in model to verdicts. Those that are not about offence, and words
/// the model did not speak about, change nothing.
pub fn propose(verdicts: &[Verdict]) -> Proposal {
    let model = &crate::offence::built_in().model;
    let texts = distinct(model, verdicts);
    let fitted = Head::ALL.into_iter();
    let fitted = fitted.flat_map(|head| fit(model, head, &texts));
    let mut weights = strongest(fitted.collect());
    let names = names(model, verdicts, &weights);
    let changes = weights
        .iter()
        .map(|weight| Change {
            words: names.get(&weight.feature).cloned().unwrap_or_default(),
            head: weight.head.name(),
            units: weight.units,
        })
        .collect();
    weights.sort_unstable();
    let base = crate::offence::base();
    Proposal {
        correction: Correction { base, weights },
        changes,
    }
}

/// The strongest of them, as many as may be, the most first; of equal ones the first.
pub(super) fn strongest(mut weights: Vec<Weight>) -> Vec<Weight> {
    weights.sort_by_key(|weight| (std::cmp::Reverse(weight.units.unsigned_abs()), *weight));
    weights.truncate(MOST_WEIGHTS);
    weights
}

/// What corrected features are in words.
fn names(model: &Model, verdicts: &[Verdict], weights: &[Weight]) -> BTreeMap<Feature, String> {
    let mut names: BTreeMap<Feature, String> = weights
        .iter()
        .map(|weight| (weight.feature, String::new()))
        .collect();
    for verdict in verdicts.iter().filter(|v| v.is_about_offence()) {
        reading::each(model, &verdict.words, |seen| {
            if let Some(name) = names.get_mut(&seen.feature).filter(|name| name.is_empty()) {
                *name = seen.name();
            }
        });
    }
    names
}

/// Verdicts that say the same of the same words under the same label.
struct Text {
    label: Label,
    is_wrong: bool,
    verdicts: u32,
    sums: Sums,
    /// What can be corrected in it, and how much one unit counts before its share.
    features: BTreeMap<Feature, usize>,
}

fn distinct(model: &Model, verdicts: &[Verdict]) -> Vec<Text> {
    let mut texts: BTreeMap<(Label, bool, Vec<Word>), Text> = BTreeMap::new();
    for verdict in verdicts.iter().filter(|v| v.is_about_offence()) {
        let mut features = BTreeMap::new();
        let (words, sums) = reading::each(model, &verdict.words, |seen| {
            *features.entry(seen.feature).or_default() += seen.times;
        });
        let key = (verdict.label, verdict.is_wrong(), words);
        let text = texts.entry(key).or_insert_with(|| Text {
            label: verdict.label,
            is_wrong: verdict.is_wrong(),
            verdicts: 0,
            sums,
            features,
        });
        text.verdicts = text.verdicts.saturating_add(1);
    }
    texts.into_values().collect()
}

/// What is asked of one score: `direction` times (`above` + what is added) to be at least 0.
struct Demand {
    /// 1: not to fall below; -1: not to rise above.
    direction: f64,
    /// How far the score is above what is asked, in units of weight.
    above: f64,
    /// Most it may pull.
    most: f64,
    pull: f64,
    square: f64,
    /// Which weights, and how much one unit of each adds.
    weights: Vec<(usize, f64)>,
}

fn fit(model: &Model, head: Head, texts: &[Text]) -> Vec<Weight> {
    let scale = model.scale(head);
    let texts: Vec<&Text> = texts
        .iter()
        .filter(|text| heads_of(text.label).contains(&head))
        .filter(|text| model.score(head, &text.sums).is_finite() && scale.low.is_finite())
        .collect();
    let mut seen: BTreeMap<Feature, u32> = BTreeMap::new();
    for text in &texts {
        for feature in text.features.keys() {
            let times = seen.entry(*feature).or_default();
            *times = times.saturating_add(text.verdicts);
        }
    }
    seen.retain(|_, times| *times >= SEEN);
    let features: Vec<Feature> = seen.into_keys().collect();
    let mut demands: Vec<Demand> = texts
        .iter()
        .filter_map(|text| demand(model, head, text, &features))
        .collect();
    features
        .iter()
        .zip(descend(&mut demands, features.len()))
        .map(|(feature, wanted)| Weight {
            feature: *feature,
            head,
            units: within(wanted).round() as i8,
        })
        .filter(|weight| weight.units != 0)
        .collect()
}

fn demand(model: &Model, head: Head, text: &Text, features: &[Feature]) -> Option<Demand> {
    let scale = model.scale(head);
    // Log-odds above the threshold, and where they are to be.
    let above = f64::from(model.score(head, &text.sums)) - f64::from(scale.low);
    let (direction, asked, most) = match text.is_wrong {
        true => (-1.0, -MARGIN, PULL),
        // What was beyond doubt need only stay there.
        false if above > 0.0 => {
            let beyond_doubt = f64::from(scale.high) - f64::from(scale.low);
            (1.0, above.min(beyond_doubt), HOLD)
        }
        // What was no finding of the model has nothing to lose.
        false => return None,
    };
    let share = f64::from(features::share(text.sums.n as usize));
    let weights: Vec<(usize, f64)> = text
        .features
        .iter()
        .filter_map(|(feature, times)| {
            let at = features.binary_search(feature).ok()?;
            Some((at, *times as f64 * share))
        })
        .collect();
    let square: f64 = weights.iter().map(|(_, adds)| adds * adds).sum();
    (square > 0.0).then(|| Demand {
        direction,
        above: (above - asked) / f64::from(scale.scale),
        most: most * f64::from(text.verdicts),
        pull: 0.0,
        square,
        weights,
    })
}

/// What is taken from a weight: nothing is added to any, and there is an end.
fn within(wanted: f64) -> f64 {
    wanted.clamp(-f64::from(MOST_UNITS), 0.0)
}

/// The smallest changes that meet the demands, as far as each may pull; what is wanted of a weight may
/// be more than it gives.
fn descend(demands: &mut [Demand], n: usize) -> Vec<f64> {
    let mut wanted = vec![0.0; n];
    for _ in 0..ROUNDS {
        let mut moved = 0.0f64;
        for demand in &mut *demands {
            let sum: f64 = demand
                .weights
                .iter()
                .filter_map(|(at, adds)| Some(within(*wanted.get(*at)?) * adds))
                .sum();
            let missing = -demand.direction * (demand.above + sum);
            let pull = (demand.pull + missing / demand.square).clamp(0.0, demand.most);
            let more = demand.direction * (pull - demand.pull);
            demand.pull = pull;
            moved = moved.max(more.abs());
            for (at, adds) in &demand.weights {
                if let Some(weight) = wanted.get_mut(*at) {
                    *weight += more * adds;
                }
            }
        }
        if moved < SETTLED {
            break;
        }
    }
    wanted
}
