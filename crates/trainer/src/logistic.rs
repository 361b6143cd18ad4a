//! Logistic regression by dual coordinate descent (Yu, Huang and Lin, 2011).
//!
//! Each example has one dual variable between 0 and its cost; going round, each is set to its best
//! value given the others. The optimum is unique, so the order matters only for the last bits, and
//! the order is fixed.

use std::borrow::Cow;

use content::offence::features;

use crate::arithmetic::{Sequence, logistic};

/// An example as the learner sees it.
pub(crate) struct Row<'a> {
    /// Features, one entry per occurrence.
    pub(crate) features: Cow<'a, [u32]>,
    /// N-grams of the text.
    pub(crate) n: usize,
    pub(crate) positive: bool,
    /// A sentence of office mail.
    pub(crate) is_mail: bool,
    /// How much a mistake here costs.
    pub(crate) cost: f64,
}

/// What was learnt.
pub(crate) struct Weights {
    pub(crate) bias: f32,
    pub(crate) features: Vec<f32>,
}

impl Weights {
    /// Of a head that says nothing.
    pub(crate) fn nothing(n_features: usize) -> Self {
        Weights {
            bias: 0.0,
            features: vec![0.0; n_features],
        }
    }
}

/// Rounds over all examples: the weights no longer move at the third digit.
const ROUNDS: usize = 12;

/// Fits weights to `rows`: a feature's value is its count times its `scale` times the
/// [`share`](features::share) of its row. The weights returned hold the scale already.
pub(crate) fn fit(rows: &[Row<'_>], scale: &[f32]) -> Weights {
    let n_features = scale.len();
    let mut weights = Weights::nothing(n_features);
    let shares: Vec<f32> = rows.iter().map(|row| features::share(row.n)).collect();
    let norms: Vec<f64> = rows
        .iter()
        .zip(&shares)
        .map(|(row, share)| 1.0 + f64::from(share * share * squares(&row.features, scale)))
        .collect();
    // Log-odds of the dual variable within its range; all start near nothing.
    let mut duals = vec![f64::NEG_INFINITY; rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut sequence = Sequence::new(1);
    for _ in 0..ROUNDS {
        sequence.shuffle(&mut order);
        for &at in &order {
            let (row, share) = (&rows[at], shares[at]);
            let sign = if row.positive { 1.0 } else { -1.0 };
            let sum: f32 = row
                .features
                .iter()
                .map(|f| weights.features[*f as usize])
                .sum();
            let margin = sign * f64::from(sum * share + weights.bias);
            let before = if duals[at].is_finite() {
                row.cost * logistic(duals[at])
            } else {
                0.0
            };
            // The slope t + |x|^2 (C s(t) - a) + margin rises in t: Newton finds its zero.
            let mut t = if duals[at].is_finite() {
                duals[at]
            } else {
                -margin
            };
            for _ in 0..8 {
                let s = logistic(t);
                let slope = t + norms[at] * (row.cost * s - before) + margin;
                t -= slope / (1.0 + norms[at] * row.cost * s * (1.0 - s));
            }
            duals[at] = t.clamp(-30.0, 30.0);
            let step = (sign * (row.cost * logistic(duals[at]) - before)) as f32;
            weights.bias += step;
            for feature in row.features.iter() {
                let scale = scale[*feature as usize];
                weights.features[*feature as usize] += step * share * scale * scale;
            }
        }
    }
    weights
}

/// Squared length of a row before its share.
fn squares(features: &[u32], scale: &[f32]) -> f32 {
    let mut sorted = features.to_vec();
    sorted.sort_unstable();
    sorted
        .chunk_by(|a, b| a == b)
        .map(|run| (run.len() as f32 * scale[run[0] as usize]).powi(2))
        .sum()
}
