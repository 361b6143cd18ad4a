//! Which items hold a run of letters.

use std::ops::Range;

/// Most items that hold one run. What stands in more is a form or a heading and tells none of them; and a
/// text made of such runs would take that many times as long to look through.
const MOST_HOLDERS: usize = 16;

/// Runs to a bucket, about: the hashes are spread evenly.
const IN_BUCKET: usize = 4;

/// Bits of the filter for each run, at least: of runs that nobody holds one in eight passes it.
const FILTER_BITS: usize = 8;

/// Hashes of runs, each with an item that holds it.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// In order.
    hashes: Vec<u64>,
    /// The item of each.
    items: Vec<u32>,
    /// Where the hashes with these first bits begin; one more for the end.
    buckets: Vec<u32>,
    /// How far a hash is shifted to be the number of its bucket.
    shift: u32,
    /// A bit for the last bits of each hash. Nearly all runs that are asked for are nobody's, and this
    /// tells most of them from memory that is near.
    filter: Vec<u64>,
}

impl Runs {
    /// Of these hashes with their items, each pair once.
    pub(super) fn new(mut all: Vec<(u64, u32)>) -> Self {
        all.sort_unstable();
        let (mut hashes, mut items) = (Vec::with_capacity(all.len()), Vec::new());
        for holders in all.chunk_by(|one, next| one.0 == next.0) {
            if holders.len() <= MOST_HOLDERS {
                hashes.extend(holders.iter().map(|(hash, _)| *hash));
                items.extend(holders.iter().map(|(_, item)| *item));
            }
        }
        let n = (hashes.len() / IN_BUCKET).max(1).next_power_of_two();
        let shift = 64 - n.trailing_zeros();
        let bucket = |hash: u64| hash.checked_shr(shift).unwrap_or(0);
        let mut buckets = Vec::with_capacity(n + 1);
        for number in 0..n as u64 {
            let start = hashes.partition_point(|hash| bucket(*hash) < number);
            buckets.push(start as u32);
        }
        buckets.push(hashes.len() as u32);
        let words = (hashes.len() * FILTER_BITS).div_ceil(64);
        let mut filter = vec![0; words.next_power_of_two()];
        for hash in &hashes {
            let (word, bit) = in_filter(*hash, filter.len());
            filter[word] |= bit;
        }
        Self {
            hashes,
            items,
            buckets,
            shift,
            filter,
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The items of all runs.
    pub(super) fn items(&self) -> &[u32] {
        &self.items
    }

    /// The items that hold a run.
    pub(super) fn holders(&self, hash: u64) -> &[u32] {
        let (word, bit) = in_filter(hash, self.filter.len());
        if self.filter.get(word).is_none_or(|bits| bits & bit == 0) {
            return &[];
        }
        let number = hash.checked_shr(self.shift).unwrap_or(0) as usize;
        let bucket = self.range(number);
        let hashes = self.hashes.get(bucket.clone()).unwrap_or_default();
        let start = hashes.iter().position(|known| *known >= hash);
        let Some(start) = start.filter(|start| hashes.get(*start) == Some(&hash)) else {
            return &[];
        };
        let same = hashes
            .iter()
            .skip(start)
            .take_while(|known| **known == hash);
        let start = bucket.start + start;
        self.items
            .get(start..start + same.count())
            .unwrap_or_default()
    }

    fn range(&self, number: usize) -> Range<usize> {
        match self.buckets.get(number..=number + 1) {
            Some([start, end]) => *start as usize..*end as usize,
            _ => 0..0,
        }
    }
}

/// The word of a filter of so many words, and the bit in it. The number of words is a power of two.
fn in_filter(hash: u64, words: usize) -> (usize, u64) {
    let word = (hash >> 6) as usize & words.wrapping_sub(1);
    (word, 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_held_by_nobody() {
        assert_eq!(Runs::default().holders(7), [0; 0]);
        assert_eq!(Runs::new(Vec::new()).holders(7), [0; 0]);
    }

    #[test]
    fn what_too_many_hold_tells_none_of_them() {
        let held_by = |n| Runs::new((0..n).map(|item| (7, item)).collect());
        let most = MOST_HOLDERS as u32;
        assert_eq!(held_by(most).holders(7).len(), MOST_HOLDERS);
        assert_eq!(held_by(most + 1).holders(7), [0; 0]);
    }

    proptest! {
        #[test]
        fn holders_are_found_wherever_the_hashes_lie(
            pairs in proptest::collection::btree_set((prop_oneof![any::<u64>(), 0u64..9, u64::MAX - 9..=u64::MAX], 0u32..5), 0..60),
            other in any::<u64>(),
        ) {
            let runs = Runs::new(pairs.iter().copied().collect());
            for hash in pairs.iter().map(|(hash, _)| *hash).chain([other]) {
                let expected: Vec<u32> = pairs.iter().filter(|pair| pair.0 == hash).map(|pair| pair.1).collect();
                prop_assert_eq!(runs.holders(hash), &expected[..]);
            }
        }
    }
}
