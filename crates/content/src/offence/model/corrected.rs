//! A correction worked into the tables of a model, so that whoever reads them pays nothing for it.

use std::collections::BTreeMap;

use super::super::correction::{Feature, Weight};
use super::super::features::WORD;
use super::{COLUMNS, FOLDED, Model, Row};

impl Model {
    /// Adds weights to those of the buckets, and to the sums of known words.
    ///
    /// A known word is one whose sum was worked out in advance, and its letters are not known: of
    /// those only the words that are corrected themselves change. Of other words and of pairs, those
    /// that share a bucket with a corrected one change too, as they share all its weights.
    pub(in super::super) fn correct(&mut self, weights: &[Weight]) {
        let mut added: BTreeMap<u32, Row> = BTreeMap::new();
        for weight in weights {
            let row = added.entry(weight.feature.bucket()).or_default();
            if let Some(sum) = row.get_mut(weight.head as usize) {
                *sum = sum.saturating_add(i16::from(weight.units));
            }
        }
        self.add_to_buckets(&mut added);
        let mut keys: Vec<u64> = weights.iter().filter_map(|w| key(w.feature)).collect();
        keys.dedup();
        for key in keys {
            let row = added.get(&Feature::Word(key).bucket());
            let (Some(row), Some(known)) = (row, self.words.get(key).copied()) else {
                continue;
            };
            let mut known = known;
            for (sum, more) in known.row.iter_mut().zip(row) {
                *sum = sum.saturating_add(WORD as i16 * more);
            }
            self.words.set(key, known);
        }
    }

    /// Adds to the rows, makes room for new ones, and leaves in `added` what could be added: a
    /// weight stays a byte.
    fn add_to_buckets(&mut self, added: &mut BTreeMap<u32, Row>) {
        // The model that says nothing has no buckets.
        if self.kept.is_empty() {
            added.clear();
            return;
        }
        let old = std::mem::take(&mut self.rows);
        let mut rows = Vec::with_capacity(old.len() + added.len());
        let mut copied = 0;
        for (bucket, more) in added.iter_mut() {
            let (rank, is_kept) = self.rank(*bucket);
            rows.extend_from_slice(old.get(copied..rank).unwrap_or_default());
            copied = rank + usize::from(is_kept);
            let before = match is_kept {
                true => old.get(rank).copied().unwrap_or_default(),
                false => [0; COLUMNS],
            };
            let mut row = before;
            for ((weight, before), more) in row.iter_mut().zip(before).zip(more) {
                *weight = (i16::from(before) + *more).clamp(-127, 127) as i8;
                *more = i16::from(*weight) - i16::from(before);
            }
            rows.push(row);
        }
        rows.extend_from_slice(old.get(copied..).unwrap_or_default());
        self.rows = rows;
        for bucket in added.keys() {
            self.filter.insert(bucket >> FOLDED);
            if let Some((bits, _)) = self.kept.get_mut((bucket >> 6) as usize) {
                *bits |= 1 << (bucket & 63);
            }
        }
        let mut n_kept = 0;
        for (bits, before) in &mut self.kept {
            *before = n_kept;
            n_kept += bits.count_ones();
        }
    }

    /// How many buckets before this one are kept, and whether it is.
    fn rank(&self, bucket: u32) -> (usize, bool) {
        let at = (bucket >> 6) as usize;
        let (bits, before) = self.kept.get(at).copied().unwrap_or_default();
        let bit = 1u64 << (bucket & 63);
        let rank = before + (bits & (bit - 1)).count_ones();
        (rank as usize, bits & bit != 0)
    }
}

fn key(feature: Feature) -> Option<u64> {
    match feature {
        Feature::Word(key) => Some(key),
        Feature::Pair(_) => None,
    }
}
