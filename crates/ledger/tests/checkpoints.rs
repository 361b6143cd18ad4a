//! Signed notes and checkpoints: a published example, round trips, and every bit flipped.
#![allow(clippy::unwrap_used)]

use ledger::{
    Checkpoint, CheckpointError, KeyError, NoteError, RootHash, SignedNote, SigningKey, TreeSize,
    VerifierKey,
};
use proptest::prelude::*;

// The example key pair and note of the format's first implementation.
const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SKEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
const SIGNATURE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FF\
                         YC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn key() -> SigningKey {
    SigningKey::from_seed("records.example.gov.uk/mail", &[9; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: "records.example.gov.uk/mail".into(),
        size: TreeSize(20_852_163),
        root: RootHash([0xc3; 32]),
        extensions: vec!["sequence 7".into()],
    }
}

#[test]
fn the_published_note_is_signed_and_opened_alike() {
    let key = SigningKey::parse(SKEY).unwrap();
    assert_eq!(key.verifier().to_string(), VKEY);
    assert_eq!(key.to_secret_text(), SKEY);
    let note = format!("{TEXT}\n{SIGNATURE}");
    assert_eq!(key.sign(TEXT), note);
    let opened = SignedNote::parse(note.as_bytes()).unwrap();
    assert_eq!(opened.open(&VerifierKey::parse(VKEY).unwrap()), Ok(TEXT));
}

#[test]
fn a_checkpoint_reads_as_its_format_says() {
    assert_eq!(
        checkpoint().to_text(),
        "records.example.gov.uk/mail\n20852163\nw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8M=\nsequence 7\n"
    );
    let note = checkpoint().sign(&key());
    assert_eq!(
        Checkpoint::verify(note.as_bytes(), key().verifier()),
        Ok(checkpoint())
    );
}

#[test]
fn lines_of_witnesses_do_not_disturb() {
    let witness = SigningKey::from_seed("witness.example.org", &[1; 32]).unwrap();
    let text = checkpoint().to_text();
    let ours = checkpoint().sign(&key());
    let theirs = witness.sign(&text);
    let both = format!(
        "{ours}{}",
        theirs.strip_prefix(&format!("{text}\n")).unwrap()
    );
    for key in [key().verifier(), witness.verifier()] {
        assert_eq!(Checkpoint::verify(both.as_bytes(), key), Ok(checkpoint()));
    }
    let stranger = SigningKey::from_seed("stranger", &[2; 32]).unwrap();
    assert!(matches!(
        Checkpoint::verify(both.as_bytes(), stranger.verifier()),
        Err(CheckpointError::Note(NoteError::NotSignedBy { .. }))
    ));
}

#[test]
fn every_flipped_bit_of_a_signed_checkpoint_is_found() {
    let note = checkpoint().sign(&key()).into_bytes();
    for bit in 0..note.len() * 8 {
        let mut changed = note.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(
            Checkpoint::verify(&changed, key().verifier()).is_err(),
            "bit {bit}"
        );
    }
    for end in 0..note.len() {
        assert!(
            Checkpoint::verify(&note[..end], key().verifier()).is_err(),
            "cut at {end}"
        );
    }
}

#[test]
fn texts_that_are_not_checkpoints_are_refused() {
    let root = "w8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8M=";
    for text in [
        String::new(),
        "origin\n5\n".into(),
        format!("origin\n05\n{root}\n"),
        format!("origin\n+5\n{root}\n"),
        format!("origin\n-1\n{root}\n"),
        format!("origin\n18446744073709551616\n{root}\n"),
        format!("\n5\n{root}\n"),
        format!("origin\n5\n{root}"),
        format!("origin\n5\n{root}\n\n"),
        format!("origin\n5\n{}\n", &root[..40]),
        format!("origin\n5\n{}\n", root.replace("M=", "N=")),
    ] {
        assert_eq!(
            Checkpoint::parse(&text),
            Err(CheckpointError::Malformed),
            "{text:?}"
        );
    }
}

#[test]
fn keys_are_refused_when_a_character_is_off() {
    assert_eq!(VerifierKey::parse(""), Err(KeyError::Malformed));
    assert_eq!(
        VerifierKey::parse("name+00000000"),
        Err(KeyError::Malformed)
    );
    assert_eq!(
        VerifierKey::parse(&VKEY.replace("c74f", "c74e")),
        Err(KeyError::Id)
    );
    assert_eq!(
        VerifierKey::parse(&VKEY.replace("Peter", "Pieter")),
        Err(KeyError::Id)
    );
    assert_eq!(
        VerifierKey::parse(&VKEY.replace("+ARpc", "+AhPc")),
        Err(KeyError::Malformed)
    );
    assert!(SigningKey::parse(VKEY).is_err());
    for name in ["", "two words", "a+b", "tab\t", &"x".repeat(201)] {
        assert!(
            matches!(SigningKey::from_seed(name, &[0; 32]), Err(KeyError::Name)),
            "{name:?}"
        );
    }
    assert!(!format!("{:?}", key()).contains(&key().to_secret_text()));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = SignedNote::parse(&bytes);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let _ = Checkpoint::parse(text);
            let _ = VerifierKey::parse(text);
            let _ = SigningKey::parse(text);
        }
    }

    #[test]
    fn near_notes_never_panic(text in "[a-z+/=0-9— \n]{0,200}") {
        let _ = Checkpoint::verify(text.as_bytes(), key().verifier());
        let _ = VerifierKey::parse(&text);
        let _ = SigningKey::parse(&format!("PRIVATE+KEY+{text}"));
    }

    #[test]
    fn checkpoints_round_trip(
        origin in "[a-z./-]{1,60}", size: u64, root: [u8; 32],
        extensions in prop::collection::vec("[a-z0-9 ]{1,30}", 0..4),
    ) {
        let checkpoint =
            Checkpoint { origin, size: TreeSize(size), root: RootHash(root), extensions };
        prop_assert_eq!(Checkpoint::parse(&checkpoint.to_text()).unwrap(), checkpoint.clone());
        let note = checkpoint.sign(&key());
        prop_assert_eq!(Checkpoint::verify(note.as_bytes(), key().verifier()).unwrap(), checkpoint);
    }
}
