//! Proofs that an entry is in a tree, and that one tree is the beginning of another.
//!
//! Proofs are computed from the leaf hashes alone, wherever the caller keeps them: time grows with
//! the tree (about 0.2 µs a leaf), memory with its logarithm. Checking one is at most
//! [`MAX_PROOF_HASHES`] hash computations.

use crate::hash::{EntryIndex, NodeHash, RootHash, TreeSize, empty_root, node_hash};
use crate::tree::Tree;

/// No proof is longer: one hash per level of a tree of 2^64 entries, and one more to start from.
pub const MAX_PROOF_HASHES: usize = 65;

/// Shows that an entry is at its place in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The entry's position.
    pub entry: EntryIndex,
    /// The tree the entry is in.
    pub size: TreeSize,
    /// Siblings on the way from the leaf to the root.
    pub hashes: Vec<NodeHash>,
}

/// Shows that the first `old` entries of a tree of `new` entries are unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The earlier tree.
    pub old: TreeSize,
    /// The later tree.
    pub new: TreeSize,
    /// Nodes from which both roots can be worked out.
    pub hashes: Vec<NodeHash>,
}

/// Why a proof could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum ProofError<E> {
    /// The tree does not reach that far: wait for a later checkpoint.
    #[error("a tree of {size} entries does not hold what was asked for")]
    BeyondTree {
        /// The tree asked about.
        size: TreeSize,
    },
    /// A leaf hash could not be read.
    #[error("cannot read leaf hash {entry}")]
    Unreadable {
        /// Whose hash was wanted.
        entry: EntryIndex,
        /// What the caller's reader said.
        source: E,
    },
}

/// The proof does not lead to the root: proof, root or entry is not what it is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not lead to the root")]
pub struct Refuted;

/// Computes the proof that `entry` is in the tree of `size` entries.
pub fn prove_inclusion<E>(
    entry: EntryIndex,
    size: TreeSize,
    leaves: impl FnMut(EntryIndex) -> Result<NodeHash, E>,
) -> Result<InclusionProof, ProofError<E>> {
    if !size.covers(entry) {
        return Err(ProofError::BeyondTree { size });
    }
    let mut leaves = leaves;
    let (mut start, mut end) = (0, size.0);
    let mut hashes = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if entry.0 < middle {
            hashes.push(root_of(middle, end, &mut leaves)?);
            end = middle;
        } else {
            hashes.push(root_of(start, middle, &mut leaves)?);
            start = middle;
        }
    }
    hashes.reverse();
    Ok(InclusionProof {
        entry,
        size,
        hashes,
    })
}

/// Computes the proof that the tree of `old` entries is the beginning of the tree of `new` entries.
pub fn prove_consistency<E>(
    old: TreeSize,
    new: TreeSize,
    leaves: impl FnMut(EntryIndex) -> Result<NodeHash, E>,
) -> Result<ConsistencyProof, ProofError<E>> {
    if old > new {
        return Err(ProofError::BeyondTree { size: new });
    }
    let mut leaves = leaves;
    let mut hashes = Vec::new();
    if old.0 > 0 && old < new {
        let (mut start, mut end) = (0, new.0);
        while end != old.0 {
            let middle = start + split(end - start);
            if old.0 <= middle {
                hashes.push(root_of(middle, end, &mut leaves)?);
                end = middle;
            } else {
                hashes.push(root_of(start, middle, &mut leaves)?);
                start = middle;
            }
        }
        // When the old tree is itself a node of the new one the checker has its hash already.
        if start > 0 {
            hashes.push(root_of(start, end, &mut leaves)?);
        }
        hashes.reverse();
    }
    Ok(ConsistencyProof { old, new, hashes })
}

impl InclusionProof {
    /// Checks that the leaf is where the proof says, in the tree with this root.
    pub fn verify(&self, leaf: NodeHash, root: RootHash) -> Result<(), Refuted> {
        if !self.size.covers(self.entry) {
            return Err(Refuted);
        }
        let (mut node, mut last) = (self.entry.0, self.size.0 - 1);
        let mut hash = leaf;
        for sibling in &self.hashes {
            if last == 0 {
                return Err(Refuted);
            }
            if node & 1 == 1 || node == last {
                hash = node_hash(sibling, &hash);
                // A node without right sibling rises unchanged until it is somebody's right child.
                while node & 1 == 0 && node != 0 {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node_hash(&hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        confirm(last == 0 && root == hash.into())
    }
}

impl ConsistencyProof {
    /// Checks that the tree with `old_root` is the beginning of the tree with `new_root`.
    pub fn verify(&self, old_root: RootHash, new_root: RootHash) -> Result<(), Refuted> {
        if self.old >= self.new || self.old.0 == 0 {
            let same = self.old == self.new && old_root == new_root;
            let from_nothing = self.old.0 == 0 && self.new.0 > 0 && old_root == empty_root();
            return confirm(self.hashes.is_empty() && (same || from_nothing));
        }
        let mut hashes = self.hashes.iter().copied();
        let start = match self.old.0.is_power_of_two() {
            true => Some(NodeHash(old_root.0)),
            false => hashes.next(),
        };
        let Some(start) = start else {
            return Err(Refuted);
        };
        let shared = (self.old.0 - 1).trailing_ones();
        let (mut node, mut last) = ((self.old.0 - 1) >> shared, (self.new.0 - 1) >> shared);
        let (mut old_hash, mut new_hash) = (start, start);
        for sibling in hashes {
            if last == 0 {
                return Err(Refuted);
            }
            if node & 1 == 1 || node == last {
                old_hash = node_hash(&sibling, &old_hash);
                new_hash = node_hash(&sibling, &new_hash);
                while node & 1 == 0 && node != 0 {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                new_hash = node_hash(&new_hash, &sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        confirm(last == 0 && old_root == old_hash.into() && new_root == new_hash.into())
    }
}

fn confirm(holds: bool) -> Result<(), Refuted> {
    if holds { Ok(()) } else { Err(Refuted) }
}

/// Width of the left subtree of a tree of `n` > 1 leaves: the greatest power of two below `n`.
fn split(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

/// Root of the leaves `start..end`, which form a subtree of their own.
fn root_of<E>(
    start: u64,
    end: u64,
    leaves: &mut impl FnMut(EntryIndex) -> Result<NodeHash, E>,
) -> Result<NodeHash, ProofError<E>> {
    let mut tree = Tree::default();
    for entry in (start..end).map(EntryIndex) {
        tree.push(leaves(entry).map_err(|source| ProofError::Unreadable { entry, source })?);
    }
    Ok(NodeHash(tree.root().0))
}
