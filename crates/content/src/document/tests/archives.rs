use super::*;
use crate::document::{Unscannable, open_with};
use crate::media::PartKind;
use PieceKind::*;

#[test]
fn files_in_archives_are_opened_in_turn() {
    let inner = zip(&[("minutes.txt", "Agreed")]);
    let archive = zip_of(&[
        ZipEntry::deflated("readme.txt", b"Read this first"),
        ZipEntry::stored("papers/inner.zip", &inner),
        ZipEntry::deflated("papers/", b""),
    ]);
    let opened = check(
        "papers.zip",
        &archive,
        &[
            ("papers.zip/readme.txt", Body, "Read this first"),
            ("papers.zip/papers/inner.zip/minutes.txt", Body, "Agreed"),
        ],
    );
    assert_eq!(
        paths(&opened),
        [
            "papers.zip",
            "papers.zip/readme.txt",
            "papers.zip/papers/inner.zip",
            "papers.zip/papers/inner.zip/minutes.txt",
        ]
    );
    assert_eq!(opened.unscannable, None);
    assert!(opened.opaque.is_empty());
}

#[test]
fn a_document_in_an_archive_in_a_message_is_read() {
    let archive = zip_of(&[ZipEntry::stored("minutes.docx", &docx(&["Rents rise"]))]);
    let encoded = crate::transfer::encode_base64(&archive, "\r\n");
    let mut message = b"From: jo@example.org\r\nSubject: Papers\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nAttached.\r\n--x\r\n\
        Content-Type: application/octet-stream; name=papers.zip\r\n\
        Content-Transfer-Encoding: base64\r\n\r\n"
        .to_vec();
    message.extend(encoded);
    message.extend(b"\r\n--x--\r\n");
    check(
        "forward.eml",
        &message,
        &[
            ("forward.eml#subject", Subject, "Papers"),
            ("forward.eml/1", Body, "Attached."),
            ("forward.eml/papers.zip/minutes.docx", Body, "Rents rise"),
        ],
    );
}

#[test]
fn the_type_is_by_content_and_a_false_name_is_noted() {
    let archive = zip_of(&[ZipEntry::stored(
        "holiday.jpg",
        b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0",
    )]);
    let opened = check("photos.zip", &archive, &[]);
    let member = &opened.members[1];
    assert_eq!(member.kind, PartKind::Executable);
    assert!(member.disguised);
    check(
        "minutes.jpg",
        &docx(&["Agreed"]),
        &[("minutes.jpg", Body, "Agreed")],
    );
}

#[test]
fn every_unpacked_file_is_shown() {
    let archive = zip_of(&[ZipEntry::stored("a.docx", &docx(&["One"]))]);
    let mut shown = Vec::new();
    open_with(
        &archive,
        None,
        Some("x.zip"),
        &Limits::default(),
        &mut |path, bytes| {
            shown.push((path.to_owned(), bytes.len()));
        },
    );
    let shown: Vec<_> = shown.iter().map(|(path, _)| path.as_str()).collect();
    let inside = [
        "x.zip/a.docx/word/document.xml",
        "x.zip/a.docx/[Content_Types].xml",
    ];
    assert_eq!(shown[..2], ["x.zip", "x.zip/a.docx"]);
    assert!(inside.iter().all(|path| shown.contains(path)), "{shown:?}");
}

#[test]
fn locked_and_unknown_entries_are_opaque() {
    let mut locked = ZipEntry::deflated("pay.xlsx", b"secret");
    locked.flags = 1;
    let mut unknown = ZipEntry::stored("old.txt", b"imploded");
    unknown.method = 6;
    let opened = check("x.zip", &zip_of(&[locked, unknown]), &[]);
    assert_eq!(
        opaque(&opened),
        [
            ("x.zip/pay.xlsx", Opaque::Encrypted),
            ("x.zip/old.txt", Opaque::UnknownFormat),
        ]
    );
    assert_eq!(opened.members[1].kind, PartKind::Document);
}

#[test]
fn damaged_archives_are_read_as_far_as_they_go() {
    let whole = zip(&[("a.txt", "First"), ("b.txt", "Second")]);
    let directory = memchr::memmem::find(&whole, b"PK\x01\x02").unwrap();
    let cut = &whole[..directory];
    let opened = check(
        "cut.zip",
        cut,
        &[
            ("cut.zip/a.txt", Body, "First"),
            ("cut.zip/b.txt", Body, "Second"),
        ],
    );
    assert_eq!(opaque(&opened), [("cut.zip", Opaque::Damaged)]);
    // One archive behind another: programs differ in which they show.
    let mut two = zip(&[("a.txt", "First")]);
    two.extend(zip(&[("b.txt", "Second")]));
    let opened = open(&two, None, Some("two.zip"), &Limits::default());
    assert_eq!(opened.pieces.len(), 2);
    // Behind a picture.
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
    picture.extend(zip(&[("a.txt", "First")]));
    check("logo.png", &picture, &[("logo.png/a.txt", Body, "First")]);
}

#[test]
fn names_are_only_names() {
    let archive = zip(&[
        ("../../etc/cron.d/x", "One"),
        ("C:\\x\n.txt", "Two"),
        ("", "Three"),
    ]);
    let opened = open(&archive, None, None, &Limits::default());
    assert_eq!(
        paths(&opened),
        [
            "file",
            "file/../../etc/cron.d/x",
            "file/C:\\x.txt",
            "file/unnamed"
        ]
    );
}

#[test]
fn gzip_and_tar() {
    check(
        "log.txt.gz",
        &gzip(b"Started"),
        &[("log.txt.gz/log.txt", Body, "Started")],
    );
    let tar = tar_of(&[("papers/a.txt", b"First"), ("b.txt", b"Second")]);
    check(
        "x.tar",
        &tar,
        &[
            ("x.tar/papers/a.txt", Body, "First"),
            ("x.tar/b.txt", Body, "Second"),
        ],
    );
    check(
        "x.tgz",
        &gzip(&tar_of(&[("a.txt", b"First")])),
        &[("x.tgz/x.tar/a.txt", Body, "First")],
    );
    let cut = &gzip(&b"words that go on ".repeat(500))[..40];
    let opened = open(cut, None, Some("x.gz"), &Limits::default());
    assert_eq!(opaque(&opened), [("x.gz", Opaque::Damaged)]);
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, content) in files {
        let mut header = [0u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        let size = format!("{:011o}", content.len());
        header[124..135].copy_from_slice(size.as_bytes());
        header[156] = b'0';
        header[257..263].copy_from_slice(b"ustar\0");
        tar.extend(header);
        tar.extend(*content);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.extend([0; 1024]);
    tar
}

/// Runs in well under a second whatever the archive says, and says that it was a bomb.
fn check_bomb(name: &str, bytes: &[u8], expected: Unscannable) {
    let opened = open(bytes, None, Some(name), &Limits::default());
    assert_eq!(opened.unscannable, Some(expected), "{name}");
}

#[test]
fn bombs_are_unscannable() {
    let zeros = vec![0u8; 8 << 20];
    check_bomb(
        "flat.zip",
        &zip_of(&[ZipEntry::deflated("zeros", &zeros)]),
        Unscannable::ExpandsTooMuch,
    );
    check_bomb("zeros.gz", &gzip(&zeros), Unscannable::ExpandsTooMuch);
    // Sixteen in each, and again in each of those.
    let mut nest = zip_of(&[ZipEntry::deflated("zeros", &zeros)]);
    for _ in 0..5 {
        let entries: Vec<_> = (0..16)
            .map(|_| ZipEntry::deflated("lib.zip", &nest))
            .collect();
        nest = zip_of(&entries);
    }
    check_bomb("42.zip", &nest, Unscannable::ExpandsTooMuch);
    let mut deep = docx(&["x"]);
    for _ in 0..12 {
        deep = zip_of(&[ZipEntry::stored("deeper.zip", &deep)]);
    }
    check_bomb("deep.zip", &deep, Unscannable::TooDeep);
    let many: Vec<_> = (0..3000).map(|_| ZipEntry::stored("x", b"x")).collect();
    check_bomb("many.zip", &zip_of(&many), Unscannable::TooManyMembers);
    let noise = noise(1 << 20);
    let large: Vec<_> = (0..70).map(|_| ZipEntry::stored("noise", &noise)).collect();
    check_bomb("large.zip", &zip_of(&large), Unscannable::TooLarge);
    let words = "word ".repeat(1 << 20);
    check_bomb("long.txt", words.as_bytes(), Unscannable::TooMuchText);
}

#[test]
fn bytes_used_twice_are_a_bomb() {
    let kernel = ZipEntry::deflated("zeros", &vec![0u8; 500_000]);
    let mut bytes = kernel.local();
    let directory = central(&kernel, 0).repeat(1000);
    end(&mut bytes, &directory, 1000);
    check_bomb("overlapping.zip", &bytes, Unscannable::ExpandsTooMuch);
}

/// Bytes that do not pack.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

/// A number as 7z writes it.
fn seven_number(number: usize) -> Vec<u8> {
    let mut bytes = vec![0xf0];
    bytes.extend((number as u32).to_le_bytes());
    bytes
}

/// A 7z archive of two files stored as one, packed by `method`.
fn seven_zip(method: &[u8], content: &[u8], sizes: [usize; 2]) -> Vec<u8> {
    let mut header = vec![1, 4, 6, 0, 1, 9];
    header.extend(seven_number(content.len()));
    header.extend([0, 7, 11, 1, 0, 1, method.len() as u8]);
    header.extend(method);
    header.push(12);
    header.extend(seven_number(sizes[0] + sizes[1]));
    header.extend([0, 8, 13, 2, 9]);
    header.extend(seven_number(sizes[0]));
    header.extend([0, 0, 5, 3, 14, 1, 0x40, 17]);
    let names: Vec<u8> = "a.txt\0papers\0b.txt\0"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    header.extend(seven_number(names.len() + 1));
    header.push(0);
    header.extend(names);
    header.extend([0, 0]);
    let mut bytes = b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0".to_vec();
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(content);
    bytes.extend(header);
    bytes
}

#[test]
fn seven_zip_archives() {
    let stored = seven_zip(&[0], b"FirstSecond", [5, 6]);
    check(
        "x.7z",
        &stored,
        &[
            ("x.7z/a.txt", Body, "First"),
            ("x.7z/b.txt", Body, "Second"),
        ],
    );
    for (method, why) in [
        (&[6, 0xf1, 7, 1][..], Opaque::Encrypted),
        (&[3, 4, 1], Opaque::UnknownFormat),
    ] {
        let opened = check("x.7z", &seven_zip(method, b"FirstSecond", [5, 6]), &[]);
        assert_eq!(opaque(&opened), [("x.7z/a.txt", why), ("x.7z/b.txt", why)]);
    }
    let opened = check("x.7z", &stored[..40], &[]);
    assert_eq!(opaque(&opened), [("x.7z", Opaque::Damaged)]);
}

#[test]
fn rar_archives_are_listed() {
    let mut four = b"Rar!\x1a\x07\0\0\0\x73\0\0\x0d\0\0\0\0\0\0\0".to_vec();
    four.extend(b"\0\0\x74\0\x80\x25\0\x03\0\0\0\x09\0\0\0\x02\0\0\0\0\0\0\0\0\x1d\x30\x05\0\0\0\0\0a.exeabc");
    let mut five = b"Rar!\x1a\x07\x01\0".to_vec();
    five.extend(b"\0\0\0\0\x0e\x02\x02\x03\0\x09\0\0\x01\x05b.pdfabc");
    for (bytes, name) in [(four, "x.rar/a.exe"), (five, "x.rar/b.pdf")] {
        let opened = check("x.rar", &bytes, &[]);
        assert_eq!(paths(&opened), ["x.rar", name]);
        assert_eq!(opened.members[1].bytes, 9);
        assert_eq!(opaque(&opened)[0], (name, Opaque::UnknownFormat));
    }
    let locked = b"Rar!\x1a\x07\x01\0\0\0\0\0\x04\x04\0\0\0";
    let opened = check("x.rar", locked, &[]);
    assert_eq!(opaque(&opened), [("x.rar", Opaque::Encrypted)]);
}

#[test]
fn disk_images() {
    let record = |name: &[u8], sector: u32, size: u32, flags: u8| {
        let mut record = vec![0u8; 33];
        record[2..6].copy_from_slice(&sector.to_le_bytes());
        record[10..14].copy_from_slice(&size.to_le_bytes());
        record[25] = flags;
        record[32] = name.len() as u8;
        record.extend(name);
        record[0] = record.len() as u8;
        record
    };
    let mut image = vec![0u8; 20 * 2048];
    image[16 * 2048..][..6].copy_from_slice(b"\x01CD001");
    let root = record(&[0], 18, 2048, 2);
    image[16 * 2048 + 156..][..root.len()].copy_from_slice(&root);
    // The root lists itself, itself under another name, and a file.
    let folder = [
        root,
        record(b"AGAIN", 18, 2048, 2),
        record(b"RENT.TXT;1", 19, 8, 0),
    ]
    .concat();
    image[18 * 2048..][..folder.len()].copy_from_slice(&folder);
    image[19 * 2048..][..8].copy_from_slice(b"Rent due");
    check("x.iso", &image, &[("x.iso/RENT.TXT", Body, "Rent due")]);
}
