//! No input makes any reader panic, and no limit is passed.

use proptest::prelude::*;

use super::*;
use crate::document::open_with;

/// Starts of every format, so that arbitrary bytes reach each reader.
const STARTS: [&[u8]; 16] = [
    b"",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"{\\rtf1 ",
    b"%PDF-1.4\n1 0 obj\n",
    b"\x1f\x8b\x08\x00",
    b"\x78\x9f\x3e\x22\0\0",
    b"<?xml version=\"1.0\"?><w:document>",
    b"<html>",
    b"Received: x\r\nSubject: y\r\n",
    b"begin 644 x\n",
    b"\xff\xfe",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07\x00",
    b"Rar!\x1a\x07\x01\x00",
];

fn small() -> Limits {
    Limits {
        total_bytes: 100_000,
        text_bytes: 2_000,
        members: 20,
        depth: 3,
        ..Limits::default()
    }
}

fn check_bounds(bytes: &[u8]) {
    for limits in [Limits::default(), small()] {
        let mut shown = 0usize;
        let opened = open_with(bytes, None, Some("x"), &limits, &mut |_, inner| {
            shown += inner.len();
        });
        assert!(opened.members.len() <= limits.members);
        let text: usize = opened.pieces.iter().map(|piece| piece.text.len()).sum();
        assert!(text <= limits.text_bytes);
        // Every file is shown once where it is found and once unpacked, at most.
        assert!(shown <= (bytes.len() + limits.total_bytes) * (limits.depth + 2));
    }
}

/// One file of every kind, to be damaged.
fn samples() -> Vec<Vec<u8>> {
    let document = docx(&["Council tax", "Rents"]);
    let page = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Kids [3 0 R] >>\nendobj\n3 0 obj\n<< /Type /Page /Contents 4 0 R /Resources << /Font << /F1 << /Subtype /Type1 /FirstChar 32 /Widths [250 300] >> >> >> >>\nendobj\n4 0 obj\n<< /Length 34 >>\nstream\nBT /F1 12 Tf [(Rent) -20 (s)] TJ ET\nendstream\nendobj\n".to_vec();
    vec![
        zip_of(&[ZipEntry::stored("a.docx", &document)]),
        gzip(&document),
        page,
        b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\uc1 \\u8364?{\\*\\objdata 504b0304}\\'e9\\par{\\field{\\*\\fldinst X}}}".to_vec(),
        document,
    ]
}

proptest! {
    #[test]
    fn arbitrary_bytes(start in 0..STARTS.len(), rest in prop::collection::vec(any::<u8>(), 0..2000)) {
        check_bounds(&[STARTS[start], &rest].concat());
    }

    #[test]
    fn damaged_files(sample in 0..5usize, changes in prop::collection::vec((any::<u16>(), any::<u8>()), 1..20), cut in any::<u16>()) {
        let mut bytes = samples().swap_remove(sample);
        for (at, value) in changes {
            let at = usize::from(at) % bytes.len();
            bytes[at] = value;
        }
        check_bounds(&bytes);
        bytes.truncate(usize::from(cut) % bytes.len());
        check_bounds(&bytes);
    }

    #[test]
    fn arbitrary_rtf(words in prop::collection::vec(prop::sample::select(vec!["{", "}", "\\u-1 ", "\\'", "\\*", "\\objdata ", "\\bin9 ", "\\deleted ", "é", "\\uc9 ", "ab", "\\footnote "]), 0..200)) {
        check_bounds(format!("{{\\rtf1{}", words.concat()).as_bytes());
    }

    #[test]
    fn arbitrary_content_streams(words in prop::collection::vec(prop::sample::select(vec!["(a) Tj ", "/F1 1e9 Tf ", "[", "]", "<<", ">>", "1 0 R ", "-99999999999 ", "Td ", "Tm ", "cm ", "q ", "Q ", "BI ID ", "EI ", "<4", "TJ ", "(", "\\"]), 0..100)) {
        let content = words.concat();
        let file = format!("%PDF-1.4\n1 0 obj\n<< /Type /Page /Contents 2 0 R /Resources << /Font << /F1 << /FirstChar 4294967295 /Widths [1 2 3] >> >> >> >>\nendobj\n2 0 obj\n<< >>\nstream\n{content}\nendstream");
        check_bounds(file.as_bytes());
    }
}
