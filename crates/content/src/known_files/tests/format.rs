//! A register as it is written and read.

use std::sync::LazyLock;

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

fn sample() -> Register {
    register([
        Item {
            until: Some(99),
            ..item("B", Class::RegisteredDocument, PLAN)
        },
        Item {
            owner: None,
            ..item("A", Class::OrdinaryText, NEWS)
        },
        item("C", Class::CopyrightWork, &PLAN.repeat(300)),
    ])
}

/// The same bytes with a checksum that fits.
fn sealed(mut file: Vec<u8>) -> Vec<u8> {
    if let Some((head, body)) = file.split_at_mut_checked(40) {
        head[8..].copy_from_slice(&Sha256::digest(body));
    }
    file
}

#[test]
fn what_is_written_is_read() {
    let register = sample();
    assert_eq!(Register::decode(&register.encode()), Ok(register.clone()));
    assert!(register.items()[2].prints.files[0].head.is_some());
    let empty = Register::new(&key());
    assert_eq!(Register::decode(&empty.encode()), Ok(empty.clone()));
    assert_ne!(register.version(), empty.version());
}

/// Registers lie on disks: this version is read for ever.
#[test]
fn a_register_of_format_1_is_read() {
    let file = include_bytes!("register.1");
    let register = Register::decode(file).unwrap();
    assert_eq!(
        register,
        super::register([item("PLAN", Class::RegisteredDocument, PLAN)])
    );
    assert_eq!(register.encode(), file);
    let index = Index::new(&register, &key(), 0).unwrap();
    assert_eq!(found(&index, PLAN), [("PLAN".to_owned(), Confidence::High)]);
}

#[test]
fn its_words_are_not_in_it() {
    let file = sample().encode();
    for word in ["Mill", "mill", "canal", "millstreet"] {
        assert_eq!(memchr::memmem::find(&file, word.as_bytes()), None, "{word}");
    }
    // Nor is anything that could be worked out without the key.
    let taken = |key| {
        take(
            PLAN.as_bytes(),
            None,
            Class::RegisteredDocument,
            &key,
            &Limits::default(),
        )
    };
    let (ours, other) = (taken(key()).prints, taken(Key::new([7; 32])).prints);
    assert_eq!(ours.n_runs_shared_with(&other), 0);
    assert!(ours.files.iter().all(|file| !other.files.contains(file)));
}

#[test]
fn what_is_no_register_is_told() {
    let check = |file: &[u8], expected| assert_eq!(Register::decode(file), Err(expected));
    let file = sample().encode();
    check(b"", ReadRegisterError::NotOne);
    check(b"offcorr", ReadRegisterError::NotOne);
    check(&file[..7], ReadRegisterError::NotOne);
    check(&file[..8], ReadRegisterError::Damaged);
    check(&file[..file.len() - 1], ReadRegisterError::Damaged);
    check(&[&file[..], b"x"].concat(), ReadRegisterError::Damaged);
    let mut later = file.clone();
    later[7] = 2;
    check(&later, ReadRegisterError::Format { found: 2 });
    // A number that promises more than is there, under a checksum that fits.
    let mut many = file;
    many[48..52].fill(0xff);
    check(&sealed(many), ReadRegisterError::Damaged);
}

#[test]
fn a_reference_is_one_thing() {
    let mut register = sample();
    let replaced = register
        .put(item("B", Class::RegisteredDocument, NEWS))
        .unwrap();
    assert_eq!(replaced.unwrap().until, Some(99));
    assert_eq!(register.items().len(), 3);
    let error = register
        .put(item("B", Class::CopyrightWork, NEWS))
        .unwrap_err();
    assert_eq!(
        error,
        PutItemError::OtherClass {
            reference: "B".to_owned(),
            class: Class::RegisteredDocument
        }
    );
    for name in ["", " ", "a\nb", " a", &"a".repeat(201)] {
        let error = register
            .put(item(name, Class::CopyrightWork, NEWS))
            .unwrap_err();
        assert_eq!(error, PutItemError::NoName(name.to_owned()));
    }
    assert_eq!(register.remove("B").unwrap().reference, "B");
    assert_eq!(register.remove("B"), None);
    assert_eq!(register.items().len(), 2);
}

/// The sample as it is written.
static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| sample().encode());

proptest! {
    #[test]
    fn a_flipped_bit_is_found(at in any::<proptest::sample::Index>(), bit in 0u8..8) {
        let mut file = FILE.clone();
        let at = at.index(file.len());
        file[at] ^= 1 << bit;
        prop_assert!(Register::decode(&file).is_err());
    }

    /// Whatever is read is what would be written: there is one form of each register.
    #[test]
    fn any_bytes_can_be_read(
        bytes in proptest::collection::vec(any::<u8>(), 0..80),
        at in any::<proptest::sample::Index>(),
        cut in any::<proptest::sample::Index>(),
    ) {
        let _ = Register::decode(&bytes);
        let _ = Register::decode(&sealed([b"knwfils\x01", &[0; 32][..], &bytes].concat()));
        let mut file = FILE.clone();
        let at = 40 + at.index(file.len() - 40);
        for (place, byte) in file[at..].iter_mut().zip(bytes) {
            *place = byte;
        }
        for file in [sealed(file.clone()), sealed(file[..cut.index(file.len())].to_vec())] {
            if let Ok(register) = Register::decode(&file) {
                prop_assert_eq!(register.encode(), file);
            }
        }
    }
}
