#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::PartKind::*;
use super::*;

/// A ZIP with these entries (name, general purpose flags), stored and empty.
fn zip(entries: &[(&str, u16)]) -> Vec<u8> {
    let mut file = Vec::new();
    for (name, flags) in entries {
        file.extend_from_slice(b"PK\x03\x04\x14\0");
        file.extend_from_slice(&flags.to_le_bytes());
        file.extend_from_slice(&[0; 18]);
        file.extend_from_slice(&(name.len() as u16).to_le_bytes());
        file.extend_from_slice(&[0; 2]);
        file.extend_from_slice(name.as_bytes());
    }
    let mut directory = Vec::new();
    for (name, flags) in entries {
        directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0");
        directory.extend_from_slice(&flags.to_le_bytes());
        directory.extend_from_slice(&[0; 18]);
        directory.extend_from_slice(&(name.len() as u16).to_le_bytes());
        directory.extend_from_slice(&[0; 16]);
        directory.extend_from_slice(name.as_bytes());
    }
    let offset = file.len() as u32;
    file.extend_from_slice(&directory);
    file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    let count = (entries.len() as u16).to_le_bytes();
    file.extend_from_slice(&[count[0], count[1], count[0], count[1]]);
    file.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    file.extend_from_slice(&offset.to_le_bytes());
    file.extend_from_slice(&[0; 2]);
    file
}

fn ole(stream: &str) -> Vec<u8> {
    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.resize(1024, 0);
    file.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    file
}

#[test]
fn a_file_is_what_its_bytes_and_name_make_it() {
    let check = |bytes: &[u8], name: &str, expected: PartKind, disguised: bool| {
        let found = inspect(bytes, None, Some(name).filter(|name| !name.is_empty()));
        assert_eq!(
            (found.kind, found.disguised),
            (expected, disguised),
            "{name} {bytes:?}"
        );
    };
    let program = b"MZ\x90\0\x03\0\0\0";
    check(program, "setup.exe", Executable, false);
    check(program, "notes.txt", Executable, true);
    check(program, "photo.jpg.", Executable, true);
    check(b"BCC: see below", "", Text, false);
    check(b"BM is how this one begins", "", Text, false);
    check(b"MZ is how this letter begins", "letter.txt", Text, false);
    check(
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
        "",
        Executable,
        false,
    );
    check(b"hello", "run.exe", Executable, false);
    check(b"hello", "photo.jpg.exe ", Executable, false);
    check(b"hello", "run.bat.", Script, false);
    check(b"#!/bin/sh\n", "readme.txt", Script, false);
    check(b"#!/bin/sh\n", "photo.jpg", Script, true);
    check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.png", Image, false);
    check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.doc", Image, true);
    check(b"%PDF-1.7\n", "a.pdf", Document, false);
    check(b"junk first %PDF-1.7\n", "a.pdf", Document, false);
    check(b"{\\rtf1 x}", "a.doc", Document, false);
    check(b" <!DOCTYPE HTML><p>x", "", Html, false);
    check(b"dear all", "", Text, false);
    check(b"\0\x01\x02\x03", "", Other, false);
    check(b"", "", Text, false);
    let game = b"PWAD\x01\0\0\0\x0c\0\0\0 and more";
    check(game, "maps.wad", Game, false);
    check(game, "", Game, false);
    check(game, "minutes.pdf", Game, true);
    // What starts by its name is stopped as that: a script may begin with anything.
    check(game, "maps.bat", Script, true);
}

#[test]
fn the_declared_type_counts_last() {
    let check = |bytes: &[u8], declared: &str, expected: PartKind| {
        assert_eq!(kind_of(bytes, Some(declared), None), expected, "{declared}");
    };
    check(b"\0\x01", "video/mp4", Video);
    check(
        b"\0\x01",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
        MacroDocument,
    );
    check(b"\0\x01", "application/octet-stream", Other);
    check(b"MZ\x90\0", "image/png", Executable);
    check(b"x", "text/html; charset=utf-8", Html);
    check(b"<p>x", "text/plain", Text);
    check(b"<p>x", "application/octet-stream", Html);
}

#[test]
fn archives_are_judged_by_their_contents() {
    let check = |entries: &[(&str, u16)], name: &str, expected: PartKind| {
        assert_eq!(
            kind_of(&zip(entries), None, Some(name)),
            expected,
            "{name} {entries:?}"
        );
    };
    check(&[("a.txt", 0)], "a.zip", Archive);
    check(&[("a.txt", 1)], "a.zip", EncryptedArchive);
    check(
        &[("open.txt", 0), ("shut.txt", 1)],
        "a.zip",
        EncryptedArchive,
    );
    check(
        &[("[Content_Types].xml", 0), ("word/document.xml", 0)],
        "a.docx",
        Document,
    );
    check(
        &[
            ("[Content_Types].xml", 0),
            ("word/document.xml", 0),
            ("word/vbaProject.bin", 0),
        ],
        "a.docx",
        MacroDocument,
    );
    check(
        &[("[Content_Types].xml", 0), ("a.exe", 0)],
        "a.zip",
        Archive,
    );
    check(&[("META-INF/MANIFEST.MF", 0)], "a.jar", Executable);
    check(&[("x", 0)], "a.docm", MacroDocument);

    let listing = |entries: &[(&str, u16)]| inspect(&zip(entries), None, None).listing.unwrap();
    let found = listing(&[("docs/read.me", 0), ("docs/Setup.EXE", 0), ("more.zip", 0)]);
    assert!(found.holds_executable && found.holds_archive && found.complete && !found.encrypted);
    assert_eq!(found.entries, 3);
    let whole = zip(&[("a.txt", 0), ("b.txt", 0)]);
    assert_eq!(
        inspect(&whole[..40], None, None).listing,
        None,
        "only the first bytes"
    );
    // A first name that promises a document is believed until the directory can be seen.
    let docx = zip(&[("[Content_Types].xml", 0), ("word/document.xml", 0)]);
    assert_eq!(kind_of(&docx[..64], None, None), Document);
    assert_eq!(
        kind_of(&zip(&[("a.txt", 1)])[..40], None, None),
        EncryptedArchive
    );
}

#[test]
fn a_self_extracting_prefix_does_not_hide_the_directory() {
    let mut file = zip(&[("a.exe", 0)]);
    file.splice(0..0, *b"PK\x03\x04 something else before it");
    assert!(inspect(&file, None, None).listing.unwrap().holds_executable);
}

#[test]
fn a_long_directory_is_read_so_far_and_no_further() {
    let many = vec![("a", 0); ArchiveListing::MAX_ENTRIES + 5];
    let listing = inspect(&zip(&many), None, None).listing.unwrap();
    assert_eq!(
        (listing.entries, listing.complete),
        (ArchiveListing::MAX_ENTRIES, false)
    );
}

#[test]
fn ole_files_and_other_archives_are_told_apart() {
    let check = |bytes: &[u8], name: &str, expected: PartKind| {
        assert_eq!(kind_of(bytes, None, Some(name)), expected, "{name}");
    };
    check(&ole("WordDocument"), "a.doc", Document);
    check(&ole("_VBA_PROJECT"), "a.xls", MacroDocument);
    check(&ole("EncryptedPackage"), "a.xlsx", EncryptedArchive);
    check(&ole("__substg1.0_001A"), "a.msg", Message);
    check(
        b"Rar!\x1a\x07\x00\xcf\x90\x73\0\0\x0d\0\0\0\0\0\0\0",
        "a.rar",
        Archive,
    );
    check(
        b"Rar!\x1a\x07\x00\xcf\x90\x73\x80\0\x0d\0\0\0\0\0\0\0",
        "a.rar",
        EncryptedArchive,
    );
    check(
        b"Rar!\x1a\x07\x01\0\0\0\0\0\x0d\x04\0",
        "a.rar",
        EncryptedArchive,
    );
    check(b"Rar!\x1a\x07\x01\0\0\0\0\0\x0d\x01\0", "a.rar", Archive);
    check(
        b"7z\xbc\xaf\x27\x1c\0\x04....\x06\xf1\x07\x01",
        "a.7z",
        EncryptedArchive,
    );
    check(b"7z\xbc\xaf\x27\x1c\0\x04", "a.7z", Archive);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        start in prop_oneof![
            Just(&b"PK\x03\x04"[..]), Just(&b"Rar!\x1a\x07\x01\0"[..]), Just(&b"Rar!\x1a\x07\0"[..]),
            Just(&b"7z\xbc\xaf\x27\x1c"[..]), Just(&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..]), Just(&b""[..]),
        ],
        rest in proptest::collection::vec(any::<u8>(), 0..400),
        name in any::<String>(),
    ) {
        inspect(&[start, &rest].concat(), Some(&name), Some(&name));
    }

    #[test]
    fn a_damaged_zip_makes_no_panic(at in 0usize..200, byte in any::<u8>(), end in 0usize..300) {
        let mut file = zip(&[("[Content_Types].xml", 0), ("word/vbaProject.bin", 1)]);
        let length = file.len();
        file[at % length] = byte;
        inspect(&file, None, None);
        inspect(&file[..end.min(length)], None, None);
    }
}
