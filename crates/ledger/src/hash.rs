//! RFC 6962 hashing: which bytes go under SHA-256, and the newtypes of its results.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// Position of an entry in the record, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryIndex(pub u64);

/// Number of entries in a tree: the index after the last entry it covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeSize(pub u64);

/// Hash of one node of the tree; a leaf is the lowest kind of node.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeHash(pub [u8; 32]);

/// Hash at the top of a tree of a given size.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RootHash(pub [u8; 32]);

impl EntryIndex {
    /// The tree that ends with this entry.
    pub fn size_after(self) -> TreeSize {
        TreeSize(self.0.saturating_add(1))
    }
}

impl TreeSize {
    /// Whether a tree of this size covers the entry.
    pub fn covers(self, entry: EntryIndex) -> bool {
        entry.0 < self.0
    }
}

impl fmt::Display for EntryIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for TreeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for NodeHash {
    /// Standard base64, as in checkpoints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Display for RootHash {
    /// Standard base64, as in checkpoints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeHash({self})")
    }
}

impl fmt::Debug for RootHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootHash({self})")
    }
}

impl From<NodeHash> for RootHash {
    fn from(node: NodeHash) -> Self {
        RootHash(node.0)
    }
}

/// Hash of an entry: SHA-256 over the byte 0 and the entry.
pub fn leaf_hash(entry: &[u8]) -> NodeHash {
    // The prefix keeps an entry from being passed off as an interior node and the other way round.
    NodeHash(
        Sha256::new()
            .chain_update([0])
            .chain_update(entry)
            .finalize()
            .into(),
    )
}

/// Hash of two neighbouring nodes: SHA-256 over the byte 1, the left and the right hash.
pub fn node_hash(left: &NodeHash, right: &NodeHash) -> NodeHash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    NodeHash(Sha256::digest(bytes).into())
}

/// Root of the tree without entries: SHA-256 over nothing.
pub(crate) fn empty_root() -> RootHash {
    RootHash(Sha256::digest([]).into())
}
