//! The published RFC 6962 example tree, and properties of proofs on trees of every small size.
#![allow(clippy::unwrap_used)]

use std::convert::Infallible;

use ledger::{
    ConsistencyProof, EntryIndex, InclusionProof, NodeHash, ProofError, RootHash, Tree, TreeSize,
    leaf_hash, prove_consistency, prove_inclusion,
};
use proptest::prelude::*;

/// Entries of the example tree of the certificate-transparency reference implementation.
const EXAMPLE: [&[u8]; 8] = [
    b"",
    &[0x00],
    &[0x10],
    &[0x20, 0x21],
    &[0x30, 0x31],
    &[0x40, 0x41, 0x42, 0x43],
    &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    &[
        0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e,
        0x6f,
    ],
];

/// Its roots at sizes 0 to 8.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn reader(leaves: &[NodeHash]) -> impl Fn(EntryIndex) -> Result<NodeHash, Infallible> {
    |entry| Ok(leaves[entry.0 as usize])
}

fn example() -> Vec<NodeHash> {
    EXAMPLE.map(leaf_hash).to_vec()
}

fn numbered(n: u64) -> Vec<NodeHash> {
    (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

fn root(leaves: &[NodeHash]) -> RootHash {
    let mut tree = Tree::default();
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    tree.root()
}

fn hexes(hashes: &[NodeHash]) -> Vec<String> {
    hashes.iter().map(|h| hex(&h.0)).collect()
}

#[test]
fn the_example_tree_has_the_published_roots() {
    let mut tree = Tree::default();
    assert_eq!(hex(&tree.root().0), ROOTS[0]);
    for (leaf, expected) in example().into_iter().zip(&ROOTS[1..]) {
        tree.push(leaf);
        assert_eq!(hex(&tree.root().0), *expected);
        let again = Tree::from_peaks(tree.size(), tree.peaks().to_vec()).unwrap();
        assert_eq!(again, tree);
    }
    assert!(Tree::from_peaks(TreeSize(7), tree.peaks().to_vec()).is_err());
}

#[test]
fn the_example_tree_has_the_published_proofs() {
    let leaves = example();
    let proof = prove_inclusion(EntryIndex(0), TreeSize(8), reader(&leaves)).unwrap();
    let first_path = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(hexes(&proof.hashes), first_path);
    let proof = prove_consistency(TreeSize(1), TreeSize(8), reader(&leaves)).unwrap();
    assert_eq!(hexes(&proof.hashes), first_path);
    let proof = prove_consistency(TreeSize(6), TreeSize(8), reader(&leaves)).unwrap();
    assert_eq!(
        hexes(&proof.hashes),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn every_proof_of_every_small_tree_verifies() {
    let leaves = numbered(70);
    for size in 0..=70 {
        let new = root(&leaves[..size as usize]);
        for entry in 0..size {
            let proof =
                prove_inclusion(EntryIndex(entry), TreeSize(size), reader(&leaves)).unwrap();
            proof.verify(leaves[entry as usize], new).unwrap();
        }
        for old in 0..=size {
            let proof = prove_consistency(TreeSize(old), TreeSize(size), reader(&leaves)).unwrap();
            proof.verify(root(&leaves[..old as usize]), new).unwrap();
        }
    }
}

#[test]
fn what_is_beyond_the_tree_cannot_be_proved() {
    let leaves = numbered(4);
    let beyond = prove_inclusion(EntryIndex(4), TreeSize(4), reader(&leaves));
    assert!(matches!(
        beyond,
        Err(ProofError::BeyondTree { size: TreeSize(4) })
    ));
    let beyond = prove_consistency(TreeSize(5), TreeSize(4), reader(&leaves));
    assert!(matches!(beyond, Err(ProofError::BeyondTree { .. })));
    let unreadable = prove_inclusion(EntryIndex(0), TreeSize(4), |_| Err("worn tape"));
    assert!(matches!(
        unreadable,
        Err(ProofError::Unreadable {
            source: "worn tape",
            ..
        })
    ));
}

#[test]
fn proofs_of_absurd_shape_are_refused() {
    let hashes = vec![NodeHash([7; 32]); 200];
    for (a, b) in [
        (0, 0),
        (0, 1),
        (u64::MAX, u64::MAX),
        (u64::MAX - 1, u64::MAX),
        (5, 3),
    ] {
        let inclusion = InclusionProof {
            entry: EntryIndex(a),
            size: TreeSize(b),
            hashes: hashes.clone(),
        };
        assert!(
            inclusion
                .verify(NodeHash([0; 32]), RootHash([0; 32]))
                .is_err()
        );
        let consistency = ConsistencyProof {
            old: TreeSize(a),
            new: TreeSize(b),
            hashes: hashes.clone(),
        };
        assert!(
            consistency
                .verify(RootHash([0; 32]), RootHash([0; 32]))
                .is_err()
        );
    }
}

fn flip(hash: &mut [u8; 32], bit: usize) {
    hash[bit / 8 % 32] ^= 1 << (bit % 8);
}

proptest! {
    #[test]
    fn a_flipped_bit_refutes_inclusion(
        (size, entry) in (1u64..300).prop_flat_map(|n| (Just(n), 0..n)),
        bit in 0usize..256,
        place in any::<prop::sample::Index>(),
    ) {
        let leaves = numbered(size);
        let root = root(&leaves);
        let proof = prove_inclusion(EntryIndex(entry), TreeSize(size), reader(&leaves)).unwrap();
        let leaf = leaves[entry as usize];
        prop_assert!(proof.verify(leaf, root).is_ok());

        let (mut leaf_flipped, mut root_flipped) = (leaf, root);
        flip(&mut leaf_flipped.0, bit);
        flip(&mut root_flipped.0, bit);
        prop_assert!(proof.verify(leaf_flipped, root).is_err());
        prop_assert!(proof.verify(leaf, root_flipped).is_err());

        let mut longer = proof.clone();
        longer.hashes.push(NodeHash(root.0));
        prop_assert!(longer.verify(leaf, root).is_err());
        if !proof.hashes.is_empty() {
            let mut changed = proof.clone();
            flip(&mut changed.hashes[place.index(proof.hashes.len())].0, bit);
            prop_assert!(changed.verify(leaf, root).is_err());
            let mut shorter = proof.clone();
            shorter.hashes.remove(place.index(proof.hashes.len()));
            prop_assert!(shorter.verify(leaf, root).is_err());
        }
        let elsewhere = InclusionProof { entry: EntryIndex(entry ^ 1), ..proof };
        prop_assert!(elsewhere.verify(leaf, root).is_err());
    }

    #[test]
    fn a_flipped_bit_refutes_consistency(
        (new, old) in (2u64..300).prop_flat_map(|n| (Just(n), 1..n)),
        bit in 0usize..256,
        place in any::<prop::sample::Index>(),
    ) {
        let leaves = numbered(new);
        let (old_root, new_root) = (root(&leaves[..old as usize]), root(&leaves));
        let proof = prove_consistency(TreeSize(old), TreeSize(new), reader(&leaves)).unwrap();
        prop_assert!(proof.verify(old_root, new_root).is_ok());

        let (mut old_flipped, mut new_flipped) = (old_root, new_root);
        flip(&mut old_flipped.0, bit);
        flip(&mut new_flipped.0, bit);
        prop_assert!(proof.verify(old_flipped, new_root).is_err());
        prop_assert!(proof.verify(old_root, new_flipped).is_err());
        let mut changed = proof.clone();
        flip(&mut changed.hashes[place.index(proof.hashes.len())].0, bit);
        prop_assert!(changed.verify(old_root, new_root).is_err());
        let mut longer = proof.clone();
        longer.hashes.push(NodeHash(new_root.0));
        prop_assert!(longer.verify(old_root, new_root).is_err());
    }

    #[test]
    fn an_entry_changed_anywhere_changes_every_later_root(n in 1u64..200, at in any::<prop::sample::Index>()) {
        let leaves = numbered(n);
        let at = at.index(leaves.len());
        let mut changed = leaves.clone();
        changed[at] = leaf_hash(b"another entry");
        for size in 0..=leaves.len() {
            prop_assert_eq!(root(&leaves[..size]) == root(&changed[..size]), size <= at);
        }
    }
}
