//! Merkle tree over record entries, signed checkpoints, inclusion and consistency proofs.
