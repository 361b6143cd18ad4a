//! The growing tree, held as the roots of its perfect subtrees only.
//!
//! A tree of `n` entries splits into one perfect subtree per bit set in `n`. Keeping their roots
//! (*peaks*, at most 64 hashes) is enough to add entries and to give the root at every size.

use crate::hash::{NodeHash, RootHash, TreeSize, empty_root, node_hash};

/// A tree that only grows. Memory: at most 64 hashes, however many entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// Invariant: one per bit set in `size`, the widest subtree first.
    peaks: Vec<NodeHash>,
}

/// Why peaks are not those of a tree.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Every bit set in the size stands for exactly one peak.
    #[error("a tree of {size} entries has {expected} peaks, not {found}")]
    Peaks {
        /// Entries the tree was said to have.
        size: TreeSize,
        /// Peaks such a tree has.
        expected: usize,
        /// Peaks given.
        found: usize,
    },
}

impl Tree {
    /// Takes up a tree from peaks kept earlier (see [`Tree::peaks`]).
    ///
    /// The peaks are believed: compare [`Tree::root`] with a signed checkpoint before use.
    pub fn from_peaks(size: TreeSize, peaks: Vec<NodeHash>) -> Result<Self, TreeError> {
        let expected = size.0.count_ones() as usize;
        if peaks.len() != expected {
            return Err(TreeError::Peaks {
                size,
                expected,
                found: peaks.len(),
            });
        }
        Ok(Self {
            size: size.0,
            peaks,
        })
    }

    /// Adds the next leaf: at most 64 hash computations, two on average.
    pub fn push(&mut self, leaf: NodeHash) {
        let mut node = leaf;
        // Each trailing one bit of the old size is a peak that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// Entries in the tree.
    pub fn size(&self) -> TreeSize {
        TreeSize(self.size)
    }

    /// Root at the present size.
    pub fn root(&self) -> RootHash {
        let mut peaks = self.peaks.iter().rev();
        let Some(&last) = peaks.next() else {
            return empty_root();
        };
        peaks
            .fold(last, |right, left| node_hash(left, &right))
            .into()
    }

    /// Roots of the perfect subtrees, widest first: all that is needed to go on later.
    pub fn peaks(&self) -> &[NodeHash] {
        &self.peaks
    }
}
