//! Figures with how sure they are.

use std::fmt;

use crate::arithmetic::Sequence;

/// A share with its 95 % Wilson interval.
#[derive(Clone, Copy)]
pub(crate) struct Share {
    pub(crate) hits: usize,
    pub(crate) of: usize,
}

impl Share {
    pub(crate) fn of(items: impl IntoIterator<Item = bool>) -> Share {
        let (mut hits, mut of) = (0, 0);
        for hit in items {
            hits += usize::from(hit);
            of += 1;
        }
        Share { hits, of }
    }

    fn interval(self) -> (f64, f64) {
        let (n, p, z) = (self.of as f64, self.value(), 1.96f64);
        if self.of == 0 {
            return (0.0, 1.0);
        }
        let middle = p + z * z / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let whole = 1.0 + z * z / n;
        ((middle - spread) / whole, (middle + spread) / whole)
    }

    pub(crate) fn value(self) -> f64 {
        self.hits as f64 / self.of.max(1) as f64
    }

    /// Per thousand, for what is rare.
    pub(crate) fn per_thousand(self) -> String {
        let (low, high) = self.interval();
        format!(
            "{}/{} = {:.1} per 1,000 [{:.1}-{:.1}]",
            self.hits,
            self.of,
            1000.0 * self.value(),
            1000.0 * low,
            1000.0 * high
        )
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.interval();
        write!(f, "{:.3} [{low:.3}-{high:.3}]", self.value())
    }
}

/// Chance that a positive scores above a negative; ties count half.
pub(crate) fn auc(scored: &[(f32, bool)]) -> f64 {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let positives = sorted.iter().filter(|(_, positive)| *positive).count();
    let negatives = sorted.len() - positives;
    let (mut below, mut wins) = (0usize, 0.0);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let up = tied.iter().filter(|(_, positive)| *positive).count();
        let down = tied.len() - up;
        wins += up as f64 * (below as f64 + down as f64 / 2.0);
        below += down;
    }
    wins / (positives.max(1) * negatives.max(1)) as f64
}

/// The area with its 95 % bootstrap interval, 200 draws.
pub(crate) fn auc_with_interval(scored: &[(f32, bool)]) -> String {
    let positives = scored.iter().filter(|(_, positive)| *positive).count();
    if positives < 5 || scored.len() - positives < 5 {
        return "-".to_owned();
    }
    let mut sequence = Sequence::new(7);
    let mut draws: Vec<f64> = (0..200)
        .map(|_| {
            let draw: Vec<_> = (0..scored.len())
                .map(|_| scored[sequence.below(scored.len())])
                .collect();
            auc(&draw)
        })
        .collect();
    draws.sort_by(f64::total_cmp);
    format!("{:.3} [{:.3}-{:.3}]", auc(scored), draws[4], draws[195])
}
