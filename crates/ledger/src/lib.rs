//! The arithmetic of the record: a Merkle tree over its entries, proofs, and signed checkpoints.
//!
//! An *entry* is any string of bytes; its position is its [`EntryIndex`]. The tree of the first
//! `n` entries ([`TreeSize`]) has one [`RootHash`]; a *checkpoint* is that root signed. From then
//! on nobody, the operator included, can change, remove, insert or reorder one of those entries
//! without the root coming out differently.
//!
//! - Hashing and proofs follow RFC 6962 section 2.1 (checked as in RFC 9162 section 2.1.3 and
//!   2.1.4), so that other implementations can check ours.
//! - Checkpoints and keys follow the C2SP `signed-note` and `tlog-checkpoint` formats with Ed25519
//!   signatures. Lines of witnesses may stand beside ours.
//!
//! ```
//! use ledger::{EntryIndex, Tree, leaf_hash, prove_inclusion};
//!
//! let leaves = [b"permit".as_slice(), b"hold", b"refuse"].map(leaf_hash);
//! let mut tree = Tree::default();
//! leaves.iter().for_each(|leaf| tree.push(*leaf));
//!
//! let read = |entry: EntryIndex| leaves.get(entry.0 as usize).copied().ok_or("no such leaf");
//! let proof = prove_inclusion(EntryIndex(1), tree.size(), read).unwrap();
//! assert!(proof.verify(leaf_hash(b"hold"), tree.root()).is_ok());
//! assert!(proof.verify(leaf_hash(b"permit"), tree.root()).is_err());
//! ```
//!
//! Nothing here reads a file, a clock or a source of randomness: the `journal` crate keeps the
//! entries and decides when to sign.

mod checkpoint;
mod hash;
mod note;
mod proof;
mod tree;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use hash::{EntryIndex, NodeHash, RootHash, TreeSize, leaf_hash, node_hash};
pub use note::{KeyError, MAX_NOTE_BYTES, NoteError, SignedNote, SigningKey, VerifierKey};
pub use proof::{
    ConsistencyProof, InclusionProof, MAX_PROOF_HASHES, ProofError, Refuted, prove_consistency,
    prove_inclusion,
};
pub use tree::{Tree, TreeError};
