use crate::folder::{Folder, hosts};
use proptest::prelude::*;
use site_categories::{Categories, OpenError};
use std::fs;

fn sound() -> (Folder, Vec<u8>) {
    let folder = Folder::with(&[
        ("games.txt", &hosts(50)),
        ("news.txt", "site1.example.org\nexample.net/news\n"),
    ]);
    folder.build();
    let bytes = fs::read(folder.out()).unwrap();
    (folder, bytes)
}

fn open(folder: &Folder, bytes: &[u8]) -> Result<Categories, OpenError> {
    fs::write(folder.out(), bytes).unwrap();
    Categories::open(&folder.out())
}

#[test]
fn a_file_cut_anywhere_does_not_open() {
    let (folder, bytes) = sound();
    for len in 0..bytes.len() {
        let error = open(&folder, &bytes[..len]).unwrap_err();
        let expected = if len < 8 {
            "not a file of compiled"
        } else {
            "damaged"
        };
        assert!(error.to_string().contains(expected), "{len}: {error}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(open(&folder, &longer).is_err());
}

#[test]
fn a_file_with_any_byte_changed_does_not_open() {
    let (folder, bytes) = sound();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(open(&folder, &changed).is_err(), "byte {at}");
    }
    open(&folder, &bytes).unwrap();
}

#[test]
fn a_later_format_says_so() {
    use std::io::Write as _;
    // Magic, version 2, the rest of the header empty, and its right check sum:
    // kept as bytes, since no program writes it yet.
    let (folder, _) = sound();
    let mut header = b"PROBCATS\x02".to_vec();
    header.resize(96, 0);
    let sum: [u8; 8] = SUM_OF_VERSION_2;
    header.write_all(&sum).unwrap();
    assert!(matches!(
        open(&folder, &header),
        Err(OpenError::Version { found: 2, .. })
    ));
}

/// `(printf 'PROBCATS\2'; head -c 87 /dev/zero) | sha256sum`, first 8 bytes.
const SUM_OF_VERSION_2: [u8; 8] = [0x1e, 0xa6, 0xfe, 0x77, 0xdc, 0xa2, 0x78, 0x9f];

#[test]
fn what_is_not_a_plain_file_is_an_error() {
    let (folder, _) = sound();
    let error = Categories::open(&folder.lists()).unwrap_err();
    assert!(matches!(error, OpenError::Unreadable { .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_are_an_error(magic in any::<bool>(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let folder = Folder::new();
        let mut file = if magic { b"PROBCATS\x01\0\0\0".to_vec() } else { Vec::new() };
        file.extend(bytes);
        prop_assert!(open(&folder, &file).is_err());
    }
}
